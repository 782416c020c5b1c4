/** A connection that breaks while a transaction has it, between two statements, ends that transaction and no process. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import { problemOf } from '../../../src/api/http/problems';
import { createPool } from '../../../src/db/pool';
import { createTestDatabase, type TestDatabase } from '../../setup/environment';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  const connectionString = database.url;
  pool = createPool({ connectionString, max: 2, applicationName: 'creditloom-test', statementTimeoutMs: 20_000 });
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

async function pidOf(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

it('is told by the next statement', async () => {
  const client = await pool.connect();
  await client.query('begin');
  // Not by `once` of node:events, which would take the error for its own.
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  await pool.query('select pg_terminate_backend($1)', [await pidOf(client)]);
  await ended;
  // An event of this name that nobody hears would end the process.
  const listeners = client.listenerCount('error');
  const told = await client.query('select 1').catch((error: Error) => error);
  client.release(true);
  expect(listeners).toBeGreaterThan(0);
  // The API answers it as what it is: not now, and the same request again is safe.
  expect(problemOf(told as Error)?.problem.status).toBe(503);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
