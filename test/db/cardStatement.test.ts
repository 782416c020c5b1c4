/** A card on a real PostgreSQL: its statement gives every row the points that the domain gives it, to the point. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { CardRow, CardValue, RiskCard } from '../../src/domain/risk/cards/card';
import { scoreByCard } from '../../src/domain/risk/cards/cardScore';
import { cardStatement } from '../../src/domain/risk/cards/cardSql';
import { createTestDatabase, type TestDatabase } from '../setup/environment';
import { dataRows, SHIPPED_NAMES, shippedCard } from '../support/cardData';
import { exampleCard } from '../support/exampleCard';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const quoted = (name: string) => `"${name}"`;

/** The rows with a number each, as a table of raw columns; one statement takes them all as JSON. */
async function fill(card: RiskCard, rows: readonly CardRow[], isQuoted: boolean): Promise<void> {
  const columns = card.columns.map(({ name, kind }) => ({
    name,
    written: quoted(isQuoted ? name : name.toLowerCase()),
    type: kind === 'category' ? 'text' : 'numeric',
  }));
  await client.query('DROP TABLE IF EXISTS raw_rows');
  await client.query(
    `CREATE TABLE raw_rows (number int, ${columns.map(({ written, type }) => `${written} ${type}`).join(', ')})`,
  );
  const values = rows.map((row, number) => ({ number, ...row }));
  const fields = columns.map(({ name, type }) => `(value ->> '${name}')::${type}`);
  await client.query(
    `INSERT INTO raw_rows SELECT (value ->> 'number')::int, ${fields.join(', ')} FROM jsonb_array_elements($1::jsonb) AS value`,
    [JSON.stringify(values)],
  );
}

async function compare(card: RiskCard, rows: readonly CardRow[], isQuoted = false): Promise<void> {
  await fill(card, rows, isQuoted);
  const { rows: told } = await client.query<{ number: number; score: string; probability: number }>(
    cardStatement(card, { table: 'raw_rows', isQuoted }),
  );
  expect(told).toHaveLength(rows.length);
  const different = told.filter(({ number, score, probability }) => {
    const own = scoreByCard(card, rows[number] ?? {});
    return Number(score) !== own.points || Math.abs(probability - own.probability) > 1e-12;
  });
  expect(different).toEqual([]);
}

describe.each(SHIPPED_NAMES)('the card %s', (name) => {
  const card = shippedCard(name);

  it('all rows of its data', async () => {
    await compare(
      card,
      dataRows(card).map(({ row }) => row),
    );
  }, 120_000);

  it('each column not known, each code, and each bound with its neighbours', async () => {
    const plain: Record<string, CardValue> = Object.fromEntries(
      card.columns.map((column) => [column.name, column.kind === 'category' ? (column.values[0] ?? '') : 1]),
    );
    const bounds = card.features.flatMap(({ bins }) =>
      bins.flatMap(({ below }) => (below === undefined ? [] : [below])),
    );
    const rows = card.columns.flatMap((column): CardRow[] => {
      const values: CardValue[] =
        column.kind === 'category'
          ? [...column.values, 'unheard']
          : [-2, -1, 0, 1, 2, 3, 9, ...bounds.flatMap((bound) => [bound - 0.5, bound, bound + 0.5])];
      return [null, ...values].map((value) => ({ ...plain, [column.name]: value }));
    });
    await compare(card, [...rows, {}]);
  }, 120_000);

  it('columns that keep their letters', async () => {
    await compare(card, [{}], true);
  });
});

it('every kind of bin of a small card, on columns of whole numbers', async () => {
  const rows: CardRow[] = [-2, -1, 0, 1, 2, 9].flatMap((delay) =>
    [-1, 0, 2, 100].flatMap((limit) =>
      [-50, 0, 1, 50].map((bill) => ({ delay, limit, bill, job: bill > 0 ? 'A' : 'B' })),
    ),
  );
  await compare(exampleCard(), rows);
});
