/**
 * The roles of a database: who owns the tables and migrates, who works with them, and who reads. What `prepare` makes
 * with an owner's URL, and what the worker and the API refuse to run as (docs/decisions/0052-three-roles.md).
 */
import { Client } from 'pg';
import { CALLED_FUNCTIONS, GRANTS, SEQUENCES, type TableRights } from './grants';
import { MIGRATION_LOCK } from './migrate';
import { scramVerifier } from './scramVerifier';
import type { Reader } from './transaction';

/** The role that owns the tables where the owner's URL is that of a superuser, who is to own nothing of ours. */
export const OWNER_ROLE = 'creditloom_owner';
/** The reader without a URL: nobody logs in as it, people are made members of it. */
export const READER_ROLE = 'creditloom_reader';

export interface DatabaseUrls {
  /** Of the role that owns the tables, or of a superuser. */
  ownerUrl: string;
  /** Of the worker, the API and the commands. */
  applicationUrl: string;
  /** Of who only reads; without one the role is made, and nobody logs in as it. */
  readerUrl?: string | undefined;
}

/** The roles are not as they must be; the message says what to do. */
export class WrongRoleError extends Error {
  override readonly name = 'WrongRoleError';
}

interface Login {
  role: string;
  password: string;
}

/** Takes the tables over for their owner, before a migration; returns the role to migrate as. Safe to repeat. */
export async function prepareOwner({ ownerUrl, applicationUrl }: DatabaseUrls): Promise<string> {
  return asOwner(ownerUrl, async (client) => {
    const me = await readMe(client);
    const application = loginOf(applicationUrl, 'DATABASE_URL');
    if (application.role === me.name) throw new WrongRoleError(sameRole(me.name));
    const owner = me.isSuperuser ? OWNER_ROLE : me.name;
    if (me.isSuperuser) await ensureRole(client, owner);
    await takeOver(client, owner, me.name);
    if (me.isSuperuser) await client.query(`grant usage, create on schema public to ${quoted(owner)}`);
    return owner;
  });
}

/** Makes the other roles, and gives each what {@link GRANTS} says and nothing else. Safe to repeat. */
export async function grantRights({ ownerUrl, applicationUrl, readerUrl }: DatabaseUrls): Promise<void> {
  const application = loginOf(applicationUrl, 'DATABASE_URL');
  const reader = readerUrl === undefined ? undefined : loginOf(readerUrl, 'DATABASE_READER_URL');
  const [applicationWorks, readerWorks] = [await canLogIn(applicationUrl), readerUrl && (await canLogIn(readerUrl))];
  await asOwner(ownerUrl, async (client) => {
    const me = await readMe(client);
    const owner = me.isSuperuser ? OWNER_ROLE : me.name;
    if (!applicationWorks) await ensureRole(client, application.role, application.password);
    if (reader && !readerWorks) await ensureRole(client, reader.role, reader.password);
    if (!reader) await ensureRole(client, READER_ROLE);
    const roles = { application: application.role, reader: reader?.role ?? READER_ROLE };
    await refusePower(client, [roles.application, roles.reader]);
    await restrictDatabase(client, [owner, roles.application, roles.reader]);
    await restrictSchema(client, roles);
    if (me.isSuperuser) await client.query(`set local role ${quoted(owner)}`);
    await grantTables(client, roles);
  });
  if (!(await canLogIn(applicationUrl))) throw new WrongRoleError(noLogin('DATABASE_URL', application.role));
}

/**
 * Throws {@link WrongRoleError} when the connection's role could write past what the application may: as a superuser,
 * as owner of the tables, or by a right to the balances. Before the first look at the tables, so it names them by text.
 */
export async function refuseTooMuchPower(reader: Reader): Promise<void> {
  const { rows } = await reader.query<{ name: string; isSuperuser: boolean; owns: string | null; writes: boolean }>(
    `select current_user as name,
       (select rolsuper or rolreplication or rolbypassrls from pg_roles where rolname = current_user) as "isSuperuser",
       (select min(relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and pg_has_role(relowner, 'member')) as owns,
       coalesce((select has_table_privilege(oid, 'insert, update, delete, truncate') from pg_class
          where relnamespace = 'public'::regnamespace and relname = 'ledger_balance'), false) as writes`,
  );
  const [me] = rows;
  const fault = me?.isSuperuser
    ? 'is a superuser of the database'
    : me?.owns
      ? `owns its tables (${me.owns})`
      : me?.writes
        ? 'may write balances'
        : undefined;
  if (fault === undefined) return;
  throw new WrongRoleError(
    `DATABASE_URL: the role ${me?.name} ${fault}. Run \`npm run cli prepare\` with the owner's URL in ` +
      'DATABASE_OWNER_URL and the application\'s own role in DATABASE_URL (docs/operations.md, "Roles")',
  );
}

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

function loginOf(url: string, setting: string): Login {
  const { username, password } = new URL(url);
  const role = decodeURIComponent(username);
  if (role === '') throw new WrongRoleError(`${setting} names no user: give the role's name and password in it`);
  return { role, password: decodeURIComponent(password) };
}

/** Role names are of the whole server, so one may be there from another database. */
async function ensureRole(client: Client, role: string, password?: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const login = password === undefined ? 'nologin' : `login password '${scramVerifier(password)}'`;
  const rights = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  if (rowCount === 0) return asAllowed(client, `create role ${quoted(role)} ${rights} ${login}`, role);
  if (password !== undefined) await asAllowed(client, `alter role ${quoted(role)} ${login}`, role);
}

async function asAllowed(client: Client, statement: string, role: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new WrongRoleError(
      `the role ${role} is not there or has another password, and the role of DATABASE_OWNER_URL may not make roles: ` +
        `let an administrator make it (create role ${quoted(role)} login password '…'), then run this again`,
    );
  }
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
      `the role ${strong.name} is a superuser's: name another one in DATABASE_URL, and it is made here`,
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

interface RoleNames {
  application: string;
  reader: string;
}

async function restrictSchema(client: Client, { application, reader }: RoleNames): Promise<void> {
  const both = `${quoted(application)}, ${quoted(reader)}`;
  // Before PostgreSQL 15 everybody could.
  await client.query(`revoke create on schema public from public, ${both}`);
  await client.query(`grant usage on schema public to ${both}`);
}

async function grantTables(client: Client, { application, reader }: RoleNames): Promise<void> {
  const [app, read] = [quoted(application), quoted(reader)];
  await client.query(`revoke all on all tables in schema public from public, ${app}, ${read}`);
  await client.query(`revoke all on all sequences in schema public from public, ${app}, ${read}`);
  await client.query(`revoke all on all routines in schema public from public, ${app}, ${read}`);
  const columns = await readColumns(client);
  const statements = [...columns].flatMap(([table, names]) => {
    const rights = Object.hasOwn(GRANTS, table) ? GRANTS[table] : undefined;
    return rights ? statementsOf({ table, names, rights, application: app, reader: read }) : [];
  });
  for (const name of SEQUENCES) statements.push(`grant usage on sequence ${name} to ${app}`);
  for (const name of CALLED_FUNCTIONS) statements.push(`grant execute on function ${name} to ${app}`);
  // One round trip; names are of the catalogue and of our own list.
  await client.query(statements.join(';\n'));
}

interface Grantees {
  table: string;
  names: readonly string[];
  rights: TableRights;
  application: string;
  reader: string;
}

function statementsOf({ table, names, rights, application, reader }: Grantees): string[] {
  const { insert, update = [], hidden = [] } = rights;
  const listed = (some: readonly string[]) => some.map(quoted).join(', ');
  const except = insert === true || insert === undefined ? [] : insert.except;
  const statements = [`grant select on ${quoted(table)} to ${application}`];
  // By columns also where it is all: a right to the table would stand beside a later exception.
  if (insert) statements.push(`grant insert (${listed(without(names, except))}) on ${quoted(table)} to ${application}`);
  if (update.length > 0) statements.push(`grant update (${listed(update)}) on ${quoted(table)} to ${application}`);
  if (rights.delete) statements.push(`grant delete on ${quoted(table)} to ${application}`);
  const seen = without(names, hidden);
  if (seen.length > 0) statements.push(`grant select (${listed(seen)}) on ${quoted(table)} to ${reader}`);
  return statements;
}

function without(names: readonly string[], some: readonly string[]): string[] {
  return names.filter((name) => !some.includes(name));
}

/** By table, in the order in which they were added; generated ones are written by nobody. */
async function readColumns(client: Client): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ table: string; names: string[] }>(
    `select relname as table, array_agg(attname::text order by attnum) as names
       from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
      group by relname order by relname`,
  );
  return new Map(rows.map(({ table, names }) => [table, names]));
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'creditloom-prepare' });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // 28P01, 28000: who it is; 42501: may not connect yet. Else the server is not reached, and that is told.
    if (['28P01', '28000', '42501'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function sameRole(name: string): string {
  return (
    `DATABASE_OWNER_URL and DATABASE_URL are both of ${name}: give the application a role of its own in DATABASE_URL, ` +
    'such as creditloom_app with a password; it is made here'
  );
}

function noLogin(setting: string, role: string): string {
  return `${setting}: the role ${role} cannot connect with that password: let an administrator set it`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
