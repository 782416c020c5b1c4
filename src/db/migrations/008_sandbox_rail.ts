/** What the `sandbox` rail took, in place of a bank's own books. */
export const sql = `
create table sandbox_debit (
  tenant_id text not null references tenant,
  reference text not null,
  mandate_id text not null,
  amount_fen bigint not null check (amount_fen > 0),
  business_date date not null,
  rail_id uuid not null unique default gen_random_uuid(),
  status text not null check (status in ('moved', 'refused', 'lost')),
  settles_on date,
  refusal_class text check (refusal_class in
    ('insufficient-funds', 'mandate-invalid', 'account-closed', 'limit', 'rail-refused')),
  code text,
  times_sent int not null default 1 check (times_sent > 0),
  primary key (tenant_id, reference),
  constraint moved_settles check ((status = 'moved') = (settles_on is not null)),
  constraint refused_with_class check (num_nulls(refusal_class, code) = case when status = 'refused' then 0 else 2 end)
);
create index sandbox_debit_of_mandate on sandbox_debit (tenant_id, mandate_id);
comment on table sandbox_debit is
  'Debits that the sandbox rail, which is a fake, pretends to have moved: one row for a reference, however often sent.';
`;
