/** Templates, the outbox of notices, their receipts, the doorbells of lanes, and the sink provider's messages. */
export const sql = `
create table notice_template (
  tenant_id text not null references tenant,
  kind text not null,
  version int not null check (version > 0),
  status text not null check (status in ('draft', 'approved', 'active', 'retired')),
  body text not null,
  signature text not null,
  approved_by text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind, version),
  constraint approved_by_someone check (status = 'draft' or approved_by is not null)
);
create unique index notice_template_one_active on notice_template (tenant_id, kind) where status = 'active';
comment on table notice_template is
  'Reviewed wordings of notices. A wording that was approved never changes: another one is another version.';

create function guard_notice_template() returns trigger language plpgsql as $$
declare
  life constant text[] := array['draft', 'approved', 'active', 'retired'];
begin
  if old.status <> 'draft'
     and (old.body, old.signature, old.approved_by) is distinct from (new.body, new.signature, new.approved_by) then
    raise exception 'template % version % is %: its wording and approval stand, add another version',
      old.kind, old.version, old.status using errcode = 'object_not_in_prerequisite_state';
  end if;
  if array_position(life, new.status) < array_position(life, old.status) then
    raise exception 'template % version % is %: it does not become % again',
      old.kind, old.version, old.status, new.status using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger template_life before update on notice_template
  for each row execute function guard_notice_template();
select make_permanent('notice_template');

create table notice (
  tenant_id text not null,
  notice_id uuid not null default gen_random_uuid(),
  borrower_id text not null,
  account_id text not null,
  kind text not null,
  dedupe_key text not null,
  obligation_key text,
  lane int not null check (lane >= 0),
  priority smallint not null check (priority >= 0),
  send_after_at_ms bigint not null,
  expires_at_ms bigint not null,
  status text not null default 'planned' check (status in
    ('planned', 'attempted', 'accepted', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled')),
  cancel_reason text,
  template_version int,
  text text,
  parts int check (parts > 0),
  attempted_at_ms bigint,
  provider text,
  provider_message_id text,
  outcome_at_ms bigint,
  provider_error text,
  primary key (tenant_id, notice_id),
  unique (tenant_id, account_id, dedupe_key),
  foreign key (tenant_id, account_id) references credit_account,
  constraint attempt_is_recorded check (status in ('planned', 'cancelled')
    or num_nulls(attempted_at_ms, provider, text, template_version) = 0),
  constraint cancelled_with_reason check ((status = 'cancelled') = (cancel_reason is not null))
);
create index notice_due on notice (tenant_id, lane, send_after_at_ms) where status = 'planned';
create index notice_in_doubt on notice (tenant_id, lane, attempted_at_ms) where status = 'attempted';
create index notice_sent_to_borrower on notice (tenant_id, borrower_id, attempted_at_ms)
  where attempted_at_ms is not null;
create index notice_by_message on notice (tenant_id, provider, provider_message_id)
  where provider_message_id is not null;
comment on table notice is
  'The outbox: a notice is planned by the transaction that decides it, attempted once, and never removed.';

-- The last line against a second message: whatever a statement says, an attempt is never planned again and an end
-- never changes.
create function guard_notice() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.notice_id, old.borrower_id, old.account_id, old.kind, old.dedupe_key, old.lane)
     is distinct from
     (new.tenant_id, new.notice_id, new.borrower_id, new.account_id, new.kind, new.dedupe_key, new.lane) then
    raise exception 'notice %: what it is never changes', old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status in ('delivered', 'undelivered', 'refused', 'cancelled') and old is distinct from new then
    raise exception 'notice % is % for good', old.notice_id, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status <> 'planned' and (new.status = 'planned' or new.status = 'cancelled' or
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
create trigger notice_life before update on notice for each row execute function guard_notice();
select make_permanent('notice');

create table receipt (
  tenant_id text not null references tenant,
  provider text not null,
  receipt_key text not null,
  provider_message_id text not null,
  status text not null check (status in ('delivered', 'undelivered')),
  received_at_ms bigint not null,
  body jsonb not null,
  primary key (tenant_id, provider, receipt_key)
);
create index receipt_by_message on receipt (tenant_id, provider, provider_message_id);
comment on table receipt is 'Delivery receipts as providers sent them, doubles kept once. Append-only.';
select make_append_only('receipt');

create table notice_lane (
  tenant_id text not null references tenant,
  lane int not null check (lane >= 0),
  rung boolean not null,
  primary key (tenant_id, lane)
);
comment on table notice_lane is 'The doorbell of a lane: whoever turns it to rung wakes the lane, all others need not.';

create table sink_message (
  tenant_id text not null references tenant,
  message_id uuid not null default gen_random_uuid(),
  reference text not null,
  phone_fingerprint text not null,
  text text not null,
  sent_at_ms bigint not null,
  receipt_plan jsonb not null,
  primary key (tenant_id, message_id)
);
create index sink_message_by_reference on sink_message (tenant_id, reference);
comment on table sink_message is
  'Messages of the sink provider, which sends nothing. A reference may repeat: a second send of a notice would show.';

create table sink_receipt (
  tenant_id text not null,
  message_id uuid not null,
  seq int not null,
  due_at_ms bigint not null,
  status text not null check (status in ('delivered', 'undelivered')),
  issued boolean not null default false,
  primary key (tenant_id, message_id, seq),
  foreign key (tenant_id, message_id) references sink_message
);
create index sink_receipt_due on sink_receipt (tenant_id, due_at_ms) where not issued;
comment on table sink_receipt is 'Receipts that the sink provider is going to issue, as a carrier would.';
`;
