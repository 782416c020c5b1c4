/** Reads that belong together: all statements of the work see the database as it was at the first of them. */
import type { Pool } from 'pg';
import { type Client, inTransaction } from './transaction';

/** Writes are refused by the database. Work that takes long keeps dead rows from being vacuumed, and blocks nobody. */
export function inSnapshot<Result>(pool: Pool, work: (client: Client) => Promise<Result>): Promise<Result> {
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return work(client);
  });
}
