/** Closes say what still waits for people, and a close that is red calls a person: an alarm that stops nothing. */
export const sql = `
alter table daily_close
  add column waiting jsonb not null default '[]' check (jsonb_typeof(waiting) = 'array'),
  add column waiting_count bigint not null default 0 check (waiting_count >= jsonb_array_length(waiting));
comment on column daily_close.waiting is
  'What was set aside by the end of the date and waited for two people when the date was closed: the oldest, each with
   its age in days. The books are right without it. Empty in closes of before it was listed.';

alter table incident drop constraint incident_measures_check;
alter table incident add constraint incident_measures_check check (
  measures <@ array['notices', 'draws', 'auto-debit', 'applications']
  -- An alarm of a guard or a rule may stop nothing: then it only calls a person, who can widen it.
  and (cardinality(measures) > 0 or opened_by_kind in ('guard', 'rule')));
`;
