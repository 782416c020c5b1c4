/** Identities in versions: nobody changes one past the program, a destroyed key leaves nothing to read, and old ones move. */
import { describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { readVaultContact, saveVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import {
  changePhone,
  type IdentityOrigin,
  listIdentityVersions,
  moveOldIdentities,
  readIdentity,
  readPhone,
  readPhones,
  saveIdentity,
} from '../../../src/db/origination/identities';
import { erasePerson } from '../../../src/db/origination/personKeys';
import { createPool } from '../../../src/db/pool';
import { prepareDatabase } from '../../../src/db/roles/prepareDatabase';
import { type Client as Connection, inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import type { Identity } from '../../../src/domain/origination/identity';
import { BOOKS, createTestDatabase } from '../../setup/environment';
import { ORIGIN } from '../../support/identities';
import { CASH_LOAN, openOnTerms, stepsOn } from '../servicedAccounts';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Connection) => Promise<Result>) => inTransaction(database.pool, work);
const vault = createVault({ keyId: 'k1', key: Buffer.alloc(32, 1) });
const PERSON = { name: '样例', idNumber: '000000199003071236', phone: '19900000001' };
const NEW_PHONE = '19900000002';
const of = (borrowerId: string) => ({ tenantId: TENANT, borrowerId });

const save = (borrowerId: string, identity: Identity = PERSON, origin: IdentityOrigin = ORIGIN) =>
  run(async (client) => {
    await ensureBorrower(client, of(borrowerId));
    return saveIdentity(client, vault, { ...of(borrowerId), identity, origin });
  });

const change = (borrowerId: string, changeId: string, phone: string, atMs = NOW_MS) =>
  run((client) => {
    const origin = { source: 'phone-change' as const, sourceId: changeId, recordedBy: 'key-9', atMs };
    return changePhone(client, vault, { ...of(borrowerId), phone, origin, coolDownMs: 7 * DAY_MS });
  });

describe('a version', () => {
  test('is added and never changed, taken away or moved, by whoever has a connection', async () => {
    await save('kept');
    await change('kept', 'c-1', NEW_PHONE);
    for (const statement of [
      `update vault_identity_version set recorded_by = 'nobody' where borrower_id = 'kept'`,
      `update vault_identity_version set value_encrypted = '\\x00' where borrower_id = 'kept'`,
      `delete from vault_identity_version where borrower_id = 'kept'`,
      'truncate vault_identity_version cascade',
      `delete from phone_change_notice where borrower_id = 'kept'`,
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow(/permission denied/);
      await expect(database.owner.query(statement)).rejects.toThrow(/append-only/);
    }
    await expect(database.owner.query(`delete from person_key where borrower_id = 'kept'`)).rejects.toThrow(
      /never removed/,
    );
    await expect(
      database.pool.query(`update person_key set wrapped_key = '\\x01' where borrower_id = 'kept'`),
    ).rejects.toThrow(/can be destroyed, once/);
    expect(await readPhone(database.pool, vault, of('kept'))).toBe(NEW_PHONE);
  });

  test.each([
    ['with another key', `'phone', 3, value_encrypted, source, source_id, 'somebody-else', at_ms`, 2],
    [
      'with another date',
      `'phone', 3, value_encrypted, source, source_id, recorded_by, at_ms - 8 * 86400000::bigint`,
      2,
    ],
    ['of an older version again', `'phone', 3, value_encrypted, source, source_id || '-again', recorded_by, at_ms`, 1],
    ['of a name as a phone', `'phone', 3, value_encrypted, source, source_id || '-again', recorded_by, at_ms`, 0],
  ])('that is copied %s past the program does not open', async (_case, columns, version) => {
    const borrowerId = `forged-${version}-${columns.length}`;
    await save(borrowerId);
    await change(borrowerId, 'c-1', NEW_PHONE);
    const from = version === 0 ? `field = 'name'` : `field = 'phone' and version = ${version}`;
    const source = columns.includes('source_id ||') ? columns : columns.replace('source_id,', `source_id || '-again',`);
    await database.pool.query(
      `insert into vault_identity_version (tenant_id, borrower_id, field, version, value_encrypted, source, source_id,
         recorded_by, at_ms) select tenant_id, borrower_id, ${source} from vault_identity_version
        where borrower_id = $1 and ${from}`,
      [borrowerId],
    );
    await expect(readPhone(database.pool, vault, of(borrowerId))).rejects.toThrow(/does not open/);
  });

  test('does not open with the key of another person, nor that key for this one', async () => {
    await save('one');
    await save('two');
    await database.pool.query(`insert into borrower (tenant_id, borrower_id) values ('${TENANT}', 'three')`);
    await database.pool.query(
      `insert into person_key (tenant_id, borrower_id, wrapped_key, key_id)
       select tenant_id, 'three', wrapped_key, key_id from person_key where borrower_id = 'one'`,
    );
    await expect(save('three')).rejects.toThrow(/does not open/);
  });
});

describe('a change of phone', () => {
  test('is one by its id, and is told to the phone that it replaces', async () => {
    await save('changes');
    expect(await change('changes', 'c-1', PERSON.phone)).toEqual({ status: 'unchanged', version: 1 });
    expect(await change('changes', 'c-2', NEW_PHONE)).toEqual({ status: 'changed', version: 2 });
    expect(await change('changes', 'c-2', NEW_PHONE)).toEqual({ status: 'repeated', version: 2 });
    expect(await change('changes', 'c-2', '19900000003')).toEqual({ status: 'conflict' });
    expect(await listIdentityVersions(database.pool, of('changes'))).toContainEqual({
      field: 'phone',
      version: 2,
      source: 'phone-change',
      sourceId: 'c-2',
      recordedBy: 'key-9',
      atMs: NOW_MS,
    });
    const { rows } = await database.pool.query(
      `select version, to_version from phone_change_notice where borrower_id = 'changes'`,
    );
    expect(rows).toEqual([{ version: 2, to_version: 1 }]);
  });

  test('is told by the first step of an account that comes later, to each older phone that is trusted, and once', async () => {
    const borrowerId = 'later-borrower';
    await save(borrowerId);
    await change(borrowerId, 'c-1', NEW_PHONE);
    await change(borrowerId, 'c-2', '19900000003', NOW_MS + DAY_MS);
    await openOnTerms(database.pool, 'later', CASH_LOAN);
    const step = stepsOn(database.pool);
    await step('later', '2026-03-04', { kind: 'opening' });
    await step('later', '2026-03-05', { kind: 'look' });
    const { rows } = await database.pool.query(
      `select dedupe_key as key, to_phone_version as "to" from notice where account_id = 'later' and kind = 'phone-changed'
        order by dedupe_key`,
    );
    expect(rows).toEqual([
      { key: 'phone-changed/2/1', to: 1 },
      { key: 'phone-changed/3/1', to: 1 },
      { key: 'phone-changed/3/2', to: 2 },
    ]);
  });

  test('that gives a first phone is told to nobody', async () => {
    await save('first', { name: PERSON.name });
    expect(await change('first', 'c-1', PERSON.phone)).toEqual({ status: 'first', version: 1 });
    const { rowCount } = await database.pool.query(`select from phone_change_notice where borrower_id = 'first'`);
    expect(rowCount).toBe(0);
  });
});

describe('a person who was erased', () => {
  test('can be read nowhere: not the versions, not with a copy of their rows; others can', async () => {
    await save('gone');
    await save('stays');
    await change('gone', 'c-1', NEW_PHONE);
    const address = { ...of('gone'), field: 'email' as const };
    await run((client) => saveVaultContact(client, vault, { ...address, value: 'lin@mail.example' }));
    const before = await database.pool.query(`select * from vault_identity_version where borrower_id = 'gone'`);
    const erase = () => run((client) => erasePerson(client, { ...of('gone'), erasedBy: 'staff-7', atMs: NOW_MS }));
    expect([await erase(), await erase()]).toEqual([true, false]);

    expect(await readIdentity(database.pool, vault, of('gone'))).toBeUndefined();
    expect((await readPhones(database.pool, vault, { tenantId: TENANT, borrowerIds: ['gone'] }))('gone')).toEqual([]);
    expect(await readVaultContact(database.pool, vault, address)).toBeUndefined();
    expect(await readIdentity(database.pool, vault, of('stays'))).toEqual(PERSON);
    // The rows are there, and open with no key that is left.
    const after = await database.pool.query(`select * from vault_identity_version where borrower_id = 'gone'`);
    expect(after.rows).toEqual(before.rows);
    const { key } = vault.makePersonKey(of('gone'));
    for (const { field, version, source, source_id, recorded_by, at_ms, value_encrypted } of after.rows) {
      const row = [field, version, source, source_id, recorded_by, at_ms];
      expect(() => key.open(row, value_encrypted)).toThrow(/does not open/);
    }
    const { rows } = await database.pool.query(`select * from person_key where borrower_id = 'gone'`);
    expect(rows).toMatchObject([{ wrapped_key: null, erased_by: 'staff-7', erased_at_ms: NOW_MS }]);
    await expect(
      database.pool.query(`update person_key set wrapped_key = '\\x01', erased_by = null, erased_at_ms = null
        where borrower_id = 'gone'`),
    ).rejects.toThrow(/can be destroyed, once/);
  });

  test('is nobody any more: the id takes neither an identity nor a phone', async () => {
    await save('erased');
    await run((client) => erasePerson(client, { ...of('erased'), erasedBy: 'staff-7', atMs: NOW_MS }));
    expect(await save('erased')).toEqual({ status: 'refused', reason: 'erased' });
    expect(await change('erased', 'c-1', NEW_PHONE)).toEqual({ status: 'refused', reason: 'erased' });
  });
});

test('identities from before versions are read where they are, move when they are touched or prepared, and are blanked', async () => {
  const old = await createTestDatabase();
  const client = new Client({ connectionString: old.ownerUrl });
  await client.connect();
  const settings = { max: 2, applicationName: 'test', statementTimeoutMs: 15_000, books: BOOKS };
  const pool = createPool({ ...settings, connectionString: old.url });
  try {
    await client.query('drop schema public cascade; create schema public');
    const before = MIGRATIONS.findIndex(({ name }) => name === '052_identity_versions');
    await migrate(old.ownerUrl, MIGRATIONS.slice(0, before));
    await client.query(`insert into tenant (tenant_id, name) values ('${TENANT}', 'T')`);
    for (const borrowerId of ['touched', 'prepared', 'erased', 'other']) {
      await client.query('insert into borrower (tenant_id, borrower_id) values ($1, $2)', [TENANT, borrowerId]);
      const sealed = (['name', 'idNumber', 'phone'] as const).map((field) =>
        vault.encrypt({ tenantId: TENANT, borrowerId, field }, PERSON[field]),
      );
      await client.query(
        `insert into vault_identity (tenant_id, borrower_id, name_encrypted, id_number_encrypted, phone_encrypted, key_id,
           updated_at) values ($1, $2, $3, $4, $5, 'k1', '2026-01-05T00:00:00Z')`,
        [TENANT, borrowerId, ...sealed],
      );
    }
    await prepareDatabase({ ownerUrl: old.ownerUrl, applicationUrl: old.url, apiUrl: old.apiUrl });
    const known = (borrowerId: string) => readIdentity(pool, vault, of(borrowerId));
    expect(await known('touched')).toEqual(PERSON);
    expect(await readPhone(pool, vault, of('prepared'))).toBe(PERSON.phone);

    const touch = (identity: Identity, borrowerId = 'touched') =>
      inTransaction(pool, (connection) =>
        saveIdentity(connection, vault, { ...of(borrowerId), identity, origin: ORIGIN }),
      );
    expect(await touch({ ...PERSON, idNumber: 'another' })).toEqual({ status: 'refused', reason: 'other-id-number' });
    expect(await touch({ ...PERSON, name: '样例新名' })).toEqual({ status: 'kept', added: ['name'] });
    const origin = { source: 'before-versions', sourceId: null, recordedBy: null, atMs: Date.UTC(2026, 0, 5) };
    expect((await listIdentityVersions(pool, of('touched'))).slice(1, 3)).toEqual([
      { field: 'name', version: 1, ...origin },
      { field: 'name', version: 2, ...ORIGIN },
    ]);

    await inTransaction(pool, (connection) =>
      erasePerson(connection, { ...of('erased'), erasedBy: 's', atMs: NOW_MS }),
    );
    expect(await known('erased')).toBeUndefined();
    const move = () =>
      inTransaction(pool, (connection) => moveOldIdentities(connection, vault, { tenantId: TENANT, limit: 1 }));
    expect([await move(), await move(), await move()]).toEqual([1, 1, 0]);
    expect([await known('prepared'), await known('other')]).toEqual([PERSON, PERSON]);
    const { rows } = await client.query(
      `select from vault_identity where num_nonnulls(name_encrypted, id_number_encrypted, phone_encrypted) > 0`,
    );
    expect(rows).toEqual([]);

    // Who puts an old value back changes nobody's identity.
    const back = vault.encrypt({ ...of('prepared'), field: 'phone' }, NEW_PHONE);
    await client.query(`update vault_identity set phone_encrypted = $1 where borrower_id = 'prepared'`, [back]);
    expect(await readPhone(pool, vault, of('prepared'))).toBe(PERSON.phone);
    expect([await move(), await move(), await readPhone(pool, vault, of('prepared'))]).toEqual([1, 0, PERSON.phone]);
  } finally {
    await pool.end();
    await client.end();
    await old.drop();
  }
});
