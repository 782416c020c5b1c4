/**
 * What proves who wrote a row: a MAC under a key that is not in the database, and for an account a chain of its facts,
 * entries and bills (docs/decisions/0053-signed-books.md). Rows from before have neither; they are taken over once.
 */
export const sql = `
alter table account_fact add column chain_no bigint, add column mac text;
alter table journal_entry add column chain_no bigint, add column mac text;
alter table statement add column chain_no bigint, add column mac text;
comment on column account_fact.mac is
  'Signs the row, its place in the account''s chain, and the signature before. Null: from before 055, taken over.';

alter table credit_account
  add column agreement_mac text,
  add column chain_no bigint not null default 0,
  add column chain_head text;
comment on column credit_account.agreement_mac is 'Signs what was agreed; the chain begins with it.';
comment on column credit_account.chain_head is 'Signature of the last link of the account''s chain, whose number is chain_no.';

alter table api_key add column mac text;
alter table application add column mac text;
alter table contact_hold add column mac text;
alter table incident add column mac text;
alter table incident_event add column mac text;
alter table mandate_change add column mac text;
alter table vault_identity_version add column mac text;
alter table evidence_record add column mac text;

create or replace function append_evidence(tenant text, records jsonb) returns bigint language plpgsql as $$
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
    added.mac := given ->> 'mac';
    added.record_hash := evidence_record_hash(added);
    insert into evidence_record select added.*;
  end loop;
  return added.sequence;
end $$;

create table books_takeover (
  tenant_id text primary key references tenant,
  found_on date not null,
  account_count bigint not null,
  -- Records of the chain of evidence, events of incidents and changes of mandates up to here have no MAC of their own.
  evidence_sequence bigint not null,
  evidence_hash text not null,
  rows_digest text not null,
  mac text not null
);
comment on table books_takeover is
  'That a tenant''s rows from before signatures were taken over as found, once, and when. Append-only.';
select make_append_only('books_takeover');

create table account_takeover (
  tenant_id text not null,
  account_id text not null,
  found_on date not null,
  row_count bigint not null check (row_count >= 0),
  digest text not null,
  mac text not null,
  primary key (tenant_id, account_id),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table account_takeover is
  'Facts, entries and bills of an account without signatures, as they were found: the chain begins with it. Append-only.';
select make_append_only('account_takeover');
`;
