/** Snapshots of revolving accounts, and what a step needs to read only what came after one. */
export const sql = `
create table account_snapshot (
  tenant_id text not null,
  account_id text not null,
  through date not null,
  fold_version int not null,
  body jsonb not null,
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table account_snapshot is
  'The state of a fold at the end of a bill date, so that a step need not begin at the opening. No evidence: it may be deleted at any time.';

alter table account_fact add column counts_from text not null
  generated always as (coalesce(body ->> 'billableFrom', body ->> 'valueDate')) stored;
comment on column account_fact.counts_from is 'The date, as ISO text, at which the fold takes the fact.';
create index account_fact_by_date on account_fact (tenant_id, account_id, counts_from);
create index journal_entry_by_date on journal_entry (tenant_id, account_id, value_date);
`;
