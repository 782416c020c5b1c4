/** An objection to a decline that no person made opens a review by one (docs/decisions/0083-an-objection-is-a-review.md). */
export const sql = `
alter table application
  add column object_until_at_ms bigint,
  add column objection jsonb check (jsonb_typeof(objection) = 'object');
comment on column application.object_until_at_ms is
  'Until when a decline may be objected to. Null: it may not, or it is from before there were objections.';
comment on column application.objection is
  'Who objected to the decline, when and why; null: nobody. It never changes. Figures are in referral_figures.';

-- As of 054, and: a decline that was objected to, once, is for a person to decide.
create or replace function guard_application() returns trigger language plpgsql as $$
declare
  is_objected boolean := old.objection is null and new.objection is not null;
begin
  if (old.tenant_id, old.application_id, old.borrower_id, old.product, old.requested_fen, old.received_at_ms)
     is distinct from
     (new.tenant_id, new.application_id, new.borrower_id, new.product, new.requested_fen, new.received_at_ms)
     or old.facts is distinct from new.facts then
    raise exception 'application %: what was applied for never changes', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if is_objected and not (old.stage = 'declined' and new.stage = 'referred' and old.object_until_at_ms is not null) then
    raise exception 'application %: only a decline that is open to it is objected to', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.objection is not null and old.objection is distinct from new.objection then
    raise exception 'application %: an objection is made once and never changes', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.stage in ('declined', 'expired', 'accepted') and old.stage <> new.stage and not is_objected then
    raise exception 'application % is % for good', old.application_id, old.stage
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.drawn_fen < old.drawn_fen then
    raise exception 'application %: what was drawn does not become less', old.application_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
`;
