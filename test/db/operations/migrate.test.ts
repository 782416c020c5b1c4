/** The schema: applied once, refused when its past was edited; and values at the database's edge. */
import { describe, expect, test } from '@jest/globals';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { inTransaction } from '../../../src/db/transaction';
import { useDatabase } from '../testDatabase';

const database = useDatabase();

describe('migrating', () => {
  test('again changes nothing, also when several start at once', async () => {
    const results = await Promise.all([
      migrate(database.ownerUrl),
      migrate(database.ownerUrl),
      migrate(database.ownerUrl),
    ]);
    expect(results).toEqual([[], [], []]);
  });

  test('takes a checkout with other line ends for the same', async () => {
    const elsewhere = MIGRATIONS.map(({ name, sql }) => ({ name, sql: sql.replaceAll('\n', '\r\n') }));
    expect(await migrate(database.ownerUrl, elsewhere)).toEqual([]);
  });

  test('refuses a changed migration by its name, and applies nothing', async () => {
    const changed = MIGRATIONS.map((migration) =>
      migration.name === '003_ledger' ? { ...migration, sql: `${migration.sql} -- edited` } : migration,
    );
    const next = { name: '900_next', sql: 'create table next_table ()' };
    await expect(migrate(database.ownerUrl, [...changed, next])).rejects.toThrow(/migration 003_ledger is not the one/);
    const { rows } = await database.owner.query(`select to_regclass('next_table') as found`);
    expect(rows).toEqual([{ found: null }]);
  });

  test('leaves nothing behind when a statement fails, and goes on when it is mended', async () => {
    const broken = { name: '901_broken', sql: 'create table half_table (); select 1/0' };
    await expect(migrate(database.ownerUrl, [...MIGRATIONS, broken])).rejects.toThrow(/division by zero/);
    const mended = { name: '901_broken', sql: 'create table half_table ()' };
    expect(await migrate(database.ownerUrl, [...MIGRATIONS, mended])).toEqual(['901_broken']);
  });
});

describe('values', () => {
  test('come as numbers, ISO dates and milliseconds', async () => {
    const { rows } = await database.owner.query(
      `select 9007199254740991::bigint as fen, date '2026-03-01' as day, 0.10::numeric as rate,
         timestamptz '2026-03-01 00:00:00.123+08' as at, '{"a": 1}'::jsonb as body, null::bigint as nothing`,
    );
    expect(rows).toEqual([
      {
        fen: Number.MAX_SAFE_INTEGER,
        day: '2026-03-01',
        rate: '0.10',
        at: Date.parse('2026-02-28T16:00:00.123Z'),
        body: { a: 1 },
        nothing: null,
      },
    ]);
  });

  test('that a number cannot hold exactly are an error', async () => {
    await expect(database.owner.query('select 9007199254740992::bigint')).rejects.toThrow(/beyond the safe integers/);
    // The connection is good for the next query.
    expect((await database.owner.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a transaction', () => {
  test('that met another one crosswise is done again', async () => {
    await database.owner.query(
      'create table pair (id int primary key, value int); insert into pair values (1, 0), (2, 0)',
    );
    let attempts = 0;
    let meet = () => {};
    // Each holds its first row before either asks for its second, however slow the machine is.
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const add = (ids: number[]) =>
      inTransaction(database.owner, async (client) => {
        attempts += 1;
        const [first, second] = ids;
        await client.query('update pair set value = value + 1 where id = $1', [first]);
        if (attempts === 2) meet();
        await met;
        await client.query('update pair set value = value + 1 where id = $1', [second]);
      });
    await Promise.all([add([1, 2]), add([2, 1])]);
    expect(attempts).toBeGreaterThan(2);
    expect((await database.owner.query('select value from pair order by id')).rows).toEqual([
      { value: 2 },
      { value: 2 },
    ]);
  });

  test('that fails leaves nothing, gives its connection back, and tells its own error', async () => {
    const failing = () =>
      inTransaction(database.owner, async (client) => {
        await client.query('create table never (id int)');
        throw new Error('mine');
      });
    for (let round = 0; round < 12; round += 1) await expect(failing()).rejects.toThrow('mine');
    const { rows } = await database.owner.query(`select to_regclass('never') as found`);
    expect(rows).toEqual([{ found: null }]);
    expect(database.owner.waitingCount).toBe(0);
  });
});
