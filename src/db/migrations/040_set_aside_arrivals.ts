/**
 * What arrived and could not be taken. Refused: also what no jsonb can hold, as bytes. Set aside: what nobody may refuse,
 * or what failed for a cause that is not the caller's; it waits for two people, and the life of the account goes on.
 */
export const sql = `
alter table refused_arrival
  alter column body drop not null,
  add column raw bytea,
  add constraint refused_arrival_kept_once check (num_nonnulls(body, raw) = 1);
comment on column refused_arrival.raw is
  'The JSON of what arrived, in UTF-8, where it holds what no jsonb can: NUL, or half of a surrogate pair.';

create table set_aside_arrival (
  tenant_id text not null,
  aside_id bigint generated always as identity,
  account_id text not null,
  kind text not null,
  business_key text not null,
  content_hash text not null,
  raw bytea not null,
  fault text not null,
  at_ms bigint not null,
  state text not null default 'waiting' check (state in ('waiting', 'again', 'taken', 'dismissed')),
  word text check (word in ('retry', 'dismiss')),
  word_by text,
  word_reason text,
  second_by text,
  second_reason text,
  settled_at_ms bigint,
  primary key (tenant_id, aside_id),
  foreign key (tenant_id, account_id) references credit_account,
  constraint word_is_whole check (num_nulls(word, word_by, word_reason) in (0, 3)),
  constraint two_people check (lower(second_by) <> lower(word_by)),
  constraint settled_by_two check (state = 'waiting' or num_nulls(word, second_by, second_reason) = 0)
);
create unique index set_aside_once on set_aside_arrival (tenant_id, account_id, content_hash)
  where state in ('waiting', 'again');
create index set_aside_unsettled on set_aside_arrival (tenant_id, at_ms) where state in ('waiting', 'again');
comment on table set_aside_arrival is
  'What arrived at an account and could not be taken, by no fault that the caller could mend: two people have it taken
   again, or dismiss it. What came never changes, and no row is removed.';
comment on column set_aside_arrival.raw is 'The JSON of what arrived, in UTF-8.';
select make_permanent('set_aside_arrival');

create function guard_set_aside() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.aside_id, old.account_id, old.kind, old.business_key, old.content_hash, old.raw, old.at_ms)
    is distinct from
    (new.tenant_id, new.aside_id, new.account_id, new.kind, new.business_key, new.content_hash, new.raw, new.at_ms)
    or old.state in ('taken', 'dismissed')
  then
    raise exception 'what was set aside as % stands as it came, and as it was settled', old.aside_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger set_aside_stands before update on set_aside_arrival for each row execute function guard_set_aside();

create table refused_message (
  tenant_id text not null references tenant,
  subject_kind text not null check (subject_kind in ('application', 'incident', 'template')),
  subject_id text not null,
  content_hash text not null,
  kind text not null,
  fault text not null,
  raw bytea not null,
  at_ms bigint not null,
  primary key (tenant_id, subject_kind, subject_id, content_hash)
);
comment on table refused_message is
  'What was told to an application, an incident or a template and could not be stored or taken; its caller was refused.
   Append-only.';
select make_append_only('refused_message');
`;
