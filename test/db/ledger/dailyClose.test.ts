/** The daily close: green when the books are what the lives say, red with account and amount when they are not. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { DIFFERENCES_KEPT } from '../../../src/activities/ledger/reconciliation';
import { listDailyCloses } from '../../../src/db/ledger/dailyCloses';
import type { Difference } from '../../../src/domain/ledger/reconciliation';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';
import { CASH_LOAN, noonOf, OPENED_ON, openOnTerms, payment, purchase, REVOLVING, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

/** Bills of 1 April are issued, the first instalment of 2 April is paid. */
const TODAY = '2026-04-02';

const database = useDatabase();

/** Two loans and a revolving account, each advanced to the date. */
beforeAll(async () => {
  const { pool } = database;
  const step = stepsOn(pool);
  for (const accountId of ['loan-1', 'loan-2']) {
    await openOnTerms(pool, accountId, CASH_LOAN);
    await step(accountId, OPENED_ON, { kind: 'opening' });
    await step(accountId, TODAY, payment('p1', 173_884, TODAY));
  }
  await openOnTerms(pool, 'card', REVOLVING);
  await step('card', OPENED_ON, { kind: 'opening' });
  await step('card', '2026-03-12', purchase('o1', 234_567, '2026-03-12'));
  await step('card', '2026-04-01');
});

/** A try begins without any other on record: the table lets nothing go, so the guard is off for it. */
beforeEach(() =>
  asSuperuser('daily_close', 'append_only_table', async () => {
    await database.owner.query('truncate daily_close');
  }),
);

/** Does what no statement of ours can do: with one guard of a table off, which is on again afterwards. */
async function asSuperuser(table: string, guard: string, work: () => Promise<unknown>): Promise<void> {
  await database.owner.query(`alter table ${table} disable trigger ${guard}`);
  try {
    await work();
  } finally {
    await database.owner.query(`alter table ${table} enable trigger ${guard}`);
  }
}

const close = (businessDate = TODAY, pageSize = 2) =>
  createDailyCloseActivities({ pool: database.pool, pageSize }).closeDate({
    tenantId: TENANT,
    businessDate,
    asOfMs: noonOf(businessDate),
  });

/** Everything but the closes themselves. */
async function everything(): Promise<unknown> {
  const tables = [
    'credit_account',
    'account_fact',
    'statement',
    'journal_entry',
    'posting',
    'ledger_balance',
    'notice',
  ];
  const contents = tables.map(async (table) => {
    const { rows } = await database.owner.query(`select to_jsonb(t) as row from ${table} t order by 1`);
    return [table, rows];
  });
  return Promise.all(contents);
}

/** Breaks something, expects a red close with exactly these differences that changed nothing, and mends it again. */
async function expectRed(
  breakIt: () => Promise<unknown>,
  differences: Difference[],
  mend: () => Promise<unknown>,
  date = TODAY,
) {
  await breakIt();
  try {
    const before = await everything();
    const red = await close(date);
    expect({ outcome: red.outcome, differences: red.differences }).toEqual({ outcome: 'failed', differences });
    expect(await everything()).toEqual(before);
    expect(await listDailyCloses(database.pool, { tenantId: TENANT, limit: 10 })).toEqual([red]);
  } finally {
    await mend();
  }
  expect((await close(date)).differences).toEqual([]);
}

const query = (text: string, values: unknown[] = []) => database.owner.query(text, values);

describe('a close that succeeds', () => {
  test('keeps counts and the trial balance of the date', async () => {
    const green = await close();
    expect(green).toMatchObject({ outcome: 'succeeded', differences: [], accountCount: 3, entryCount: 7 });
    const { rows } = await query('select count(*) as count from posting');
    expect(green.postingCount).toBe(rows[0]?.count);
    expect(green.lines.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(0);
    expect(green.lines).toContainEqual({ ledgerAccount: 'collections', amountFen: 2 * 173_884 });
    expect(green.lines).toContainEqual({ ledgerAccount: 'funding', amountFen: -2_234_567 });
    expect(await listDailyCloses(database.pool, { tenantId: TENANT, limit: 10 })).toEqual([green]);
  });

  test('takes only what has a value date up to it into its trial balance', async () => {
    const green = await close('2026-03-11');
    expect(green.lines).toEqual([
      { ledgerAccount: 'funding', amountFen: -2_000_000 },
      { ledgerAccount: 'principal-receivable', amountFen: 2_000_000 },
    ]);
    expect(green.outcome).toBe('succeeded');
  });

  test.each([1, 2, 3, 4])('looks at every account once in pages of %s', async (pageSize) => {
    expect((await close(TODAY, pageSize)).accountCount).toBe(3);
  });
});

describe('a close is red', () => {
  test('when a posting is missing, with its account and amount', async () => {
    const key = `account_id = 'loan-2' and entry_id = (select entry_id from journal_entry
      where account_id = 'loan-2' and business_key = 'payment/p1')`;
    const { rows } = await query(`select * from posting where ${key} and ledger_account = 'principal-receivable'`);
    const [lost] = rows;
    const amountFen = -Number(lost?.amount_fen);
    expect(amountFen).toBeGreaterThan(0);
    const ledgerAccount = 'principal-receivable';
    const derivedFen = 1_000_000 - amountFen;
    await expectRed(
      () =>
        asSuperuser('posting', 'append_only_row', () =>
          query(`delete from posting where ${key} and ledger_account = $1`, [ledgerAccount]),
        ),
      [
        { check: 'entries', accountId: 'loan-2', ledgerAccount, bookedFen: 1_000_000, derivedFen },
        { check: 'entry', accountId: 'loan-2', businessKey: 'payment/p1', lineCount: 2, sumFen: amountFen },
        { check: 'balances', accountId: 'loan-2', ledgerAccount, bookedFen: derivedFen, derivedFen: 1_000_000 },
        { check: 'trial-balance', of: 'postings', ledgerAccount: null, bookedFen: amountFen, derivedFen: 0 },
        {
          check: 'signature',
          what: 'account loan-2',
          reason: 'changed: entry payment/p1 revision 1 is not as this system signed it (link 5)',
        },
      ],
      () =>
        asSuperuser('posting', 'balances_follow', () =>
          query('insert into posting select * from jsonb_populate_record(null::posting, $1)', [JSON.stringify(lost)]),
        ),
    );
  });

  test('when a balance is not what its postings sum to', async () => {
    const add = (amountFen: number) => () =>
      asSuperuser('ledger_balance', 'only_by_posting', () =>
        query(
          `update ledger_balance set amount_fen = amount_fen + $1 where account_id = 'card'
          and ledger_account = 'funding'`,
          [amountFen],
        ),
      );
    await expectRed(
      add(7),
      [
        {
          check: 'balances',
          accountId: 'card',
          ledgerAccount: 'funding',
          bookedFen: -234_560,
          derivedFen: -234_567,
        },
        { check: 'trial-balance', of: 'balances', ledgerAccount: null, bookedFen: 7, derivedFen: 0 },
      ],
      add(-7),
    );
  });

  test('when a balance is of no account at all', async () => {
    const ledgerAccount = 'funding';
    await expectRed(
      () =>
        asSuperuser('ledger_balance', 'only_by_posting', () =>
          query(`insert into ledger_balance values ($1, 'nobody', $2, -5), ($1, 'nobody', 'collections', 5)`, [
            TENANT,
            ledgerAccount,
          ]),
        ),
      [
        {
          check: 'trial-balance',
          of: 'balances',
          ledgerAccount: 'collections',
          bookedFen: 347_773,
          derivedFen: 347_768,
        },
        { check: 'trial-balance', of: 'balances', ledgerAccount, bookedFen: -2_234_572, derivedFen: -2_234_567 },
      ],
      () =>
        asSuperuser('ledger_balance', 'only_by_posting', () =>
          query(`delete from ledger_balance where account_id = 'nobody'`),
        ),
    );
  });

  const projected: [string, string, Extract<Difference, { check: 'projection' }>['field']][] = [
    ['outstanding_fen', '1', 'outstandingFen'],
    ['overdue_fen', '1', 'overdueFen'],
    ['available_fen', '1', 'availableFen'],
    ['past_due_since', `date '2026-02-10'`, 'pastDueSince'],
    ['stage', `'overdue'`, 'stage'],
    ['bucket', `'M1'`, 'bucket'],
    ['amount_band', `'to-1k'`, 'amountBand'],
    ['next_deadline_at_ms', String(noonOf('2026-06-01')), 'nextDeadlineAtMs'],
  ];
  test.each(projected)('when the projection shows another %s', async (column, value, field) => {
    const { rows } = await query(`select ${column} as kept, ${value} as wrong from credit_account
      where account_id = 'loan-1'`);
    const [row] = rows;
    const set = (to: unknown) => () =>
      query(`update credit_account set ${column} = $1 where account_id = 'loan-1'`, [to]);
    await expectRed(
      set(row?.wrong),
      [{ check: 'projection', accountId: 'loan-1', field, booked: row?.wrong, derived: row?.kept }],
      set(row?.kept),
    );
  });

  test('when an account was left behind a deadline, which may be on the date itself', async () => {
    // The minimum of the bill is due on the 10th: the day after it the card would be overdue.
    const deadlineAtMs = atWallTimeMs('2026-04-11', '00:00', SHANGHAI);
    expect((await close('2026-04-10')).differences).toEqual([]);
    expect((await close('2026-04-11')).differences).toEqual([{ check: 'behind', accountId: 'card', deadlineAtMs }]);
  });

  test('when an account never took its first step', async () => {
    await openOnTerms(database.pool, 'untouched', REVOLVING);
    const red = await close();
    expect(red.differences).toEqual([{ check: 'behind', accountId: 'untouched', deadlineAtMs: null }]);
    const step = stepsOn(database.pool);
    await step('untouched', OPENED_ON, { kind: 'opening' });
    await step('untouched', '2026-04-01');
    expect((await close()).outcome).toBe('succeeded');
  });

  test('when no life can be derived from what is recorded', async () => {
    await expectRed(
      () =>
        query(
          `insert into account_fact select tenant_id, account_id, 'purchase/x', 'purchased', value_date,
             '{"kind":"purchased","key":"purchase/x","valueDate":"2026-03-02","amountFen":1,"billableFrom":"2026-03-02"}',
             'x', 0 from account_fact where account_id = 'loan-1' and kind = 'disbursed'`,
        ),
      [
        {
          check: 'fold',
          accountId: 'loan-1',
          reason: 'fact purchase/x (purchased) does not belong to a cash loan',
        },
        {
          check: 'signature',
          what: 'account loan-1',
          reason: 'inserted: fact purchase/x bears no signature of this system',
        },
      ],
      () =>
        asSuperuser('account_fact', 'append_only_row', () =>
          query(`delete from account_fact where business_key = 'purchase/x'`),
        ),
    );
  });

  test('with no more differences than a person can read', async () => {
    const wrong = 'update credit_account set outstanding_fen = outstanding_fen + $1, overdue_fen = overdue_fen + $1';
    const many = Array.from({ length: DIFFERENCES_KEPT / 2 + 1 }, (_, index) => `many-${index}`);
    const step = stepsOn(database.pool);
    for (const accountId of many) {
      await openOnTerms(database.pool, accountId, CASH_LOAN);
      await step(accountId, OPENED_ON, { kind: 'opening' });
    }
    await query(wrong, [1]);
    try {
      expect((await close('2026-03-11', 500)).differences).toHaveLength(DIFFERENCES_KEPT);
    } finally {
      await query(wrong, [-1]);
    }
  });
});

describe('the order of closes', () => {
  const turn = async (date: string) => close(date).catch((error: Error) => error.message);

  test('is forwards, each date once', async () => {
    expect(await turn('2026-03-10')).toMatchObject({ outcome: 'succeeded' });
    expect(await turn('2026-03-10')).toBe('2026-03-10 is closed already: close a later date');
    expect(await turn('2026-03-09')).toMatch('2026-03-09 cannot be closed: 2026-03-10 is closed already');
    expect(await turn('2026-03-12')).toMatchObject({ outcome: 'succeeded' });
  });

  test('waits for a date whose close has failed, which can be tried again', async () => {
    const add = (amountFen: number) =>
      query(`update credit_account set outstanding_fen = outstanding_fen + $1 where account_id = 'card'`, [amountFen]);
    await add(1);
    try {
      expect(await turn('2026-03-20')).toMatchObject({ outcome: 'failed' });
      expect(await turn('2026-03-20')).toMatchObject({ outcome: 'failed' });
      expect(await turn('2026-03-21')).toMatch('2026-03-21 cannot be closed: the close of 2026-03-20 has failed');
    } finally {
      await add(-1);
    }
    expect(await turn('2026-03-21')).toMatch('the close of 2026-03-20 has failed');
    expect(await turn('2026-03-20')).toMatchObject({ outcome: 'succeeded' });
    expect(await turn('2026-03-21')).toMatchObject({ outcome: 'succeeded' });
    expect(await listDailyCloses(database.pool, { tenantId: TENANT, limit: 10 })).toHaveLength(4);
  });

  test('holds when several close at once: one succeeds', async () => {
    const tries = await Promise.all(Array.from({ length: 5 }, () => turn('2026-03-15')));
    expect(tries.filter((outcome) => typeof outcome !== 'string')).toHaveLength(1);
    expect(tries.filter((outcome) => outcome === '2026-03-15 is closed already: close a later date')).toHaveLength(4);
    await expect(
      query(
        `insert into daily_close (tenant_id, business_date, outcome, account_count, entry_count, posting_count,
        lines, differences) values ($1, '2026-03-15', 'succeeded', 0, 0, 0, '[]', '[]')`,
        [TENANT],
      ),
    ).rejects.toThrow(/daily_close_succeeds_once/);
  });
});
