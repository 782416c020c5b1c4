/**
 * What the application's role cannot do by itself: keep balances, and add lines to an entry of another transaction
 * (docs/decisions/0052-three-roles.md).
 */
export const sql = `
alter table journal_entry add column booked_in xid8;
-- Apart, so that entries from before have none: no line is added to them.
alter table journal_entry alter column booked_in set default pg_current_xact_id();
comment on column journal_entry.booked_in is
  'The transaction that booked it, given by the database: its lines come in this one alone. Null: from before 054.';

-- As the owner, because nobody else may write balances; the path is pinned, so that no table of another schema, nor a
-- temporary one, is taken for ours. In key order, so that two transactions never wait crosswise.
create or replace function add_to_balances() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  old_entry bigint;
begin
  select added.entry_id into old_entry
    from added join public.journal_entry entry using (tenant_id, account_id, entry_id)
   where entry.booked_in is distinct from pg_current_xact_id() limit 1;
  if old_entry is not null then
    raise exception 'journal entry % was booked before: its lines came with it, book another revision', old_entry
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  insert into public.ledger_balance as balance (tenant_id, account_id, ledger_account, amount_fen)
  select tenant_id, account_id, ledger_account, sum(amount_fen) from added
   group by tenant_id, account_id, ledger_account
   order by tenant_id, account_id, ledger_account
  on conflict (tenant_id, account_id, ledger_account)
  do update set amount_fen = balance.amount_fen + excluded.amount_fen;
  return null;
end $$;
revoke execute on function add_to_balances() from public;

-- A lock on a row needs the right to update a column of it. These rows never change.
create trigger append_only_row before update on tenant for each row execute function refuse_change();
create trigger append_only_row before update on borrower for each row execute function refuse_change();
select make_permanent('tenant');
select make_permanent('borrower');

-- A key that was revoked stays so, and what it may do was said once.
create function guard_api_key() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.key_id, old.key_hash, old.scopes, old.label, old.created_at)
     is distinct from (new.tenant_id, new.key_id, new.key_hash, new.scopes, new.label, new.created_at) then
    raise exception 'key %: what it is never changes, make another one', old.key_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.revoked_at is not null and old.revoked_at is distinct from new.revoked_at then
    raise exception 'key % is revoked for good', old.key_id using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger api_key_life before update on api_key for each row execute function guard_api_key();
select make_permanent('api_key');

-- As of 046, and: what was applied for stands, what was drawn does not become less, what is over is so for good.
create or replace function guard_application() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.application_id, old.borrower_id, old.product, old.requested_fen, old.received_at_ms)
     is distinct from
     (new.tenant_id, new.application_id, new.borrower_id, new.product, new.requested_fen, new.received_at_ms)
     or old.facts is distinct from new.facts then
    raise exception 'application %: what was applied for never changes', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.stage in ('declined', 'expired', 'accepted') and old.stage <> new.stage then
    raise exception 'application % is % for good', old.application_id, old.stage
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.drawn_fen < old.drawn_fen then
    raise exception 'application %: what was drawn does not become less', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
select make_permanent('application');
`;
