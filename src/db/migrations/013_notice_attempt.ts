/** Attempts of notices: each call of a provider has a row before it is made, so that a second one can be refused. */
export const sql = `
alter table notice
  -- What it was planned on: amount, due date and stage, compared with the books before it is sent.
  add column planned_on jsonb,
  -- Why it was put off last, for operators.
  add column put_off_reason text,
  -- When its lane asks the provider about it, or gives it up; null when there is nothing to look at.
  add column next_look_at_ms bigint,
  -- From then on nothing changes it any more, whatever a receipt says.
  add column closed_at_ms bigint;
create index notice_looks on notice (tenant_id, lane, next_look_at_ms) where next_look_at_ms is not null;

create table notice_attempt (
  tenant_id text not null,
  notice_id uuid not null,
  attempt int not null check (attempt > 0),
  provider text not null,
  reference text not null check (length(reference) between 1 and 64),
  status text not null default 'attempted' check (status in
    ('attempted', 'accepted', 'refused', 'unknown', 'not-sent', 'delivered', 'undelivered')),
  -- What the text says, as read from the books for it; and which of these had moved since it was planned.
  figures jsonb,
  moved text[] not null default '{}',
  failure text check (failure in ('transient', 'windowed', 'account-stop', 'config-bug', 'bad-address')),
  code text,
  detail text,
  attempted_at_ms bigint not null,
  outcome_at_ms bigint,
  -- How often the provider was asked what became of it.
  looks int not null default 0 check (looks >= 0),
  primary key (tenant_id, notice_id, attempt),
  unique (tenant_id, reference),
  foreign key (tenant_id, notice_id) references notice,
  constraint refused_with_class check (status <> 'refused' or failure is not null)
);
-- At most one accepted message for a notice: while an attempt may have reached somebody, there is no other.
create unique index notice_attempt_one_live on notice_attempt (tenant_id, notice_id)
  where status not in ('refused', 'not-sent');
create index notice_attempt_by_provider on notice_attempt (tenant_id, provider, attempted_at_ms);
comment on table notice_attempt is
  'Calls of providers, each committed before it is made. Refused: certainly not sent. Not-sent: the provider, asked, has no trace.';

create function guard_notice_attempt() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.notice_id, old.attempt, old.provider, old.reference, old.attempted_at_ms, old.figures)
     is distinct from
     (new.tenant_id, new.notice_id, new.attempt, new.provider, new.reference, new.attempted_at_ms, new.figures) then
    raise exception 'attempt % of notice %: what it is never changes', old.attempt, old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status in ('refused', 'not-sent', 'delivered', 'undelivered') and old is distinct from new then
    raise exception 'attempt % of notice % is % for good', old.attempt, old.notice_id, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status <> 'attempted' and new.status = 'attempted' then
    raise exception 'attempt % of notice % is % already', old.attempt, old.notice_id, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger notice_attempt_life before update on notice_attempt
  for each row execute function guard_notice_attempt();
select make_permanent('notice_attempt');

create table notice_message (
  tenant_id text not null,
  provider text not null,
  provider_message_id text not null,
  notice_id uuid not null,
  attempt int not null,
  -- Of its part of the text; the first that came.
  status text check (status in ('delivered', 'undelivered')),
  primary key (tenant_id, provider, provider_message_id),
  foreign key (tenant_id, notice_id, attempt) references notice_attempt
);
create index notice_message_of_attempt on notice_message (tenant_id, notice_id, attempt);
comment on table notice_message is 'Ids at the provider of what an attempt became: one for each part that has one.';
select make_permanent('notice_message');

alter table receipt drop constraint receipt_status_check;
alter table receipt add constraint receipt_status_check check (status in ('delivered', 'undelivered', 'pending'));
alter table receipt add column code text, add column reference text;
create index receipt_by_reference on receipt (tenant_id, provider, reference) where reference is not null;

create table provider_stop (
  tenant_id text not null references tenant,
  provider text not null,
  stopped_at_ms bigint not null,
  code text not null,
  detail text not null,
  resumed_at_ms bigint,
  resumed_by text,
  primary key (tenant_id, provider, stopped_at_ms),
  constraint resumed_by_someone check (num_nulls(resumed_at_ms, resumed_by) in (0, 2))
);
create unique index provider_stop_one_open on provider_stop (tenant_id, provider) where resumed_at_ms is null;
comment on table provider_stop is
  'Providers whose account cannot send: nothing is given to one until a person says that it works again.';
select make_permanent('provider_stop');

-- What was attempted before there were attempts.
insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, failure, detail, attempted_at_ms,
  outcome_at_ms)
  select tenant_id, notice_id, 1, provider, notice_id::text, status,
    case when status = 'refused' then 'config-bug' end, provider_error, attempted_at_ms, outcome_at_ms
  from notice where attempted_at_ms is not null;
insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt, status)
  select tenant_id, provider, provider_message_id, notice_id, 1,
    case when status in ('delivered', 'undelivered') then status end
  from notice where provider_message_id is not null
  on conflict do nothing;

create or replace function guard_notice() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.notice_id, old.borrower_id, old.account_id, old.kind, old.dedupe_key, old.lane)
     is distinct from
     (new.tenant_id, new.notice_id, new.borrower_id, new.account_id, new.kind, new.dedupe_key, new.lane) then
    raise exception 'notice %: what it is never changes', old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if (old.closed_at_ms is not null or old.status in ('delivered', 'undelivered', 'refused', 'cancelled'))
     and old is distinct from new then
    raise exception 'notice % is % for good', old.notice_id, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status in ('attempted', 'unknown') and new.status = 'planned' then
    if exists (select from notice_attempt live where live.tenant_id = old.tenant_id
        and live.notice_id = old.notice_id and live.status not in ('refused', 'not-sent')) then
      raise exception 'notice % was attempted and may have gone out: it is not planned again', old.notice_id
        using errcode = 'object_not_in_prerequisite_state';
    end if;
  elsif old.status <> 'planned' and (new.status = 'planned' or new.status = 'cancelled' or
     (old.attempted_at_ms, old.text, old.template_version)
       is distinct from (new.attempted_at_ms, new.text, new.template_version)) then
    raise exception 'notice % was attempted: it is not planned, cancelled or attempted again', old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status = 'planned' and new.status not in ('planned', 'attempted', 'cancelled') then
    raise exception 'notice % was not attempted yet: it does not become %', old.notice_id, new.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status in ('accepted', 'unknown') and new.status = 'attempted' then
    raise exception 'notice % is % already', old.notice_id, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
`;
