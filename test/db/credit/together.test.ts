/** Statements side by side on one connection, and what becomes of them when one fails. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createPool } from '../../../src/db/pool';
import { inTransaction, together } from '../../../src/db/transaction';
import { createTestDatabase, type TestDatabase } from '../../setup/environment';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({
    connectionString: database.ownerUrl,
    max: 1,
    applicationName: 'creditloom-test',
    statementTimeoutMs: 10_000,
  });
  await pool.query('create table line (text text)');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('together', () => {
  it('gives the results in the order of the statements', () =>
    inTransaction(pool, async (client) => {
      const [first, second] = await together([
        client.query<{ value: string }>('select $1::text as value', ['a']),
        client.query<{ value: string }>('select $1::text as value', ['b']),
      ]);
      expect([first.rows, second.rows]).toEqual([[{ value: 'a' }], [{ value: 'b' }]]);
    }));

  it('lets no statement through after the rollback, when one fails and others go on', async () => {
    const goingOn = async (client: Parameters<Parameters<typeof inTransaction>[1]>[0]) => {
      await client.query('insert into line values ($1)', ['with the one that fails']);
      // Time in which a transaction that does not wait has been rolled back, and its connection given away.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await client.query('insert into line values ($1)', ['afterwards']);
    };
    const failing = inTransaction(pool, (client) => together([goingOn(client), client.query('select 1 / 0')]));
    await expect(failing).rejects.toThrow('division by zero');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await pool.query('select text from line')).rows).toEqual([]);
  });

  it('throws the fault, and not that the transaction is over because of it, when that is heard first', async () => {
    const failing = inTransaction(pool, (client) => {
      // It waits for what takes longer, so the one beside it is told first.
      const slow = together([client.query('select 1 / 0'), new Promise((resolve) => setTimeout(resolve, 50))]);
      return together([slow, client.query('select 1')]);
    });
    await expect(failing).rejects.toThrow('division by zero');
  });

  it('runs the work again after a conflict that is heard so', async () => {
    let tries = 0;
    const conflict = "do $$ begin raise exception 'a conflict' using errcode = '40P01'; end $$";
    const outcome = await inTransaction(pool, (client) => {
      tries += 1;
      const first = tries === 1 ? conflict : 'select 1';
      return together([
        together([client.query(first), new Promise((resolve) => setTimeout(resolve, 50))]),
        client.query<{ value: number }>('select 7 as value'),
      ]);
    });
    expect(outcome[1].rows).toEqual([{ value: 7 }]);
    expect(tries).toBe(2);
  });
});
