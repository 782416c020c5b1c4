/** Four roles: who owns and migrates, who works, who answers callers, who reads; for new databases and those of before. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { createPool, withPool } from '../../../src/db/pool';
import { CALLED_FUNCTIONS, GRANTS, rightsOf, SECRET_NAMES, SEQUENCES } from '../../../src/db/roles/grants';
import { prepareDatabase } from '../../../src/db/roles/prepareDatabase';
import { WrongRoleError } from '../../../src/db/roles/roleLogins';
import { refuseTooMuchPower } from '../../../src/db/roles/rolePower';
import { scramVerifier } from '../../../src/db/roles/scramVerifier';
import { insertableOf, type Service } from '../../../src/db/roles/serviceRights';
import { testEnvironment } from '../../setup/environment';
import { useDatabase } from '../testDatabase';

const database = useDatabase();
const [APPLICATION, API, READER] = ['creditloom_app', 'creditloom_api', 'creditloom_reader'];
const SERVICES: readonly [string, Service][] = [
  [APPLICATION, 'worker'],
  [API, 'api'],
];
const SETTINGS = { max: 1, applicationName: 'creditloom-test', statementTimeoutMs: 15_000 };
let asApi: Pool;

beforeAll(() => {
  asApi = createPool({ ...SETTINGS, connectionString: database.apiUrl });
});
afterAll(() => asApi.end());

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
        `src/db/roles, in the …Grants.ts of its subject: add "${table}: { insert: true, update: [columns that statements change], ` +
        'hidden: [columns with personal data or secrets], api: { what routes write } }" with what src/db does ' +
        'to it, or GIVEN',
    );
    expect(add).toEqual([]);
    expect(Object.keys(GRANTS).filter((table) => !tables.includes(table))).toEqual([]);
  });

  test('names columns that there are, and hides what looks like a secret', async () => {
    for (const [table, names] of await columns()) {
      const { hidden = [], hiddenFromApi = [], api = {}, ...worker } = GRANTS[table] ?? {};
      const named = [worker, api].flatMap(({ insert, update = [] }) => [
        ...update,
        ...(typeof insert !== 'object' ? [] : 'only' in insert ? insert.only : insert.except),
      ]);
      const unknown = [...named, ...hidden, ...hiddenFromApi].filter((name) => !names.includes(name));
      const shown = names.filter((name) => SECRET_NAMES.test(name) && !hidden.includes(name));
      expect({ table, unknown, shown }).toEqual({ table, unknown: [], shown: [] });
    }
  });

  test('gives the API no more than the worker, and shows the reader nothing that the API does not see', async () => {
    for (const [table, names] of await columns()) {
      const [worker, api] = [rightsOf(table, 'worker'), rightsOf(table, 'api')];
      const mayInsert = insertableOf(worker, names);
      const { hidden = [], hiddenFromApi = [] } = GRANTS[table] ?? {};
      const more = [
        ...insertableOf(api, names).filter((name) => !mayInsert.includes(name)),
        ...(api.update ?? []).filter((name) => !worker.update?.includes(name)),
        ...(api.delete && !worker.delete ? ['delete'] : []),
        ...hiddenFromApi.filter((name) => !hidden.includes(name)),
      ];
      expect({ table, more }).toEqual({ table, more: [] });
    }
  });

  test('is what the roles have, and all that they have', async () => {
    const { rows } = await database.owner.query<{ line: string }>(
      `select concat_ws(' ', grantee, lower(privilege_type), table_name, column_name) as line
         from information_schema.column_privileges where table_schema = 'public' and grantee in ($1, $2, $3)
       union all
       select concat_ws(' ', grantee, lower(privilege_type), table_name) from information_schema.table_privileges
        where table_schema = 'public' and grantee in ($1, $2, $3) and privilege_type not in ('SELECT', 'INSERT', 'UPDATE')
       union all
       select concat_ws(' ', grantee, lower(privilege_type), table_name) from information_schema.table_privileges
        where table_schema = 'public' and grantee in ('PUBLIC')`,
      [APPLICATION, API, READER],
    );
    const wanted = [...(await columns())].flatMap(([table, names]) => {
      const { hidden = [], hiddenFromApi = [] } = GRANTS[table] ?? {};
      return [
        ...names.map((name) => `${APPLICATION} select ${table} ${name}`),
        ...names.filter((name) => !hiddenFromApi.includes(name)).map((name) => `${API} select ${table} ${name}`),
        ...names.filter((name) => !hidden.includes(name)).map((name) => `${READER} select ${table} ${name}`),
        ...SERVICES.flatMap(([role, service]) => {
          const rights = rightsOf(table, service);
          return [
            ...insertableOf(rights, names).map((name) => `${role} insert ${table} ${name}`),
            ...(rights.update ?? []).map((name) => `${role} update ${table} ${name}`),
            ...(rights.delete ? [`${role} delete ${table}`] : []),
          ];
        }),
      ];
    });
    expect(rows.map(({ line }) => line).sort()).toEqual(wanted.sort());
  });

  test('lets no function be called but those that it names, and pins the path of those that run as the owner', async () => {
    const { rows } = await database.owner.query<{
      name: string;
      worker: boolean;
      api: boolean;
      reader: boolean;
      isDefiner: boolean;
      config: string[] | null;
    }>(
      `select oid::regprocedure::text as name, prosecdef as "isDefiner", proconfig as config,
         has_function_privilege($1, oid, 'execute') as worker, has_function_privilege($2, oid, 'execute') as api,
         has_function_privilege($3, oid, 'execute') as reader
         from pg_proc where pronamespace = 'public'::regnamespace`,
      [APPLICATION, API, READER],
    );
    const compact = (names: readonly string[]) => names.map((name) => name.replaceAll(', ', ',')).sort();
    for (const service of ['worker', 'api'] as const) {
      const listed = Object.keys(CALLED_FUNCTIONS).filter((name) => CALLED_FUNCTIONS[name]?.includes(service));
      expect(compact(rows.filter((row) => row[service]).map(({ name }) => name))).toEqual(compact(listed));
    }
    expect(rows.filter(({ reader }) => reader)).toEqual([]);
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

describe('the API', () => {
  test.each([
    ['adds a fact', 'insert into account_fact default values'],
    ['books an entry', 'insert into journal_entry default values'],
    ['adds lines', 'insert into posting default values'],
    ['writes a balance', 'update ledger_balance set amount_fen = 0'],
    ['issues a bill', 'insert into statement default values'],
    ['opens an account', 'insert into credit_account default values'],
    ['writes onto an account', 'update credit_account set outstanding_fen = 0'],
    ['offers anything', `update application set offer = '{"limitFen": 1}'`],
    [
      'applies with an offer',
      `insert into application (tenant_id, application_id, offer) values ('lender', 'own', '{"limitFen": 1}')`,
    ],
    ['decides', 'insert into decision_record default values'],
    ['says a word for a write-off', 'insert into account_word default values'],
    ['approves a purchase', 'insert into purchase_approval default values'],
    ['changes a mandate', 'insert into mandate_change default values'],
    ['plans a debit', 'insert into planned_debit default values'],
    ['plans a notice', 'insert into notice default values'],
    ['rewrites a notice', `update notice set text = 'x'`],
    ['cancels a notice', `update notice set status = 'cancelled', cancel_reason = 'x'`],
    ['sends a notice again', `update notice set send_after_at_ms = 0`],
    ['makes an attempt', 'insert into notice_attempt default values'],
    ['issues a code', 'insert into notice_code default values'],
    ['releases a held notice', `update notice_hold set released_by = 'staff-1'`],
    ['lifts an incident', `update incident set stage = 'resumed', lifted_at_ms = 1`],
    ['opens an incident that is lifted', `insert into incident (tenant_id, stage) values ('lender', 'resumed')`],
    ['takes a measure off', `update incident set measures = '{draws}'`],
    ['approves a text', `update notice_template set status = 'active'`],
    ['proves a text', 'insert into wording_review default values'],
    ['stops a provider', 'insert into provider_stop default values'],
    ['has an arrival taken again', `update set_aside_arrival set state = 'retry'`],
    ['erases a person', 'update person_key set wrapped_key = null'],
    ['closes a date', 'insert into daily_close default values'],
    ['seals a date', 'insert into evidence_seal default values'],
    ['seals a head', 'insert into sealed_head default values'],
    ['moves the clock', 'update business_clock set limit_ms = 0'],
    ['adds a policy', 'insert into policy_version default values'],
    ['gives a key more scopes', `update api_key set scopes = array['x']`],
    ['removes a key', 'delete from api_key'],
    ['removes evidence', 'delete from evidence_record'],
    ['removes old rows', `select purge_old_rows('lender', 30, 60, 60, 30, 1)`],
    ['reads what nobody could take', 'select raw from refused_arrival'],
    ['empties a table', 'truncate receipt'],
    ['makes a table', 'create table mine ()'],
    ['becomes the worker', 'set role creditloom_app'],
  ])('never %s', async (_, statement) => {
    await expect(asApi.query(statement)).rejects.toThrow(/permission denied/);
  });

  test("writes no table that is the worker's", () => {
    const written = Object.keys(GRANTS).filter((table) => Object.keys(rightsOf(table, 'api')).length > 0);
    const ofTheWorker = [
      'account_fact',
      'account_snapshot',
      'account_word',
      'arrival_remark',
      'business_clock',
      'credit_account',
      'daily_close',
      'debit_lane',
      'decision_record',
      'evidence_seal',
      'guard_day',
      'guard_pass',
      'guard_plan',
      'journal_entry',
      'mandate_change',
      'notice_code',
      'notice_hold',
      'notice_lane',
      'planned_debit',
      'posting',
      'purchase_approval',
      'push_nudge',
      'refused_arrival',
      'refused_message',
      'sandbox_debit',
      'sealed_head',
      'set_aside_arrival',
      'sink_message',
      'sink_receipt',
      'statement',
      'template_registration',
      'tenant',
      'wording_review',
      'cost_sheet_confirmation',
    ];
    expect(written.filter((table) => ofTheWorker.includes(table))).toEqual([]);
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
    await refuseTooMuchPower(database.pool, 'worker');
    for (const service of ['worker', 'api'] as const) {
      await expect(refuseTooMuchPower(database.owner, service)).rejects.toThrow(
        /^DATABASE_URL: the role creditloom is a superuser of the database\. Run `npm run cli prepare`.*DATABASE_OWNER_URL/,
      );
    }
  });

  test('are two: the API works as its own role, and refuses that of the worker', async () => {
    await refuseTooMuchPower(asApi, 'api');
    await refuseTooMuchPower(asApi, 'worker');
    await expect(refuseTooMuchPower(database.pool, 'api')).rejects.toThrow(
      /^DATABASE_URL: the role creditloom_app may write what no route writes \(account_fact and \d+ other tables\)\..*DATABASE_API_URL/,
    );
  });

  test('are refused a right that the list does not have, whoever gave it', async () => {
    await database.owner.query('grant delete on receipt to creditloom_api');
    try {
      await expect(refuseTooMuchPower(asApi, 'api')).rejects.toThrow(/may write what no route writes \(receipt\)/);
    } finally {
      await database.owner.query('revoke delete on receipt from creditloom_api');
    }
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
    await admin.query('drop role if exists former_app; drop role if exists plain_owner');
    await admin.query('drop role if exists new_app; drop role if exists new_api; drop role if exists former_api');
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
  const powerOf = (url: string, service: Service = 'worker') =>
    withPool({ ...SETTINGS, connectionString: url }, (pool) => refuseTooMuchPower(pool, service)).then(
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
    const urls = {
      ownerUrl,
      applicationUrl: on('roles_superuser', 'new_app', 'söme/pass'),
      apiUrl: on('roles_superuser', 'new_api', 'öther/pass'),
    };
    expect(await prepareDatabase(urls)).toEqual(MIGRATIONS.slice(before).map(({ name }) => name));
    expect(await prepareDatabase(urls)).toEqual([]);
    expect(await owners(ownerUrl)).toEqual(['creditloom_owner']);
    expect(await powerOf(urls.applicationUrl)).toBe('as it must be');
    expect(await powerOf(urls.apiUrl, 'api')).toBe('as it must be');
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
    const apiUrl = on('roles_former', 'former_api', 'api');
    await prepareDatabase({ ownerUrl: on('roles_former'), applicationUrl, apiUrl });
    expect(await powerOf(applicationUrl)).toBe('as it must be');
    expect(await powerOf(apiUrl, 'api')).toBe('as it must be');
    expect(await owners(on('roles_former'))).toEqual(['creditloom_owner']);
  });

  test('works with an owner who is no superuser, and says what an administrator must do where it cannot', async () => {
    await admin.query(`create role plain_owner login password '${scramVerifier('plain')}'`);
    await newDatabase('roles_plain', 'plain_owner');
    const ownerUrl = on('roles_plain', 'plain_owner', 'plain');
    const applicationUrl = on('roles_plain', 'plain_app', 'x');
    const apiUrl = on('roles_plain', 'plain_api', 'y');
    await expect(prepareDatabase({ ownerUrl, applicationUrl, apiUrl })).rejects.toThrow(
      /the role plain_app is not there.*let an administrator make it \(create role "plain_app" login password/,
    );
    await admin.query(`create role plain_app login password '${scramVerifier('x')}'`);
    await admin.query(`create role plain_api login password '${scramVerifier('y')}'`);
    try {
      await prepareDatabase({ ownerUrl, applicationUrl, apiUrl });
      expect(await owners(ownerUrl)).toEqual(['plain_owner']);
      expect(await powerOf(applicationUrl)).toBe('as it must be');
      expect(await powerOf(apiUrl, 'api')).toBe('as it must be');
      const shared = /^DATABASE_(OWNER_)?URL and DATABASE_(API_)?URL are both of plain_\w+: name a role of its own in /;
      await expect(prepareDatabase({ ownerUrl, applicationUrl: ownerUrl, apiUrl })).rejects.toThrow(shared);
      await expect(prepareDatabase({ ownerUrl, applicationUrl, apiUrl: applicationUrl })).rejects.toThrow(shared);
      await expect(prepareDatabase({ ownerUrl, applicationUrl, apiUrl: ownerUrl })).rejects.toThrow(WrongRoleError);
      await newDatabase('roles_foreign', 'plain_owner');
      await migrate(on('roles_foreign'), MIGRATIONS.slice(0, 1));
      await expect(
        prepareDatabase({
          ownerUrl: on('roles_foreign', 'plain_owner', 'plain'),
          applicationUrl: on('roles_foreign', 'plain_app', 'x'),
          apiUrl: on('roles_foreign', 'plain_api', 'y'),
        }),
      ).rejects.toThrow(/belong to creditloom, and plain_owner may not take them over: give a superuser's URL/);
    } finally {
      await admin.query('drop owned by plain_app, plain_api').catch(() => undefined);
      for (const name of ['roles_plain', 'roles_foreign'])
        await admin.query(`drop database if exists ${name} with (force)`);
      made.splice(0, made.length, ...made.filter((name) => !['roles_plain', 'roles_foreign'].includes(name)));
      await admin.query('drop role plain_app; drop role plain_api');
    }
  });
});
