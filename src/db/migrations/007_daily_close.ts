/** Daily closes: which dates' books were proved, by what, and what stood in the way. */
export const sql = `
create table daily_close (
  tenant_id text not null references tenant,
  close_id bigint generated always as identity,
  business_date date not null,
  outcome text not null check (outcome in ('succeeded', 'failed')),
  account_count bigint not null check (account_count >= 0),
  entry_count bigint not null check (entry_count >= 0),
  posting_count bigint not null check (posting_count >= 0),
  lines jsonb not null check (jsonb_typeof(lines) = 'array'),
  differences jsonb not null check (jsonb_typeof(differences) = 'array'),
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, close_id),
  constraint failed_when_different check ((outcome = 'failed') = (jsonb_array_length(differences) > 0))
);
create unique index daily_close_succeeds_once on daily_close (tenant_id, business_date) where outcome = 'succeeded';
comment on table daily_close is
  'Each try to close a business date: that the books are what the accounts'' lives say, or the differences. Append-only.';
comment on column daily_close.lines is
  'The trial balance of entries with a value date up to the business date, as it was when the date was closed.';
select make_append_only('daily_close');
`;
