/**
 * The roles of a database: who owns the tables and migrates, who works with them, who answers callers, and who reads.
 * What `prepare` makes with an owner's URL (docs/decisions/0052-three-roles.md, 0057-a-role-for-each-service.md).
 */
import { Client } from 'pg';
import { MIGRATION_LOCK } from '../migrate';
import { canLogIn, ensureRole, foundLogin, loginOf, noLogin, quoted, WrongRoleError } from './roleLogins';
import { grantTables, restrictSchema } from './tableRights';

/** The role that owns the tables where the owner's URL is that of a superuser, who is to own nothing of ours. */
const OWNER_ROLE = 'creditloom_owner';
/** The reader without a URL: nobody logs in as it, people are made members of it. */
const READER_ROLE = 'creditloom_reader';

export interface DatabaseUrls {
  /** Of the role that owns the tables, or of a superuser. */
  ownerUrl: string;
  /** Of the worker and the commands. */
  applicationUrl: string;
  /** Of the API. */
  apiUrl: string;
  /** Of who only reads; without one the role is made, and nobody logs in as it. */
  readerUrl?: string | undefined;
}

/** Takes the tables over for their owner, before a migration; returns the role to migrate as. Safe to repeat. */
export async function prepareOwner(urls: DatabaseUrls): Promise<string> {
  const { ownerUrl, ...others } = urls;
  return asOwner(ownerUrl, async (client) => {
    const me = await readMe(client);
    refuseSharedRoles(me, others);
    const owner = me.isSuperuser ? OWNER_ROLE : me.name;
    if (me.isSuperuser) await ensureRole(client, owner);
    await takeOver(client, owner, me.name);
    if (me.isSuperuser) await client.query(`grant usage, create on schema public to ${quoted(owner)}`);
    await client.query(INDEX_SUPPORT);
    return owner;
  });
}

/** Makes the other roles, and gives each what {@link GRANTS} says and nothing else. Safe to repeat. */
export async function grantRights({ ownerUrl, applicationUrl, apiUrl, readerUrl }: DatabaseUrls): Promise<void> {
  const logins = [
    await foundLogin(applicationUrl, 'DATABASE_URL'),
    await foundLogin(apiUrl, 'DATABASE_API_URL'),
    ...(readerUrl === undefined ? [] : [await foundLogin(readerUrl, 'DATABASE_READER_URL')]),
  ];
  const [worker = '', api = '', reader = READER_ROLE] = logins.map(({ role }) => role);
  const roles = { worker, api, reader };
  await asOwner(ownerUrl, async (client) => {
    const me = await readMe(client);
    const owner = me.isSuperuser ? OWNER_ROLE : me.name;
    for (const { role, password, works } of logins) if (!works) await ensureRole(client, role, password);
    if (readerUrl === undefined) await ensureRole(client, READER_ROLE);
    await refusePower(client, Object.values(roles));
    await restrictDatabase(client, [owner, ...Object.values(roles)]);
    await restrictSchema(client, roles);
    if (me.isSuperuser) await client.query(`set local role ${quoted(owner)}`);
    await grantTables(client, roles);
  });
  for (const [url, setting, role] of [
    [applicationUrl, 'DATABASE_URL', worker],
    [apiUrl, 'DATABASE_API_URL', api],
  ] as const) {
    if (!(await canLogIn(url))) throw new WrongRoleError(noLogin(setting, role));
  }
}

/** What an index of texts and ranges needs: here, because the owner that a superuser makes may make no schema. */
const INDEX_SUPPORT = `do $$ begin
  if not exists (select from pg_extension where extname = 'btree_gist') then
    create schema if not exists index_support;
    create extension btree_gist with schema index_support;
  end if;
end $$`;

async function asOwner<Result>(ownerUrl: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'creditloom-prepare' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    // Closing the connection rolls back what was not committed.
    await client.end();
  }
}

interface Me {
  name: string;
  isSuperuser: boolean;
}

async function readMe(client: Client): Promise<Me> {
  const { rows } = await client.query<Me>(
    'select rolname as name, rolsuper as "isSuperuser" from pg_roles where rolname = current_user',
  );
  const [me] = rows;
  if (!me) throw new Error('the current user has no role');
  return me;
}

/** Everything in our schema that somebody else owns: a superuser, or the application of a version before. */
async function takeOver(client: Client, owner: string, me: string): Promise<void> {
  const { rows } = await client.query<{ statement: string; owner: string }>(
    `select owned.statement || ' owner to ' || quote_ident($1) as statement, owner.rolname as owner from (
       select relowner as owner, format('alter %s %s', case relkind when 'S' then 'sequence' when 'v' then 'view'
           else 'table' end, oid::regclass) as statement
         from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
           -- The counter of an identity column goes with its table.
           and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid
             and deptype in ('a', 'i', 'e'))
       union all
       select proowner, format('alter routine %s', oid::regprocedure) from pg_proc
        where pronamespace = 'public'::regnamespace
          and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid
            and deptype = 'e')
       union all
       select typowner, format('alter domain %s', oid::regtype) from pg_type
        where typnamespace = 'public'::regnamespace and typtype = 'd'
     ) owned join pg_roles owner on owner.oid = owned.owner where owner.rolname <> $1`,
    [owner],
  );
  try {
    for (const { statement } of rows) await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    const former = [...new Set(rows.map((row) => row.owner))].join(', ');
    throw new WrongRoleError(
      `tables of this database belong to ${former}, and ${me} may not take them over: give a superuser's URL in ` +
        `DATABASE_OWNER_URL once, or let an administrator grant ${former} to ${me}`,
    );
  }
}

async function refusePower(client: Client, roles: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any($1) and (rolsuper or rolreplication or rolbypassrls)',
    [roles],
  );
  const [strong] = rows;
  if (strong) {
    throw new WrongRoleError(
      `the role ${strong.name} is a superuser's: name another one in its setting, and it is made here`,
    );
  }
}

/** Nobody else connects, and nobody makes temporary tables, which would stand before ours in a path. */
async function restrictDatabase(client: Client, roles: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string; mayGrant: boolean }>(
    `select quote_ident(datname) as name, pg_has_role(datdba, 'usage') as "mayGrant" from pg_database
      where datname = current_database()`,
  );
  const [database] = rows;
  if (!database?.mayGrant) {
    throw new WrongRoleError(
      `the role of DATABASE_OWNER_URL does not own the database: let an administrator make it the owner ` +
        `(alter database ${database?.name} owner to …), or give a superuser's URL`,
    );
  }
  await client.query(`revoke connect, temporary on database ${database.name} from public`);
  for (const role of roles) {
    await client.query(`revoke all on database ${database.name} from ${quoted(role)}`);
    await client.query(`grant connect on database ${database.name} to ${quoted(role)}`);
  }
}

/** Each URL names a role of its own: rights that two share are the rights of both. */
function refuseSharedRoles(me: Me, { applicationUrl, apiUrl, readerUrl }: Omit<DatabaseUrls, 'ownerUrl'>): void {
  const owners = new Map([[me.name, 'DATABASE_OWNER_URL']]);
  for (const [url, setting, name] of [
    [applicationUrl, 'DATABASE_URL', 'creditloom_app'],
    [apiUrl, 'DATABASE_API_URL', 'creditloom_api'],
    [readerUrl, 'DATABASE_READER_URL', READER_ROLE],
  ] as const) {
    if (url === undefined) continue;
    const { role } = loginOf(url, setting);
    const other = owners.get(role);
    if (other !== undefined) {
      throw new WrongRoleError(
        `${other} and ${setting} are both of ${role}: name a role of its own in ${setting}, such as ${name} with a ` +
          'password; it is made here',
      );
    }
    owners.set(role, setting);
  }
}
