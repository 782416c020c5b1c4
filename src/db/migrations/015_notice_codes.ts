/** Verification codes of notices as keyed hashes, the checks of them, and reports of messages that are not ours. */
export const sql = `
create domain keyed_hash as text check (value ~ '^[0-9a-f]{64}$');
comment on domain keyed_hash is 'HMAC-SHA256 in hexadecimal, under a key that is not in the database.';

create table notice_code (
  tenant_id text not null,
  notice_id uuid not null,
  code_hash keyed_hash not null,
  phone_hash keyed_hash not null,
  product text not null check (product in ('cash-loan', 'revolving')),
  month int not null check (month between 1 and 12),
  -- The first digit and the magnitude: the last line against an amount in clear.
  masked_amount text not null check (masked_amount ~ '^\\d(,?[*])*[.][*][*]元$'),
  issued_at_ms bigint not null,
  expires_at_ms bigint not null,
  -- A notice that was certainly not sent may go out again with another code.
  primary key (tenant_id, notice_id, code_hash),
  foreign key (tenant_id, notice_id) references notice,
  constraint expires_later check (expires_at_ms > issued_at_ms)
);
create index notice_code_by_phone on notice_code (tenant_id, phone_hash, issued_at_ms desc);
comment on table notice_code is
  'Codes that texts carry, each bound to one notice and one phone: what a check may tell, and no code. Append-only.';
select make_append_only('notice_code');

create table code_check (
  tenant_id text not null references tenant,
  check_id bigint generated always as identity,
  phone_hash keyed_hash not null,
  address_hash keyed_hash not null,
  at_ms bigint not null,
  outcome text not null check (outcome in ('match', 'no-match', 'expired', 'limited')),
  primary key (tenant_id, check_id)
);
create index code_check_by_phone on code_check (tenant_id, phone_hash, at_ms) where outcome <> 'limited';
create index code_check_by_address on code_check (tenant_id, address_hash, at_ms) where outcome <> 'limited';
create index code_check_total on code_check (tenant_id, at_ms) where outcome <> 'limited';
create index code_check_limited on code_check (tenant_id, at_ms) where outcome = 'limited';
comment on table code_check is
  'Checks of codes; they count against the limits, except those that were over one. Append-only.';
select make_append_only('code_check');

create table fraud_report (
  tenant_id text not null references tenant,
  report_id bigint generated always as identity,
  phone_hash keyed_hash not null,
  address_hash keyed_hash not null,
  at_ms bigint not null,
  claimed_sender text not null,
  reason text not null,
  outcome text not null check (outcome in ('kept', 'limited')),
  primary key (tenant_id, report_id)
);
create index fraud_report_by_phone on fraud_report (tenant_id, phone_hash, at_ms) where outcome <> 'limited';
create index fraud_report_by_address on fraud_report (tenant_id, address_hash, at_ms) where outcome <> 'limited';
create index fraud_report_total on fraud_report (tenant_id, at_ms) where outcome <> 'limited';
create index fraud_report_limited on fraud_report (tenant_id, at_ms) where outcome = 'limited';
comment on table fraud_report is
  'Who got a message that is not ours, what it claimed and what it wanted, by category; no text. Append-only.';
select make_append_only('fraud_report');
`;
