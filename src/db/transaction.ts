/** Transactions: all of a step, or nothing of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';

/** A connection, inside a transaction where a statement locks or writes. */
export type Client = PoolClient;

/** Where a read can run: on a connection, or straight on the pool. */
export interface Reader {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

export interface TransactionOptions {
  /** How often to try again after a conflict with another transaction. */
  retries?: number | undefined;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** An earlier statement of it has failed. */
const TRANSACTION_IS_OVER = '25P02';
const FIRST_PAUSE_MS = 10;

/**
 * Runs the work in one transaction and commits it. After a deadlock or a serialization failure it runs the work again:
 * PostgreSQL has rolled back everything by then, so the second try starts from nothing, provided that the work itself
 * touches only the database. A lost connection is not tried again here: its commit may have arrived, and only the
 * caller knows whether its work is keyed.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
  { retries = 3 }: TransactionOptions = {},
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(pool, work);
    } catch (error) {
      if (attempt >= retries || !isConflict(error)) throw error;
      // Doubled and spread, so that the two that met do not meet again.
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

async function once<Result>(pool: Pool, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // Sent with the first statement of the work. It fails only with its connection, and then the work does too.
    const [, result] = await together([client.query('begin'), work(client)]);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot roll back is not given to anyone else. The first error is the one to tell.
    broken = await client.query('rollback').then(
      () => undefined,
      (failure: Error) => failure,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Waits for statements that were sent side by side on one connection, which answers them in the order in which they
 * were sent. Unlike `Promise.all` it waits for all of them when one fails: what still runs would otherwise send its
 * next statement after the rollback, on a connection that is someone else's by then. Throws what failed first. What
 * fails after it only says that the transaction is over; but that can be heard earlier, when the one that failed waits
 * for others itself, and would hide a conflict that is worth another try.
 */
export async function together<Work extends readonly unknown[]>(
  work: [...Work],
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const failures: unknown[] = [];
  const all = Promise.all(
    work.map(async (each) => {
      try {
        return await Promise.resolve(each);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    }),
  );
  // Handled below, once the others have ended: until then Node would take it for one that nobody handles.
  all.catch(() => undefined);
  await Promise.allSettled(work);
  if (failures.length > 0) throw failures.find((error) => codeOf(error) !== TRANSACTION_IS_OVER) ?? failures[0];
  return (await all) as { -readonly [Index in keyof Work]: Awaited<Work[Index]> };
}

function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
