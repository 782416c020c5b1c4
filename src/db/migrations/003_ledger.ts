/** The double-entry ledger: entries, their postings, and balances that the database itself keeps. */
export const sql = `
create table journal_entry (
  tenant_id text not null,
  account_id text not null,
  entry_id bigint generated always as identity,
  business_key text not null,
  revision int not null check (revision > 0),
  kind text not null,
  value_date date not null,
  content_hash text not null,
  booked_at_ms bigint not null,
  primary key (tenant_id, account_id, entry_id),
  unique (tenant_id, account_id, business_key, revision),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table journal_entry is
  'An entry of the books by its business key. Append-only: what changed is corrected by the next revision.';
comment on column journal_entry.content_hash is
  'Hash of what all revisions up to this one book together; void when that is nothing.';
select make_append_only('journal_entry');

create table posting (
  tenant_id text not null,
  account_id text not null,
  entry_id bigint not null,
  line_no int not null check (line_no > 0),
  ledger_account text not null check (ledger_account ~ '^[a-z]+(-[a-z]+)*$'),
  amount_fen fen not null check (amount_fen <> 0),
  primary key (tenant_id, account_id, entry_id, line_no),
  foreign key (tenant_id, account_id, entry_id) references journal_entry
);
comment on table posting is 'One line of an entry: positive debits, negative credits. Append-only.';
select make_append_only('posting');

-- Deferred, because an entry and its lines come in more than one statement: nothing unbalanced survives a commit.
-- On both tables, so that neither an entry without lines nor a line added to an old entry gets through.
create function refuse_unbalanced_entry() returns trigger language plpgsql as $$
declare
  line_count bigint;
  sum_fen numeric;
begin
  select count(*), coalesce(sum(amount_fen), 0) into line_count, sum_fen from posting
   where tenant_id = new.tenant_id and account_id = new.account_id and entry_id = new.entry_id;
  if line_count < 2 then
    raise exception 'journal entry % of account % has % lines; an entry has at least two',
      new.entry_id, new.account_id, line_count using errcode = 'check_violation', table = 'journal_entry';
  end if;
  if sum_fen <> 0 then
    raise exception 'journal entry % of account % does not balance: its postings sum to % fen',
      new.entry_id, new.account_id, sum_fen using errcode = 'check_violation', table = 'journal_entry';
  end if;
  return null;
end $$;
create constraint trigger entry_balances after insert on journal_entry
  deferrable initially deferred for each row execute function refuse_unbalanced_entry();
create constraint trigger entry_balances after insert on posting
  deferrable initially deferred for each row execute function refuse_unbalanced_entry();

create table ledger_balance (
  tenant_id text not null,
  account_id text not null,
  ledger_account text not null,
  amount_fen fen not null,
  primary key (tenant_id, account_id, ledger_account)
);
comment on table ledger_balance is
  'Sum of the postings of an account by ledger account. Kept by a trigger on posting; direct writes are refused.';

-- In key order, so that two transactions never wait for each other's balances crosswise.
create function add_to_balances() returns trigger language plpgsql as $$
begin
  insert into ledger_balance as balance (tenant_id, account_id, ledger_account, amount_fen)
  select tenant_id, account_id, ledger_account, sum(amount_fen) from added
   group by tenant_id, account_id, ledger_account
   order by tenant_id, account_id, ledger_account
  on conflict (tenant_id, account_id, ledger_account)
  do update set amount_fen = balance.amount_fen + excluded.amount_fen;
  return null;
end $$;
create trigger balances_follow after insert on posting referencing new table as added
  for each statement execute function add_to_balances();

-- Depth 1 is a statement of a client; the trigger on posting writes from depth 2.
create function refuse_direct_balance() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'ledger_balance follows the postings: % is refused, book an entry instead', tg_op
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return null;
end $$;
create trigger only_by_posting before insert or update or delete or truncate on ledger_balance
  for each statement execute function refuse_direct_balance();
`;
