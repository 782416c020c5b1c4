/** Which life an application belongs to, and that one which is over stays so (docs/decisions/0047-whose-id-it-is.md). */
export const sql = `
alter table application add column life_id text;
comment on column application.life_id is
  'First run of the workflow that took it up. Null: not taken up, or before it was kept.';

create function guard_application() returns trigger language plpgsql as $$
begin
  -- What a life may come to: no statement makes it one that nobody has looked at.
  if old.stage in ('declined', 'expired', 'accepted') and old.stage <> new.stage and new.stage <> 'assessing' then
    raise exception 'application % is % for good', old.application_id, old.stage
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if (old.tenant_id, old.application_id, old.borrower_id, old.product, old.requested_fen)
     is distinct from (new.tenant_id, new.application_id, new.borrower_id, new.product, new.requested_fen) then
    raise exception 'application %: whose it is and what is asked for never changes', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger application_life before update on application for each row execute function guard_application();
`;
