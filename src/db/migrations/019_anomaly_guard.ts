/** The anomaly guard: what was reviewed under seal, what a day was planned to bring, what was let pass, what is held. */
export const sql = `
create table wording_review (
  tenant_id text not null,
  kind text not null,
  version int not null,
  wording_hash text not null check (wording_hash ~ '^[0-9a-f]{64}$'),
  submitted_by text not null,
  approved_by text not null,
  approved_at_ms bigint not null,
  -- Under a key that is not in the database: whoever writes rows cannot make a review.
  seal keyed_hash not null,
  primary key (tenant_id, kind, version),
  foreign key (tenant_id, kind, version) references notice_template,
  constraint reviewed_by_another check (submitted_by <> approved_by)
);
comment on table wording_review is 'Wordings as a second person reviewed them, sealed. Append-only.';
select make_append_only('wording_review');

create table guard_day (
  tenant_id text not null references tenant,
  business_date date not null,
  taken_at_ms bigint not null,
  primary key (tenant_id, business_date)
);
comment on table guard_day is 'Business days whose plan was taken, each once: what is put in later is not of it.';
select make_append_only('guard_day');

create table guard_plan (
  tenant_id text not null,
  notice_id uuid not null,
  business_date date not null,
  primary key (tenant_id, notice_id),
  foreign key (tenant_id, business_date) references guard_day,
  foreign key (tenant_id, notice_id) references notice
);
comment on table guard_plan is 'Notices that were planned for a business day when its plan was taken. Append-only.';
select make_append_only('guard_plan');

create table guard_pass (
  tenant_id text not null,
  notice_id uuid not null,
  at_ms bigint not null,
  kind text not null,
  -- A keyed hash of the phone, or the borrower where there is none.
  recipient text not null check (recipient !~ '^[+0-9 -]+$' or length(recipient) = 64),
  is_planned boolean not null,
  primary key (tenant_id, notice_id, at_ms),
  foreign key (tenant_id, notice_id) references notice
);
create index guard_pass_unplanned on guard_pass (tenant_id, at_ms) where not is_planned;
create index guard_pass_by_recipient on guard_pass (tenant_id, recipient, at_ms);
comment on table guard_pass is 'Messages that the guard let pass; the phone as a keyed hash. Append-only.';
select make_append_only('guard_pass');

create table notice_hold (
  tenant_id text not null,
  hold_id bigint generated always as identity,
  notice_id uuid not null,
  rule text not null,
  detail text not null,
  incident_id text not null,
  held_at_ms bigint not null,
  released_at_ms bigint,
  released_by text,
  -- When the release was used up: it lets the notice pass once.
  used_at_ms bigint,
  primary key (tenant_id, hold_id),
  foreign key (tenant_id, notice_id) references notice,
  foreign key (tenant_id, incident_id) references incident,
  constraint released_by_someone check (num_nulls(released_at_ms, released_by) in (0, 2)),
  constraint used_after_release check (used_at_ms is null or released_at_ms is not null)
);
create unique index notice_hold_one_open on notice_hold (tenant_id, notice_id, rule) where released_at_ms is null;
create index notice_hold_of_incident on notice_hold (tenant_id, incident_id) where released_at_ms is null;
create index notice_hold_unused on notice_hold (tenant_id, notice_id) where used_at_ms is null;
comment on table notice_hold is 'What the guard holds, by which rule, and who released it. Never removed.';
select make_permanent('notice_hold');

create function guard_notice_hold() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.hold_id, old.notice_id, old.rule, old.detail, old.incident_id, old.held_at_ms)
     is distinct from
     (new.tenant_id, new.hold_id, new.notice_id, new.rule, new.detail, new.incident_id, new.held_at_ms)
     or old.released_at_ms is not null
       and (old.released_at_ms, old.released_by) is distinct from (new.released_at_ms, new.released_by)
     or old.used_at_ms is not null and old.used_at_ms is distinct from new.used_at_ms then
    raise exception 'hold % of notice %: what was held, released or used up stays so', old.hold_id, old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  -- Two people lift an incident; nothing that it holds is released while it is in force.
  if old.released_at_ms is null and new.released_at_ms is not null and not exists (
       select from incident where tenant_id = new.tenant_id and incident_id = new.incident_id
         and lifted_at_ms is not null) then
    raise exception 'notice % is held by incident %, which is in force', old.notice_id, old.incident_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger notice_hold_life before update on notice_hold for each row execute function guard_notice_hold();

-- What the guard reads for every sweep.
create index notice_attempt_confirmed on notice_attempt (tenant_id, provider, attempted_at_ms)
  where status in ('delivered', 'undelivered');
create index notice_attempt_told on notice_attempt (tenant_id, provider, outcome_at_ms)
  where status in ('delivered', 'undelivered');
create index receipt_by_arrival on receipt (tenant_id, provider, received_at_ms);
create index notice_planned_for on notice (tenant_id, send_after_at_ms) where status = 'planned';
create index incident_by_guard on incident (tenant_id, lifted_at_ms) where opened_by_kind = 'guard';
`;
