/** Who is told of a change of phone, and notices that go to one version of a phone. */
export const sql = `
create table phone_change_notice (
  tenant_id text not null,
  borrower_id text not null,
  field text not null default 'phone' check (field = 'phone'),
  -- The new phone.
  version int not null,
  -- The phone that is told: the one that was replaced, and the trusted one where that is another.
  to_version int not null,
  at_ms bigint not null,
  primary key (tenant_id, borrower_id, version, to_version),
  foreign key (tenant_id, borrower_id, field, version) references vault_identity_version,
  foreign key (tenant_id, borrower_id, field, to_version) references vault_identity_version
    (tenant_id, borrower_id, field, version),
  constraint told_to_an_older_one check (to_version < version)
);
comment on table phone_change_notice is
  'Which older phones are to be told of a change: written with it, and planned as notices by the next step. Append-only.';
select make_append_only('phone_change_notice');

alter table notice add column to_phone_version int;
comment on column notice.to_phone_version is
  'The version of the phone that it goes to. Null: the phone for notices of money as of the sweep.';
create index notice_of_phone_change on notice (tenant_id, borrower_id, dedupe_key) where kind = 'phone-changed';
`;
