/** What tells apart receipts under ids that carriers give again; and what carriers tell that could not be used. */
export const sql = `
-- One count over attempts and receipts: which of two came first, whatever the clocks of their writers said.
create sequence carrier_order;
alter table notice_attempt add column made_order bigint;
alter table notice_attempt alter column made_order set default nextval('carrier_order');
alter table receipt
  add column told_order bigint,
  -- As the provider named it: the key of the row, but for what came again after its time or on another session.
  add column told_key text,
  add column session text;
alter table receipt alter column told_order set default nextval('carrier_order');

alter table notice_message
  -- The session that submitted it; null where the provider has none.
  add column session text,
  -- The receipt that ended it.
  add column receipt_key text,
  drop constraint notice_message_pkey,
  add primary key (tenant_id, provider, provider_message_id, notice_id, attempt),
  add constraint message_has_an_id check (provider_message_id ~ '[^[:space:]]') not valid;
alter table receipt add constraint message_has_an_id check (provider_message_id ~ '[^[:space:]]') not valid;
comment on table notice_message is
  'Ids at the provider of what an attempt became: one for each part that has one. Carriers give an id again.';

create table receipt_trouble (
  tenant_id text not null references tenant,
  provider text not null,
  -- One for each thing, however often it is told.
  trouble_key text not null,
  reason text not null check (reason in ('unreadable', 'ambiguous', 'other-session', 'too-late', 'other-message')),
  at_ms bigint not null,
  -- In our words; holds nothing of what came.
  fault text not null,
  -- Of the receipt that is kept and moved nothing.
  provider_message_id text,
  receipt_key text,
  -- What could not be read, as it came: it may hold a phone.
  raw_encrypted bytea,
  key_id text,
  primary key (tenant_id, provider, trouble_key),
  constraint raw_with_its_key check (num_nulls(raw_encrypted, key_id) in (0, 2)),
  constraint unreadable_is_kept check ((reason = 'unreadable') = (raw_encrypted is not null)),
  constraint else_a_receipt check ((reason = 'unreadable') = (receipt_key is null))
);
create index receipt_trouble_by_time on receipt_trouble (tenant_id, at_ms);
comment on table receipt_trouble is
  'What providers told and nothing could be made of: shown to people. A row that was dealt with may be removed.';
`;
