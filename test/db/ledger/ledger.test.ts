/** The books: balanced at every commit, corrected and never changed, balances that follow. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { lockAccount } from '../../../src/db/credit/accounts';
import { bookEntries, readBalances, readTrialBalance, readUnbalancedEntries } from '../../../src/db/ledger/journal';
import { inTransaction } from '../../../src/db/transaction';
import { balancesOf, type JournalEntry } from '../../../src/domain/ledger/journal';
import { entry, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;

/** A new account and what its books are asked to hold, step after step. */
async function newBooks() {
  accounts += 1;
  const accountId = `ledger-${accounts}`;
  const ref = await inTransaction(database.pool, (client) => openAccount(client, accountId));
  const book = (entries: JournalEntry[]) =>
    inTransaction(database.pool, (client) => bookEntries(client, { ...ref, entries, bookedAtMs: NOW_MS }));
  const rows = async () => {
    const { rows } = await database.owner.query(
      `select business_key as key, revision, kind, value_date as "valueDate",
         (select array_agg(ledger_account || ' ' || amount_fen order by ledger_account desc) from posting
           where posting.entry_id = journal_entry.entry_id) as lines
       from journal_entry where account_id = $1 order by entry_id`,
      [ref.accountId],
    );
    return rows;
  };
  return { ref, book, rows };
}

afterEach(async () => {
  expect(await readUnbalancedEntries(database.pool, { tenantId: TENANT })).toEqual([]);
  const { totalFen, differences } = await readTrialBalance(database.pool, { tenantId: TENANT });
  expect({ totalFen, differences }).toEqual({ totalFen: 0, differences: [] });
});

describe('an entry that does not balance is refused at commit', () => {
  const lineCases: [string, number[], RegExp][] = [
    ['one fen over', [100, -99], /does not balance: its postings sum to 1 fen/],
    ['one line', [100], /has 1 lines; an entry has at least two/],
    ['no lines', [], /has 0 lines; an entry has at least two/],
  ];
  test.each(lineCases)('%s', async (_, amounts, refusal) => {
    const { ref } = await newBooks();
    const attempt = inTransaction(database.pool, async (client) => {
      const { rows } = await client.query<{ entry_id: number }>(
        `insert into journal_entry
           (tenant_id, account_id, business_key, revision, kind, value_date, content_hash, booked_at_ms)
         values ($1, $2, 'bad', 1, 'payment', '2026-03-02', 'x', 0) returning entry_id`,
        [ref.tenantId, ref.accountId],
      );
      for (const [index, amountFen] of amounts.entries()) {
        await client.query('insert into posting values ($1, $2, $3, $4, $5, $6)', [
          ref.tenantId,
          ref.accountId,
          rows[0]?.entry_id,
          index + 1,
          'funding',
          amountFen,
        ]);
      }
    });
    await expect(attempt).rejects.toThrow(refusal);
  });

  test('lines added later to an entry that balanced, also when they balance themselves', async () => {
    const { ref, book } = await newBooks();
    await book([entry('disbursement', 100)]);
    const attempt = (lines: string) =>
      database.pool.query(
        `insert into posting select tenant_id, account_id, entry_id, line_no, ledger_account, amount_fen
           from journal_entry cross join (values ${lines}) as line (line_no, ledger_account, amount_fen)
          where account_id = $1`,
        [ref.accountId],
      );
    await expect(attempt(`(9, 'funding', 1)`)).rejects.toThrow(/was booked before: its lines came with it/);
    const compensating = `(9, 'funding', 1), (10, 'principal-receivable', -1)`;
    await expect(attempt(compensating)).rejects.toThrow(/was booked before: its lines came with it/);
    expect(await readBalances(database.pool, ref)).toEqual(balancesOf([entry('disbursement', 100)]));
  });
});

describe('balances', () => {
  test('are the sums of the postings, and are not written directly', async () => {
    const { ref, book } = await newBooks();
    const entries = [
      entry('disbursement', 1_000_000),
      entry('interest/1', 500, { from: 'interest-income', to: 'interest-receivable' }),
      entry('payment/1', 300, { from: 'interest-receivable', to: 'collections' }),
    ];
    await book(entries);
    expect(await readBalances(database.pool, ref)).toEqual(balancesOf(entries));
    for (const statement of [
      'update ledger_balance set amount_fen = 0',
      'delete from ledger_balance',
      'truncate ledger_balance',
      `insert into ledger_balance values ('lender', 'x', 'funding', 1)`,
    ]) {
      await expect(database.owner.query(statement)).rejects.toThrow(/ledger_balance follows the postings/);
    }
  });

  test('beyond what a number holds exactly are refused', async () => {
    const { book } = await newBooks();
    const beyond = [entry('first', Number.MAX_SAFE_INTEGER), entry('second', 1)];
    await expect(book(beyond)).rejects.toThrow(/domain fen/);
  });
});

describe('booking what a life derives', () => {
  const disbursement = entry('disbursement', 1_000_000);
  const interest = entry('interest/1', 500, { from: 'interest-income', to: 'interest-receivable' });

  test('books a new key once', async () => {
    const { book, rows } = await newBooks();
    expect(await book([disbursement, interest])).toBe(2);
    expect(await book([disbursement, interest])).toBe(0);
    // The same content in another order of lines is the same content.
    expect(await book([disbursement, { ...interest, lines: [...interest.lines].reverse() }])).toBe(0);
    expect((await rows()).map(({ key, revision }) => [key, revision])).toEqual([
      ['disbursement', 1],
      ['interest/1', 1],
    ]);
  });

  test('books the difference of a changed amount', async () => {
    const { ref, book, rows } = await newBooks();
    await book([disbursement, interest]);
    const less = entry('interest/1', 420, { from: 'interest-income', to: 'interest-receivable' });
    expect(await book([disbursement, less])).toBe(1);
    expect((await rows()).at(-1)).toEqual({
      key: 'interest/1',
      revision: 2,
      kind: 'disbursement',
      valueDate: '2026-03-02',
      lines: ['interest-receivable -80', 'interest-income 80'],
    });
    expect(await readBalances(database.pool, ref)).toEqual(balancesOf([disbursement, less]));
    expect(await book([disbursement, less])).toBe(0);
  });

  test('moves an entry to another date by a reversal and a new booking', async () => {
    const { book, rows } = await newBooks();
    await book([disbursement]);
    expect(await book([{ ...disbursement, valueDate: '2026-03-05' }])).toBe(2);
    expect((await rows()).map(({ revision, valueDate, lines }) => [revision, valueDate, lines[0]])).toEqual([
      [1, '2026-03-02', 'principal-receivable 1000000'],
      [2, '2026-03-02', 'principal-receivable -1000000'],
      [3, '2026-03-05', 'principal-receivable 1000000'],
    ]);
  });

  test('reverses a key that is derived no more, once, and books it again when it returns', async () => {
    const { ref, book, rows } = await newBooks();
    await book([disbursement, interest]);
    expect(await book([disbursement])).toBe(1);
    expect(await book([disbursement])).toBe(0);
    expect(await readBalances(database.pool, ref)).toMatchObject({ 'interest-receivable': 0, 'interest-income': 0 });
    expect(await book([disbursement, interest])).toBe(1);
    expect((await rows()).map(({ key, revision }) => `${key} ${revision}`)).toEqual([
      'disbursement 1',
      'interest/1 1',
      'interest/1 2',
      'interest/1 3',
    ]);
    expect(await readBalances(database.pool, ref)).toEqual(balancesOf([disbursement, interest]));
  });

  test('refuses two entries of one key', async () => {
    const { book } = await newBooks();
    await expect(book([disbursement, disbursement])).rejects.toThrow(/two journal entries of one key/);
  });

  test('stays balanced while several connections book', async () => {
    const books = await Promise.all([newBooks(), newBooks(), newBooks()]);
    const step = async (index: number) => {
      const { ref } = books[index % books.length] as (typeof books)[number];
      await inTransaction(database.pool, async (client) => {
        await lockAccount(client, ref);
        const { rows } = await client.query<{ count: number }>(
          'select count(*) as count from journal_entry where account_id = $1',
          [ref.accountId],
        );
        const count = (rows[0]?.count ?? 0) + 1;
        const entries = Array.from({ length: count }, (_, position) => entry(`disbursement/${position}`, position + 1));
        await bookEntries(client, { ...ref, entries, bookedAtMs: NOW_MS });
      });
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => step(index)));
    for (const { ref } of books) {
      // 1 + 2 + ... + 20: each step saw all steps before it.
      expect(await readBalances(database.pool, ref)).toEqual({ 'principal-receivable': 210, funding: -210 });
    }
  });
});
