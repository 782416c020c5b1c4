/** Figures that a person proved when a referral was decided: entered by name, and kept beside what the applicant told. */
export const sql = `
alter table application add column proved jsonb check (jsonb_typeof(proved) = 'object');
comment on column application.proved is 'What a person saw proof of, by the names of facts; null: nothing.';

create table referral_figures (
  tenant_id text not null,
  application_id text not null,
  figures_id text not null check (figures_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$'),
  figures jsonb not null check (jsonb_typeof(figures) = 'object'),
  entered_by text not null,
  entered_at_ms bigint not null,
  primary key (tenant_id, application_id, figures_id),
  foreign key (tenant_id, application_id) references application
);
comment on table referral_figures is
  'Figures as they were entered with a decision on a referral, which names them: they enter no workflow. Append-only.';
select make_append_only('referral_figures');
`;
