/** Incidents: what is stopped in an emergency, read fresh by every transaction that it could stop, and their timeline. */
export const sql = `
create sequence incident_number;

create table incident (
  tenant_id text not null references tenant,
  incident_id text not null default 'incident-' || nextval('incident_number')
    check (incident_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$'),
  dedupe_key text not null,
  opening_key text,
  stage text not null default 'open' check (stage in ('open', 'acknowledged', 'resuming', 'resumed', 'reviewed')),
  measures text[] not null check (cardinality(measures) > 0
    and measures <@ array['notices', 'draws', 'auto-debit', 'applications']),
  scope jsonb not null default '{}'
    check (jsonb_typeof(scope) = 'object' and scope - '{product,templateKind,provider,region,segment}'::text[] = '{}'),
  exempt_borrower_ids text[] not null default '{}',
  reason_code text not null check (reason_code ~ '^[A-Z][A-Z0-9_]{2,59}$'),
  remedy_channel text not null,
  opened_by_kind text not null check (opened_by_kind in ('guard', 'rule', 'person')),
  opened_by text not null,
  opened_at_ms bigint not null,
  acknowledged_by text,
  first_approval_by text,
  second_approval_by text,
  lifted_at_ms bigint,
  reviewed_by text,
  workflow_seen_at_ms bigint,
  primary key (tenant_id, incident_id),
  unique (tenant_id, opening_key),
  constraint narrowed_where_it_is_enforced check (measures <@ array['notices'] or scope - 'product' = '{}'),
  constraint lifted_by_stage check ((lifted_at_ms is not null) = (stage in ('resumed', 'reviewed'))),
  constraint two_people_resume check (lifted_at_ms is null
    or (num_nulls(first_approval_by, second_approval_by) = 0 and first_approval_by <> second_approval_by)),
  constraint one_approval_while_resuming check ((stage = 'resuming')
    = (first_approval_by is not null and second_approval_by is null)),
  constraint second_after_first check (second_approval_by is null or first_approval_by is not null),
  constraint ends_with_its_review check ((stage = 'reviewed') = (reviewed_by is not null))
);
comment on table incident is
  'What is stopped in an emergency and for whom. In force until two different people lift it; never removed.';
comment on column incident.dedupe_key is 'What it is about: as long as it is in force, the same thing is one incident.';
comment on column incident.opening_key is 'The act that opened it: done again it is the same incident, also after its end.';
comment on column incident.workflow_seen_at_ms is 'When its workflow took it up; null: it has to be started.';
-- Read by every transaction that could be stopped: there are some rows in force at most.
create unique index incident_in_force on incident (tenant_id, dedupe_key) where lifted_at_ms is null;
create index incident_without_workflow on incident (tenant_id) where workflow_seen_at_ms is null;

-- The last line against lifting by other means: while it is in force an incident can only stop more.
create function guard_incident() returns trigger language plpgsql as $$
declare
  stages constant text[] := array['open', 'acknowledged', 'resuming', 'resumed', 'reviewed'];
begin
  if (old.tenant_id, old.incident_id, old.dedupe_key, old.opening_key, old.reason_code, old.remedy_channel,
      old.opened_by_kind, old.opened_by, old.opened_at_ms)
     is distinct from
     (new.tenant_id, new.incident_id, new.dedupe_key, new.opening_key, new.reason_code, new.remedy_channel,
      new.opened_by_kind, new.opened_by, new.opened_at_ms)
  then
    raise exception 'incident %: what it is never changes', old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if array_position(stages, new.stage) < array_position(stages, old.stage)
     and not (old.stage = 'resuming' and new.stage = 'acknowledged') then
    raise exception 'incident % is % and does not become %', old.incident_id, old.stage, new.stage
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.stage in ('resumed', 'reviewed') and old.stage in ('open', 'acknowledged') then
    raise exception 'incident %: nobody has approved yet that it goes on', old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.stage = 'resuming' and new.stage <> 'acknowledged' and new.first_approval_by is distinct from old.first_approval_by
  then
    raise exception 'incident %: an approval does not change', old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if not new.measures @> old.measures or not new.scope <@ old.scope
     or not new.exempt_borrower_ids @> old.exempt_borrower_ids then
    raise exception 'incident %: what it stops becomes less by resuming it only', old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.lifted_at_ms is not null and
     (old.lifted_at_ms, old.measures, old.scope, old.first_approval_by, old.second_approval_by, old.exempt_borrower_ids)
       is distinct from
     (new.lifted_at_ms, new.measures, new.scope, new.first_approval_by, new.second_approval_by, new.exempt_borrower_ids)
  then
    raise exception 'incident % is lifted for good', old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.stage = 'reviewed' and old.reviewed_by is distinct from new.reviewed_by then
    raise exception 'incident % is reviewed', old.incident_id using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger incident_life before update on incident for each row execute function guard_incident();
select make_permanent('incident');

create table incident_event (
  tenant_id text not null,
  incident_id text not null,
  event_id bigint generated always as identity,
  event_key text not null,
  kind text not null check (kind in ('opened', 'seen-again', 'acknowledged', 'measures-changed', 'resume-approved',
    'resumed', 'appealed', 'appeal-answered', 'noted', 'escalated', 'reviewed')),
  at_ms bigint not null,
  by text not null,
  body jsonb not null,
  primary key (tenant_id, incident_id, event_id),
  unique (tenant_id, incident_id, event_key),
  foreign key (tenant_id, incident_id) references incident
);
comment on table incident_event is
  'The timeline of an incident: who did what, when. No personal data. Append-only: the record of an emergency.';
select make_append_only('incident_event');
`;
