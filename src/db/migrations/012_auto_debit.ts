/** Mandates of accounts, the outbox of debits under them, and the doorbells of the lanes that debit. */
export const sql = `
alter table credit_account add column mandate_id text;
comment on column credit_account.mandate_id is
  'The mandate under which what is due is debited, as the payment rail knows it. Null: nothing is debited.';

create table mandate_change (
  tenant_id text not null,
  account_id text not null,
  change_id text not null,
  mandate_id text,
  agreed_on date not null,
  decided_by text not null check (decided_by in ('borrower', 'rail')),
  reason_code text,
  content_hash text not null,
  at_ms bigint not null,
  primary key (tenant_id, account_id, change_id),
  foreign key (tenant_id, account_id) references credit_account,
  constraint a_rail_only_ends check (decided_by = 'borrower' or (mandate_id is null and reason_code is not null))
);
comment on table mandate_change is
  'Who gave or ended the mandate of an account, when, and why; null is the end. Append-only: the evidence of consent.';
select make_append_only('mandate_change');

create table planned_debit (
  tenant_id text not null,
  account_id text not null,
  obligation_key text not null,
  attempt int not null check (attempt > 0),
  reference text not null check (reference ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,93}$'),
  lane int not null check (lane >= 0),
  due_date date not null,
  due_at_ms bigint not null,
  next_at_ms bigint,
  status text not null default 'planned'
    check (status in ('planned', 'attempted', 'pending', 'unknown', 'settled', 'refused', 'cancelled')),
  mandate_id text,
  amount_fen fen check (amount_fen > 0),
  business_date date,
  attempted_at_ms bigint,
  rail text,
  outcome_at_ms bigint,
  rail_id text,
  settled_on date,
  refusal_class text check (refusal_class in
    ('insufficient-funds', 'mandate-invalid', 'account-closed', 'limit', 'rail-refused')),
  reason_code text,
  detail text,
  told_at_ms bigint,
  primary key (tenant_id, account_id, obligation_key, attempt),
  unique (tenant_id, reference),
  foreign key (tenant_id, account_id) references credit_account,
  constraint attempt_is_recorded check (status in ('planned', 'cancelled')
    or num_nulls(mandate_id, amount_fen, business_date, attempted_at_ms, rail) = 0),
  constraint settled_with_date check ((status = 'settled') = (settled_on is not null)),
  constraint refused_with_class check ((status = 'refused') = (refusal_class is not null)),
  constraint ended_with_reason check ((status in ('refused', 'cancelled')) = (reason_code is not null)),
  constraint told_when_settled check (told_at_ms is null or status = 'settled'),
  constraint looked_at_until_its_end check
    ((next_at_ms is null) = (status in ('refused', 'cancelled') or told_at_ms is not null))
);
create index planned_debit_next on planned_debit (tenant_id, lane, next_at_ms) where next_at_ms is not null;
create unique index planned_debit_one_open on planned_debit (tenant_id, account_id, obligation_key)
  where status in ('planned', 'attempted', 'pending', 'unknown');
comment on table planned_debit is
  'The outbox of debits: planned by the step that sees what is due, attempted under one reference, never removed.';
comment on column planned_debit.next_at_ms is 'When its lane looks at it next; null once nothing is left to do.';
comment on column planned_debit.told_at_ms is 'When the account was told of the money; until then its lane tells again.';

-- The last line against money that moves twice: whatever a statement says, an attempt keeps its reference, mandate,
-- amount and date, and is never planned anew; another attempt is another row.
create function guard_planned_debit() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.account_id, old.obligation_key, old.attempt, old.reference, old.lane, old.due_date, old.due_at_ms)
     is distinct from
     (new.tenant_id, new.account_id, new.obligation_key, new.attempt, new.reference, new.lane, new.due_date, new.due_at_ms)
  then
    raise exception 'debit %: what it is never changes', old.reference
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status in ('settled', 'refused', 'cancelled') and (old.status <> new.status or old.told_at_ms is not null or
     (old.amount_fen, old.rail_id, old.settled_on, old.refusal_class, old.reason_code)
       is distinct from (new.amount_fen, new.rail_id, new.settled_on, new.refusal_class, new.reason_code)) then
    raise exception 'debit % is % for good', old.reference, old.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status <> 'planned' and (new.status = 'planned' or
     (old.mandate_id, old.amount_fen, old.business_date, old.attempted_at_ms, old.rail)
       is distinct from (new.mandate_id, new.amount_fen, new.business_date, new.attempted_at_ms, new.rail)) then
    raise exception 'debit % was attempted: it is not planned or attempted again', old.reference
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status = 'planned' and new.status not in ('planned', 'attempted', 'cancelled') then
    raise exception 'debit % was not attempted yet: it does not become %', old.reference, new.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger debit_life before update on planned_debit for each row execute function guard_planned_debit();
select make_permanent('planned_debit');

create table debit_lane (
  tenant_id text not null references tenant,
  lane int not null check (lane >= 0),
  rung boolean not null,
  next_due_at_ms bigint,
  primary key (tenant_id, lane)
);
comment on table debit_lane is 'The doorbell of a lane that debits, and until when the lane sleeps; as notice_lane.';
`;
