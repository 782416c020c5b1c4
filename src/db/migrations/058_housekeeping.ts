/** Rows that callers make without end are removed when they are old, by one function alone; refusals stand for a time. */
export const sql = `
alter table idempotency_record
  add column answered_at timestamptz,
  -- How often the same request was judged: a refusal that stood its time is judged anew.
  add column tries int not null default 1 check (tries > 0);

-- Append-only but for the age of its rows: only the function below removes, as the owner of the table.
create function refuse_change_but_purge() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('creditloom.purging', true) = 'on'
     and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    return old;
  end if;
  raise exception 'table % is append-only: % is refused, record a correction instead', tg_table_name, tg_op
    using errcode = 'object_not_in_prerequisite_state';
end $$;
drop trigger append_only_row on code_check;
create trigger append_only_row before update or delete on code_check
  for each row execute function refuse_change_but_purge();
drop trigger append_only_row on fraud_report;
create trigger append_only_row before update or delete on fraud_report
  for each row execute function refuse_change_but_purge();

-- As the owner: whoever calls it can remove nothing that is younger than what is promised, whatever is asked. Checks and
-- reports are of business time, which an accelerated clock runs ahead; the clock is the database's, never the caller's.
create function purge_old_rows(tenant text, requests_days int, checks_days int, reports_days int, troubles_days int, most int)
returns table (what text, removed bigint) language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  real_ms bigint := (extract(epoch from clock_timestamp()) * 1000)::bigint;
  business_ms bigint := coalesce(
    (select least(business_epoch_ms + ((real_ms - real_epoch_ms) * speed)::bigint, coalesce(limit_ms, 9007199254740991))
       from public.business_clock order by segment desc limit 1), real_ms);
  day_ms constant bigint := 86400000;
  oldest timestamptz := clock_timestamp() - make_interval(days => greatest(requests_days, 30));
begin
  -- In the body: who is no superuser makes no function that comes with a setting of ours.
  perform set_config('creditloom.purging', 'on', true);
  delete from public.idempotency_record r where (r.tenant_id, r.idempotency_key) in (
    select tenant_id, idempotency_key from public.idempotency_record
     where tenant_id = tenant and created_at < oldest and coalesce(answered_at, created_at) < oldest
     order by created_at limit most for update skip locked);
  get diagnostics removed = row_count;
  what := 'requests';
  return next;
  delete from public.code_check c where (c.tenant_id, c.check_id) in (
    select tenant_id, check_id from public.code_check
     where tenant_id = tenant and at_ms < business_ms - greatest(checks_days, 60) * day_ms order by at_ms limit most);
  get diagnostics removed = row_count;
  what := 'checks';
  return next;
  delete from public.fraud_report f where (f.tenant_id, f.report_id) in (
    select tenant_id, report_id from public.fraud_report
     where tenant_id = tenant and at_ms < business_ms - greatest(reports_days, 180) * day_ms order by at_ms limit most);
  get diagnostics removed = row_count;
  what := 'reports';
  return next;
  delete from public.receipt_trouble t where (t.tenant_id, t.provider, t.trouble_key) in (
    select tenant_id, provider, trouble_key from public.receipt_trouble
     where tenant_id = tenant and at_ms < business_ms - greatest(troubles_days, 30) * day_ms order by at_ms limit most);
  get diagnostics removed = row_count;
  what := 'troubles';
  return next;
  perform set_config('creditloom.purging', 'off', true);
end $$;
revoke execute on function purge_old_rows(text, int, int, int, int, int) from public;

comment on table sink_message is
  'Messages of the provider sink, which sends nothing: for trials. Whole, with the code that every other copy hides.';
`;
