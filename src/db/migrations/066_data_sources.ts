/**
 * What a decision was made of: consents, stored copies of what sources showed, and which of them entered which decision
 * (docs/decisions/0079-consent-is-a-key.md). That a datum needs a valid consent is a foreign key over time.
 */
export const sql = `
-- Equality of text in an index of ranges. In a schema of its own, so that its functions are none of ours; it is trusted,
-- so that the owner of a database may make it, and \`prepare\` has made it where the owner may not.
do $$ begin
  if not exists (select from pg_extension where extname = 'btree_gist') then
    create schema if not exists index_support;
    create extension btree_gist with schema index_support;
  end if;
end $$;

-- Keys that others refer to: whose an application is, and what a decision is about.
alter table application add constraint application_of_borrower unique (tenant_id, application_id, borrower_id);
alter table decision_record add constraint decision_of_subject unique (tenant_id, decision_id, subject_id);

create table consent (
  tenant_id text not null,
  consent_id text not null check (consent_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,139}$'),
  borrower_id text not null,
  source_kind text not null check (source_kind in ('application', 'identity', 'financial-record', 'consumption')),
  purpose text not null check (purpose in ('credit-assessment')),
  -- Business milliseconds. Of one that was withdrawn: until then.
  valid_during int8range not null check (not isempty(valid_during) and not lower_inf(valid_during)),
  application_id text not null,
  given_until_at_ms bigint,
  recorded_by text,
  withdrawn_at_ms bigint,
  withdrawn_by text,
  withdrawn_reason text,
  mac text,
  primary key (tenant_id, consent_id, borrower_id, source_kind, purpose, valid_during without overlaps),
  constraint consent_once unique (tenant_id, consent_id),
  foreign key (tenant_id, borrower_id) references borrower,
  foreign key (tenant_id, application_id, borrower_id)
    references application (tenant_id, application_id, borrower_id) deferrable initially deferred,
  constraint withdrawn_by_someone check (num_nonnulls(withdrawn_at_ms, withdrawn_by, withdrawn_reason) in (0, 3)),
  constraint withdrawn_is_over check (withdrawn_at_ms is null or not upper_inf(valid_during))
);
create index consent_of_application on consent (tenant_id, application_id);
comment on table consent is
  'What a borrower agreed to: which kind of source may be asked and used, for what, and from when to when.';

create function guard_consent() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.consent_id, old.borrower_id, old.source_kind, old.purpose, old.application_id,
      lower(old.valid_during))
     is distinct from (new.tenant_id, new.consent_id, new.borrower_id, new.source_kind, new.purpose, new.application_id,
      lower(new.valid_during)) or old.given_until_at_ms is distinct from new.given_until_at_ms
     or old.recorded_by is distinct from new.recorded_by then
    raise exception 'consent %: what was agreed to never changes', old.consent_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if not new.valid_during <@ old.valid_during then
    raise exception 'consent %: it is never made longer, ask for another one', old.consent_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.withdrawn_at_ms is not null and (old.withdrawn_at_ms, old.withdrawn_by, old.withdrawn_reason,
      old.valid_during) is distinct from (new.withdrawn_at_ms, new.withdrawn_by, new.withdrawn_reason,
      new.valid_during) then
    raise exception 'consent % is withdrawn for good', old.consent_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger consent_life before update on consent for each row execute function guard_consent();
select make_permanent('consent');

create table source_record (
  tenant_id text not null,
  record_id text not null check (record_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,139}$'),
  application_id text not null,
  borrower_id text not null,
  source_kind text not null,
  purpose text not null,
  supplier text not null check (supplier ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$'),
  consent_id text not null,
  seen_at_ms bigint not null,
  -- The instant at which it was seen, as a time in which the consent must have been valid.
  seen_during int8range not null generated always as (int8range(seen_at_ms, seen_at_ms + 1)) stored,
  status text not null check (status in ('complete', 'partial')),
  missing text[] not null check ((status = 'partial') = (cardinality(missing) > 0)),
  figures jsonb not null check (jsonb_typeof(figures) = 'object'),
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  mac text,
  primary key (tenant_id, record_id),
  constraint record_as_it_was unique
    (tenant_id, record_id, application_id, consent_id, borrower_id, source_kind, purpose, content_hash),
  foreign key (tenant_id, application_id, borrower_id)
    references application (tenant_id, application_id, borrower_id),
  constraint source_record_consent
    foreign key (tenant_id, consent_id, borrower_id, source_kind, purpose, period seen_during)
    references consent (tenant_id, consent_id, borrower_id, source_kind, purpose, period valid_during)
);
create index source_record_of_application on source_record (tenant_id, application_id);
comment on table source_record is
  'A copy of what a source showed of an applicant: figures alone, no name and no number of a person. Append-only.';
select make_append_only('source_record');

create table decision_input (
  tenant_id text not null,
  decision_id bigint not null,
  record_id text not null,
  application_id text not null,
  consent_id text not null,
  borrower_id text not null,
  source_kind text not null,
  purpose text not null,
  content_hash text not null,
  used_at_ms bigint not null,
  used_during int8range not null generated always as (int8range(used_at_ms, used_at_ms + 1)) stored,
  primary key (tenant_id, decision_id, record_id),
  -- Inputs come first: what is decided is read through them.
  constraint decision_input_decision foreign key (tenant_id, decision_id, application_id)
    references decision_record (tenant_id, decision_id, subject_id) deferrable initially deferred,
  constraint decision_input_record foreign key
    (tenant_id, record_id, application_id, consent_id, borrower_id, source_kind, purpose, content_hash)
    references source_record
    (tenant_id, record_id, application_id, consent_id, borrower_id, source_kind, purpose, content_hash),
  constraint decision_input_consent
    foreign key (tenant_id, consent_id, borrower_id, source_kind, purpose, period used_during)
    references consent (tenant_id, consent_id, borrower_id, source_kind, purpose, period valid_during)
);
comment on table decision_input is
  'Which records entered a decision, each under a consent that was valid then. None: from before 066. Append-only.';
select make_append_only('decision_input');

-- A decision may bear an earlier instant than the withdrawal that it comes after. The foreign key has locked the consent
-- by then (its triggers are named before this one), so that of both the one sees the other.
create function refuse_withdrawn_consent() returns trigger language plpgsql as $$
begin
  if exists (select from consent where tenant_id = new.tenant_id and consent_id = new.consent_id
      and withdrawn_at_ms is not null) then
    raise exception 'consent % is withdrawn: nothing is decided by it any more', new.consent_id
      using errcode = 'foreign_key_violation', constraint = 'decision_input_consent', table = 'decision_input';
  end if;
  return null;
end $$;
create trigger withdrawn_consent after insert on decision_input
  for each row execute function refuse_withdrawn_consent();
`;
