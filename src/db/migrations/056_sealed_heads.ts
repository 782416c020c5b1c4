/** The heads of accounts' chains under the daily seal: cut off or made anew, an account shows it. */
export const sql = `
create table sealed_head (
  tenant_id text not null,
  account_id text not null,
  chain_no bigint not null,
  head text not null,
  business_date date not null,
  primary key (tenant_id, account_id, chain_no),
  foreign key (tenant_id, account_id) references credit_account
);
create index sealed_head_by_date on sealed_head (tenant_id, business_date);
comment on table sealed_head is
  'How far an account''s chain had gone when a date was sealed, and its signature there. Append-only.';
select make_append_only('sealed_head');

alter table evidence_seal add column heads_root sha256_hex, add column head_count bigint;
comment on column evidence_seal.heads_root is
  'Root over the heads that moved since the seal before. Null on seals from before 056.';

-- As in src/domain/evidence/evidenceChain.ts: a seal with heads has a word and lines of its own.
create or replace function guard_evidence_seal() returns trigger language plpgsql as $$
declare
  previous evidence_seal;
  preimage text;
begin
  select * into previous from evidence_seal where tenant_id = new.tenant_id order by business_date desc limit 1;
  if new.business_date <= previous.business_date or new.first_sequence <> coalesce(previous.last_sequence, 0) + 1
     or new.prev_seal_hash <> coalesce(previous.seal_hash, repeat('0', 64))
     or (previous.heads_root is not null and new.heads_root is null) then
    raise exception 'the seal of % does not follow the seal before', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.last_sequence > (select coalesce(max(sequence), 0) from evidence_record where tenant_id = new.tenant_id) then
    raise exception 'the seal of % is over records that are not there', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  preimage := concat_ws(chr(10), case when new.heads_root is null then 'creditloom-seal-1' else 'creditloom-seal-2' end,
    new.tenant_id, to_char(new.business_date, 'YYYY-MM-DD'), new.first_sequence, new.last_sequence, new.merkle_root,
    new.prev_seal_hash, new.heads_root, new.head_count);
  if new.seal_hash <> encode(sha256(convert_to(preimage, 'UTF8')), 'hex') then
    raise exception 'the seal of %: its hash is not that of what it says', new.business_date
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
`;
