/** Who acts is on record: keys are bound to a principal, and what arrives says by which one. */
export const sql = `
create domain principal as text check (value ~ '^(staff|system):[A-Za-z0-9][A-Za-z0-9._-]{0,79}$');

alter table api_key
  add column principal principal,
  add column expires_at timestamptz,
  add column last_used_at timestamptz,
  add column successor_id text,
  add column created_by text;
-- Keys from before are bound to the system that their label names: two of one label are one voice.
update api_key set principal = 'system:' || coalesce(nullif(left(
  regexp_replace(regexp_replace(label, '[^A-Za-z0-9._-]+', '-', 'g'), '^[^A-Za-z0-9]+', ''), 80), ''), 'unnamed');
alter table api_key alter column principal set not null;
comment on column api_key.principal is 'Who acts by the key: a person (staff:...) or a system (system:...).';
comment on column api_key.last_used_at is 'Written once a minute at most.';
comment on column api_key.successor_id is 'The key that took its place; this one is good until expires_at.';
comment on column api_key.created_by is 'The principal that made it over the API; null: the command line.';

-- temporal:unverified where the message was not signed; null: from before principals were kept.
alter table account_fact add column principal text;
alter table refused_arrival add column principal text;
alter table mandate_change add column principal text;
alter table application add column principal text;
alter table credit_account add column opened_by text;
`;
