/**
 * Random rows for a rule that the domain says and a statement decides too: both are asked about the same rows. What keeps
 * the program's rows in shape (checks, foreign keys, triggers) is taken off the tables first, so that rows need hold no
 * more than the rule reads; each set of rows is gone when it was asked about.
 */
import { beforeAll } from '@jest/globals';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { TestDatabase } from '../testDatabase';

/** Takes the guards off tables of the test's own database, once for its file. */
export function useLooseTables(database: TestDatabase, tables: readonly string[]): void {
  beforeAll(async () => {
    for (const table of tables) await loosen(database.owner, table);
  });
}

async function loosen(owner: Pool, table: string): Promise<void> {
  const { rows: constraints } = await owner.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = $1::regclass and contype in ('c', 'f')`,
    [table],
  );
  const { rows: columns } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and attnotnull
        and attgenerated = '' and not exists (select from pg_index where indrelid = attrelid and indisprimary
          and attnum = any(indkey))`,
    [table],
  );
  for (const { name } of constraints)
    await owner.query(`alter table ${table} drop constraint if exists "${name}" cascade`);
  for (const { name } of columns) await owner.query(`alter table ${table} alter column "${name}" drop not null`);
  await owner.query(`alter table ${table} disable trigger user`);
}

/** Puts rows in, each with the columns of the first; what is left out is the column's default. */
export async function put(client: Client, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(', ');
  await client.query(
    `insert into ${table} (${columns}) overriding system value select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows)],
  );
}

class TakenBack extends Error {}

/** A transaction of the owner that is taken back whatever it did. */
async function takenBack(owner: Pool, work: (client: Client) => Promise<void>): Promise<void> {
  try {
    await inTransaction(owner, async (client) => {
      await work(client);
      throw new TakenBack('as it is meant');
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
}

const SEED = 20261129;

/** Asks both about many sets of drawn rows; the same ones in every run. */
export function compareOn<Drawn>(
  database: TestDatabase,
  drawn: fc.Arbitrary<Drawn>,
  compare: (client: Client, drawn: Drawn) => Promise<void>,
  numRuns = 40,
): Promise<void> {
  const property = fc.asyncProperty(drawn, (each) => takenBack(database.owner, (client) => compare(client, each)));
  return fc.assert(property, { seed: SEED, numRuns });
}

/** Ids that come out as drawn: `${prefix}0`, `${prefix}1`, … one for each item. */
export function numbered<Item extends object>(items: readonly Item[]): (Item & { index: number })[] {
  return items.map((item, index) => ({ ...item, index }));
}

export function uuidOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}
