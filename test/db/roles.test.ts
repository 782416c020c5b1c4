/** Three roles: who owns and migrates, who works, who reads; made for new databases and for those of before. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { CALLED_FUNCTIONS, GRANTS, SECRET_NAMES, SEQUENCES } from '../../src/db/grants';
import { migrate } from '../../src/db/migrate';
import { MIGRATIONS } from '../../src/db/migrations';
import { withPool } from '../../src/db/pool';
import { prepareDatabase } from '../../src/db/prepareDatabase';
import { refuseTooMuchPower, WrongRoleError } from '../../src/db/roles';
import { scramVerifier } from '../../src/db/scramVerifier';
import { testEnvironment } from '../setup/environment';
import { useDatabase } from './testDatabase';

const database = useDatabase();
const [APPLICATION, READER] = ['creditloom_app', 'creditloom_reader'];
const SETTINGS = { max: 1, applicationName: 'creditloom-test', statementTimeoutMs: 15_000 };

async function columns(): Promise<Map<string, string[]>> {
  const { rows } = await database.owner.query<{ table: string; names: string[] }>(
    `select table_name as table, array_agg(column_name::text order by ordinal_position) as names
       from information_schema.columns where table_schema = 'public' group by table_name order by table_name`,
  );
  return new Map(rows.map(({ table, names }) => [table, names]));
}

describe('the list of rights', () => {
  test('has a line for each table, and a table for each line', async () => {
    const tables = [...(await columns()).keys()];
    const missing = tables.filter((table) => !Object.hasOwn(GRANTS, table));
    const add = missing.map(
      (table) =>
        `src/db/grants.ts, GRANTS: add "${table}: { insert: true, update: [columns that statements change], ` +
        'hidden: [columns with personal data or secrets] }" with what src/db/statements does to it, or GIVEN',
    );
    expect(add).toEqual([]);
    expect(Object.keys(GRANTS).filter((table) => !tables.includes(table))).toEqual([]);
  });

  test('names columns that there are, and hides what looks like a secret', async () => {
    for (const [table, names] of await columns()) {
      const { insert, update = [], hidden = [] } = GRANTS[table] ?? {};
      const except = typeof insert === 'object' ? insert.except : [];
      const unknown = [...update, ...hidden, ...except].filter((name) => !names.includes(name));
      const shown = names.filter((name) => SECRET_NAMES.test(name) && !hidden.includes(name));
      expect({ table, unknown, shown }).toEqual({ table, unknown: [], shown: [] });
    }
  });

  test('is what the roles have, and all that they have', async () => {
    const { rows } = await database.owner.query<{ line: string }>(
      `select concat_ws(' ', grantee, lower(privilege_type), table_name, column_name) as line
         from information_schema.column_privileges where table_schema = 'public' and grantee in ($1, $2)
       union all
       select concat_ws(' ', grantee, lower(privilege_type), table_name) from information_schema.table_privileges
        where table_schema = 'public' and grantee in ($1, $2) and privilege_type not in ('SELECT', 'INSERT', 'UPDATE')
       union all
       select concat_ws(' ', grantee, lower(privilege_type), table_name) from information_schema.table_privileges
        where table_schema = 'public' and grantee in ('PUBLIC')`,
      [APPLICATION, READER],
    );
    const wanted = [...(await columns())].flatMap(([table, names]) => {
      const { insert, update = [], hidden = [], delete: mayDelete } = GRANTS[table] ?? {};
      const except = typeof insert === 'object' ? insert.except : insert ? [] : names;
      return [
        ...names.map((name) => `${APPLICATION} select ${table} ${name}`),
        ...names.filter((name) => !except.includes(name)).map((name) => `${APPLICATION} insert ${table} ${name}`),
        ...update.map((name) => `${APPLICATION} update ${table} ${name}`),
        ...names.filter((name) => !hidden.includes(name)).map((name) => `${READER} select ${table} ${name}`),
        ...(mayDelete ? [`${APPLICATION} delete ${table}`] : []),
      ];
    });
    expect(rows.map(({ line }) => line).sort()).toEqual(wanted.sort());
  });

  test('lets no function be called but those that it names, and pins the path of those that run as the owner', async () => {
    const { rows } = await database.owner.query<{
      name: string;
      isCalled: boolean;
      isDefiner: boolean;
      config: string[] | null;
    }>(
      `select * from (
         select oid::regprocedure::text as name, prosecdef as "isDefiner", proconfig as config,
           has_function_privilege($1, oid, 'execute') or has_function_privilege($2, oid, 'execute') as "isCalled"
           from pg_proc where pronamespace = 'public'::regnamespace
       ) function where "isCalled" or "isDefiner"`,
      [APPLICATION, READER],
    );
    const compact = (names: readonly string[]) => names.map((name) => name.replaceAll(', ', ',')).sort();
    expect(compact(rows.filter(({ isCalled }) => isCalled).map(({ name }) => name))).toEqual(
      compact([...CALLED_FUNCTIONS]),
    );
    for (const { config } of rows.filter(({ isDefiner }) => isDefiner)) {
      expect(config).toEqual(['search_path=pg_catalog, public, pg_temp']);
    }
    expect(SEQUENCES.length).toBeGreaterThan(0);
  });
});

describe('the application', () => {
  test.each([
    ['makes a table', 'create table mine ()', /permission denied for schema public/],
    ['makes a temporary table', 'create temporary table posting ()', /permission denied to create temporary tables/],
    ['takes a trigger off', 'alter table posting disable trigger all', /must be owner of table posting/],
    ['works without triggers', `set session_replication_role = 'replica'`, /permission denied to set parameter/],
    ['becomes the owner', 'set role creditloom_owner', /permission denied to set role/],
    ['writes a balance', `update ledger_balance set amount_fen = 0`, /permission denied for table ledger_balance/],
    ['adds a policy', `insert into policy_version values ('lender', 'x', '2026-01-01', '{}')`, /permission denied/],
    ['adds a tenant', `insert into tenant (tenant_id, name) values ('x', 'x')`, /permission denied/],
    ['changes a tenant', `update tenant set name = 'x'`, /append-only/],
    ['removes facts', 'delete from account_fact', /permission denied/],
    ['empties a table', 'truncate posting', /permission denied/],
    ['takes a function that is not its own', `select make_append_only('posting')`, /permission denied for function/],
  ])('never %s', async (_, statement, refusal) => {
    await expect(database.pool.query(statement)).rejects.toThrow(refusal);
  });

  test('and no other role connects', async () => {
    const { rows } = await database.owner.query(
      `select has_database_privilege('public', current_database(), 'connect') as connects,
         has_database_privilege('public', current_database(), 'temporary') as tables`,
    );
    expect(rows).toEqual([{ connects: false, tables: false }]);
  });
});

describe('the reader', () => {
  test('reads, without what identifies a person or opens a door, and writes nothing', async () => {
    const client = await database.owner.connect();
    try {
      await client.query('set role creditloom_reader');
      await client.query('select account_id, terms from credit_account');
      for (const hidden of [
        'select phone_encrypted from vault_identity',
        'select * from vault_contact',
        'select key_hash from api_key',
        'select text from notice',
        'select response_body from idempotency_record',
        `insert into warning values ('t', 'a', 'r', 'e', 'x', 1)`,
      ]) {
        await expect(client.query(hidden)).rejects.toThrow(/permission denied/);
      }
    } finally {
      await client.query('reset role');
      client.release();
    }
  });
});

describe('worker and API', () => {
  test('refuse to work as a superuser or as an owner of the tables, and work as the application', async () => {
    await refuseTooMuchPower(database.pool);
    await expect(refuseTooMuchPower(database.owner)).rejects.toThrow(
      /^DATABASE_URL: the role creditloom is a superuser of the database\. Run `npm run cli prepare`.*DATABASE_OWNER_URL/,
    );
  });
});

describe('prepare', () => {
  const { postgresUrl } = testEnvironment();
  const on = (name: string, role?: string, password?: string) => {
    const url = new URL(postgresUrl);
    url.pathname = `/${name}`;
    if (role !== undefined) url.username = role;
    if (password !== undefined) url.password = password;
    return url.href;
  };
  const made: string[] = [];
  let admin: Client;

  beforeAll(async () => {
    admin = new Client({ connectionString: on('postgres') });
    await admin.connect();
  });
  afterAll(async () => {
    for (const name of made) await admin.query(`drop database ${name} with (force)`);
    await admin.query('drop role if exists former_app; drop role if exists plain_owner; drop role if exists new_app');
    await admin.end();
  });

  async function newDatabase(name: string, owner?: string): Promise<void> {
    await admin.query(`create database ${name}${owner ? ` owner ${owner}` : ''}`);
    made.push(name);
  }
  const owners = (url: string) =>
    withPool({ ...SETTINGS, connectionString: url }, async (pool) => {
      const { rows } = await pool.query<{ name: string }>(
        `select distinct rolname as name from (
           select relowner as owner from pg_class where relnamespace = 'public'::regnamespace
           union select proowner from pg_proc where pronamespace = 'public'::regnamespace
           union select typowner from pg_type where typnamespace = 'public'::regnamespace and typtype in ('c', 'd')
         ) owned join pg_roles on pg_roles.oid = owner`,
      );
      return rows.map(({ name }) => name);
    });
  const powerOf = (url: string) =>
    withPool({ ...SETTINGS, connectionString: url }, (pool) => refuseTooMuchPower(pool)).then(
      () => 'as it must be',
      (error: Error) => error.message,
    );
  const before = MIGRATIONS.findIndex(({ name }) => name === '054_roles');

  test('takes a database whose tables belong to a superuser, as those of before, and is done again', async () => {
    await newDatabase('roles_superuser');
    const ownerUrl = on('roles_superuser');
    await migrate(ownerUrl, MIGRATIONS.slice(0, before));
    await withPool({ ...SETTINGS, connectionString: ownerUrl }, (pool) =>
      pool.query(`insert into tenant (tenant_id, name) values ('t', 'T')`),
    );
    const urls = { ownerUrl, applicationUrl: on('roles_superuser', 'new_app', 'söme/pass') };
    expect(await prepareDatabase(urls)).toEqual(MIGRATIONS.slice(before).map(({ name }) => name));
    expect(await prepareDatabase(urls)).toEqual([]);
    expect(await owners(ownerUrl)).toEqual(['creditloom_owner']);
    expect(await powerOf(urls.applicationUrl)).toBe('as it must be');
    // Another password in the setting is the role's from then on.
    const changed = { ...urls, applicationUrl: on('roles_superuser', 'new_app', 'another') };
    await prepareDatabase(changed);
    expect(await powerOf(changed.applicationUrl)).toBe('as it must be');
  });

  test('takes a database whose tables belong to the application of before, which works on with its rights', async () => {
    await admin.query(`create role former_app login password '${scramVerifier('former')}'`);
    await newDatabase('roles_former', 'former_app');
    const applicationUrl = on('roles_former', 'former_app', 'former');
    await migrate(applicationUrl, MIGRATIONS.slice(0, before));
    expect(await powerOf(applicationUrl)).toMatch(/^DATABASE_URL: the role former_app owns its tables \(\w+\)/);
    await prepareDatabase({ ownerUrl: on('roles_former'), applicationUrl });
    expect(await powerOf(applicationUrl)).toBe('as it must be');
    expect(await owners(on('roles_former'))).toEqual(['creditloom_owner']);
  });

  test('works with an owner who is no superuser, and says what an administrator must do where it cannot', async () => {
    await admin.query(`create role plain_owner login password '${scramVerifier('plain')}'`);
    await newDatabase('roles_plain', 'plain_owner');
    const ownerUrl = on('roles_plain', 'plain_owner', 'plain');
    const applicationUrl = on('roles_plain', 'plain_app', 'x');
    await expect(prepareDatabase({ ownerUrl, applicationUrl })).rejects.toThrow(
      /the role plain_app is not there.*let an administrator make it \(create role "plain_app" login password/,
    );
    await admin.query(`create role plain_app login password '${scramVerifier('x')}'`);
    try {
      await prepareDatabase({ ownerUrl, applicationUrl });
      expect(await owners(ownerUrl)).toEqual(['plain_owner']);
      expect(await powerOf(applicationUrl)).toBe('as it must be');
      await expect(prepareDatabase({ ownerUrl, applicationUrl: ownerUrl })).rejects.toThrow(WrongRoleError);
      await newDatabase('roles_foreign', 'plain_owner');
      await migrate(on('roles_foreign'), MIGRATIONS.slice(0, 1));
      await expect(
        prepareDatabase({
          ownerUrl: on('roles_foreign', 'plain_owner', 'plain'),
          applicationUrl: on('roles_foreign', 'plain_app', 'x'),
        }),
      ).rejects.toThrow(/belong to creditloom, and plain_owner may not take them over: give a superuser's URL/);
    } finally {
      await admin.query('drop owned by plain_app').catch(() => undefined);
      for (const name of ['roles_plain', 'roles_foreign'])
        await admin.query(`drop database if exists ${name} with (force)`);
      made.splice(0, made.length, ...made.filter((name) => !['roles_plain', 'roles_foreign'].includes(name)));
      await admin.query('drop role plain_app');
    }
  });
});
