/** What running the system needs: callers' keys, their repeated requests, and the business clock. */
export const sql = `
create table api_key (
  tenant_id text not null references tenant,
  key_id text not null,
  key_hash text not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
  scopes text[] not null,
  label text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (tenant_id, key_id)
);
comment on table api_key is 'Who may call the API, by the SHA-256 of a random key; the key itself is not kept.';

create table idempotency_record (
  tenant_id text not null references tenant,
  idempotency_key text not null,
  route text not null,
  input_hash text not null,
  state text not null check (state in ('started', 'completed')),
  response_status int,
  response_body jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, idempotency_key),
  constraint answered_when_completed check ((state = 'completed') = (response_status is not null))
);
create index idempotency_record_by_age on idempotency_record (created_at);
comment on table idempotency_record is 'Requests by their idempotency key, so that a repeat gets the first answer.';

create table business_clock (
  segment int primary key check (segment > 0),
  real_epoch_ms bigint not null,
  business_epoch_ms bigint not null,
  speed double precision not null check (speed > 0),
  last_seen_real_ms bigint not null check (last_seen_real_ms >= real_epoch_ms)
);
comment on table business_clock is
  'The deployment''s business time, one row per stretch in which it ran; the latest segment is in force.';
`;
