/** The connection itself: whether it answers, and what a transaction asks of it. */
import type { Client, Reader } from '../transaction';

/** Fails where the database does not answer. */
export async function answers(reader: Reader): Promise<void> {
  await reader.query('select 1');
}

/** Checks now what is otherwise checked at the commit, so that whoever is at fault is told here. */
export async function checkConstraintsNow(client: Client): Promise<void> {
  await client.query('set constraints all immediate');
}
