/** Tenants, policies, and the guards that later tables use. */
export const sql = `
-- Money: whole fen, within what a JavaScript number holds exactly.
create domain fen as bigint check (value between -9007199254740991 and 9007199254740991);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only: % is refused, record a correction instead', tg_table_name, tg_op
    using errcode = 'object_not_in_prerequisite_state';
end $$;

-- One call makes a table append-only: evidence must not depend on every statement being well behaved.
create function make_append_only(target regclass) returns void language plpgsql as $$
begin
  execute format('create trigger append_only_row before update or delete on %s
                  for each row execute function refuse_change()', target);
  execute format('create trigger append_only_table before truncate on %s
                  for each statement execute function refuse_change()', target);
end $$;

create function refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception 'rows of table % are never removed: % is refused', tg_table_name, tg_op
    using errcode = 'object_not_in_prerequisite_state';
end $$;

create function make_permanent(target regclass) returns void language plpgsql as $$
begin
  execute format('create trigger permanent_row before delete on %s
                  for each row execute function refuse_removal()', target);
  execute format('create trigger permanent_table before truncate on %s
                  for each statement execute function refuse_removal()', target);
end $$;

create table tenant (
  tenant_id text primary key,
  name text not null,
  created_at timestamptz not null default now()
);
comment on table tenant is 'A lender. Every other table is keyed by it first.';

create table policy_version (
  tenant_id text not null references tenant,
  version text not null,
  effective_from date not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, version)
);
create index policy_version_in_force on policy_version (tenant_id, effective_from desc);
comment on table policy_version is
  'Everything a lender decides, one row per version. Append-only: accounts keep the version they were opened under.';
select make_append_only('policy_version');
`;
