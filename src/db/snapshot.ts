/** Reads that belong together: all statements of the work see the database as it was at the first of them. */
import type { Pool } from 'pg';
import { type Client, inTransaction } from './transaction';

/**
 * Writes are refused by the database. Work that takes long keeps dead rows from being vacuumed, and blocks nobody.
 * `statementMs`: how long a statement may take, where it reads more than a step does.
 */
export function inRepeatableRead<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
  { statementMs }: { statementMs?: number } = {},
): Promise<Result> {
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    if (statementMs !== undefined) {
      await client.query("select set_config('statement_timeout', $1, true)", [String(statementMs)]);
    }
    return work(client);
  });
}
