/**
 * The roles of a database: who owns the tables and migrates, who works with them, who answers callers, and who reads.
 * What `prepare` makes with an owner's URL (docs/decisions/0052-three-roles.md, 0057-a-role-for-each-service.md).
 */
import { Client } from 'pg';
import { MIGRATION_LOCK } from '../migrate';
import { CALLED_FUNCTIONS, GRANTS, insertableOf, rightsOf, SEQUENCES, type Service } from './grants';
import { scramVerifier } from './scramVerifier';

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

/** The roles are not as they must be; the message says what to do. */
export class WrongRoleError extends Error {
  override readonly name = 'WrongRoleError';
}

interface Login {
  role: string;
  password: string;
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

async function foundLogin(url: string, setting: string): Promise<Login & { works: boolean }> {
  return { ...loginOf(url, setting), works: await canLogIn(url) };
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

type RoleNames = Record<Service | 'reader', string>;

const SERVICES: readonly Service[] = ['worker', 'api'];

async function restrictSchema(client: Client, roles: RoleNames): Promise<void> {
  const all = Object.values(roles).map(quoted).join(', ');
  // Before PostgreSQL 15 everybody could.
  await client.query(`revoke create on schema public from public, ${all}`);
  await client.query(`grant usage on schema public to ${all}`);
}

async function grantTables(client: Client, roles: RoleNames): Promise<void> {
  const everybody = ['public', ...Object.values(roles).map(quoted)].join(', ');
  for (const what of ['tables', 'sequences', 'routines']) {
    await client.query(`revoke all on all ${what} in schema public from ${everybody}`);
  }
  const columns = await readColumns(client);
  const statements = [...columns].flatMap(([table, names]) => statementsOf(table, names, roles));
  for (const name of SEQUENCES) {
    for (const service of SERVICES) statements.push(`grant usage on sequence ${name} to ${quoted(roles[service])}`);
  }
  for (const [name, services] of Object.entries(CALLED_FUNCTIONS)) {
    for (const service of services) statements.push(`grant execute on function ${name} to ${quoted(roles[service])}`);
  }
  // One round trip; names are of the catalogue and of our own list.
  await client.query(statements.join(';\n'));
}

function statementsOf(table: string, names: readonly string[], roles: RoleNames): string[] {
  const rights = Object.hasOwn(GRANTS, table) ? GRANTS[table] : undefined;
  if (!rights) return [];
  const grant = (right: string, some: readonly string[], role: string) =>
    some.length === 0 ? [] : [`grant ${right} (${some.map(quoted).join(', ')}) on ${quoted(table)} to ${quoted(role)}`];
  const { hidden = [], hiddenFromApi = [] } = rights;
  return [
    `grant select on ${quoted(table)} to ${quoted(roles.worker)}`,
    ...(hiddenFromApi.length === 0
      ? [`grant select on ${quoted(table)} to ${quoted(roles.api)}`]
      : grant('select', without(names, hiddenFromApi), roles.api)),
    ...grant('select', without(names, hidden), roles.reader),
    ...SERVICES.flatMap((service) => {
      const own = rightsOf(table, service);
      // By columns also where it is all: a right to the table would stand beside a later exception.
      return [
        ...grant('insert', insertableOf(own, names), roles[service]),
        ...grant('update', own.update ?? [], roles[service]),
        ...(own.delete ? [`grant delete on ${quoted(table)} to ${quoted(roles[service])}`] : []),
      ];
    }),
  ];
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

function noLogin(setting: string, role: string): string {
  return `${setting}: the role ${role} cannot connect with that password: let an administrator set it`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
