/** Who placed, lifted and resumed, beside the names that were said; and two approvals that differ by more than case. */
export const sql = `
alter table contact_hold
  add column placed_principal text,
  add column lifted_principal text;
alter table provider_stop add column resumed_principal text;
-- Null: from before; a repeat of such a request is not compared by it.
alter table idempotency_record add column principal text;

-- An approval by a name is nobody's: it is given anew.
update incident set stage = 'acknowledged', first_approval_by = null where stage = 'resuming';
-- Not of rows from before, which have names.
alter table incident add constraint two_principals_resume
  check (lower(first_approval_by) <> lower(second_approval_by)) not valid;
alter table notice_template add constraint approved_by_another_principal
  check (lower(approved_by) <> lower(submitted_by)) not valid;
`;
