/**
 * Who a borrower is, in versions: each encrypted by a key of the person, which is kept wrapped by the vault's key and can
 * be destroyed. What stood in vault_identity moves here when the vault is at hand: at prepare, and when it is touched.
 */
export const sql = `
create table person_key (
  tenant_id text not null,
  borrower_id text not null,
  -- Encrypted by the vault's key; null once destroyed.
  wrapped_key bytea,
  key_id text not null,
  erased_at_ms bigint,
  erased_by text,
  primary key (tenant_id, borrower_id),
  foreign key (tenant_id, borrower_id) references borrower,
  constraint erased_by_someone check ((wrapped_key is null) = (erased_at_ms is not null)
    and num_nulls(erased_at_ms, erased_by) in (0, 2))
);
comment on table person_key is
  'The key that encrypts what is known of one borrower, wrapped by the vault key. Destroyed, its values are unreadable.';
select make_permanent('person_key');

create function guard_person_key() returns trigger language plpgsql as $$
begin
  if old.wrapped_key is null or new.wrapped_key is not null
     or (old.tenant_id, old.borrower_id, old.key_id) is distinct from (new.tenant_id, new.borrower_id, new.key_id) then
    raise exception 'the key of a person stands: it can be destroyed, once'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger person_key_life before update on person_key for each row execute function guard_person_key();

create table vault_identity_version (
  tenant_id text not null,
  borrower_id text not null,
  field text not null check (field in ('name', 'idNumber', 'phone')),
  version int not null check (version > 0),
  -- By the key of the person, bound to every other column of the row.
  value_encrypted bytea not null,
  source text not null check (source in ('application', 'phone-change', 'before-versions')),
  -- The application or the change that brought it.
  source_id text,
  -- Id of the API key; null of what was there before there were versions.
  recorded_by text,
  at_ms bigint not null,
  primary key (tenant_id, borrower_id, field, version),
  foreign key (tenant_id, borrower_id) references person_key,
  constraint brought_by_someone check ((source = 'before-versions') = (recorded_by is null)
    and (source = 'before-versions') = (source_id is null))
);
create unique index vault_identity_version_of_change on vault_identity_version (tenant_id, borrower_id, source_id)
  where source = 'phone-change';
comment on table vault_identity_version is
  'Name, identity number and phone of borrowers; of each the newest version counts. Append-only.';
select make_append_only('vault_identity_version');
-- What is still to be moved, not to be looked for among all that was.
create index vault_identity_to_move on vault_identity (tenant_id, borrower_id)
  where num_nonnulls(name_encrypted, id_number_encrypted, phone_encrypted) > 0;
comment on table vault_identity is
  'Identities from before there were versions. Each moves to vault_identity_version, and its values are blanked here.';
`;
