/** Texts that people sent to us: that one came, from whom as a keyed fingerprint, and which command it was. */
export const sql = `
create table inbound_text (
  tenant_id text not null references tenant,
  provider text not null,
  message_key text not null,
  phone_fingerprint text not null,
  command text not null check (command in ('R', 'TD', 'T', 'N', 'other')),
  received_at_ms bigint not null,
  primary key (tenant_id, provider, message_key)
);
create index inbound_text_by_phone on inbound_text (tenant_id, phone_fingerprint, received_at_ms);
comment on table inbound_text is
  'Texts to us, doubles kept once; of the words only the command. Append-only: the evidence of a refusal of messages.';
comment on column inbound_text.message_key is 'Keyed: the text and the phone cannot be guessed from it.';
select make_append_only('inbound_text');
`;
