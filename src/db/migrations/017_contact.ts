/** How borrowers may be contacted: where they live, what they chose, what holds, and the inbox of the app. */
export const sql = `
create table contact_profile (
  tenant_id text not null,
  borrower_id text not null,
  -- Of the zone that the borrower lives in; null: the lender's own.
  utc_offset_minutes int check (utc_offset_minutes between -720 and 840),
  -- Administrative code of the region, such as 510100.
  region text check (region ~ '^[0-9]{6}$'),
  -- Any other group that an incident may be narrowed to, as the upstream names it.
  segment text check (segment ~ '^[A-Za-z0-9._-]{1,40}$'),
  -- Keyed fingerprint of a number that takes no messages, by a provider's word; another number is tried again.
  unreachable text,
  primary key (tenant_id, borrower_id),
  foreign key (tenant_id, borrower_id) references borrower
);
comment on table contact_profile is 'What is known of how a borrower is reached, beside the phone in the vault.';
select make_permanent('contact_profile');

create table contact_choice (
  tenant_id text not null,
  borrower_id text not null,
  choice_key text not null,
  -- Texts that neither law nor contract demand.
  wants_courtesy boolean not null,
  source text not null check (source in ('reply', 'borrower', 'staff')),
  at_ms bigint not null,
  primary key (tenant_id, borrower_id, choice_key),
  foreign key (tenant_id, borrower_id) references borrower
);
create index contact_choice_latest on contact_choice (tenant_id, borrower_id, at_ms desc);
comment on table contact_choice is 'What borrowers chose, one row for each time; the latest counts. Append-only.';
select make_append_only('contact_choice');

create table contact_hold (
  tenant_id text not null references tenant,
  hold_id text not null,
  kind text not null check (kind in ('dispute', 'hardship', 'bereavement', 'disaster', 'judicial', 'fraud')),
  -- One of both: a person, or everybody in a region whose code begins so.
  borrower_id text,
  region text check (region ~ '^[0-9]{2,6}$'),
  -- Only notices about this account; null: all of the borrower's.
  account_id text,
  placed_by text not null,
  placed_at_ms bigint not null,
  until_at_ms bigint,
  lifted_by text,
  lifted_at_ms bigint,
  primary key (tenant_id, hold_id),
  constraint of_a_person_or_a_region check (num_nonnulls(borrower_id, region) = 1),
  constraint an_account_has_a_person check (account_id is null or borrower_id is not null),
  constraint ends_after_it_began check (until_at_ms > placed_at_ms),
  constraint lifted_by_someone check (num_nulls(lifted_by, lifted_at_ms) in (0, 2))
);
create index contact_hold_of_borrower on contact_hold (tenant_id, borrower_id) where lifted_at_ms is null;
create index contact_hold_of_region on contact_hold (tenant_id, region) where lifted_at_ms is null and region is not null;
comment on table contact_hold is 'What stops notices to people: disputes, hardship, bereavement, disaster, courts, fraud.';
select make_permanent('contact_hold');

create function guard_contact_hold() returns trigger language plpgsql as $$
begin
  if old.lifted_at_ms is not null
     or (old.kind, old.borrower_id, old.region, old.account_id, old.placed_by, old.placed_at_ms, old.until_at_ms)
       is distinct from
        (new.kind, new.borrower_id, new.region, new.account_id, new.placed_by, new.placed_at_ms, new.until_at_ms) then
    raise exception 'hold % stands as it was placed: it can be lifted once', old.hold_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger contact_hold_life before update on contact_hold for each row execute function guard_contact_hold();

create index notice_planned_for_borrower on notice (tenant_id, borrower_id, send_after_at_ms) where status = 'planned';

alter table notice_attempt
  -- Keyed fingerprint of the number it went to.
  add column recipient text,
  add column channel text not null default 'sms' check (channel in ('sms', 'inbox'));
create index notice_attempt_by_recipient on notice_attempt (tenant_id, recipient, attempted_at_ms)
  where recipient is not null;

create table inbox_message (
  tenant_id text not null,
  message_id uuid not null default gen_random_uuid(),
  borrower_id text not null,
  -- Of the attempt that put it here: a second time it is not put.
  reference text not null,
  notice_id uuid,
  text text not null,
  at_ms bigint not null,
  read_at_ms bigint,
  primary key (tenant_id, message_id),
  unique (tenant_id, reference),
  foreign key (tenant_id, borrower_id) references borrower
);
create index inbox_of_borrower on inbox_message (tenant_id, borrower_id, at_ms desc);
comment on table inbox_message is 'What a borrower reads in the app: the second channel of notices.';
select make_permanent('inbox_message');
`;
