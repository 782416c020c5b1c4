/** Money that was booked and did not find what it names: told, where before nothing said so. */
export const sql = `
create table arrival_remark (
  tenant_id text not null,
  account_id text not null,
  business_key text not null,
  kind text not null,
  reason_codes text[] not null check (cardinality(reason_codes) > 0),
  at_ms bigint not null,
  primary key (tenant_id, account_id, business_key),
  foreign key (tenant_id, account_id, business_key) references account_fact
);
comment on table arrival_remark is
  'What is to be said of a fact that was taken: it named an instalment or a purchase that is not there. Append-only.';
select make_append_only('arrival_remark');
`;
