/** E-mail as a channel of notices, and pushes that a message waits in the inbox of the app. */
export const sql = `
create table vault_contact (
  tenant_id text not null,
  borrower_id text not null,
  field text not null check (field in ('email', 'pushToken')),
  value_encrypted bytea not null,
  key_id text not null,
  -- Keyed: finds an equal value without telling it.
  fingerprint text not null,
  -- By the word of who would have to take it; another value is tried again.
  takes_nothing boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, borrower_id, field),
  foreign key (tenant_id, borrower_id) references borrower
);
comment on table vault_contact is
  'E-mail address and push token of a borrower, each encrypted and bound to its row and field. A row goes when it is withdrawn.';
comment on table vault_identity is
  'Name, identity number and phone of a borrower, each encrypted and bound to its row and field.';

alter table notice_attempt drop constraint notice_attempt_channel_check;
alter table notice_attempt add constraint notice_attempt_channel_check check (channel in ('sms', 'inbox', 'email'));

create table push_nudge (
  tenant_id text not null,
  -- At most one for a notice, whatever becomes of it.
  notice_id uuid not null,
  -- Of the attempt that put the notice into the inbox.
  reference text not null,
  status text not null default 'attempted' check (status in ('attempted', 'accepted', 'refused', 'unknown')),
  failure text check (failure in ('transient', 'windowed', 'account-stop', 'config-bug', 'bad-address')),
  code text,
  detail text,
  attempted_at_ms bigint not null,
  primary key (tenant_id, notice_id),
  foreign key (tenant_id, notice_id) references notice,
  foreign key (tenant_id, reference) references notice_attempt (tenant_id, reference),
  constraint refused_with_class check (status <> 'refused' or failure is not null)
);
comment on table push_nudge is
  'That the app was told of a message in its inbox: committed before the call, and never done again.';
select make_permanent('push_nudge');

create function guard_push_nudge() returns trigger language plpgsql as $$
begin
  if old.status <> 'attempted' or new.status = 'attempted'
     or (old.tenant_id, old.notice_id, old.reference, old.attempted_at_ms)
       is distinct from (new.tenant_id, new.notice_id, new.reference, new.attempted_at_ms) then
    raise exception 'the nudge for notice % was made once: only its outcome is added, once', old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger push_nudge_life before update on push_nudge for each row execute function guard_push_nudge();
`;
