/** The chain of evidence: what was decided and sent, each record bound to the one before, sealed by business date. */
export const sql = `
create domain sha256_hex as text check (value ~ '^[0-9a-f]{64}$');

create table evidence_record (
  tenant_id text not null references tenant check (tenant_id !~ '[\\n\\r]'),
  sequence bigint not null check (sequence > 0),
  kind text not null check (kind in ('notice-decision', 'notice-outcome', 'credit-decision', 'write-off-decision',
    'template-decision', 'incident-decision')),
  subject_kind text not null check (subject_kind ~ '^[a-z][a-z-]*$'),
  subject_id text not null check (subject_id !~ '[\\n\\r]'),
  body jsonb not null check (jsonb_typeof(body) = 'object'),
  body_hash sha256_hex not null,
  prev_hash sha256_hex not null,
  record_hash sha256_hex not null,
  at_ms bigint not null,
  primary key (tenant_id, sequence)
);
create index evidence_of_subject on evidence_record (tenant_id, subject_kind, subject_id, sequence);
create index evidence_by_time on evidence_record (tenant_id, at_ms, sequence);
comment on table evidence_record is
  'What was decided and sent, each record bound to the one before by its hash. No personal data. Append-only.';

-- As in src/domain/evidence/evidenceChain.ts: one line for each field.
create function evidence_record_hash(record evidence_record) returns text language sql stable as $$
  select encode(sha256(convert_to(concat_ws(chr(10), 'creditloom-record-1', record.tenant_id, record.sequence,
    record.prev_hash, record.kind, record.subject_kind, record.subject_id, record.body_hash, record.at_ms), 'UTF8')),
    'hex')
$$;

-- The last line against a gap, a fork and a false hash, whatever a statement says.
create function guard_evidence_record() returns trigger language plpgsql as $$
declare
  head evidence_record;
begin
  select * into head from evidence_record where tenant_id = new.tenant_id order by sequence desc limit 1;
  if new.sequence <> coalesce(head.sequence, 0) + 1 or new.prev_hash <> coalesce(head.record_hash, repeat('0', 64)) then
    raise exception 'record % does not follow record % of the chain of evidence', new.sequence, coalesce(head.sequence, 0)
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.record_hash <> evidence_record_hash(new) then
    raise exception 'record %: its hash is not that of what it says', new.sequence
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger follows_the_chain before insert on evidence_record
  for each row execute function guard_evidence_record();
select make_append_only('evidence_record');

create function lock_evidence(tenant text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('creditloom evidence ' || tenant, 18))
$$;

-- Each statement in here sees what was committed before it, so the head is read after the lock is held.
create function append_evidence(tenant text, records jsonb) returns bigint language plpgsql as $$
declare
  added evidence_record;
  given jsonb;
begin
  perform lock_evidence(tenant);
  select coalesce(max(sequence), 0) into added.sequence from evidence_record where tenant_id = tenant;
  select record_hash into added.record_hash from evidence_record
    where tenant_id = tenant and sequence = added.sequence;
  added.tenant_id := tenant;
  for given in select value from jsonb_array_elements(records) with ordinality order by ordinality loop
    added.prev_hash := coalesce(added.record_hash, repeat('0', 64));
    added.sequence := added.sequence + 1;
    added.kind := given ->> 'kind';
    added.subject_kind := given ->> 'subjectKind';
    added.subject_id := given ->> 'subjectId';
    added.body := given -> 'body';
    added.body_hash := given ->> 'bodyHash';
    added.at_ms := (given ->> 'atMs')::bigint;
    added.record_hash := evidence_record_hash(added);
    insert into evidence_record select added.*;
  end loop;
  return added.sequence;
end $$;

create table evidence_seal (
  tenant_id text not null references tenant,
  business_date date not null,
  first_sequence bigint not null check (first_sequence > 0),
  last_sequence bigint not null,
  merkle_root sha256_hex not null,
  prev_seal_hash sha256_hex not null,
  seal_hash sha256_hex not null,
  sealed_at timestamptz not null default now(),
  primary key (tenant_id, business_date),
  constraint seal_of_a_range check (last_sequence >= first_sequence - 1)
);
comment on table evidence_seal is
  'Up to which record the chain stood at the end of a business date, as a Merkle root; bound to the seal before. Append-only.';

create function guard_evidence_seal() returns trigger language plpgsql as $$
declare
  previous evidence_seal;
begin
  select * into previous from evidence_seal where tenant_id = new.tenant_id order by business_date desc limit 1;
  if new.business_date <= previous.business_date or new.first_sequence <> coalesce(previous.last_sequence, 0) + 1
     or new.prev_seal_hash <> coalesce(previous.seal_hash, repeat('0', 64)) then
    raise exception 'the seal of % does not follow the seal before', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.last_sequence > (select coalesce(max(sequence), 0) from evidence_record where tenant_id = new.tenant_id) then
    raise exception 'the seal of % is over records that are not there', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.seal_hash <> encode(sha256(convert_to(concat_ws(chr(10), 'creditloom-seal-1', new.tenant_id,
    to_char(new.business_date, 'YYYY-MM-DD'), new.first_sequence, new.last_sequence, new.merkle_root,
    new.prev_seal_hash), 'UTF8')), 'hex') then
    raise exception 'the seal of %: its hash is not that of what it says', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger follows_the_seals before insert on evidence_seal for each row execute function guard_evidence_seal();
select make_append_only('evidence_seal');

create table evidence_begin (
  tenant_id text primary key references tenant,
  decision_id bigint not null,
  attempted_at_ms bigint not null,
  written_off_at_ms bigint not null
);
comment on table evidence_begin is
  'What was on record before there was a chain; nothing up to it has records. No row: everything has. Append-only.';
insert into evidence_begin
  select tenant_id,
    coalesce((select max(decision_id) from decision_record d where d.tenant_id = tenant.tenant_id), 0),
    coalesce((select max(attempted_at_ms) from notice_attempt a where a.tenant_id = tenant.tenant_id), -1),
    coalesce((select max(arrived_at_ms) from account_fact f where f.tenant_id = tenant.tenant_id
      and f.kind = 'written-off'), -1)
  from tenant;
select make_append_only('evidence_begin');
`;
