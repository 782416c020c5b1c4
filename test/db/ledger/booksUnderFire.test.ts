/**
 * The books while many connections step the same accounts at once, through the step that the worker runs. Whatever the
 * order in which the database lets them in, nothing is lost, nothing is booked twice, and a close is green.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { reconcileBooks } from '../../../src/activities/ledger/reconciliation';
import type { AdvanceResult } from '../../../src/contracts/activities';
import { lockAccount } from '../../../src/db/credit/accounts';
import { bookEntries, readBalances } from '../../../src/db/ledger/journal';
import { createPool } from '../../../src/db/pool';
import { inRepeatableRead } from '../../../src/db/snapshot';
import { inTransaction } from '../../../src/db/transaction';
import type { Difference } from '../../../src/domain/ledger/reconciliation';
import type { IsoDate } from '../../../src/domain/values/calendar';
import { BOOKS, knowOwner } from '../../setup/environment';
import { expectSoundBooks } from '../../support/books';
import {
  CASH_LOAN,
  OPENED_ON,
  openOnTerms,
  payment,
  purchase,
  REVOLVING,
  type Step,
  stepsOn,
} from '../servicedAccounts';
import { entry, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const CONNECTIONS = 24;
const LOANS = ['loan-1', 'loan-2'];
const CARDS = ['card-1', 'card-2'];
/** Before the first bill, after it, after its due date, and after the next one: an account turns overdue under fire. */
const DATES: IsoDate[] = ['2026-03-20', '2026-04-05', '2026-04-12', '2026-05-13'];
/** Of each kind, to each account, on each date. */
const SHOTS = 5;
const PAID_FEN = 1_234;
/** Two fit in the limit at first, three do not. */
const BOUGHT_FEN = 900_000;

const database = useDatabase();
let pool: Pool;
let step: Step;

beforeAll(async () => {
  pool = createPool({
    connectionString: database.url,
    max: CONNECTIONS,
    applicationName: 'creditloom-fire',
    statementTimeoutMs: 60_000,
    books: BOOKS,
  });
  knowOwner(pool, database.owner);
  step = stepsOn(pool);
  for (const accountId of LOANS) await openOnTerms(pool, accountId, CASH_LOAN);
  for (const accountId of CARDS) await openOnTerms(pool, accountId, REVOLVING);
});
afterAll(() => pool.end());

interface Shot {
  accountId: string;
  /** Of a payment or a purchase; empty for a step that brings nothing. */
  key: string;
  fire(): Promise<AdvanceResult>;
}

/** All that is sent to one account on a date; each payment comes twice, as an upstream that had no answer sends it. */
function shotsAt(accountId: string, on: IsoDate): Shot[] {
  const shots: Shot[] = [];
  for (let number = 1; number <= SHOTS; number += 1) {
    const id = `${on}-${number}`;
    const pay = () => step(accountId, on, payment(id, PAID_FEN, on));
    shots.push({ accountId, key: `payment/${id}`, fire: pay }, { accountId, key: `payment/${id}`, fire: pay });
    shots.push({ accountId, key: '', fire: () => step(accountId, on) });
    if (CARDS.includes(accountId)) {
      shots.push({ accountId, key: `purchase/${id}`, fire: () => step(accountId, on, purchase(id, BOUGHT_FEN, on)) });
    }
  }
  return shots;
}

/** Everything of a date at once, the accounts mixed; expects that each shot is answered. */
async function fireAll(on: IsoDate): Promise<{ shot: Shot; answer: AdvanceResult }[]> {
  const byAccount = [...LOANS, ...CARDS].map((accountId) => shotsAt(accountId, on));
  const longest = Math.max(...byAccount.map((shots) => shots.length));
  const mixed = Array.from({ length: longest }, (_, index) => byAccount.flatMap((shots) => shots[index] ?? [])).flat();
  const settled = await Promise.allSettled(mixed.map((shot) => shot.fire()));
  expect(settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([]);
  return mixed.flatMap((shot, index) => {
    const each = settled[index];
    return each?.status === 'fulfilled' ? [{ shot, answer: each.value }] : [];
  });
}

/** Differences that closes find while the work goes on: each sees all accounts as of one instant. */
async function closesDuring(work: Promise<unknown>): Promise<Difference[]> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  const differences: Difference[] = [];
  while (!isOver) {
    // A date that lies behind every deadline, so that only the books are looked at.
    const found = await inRepeatableRead(pool, (client) =>
      reconcileBooks(client, { tenantId: TENANT, businessDate: OPENED_ON, pageSize: 1 }),
    );
    differences.push(...found.differences);
  }
  return differences;
}

async function factKeys(accountId: string, kind: string): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    'select business_key as key from account_fact where account_id = $1 and kind = $2 order by 1',
    [accountId, kind],
  );
  return rows.map(({ key }) => key);
}

describe('payments, purchases and steps of the same accounts at once', () => {
  /** Purchases that were approved, by account. */
  const approved = new Map<string, Set<string>>(CARDS.map((accountId) => [accountId, new Set()]));

  test('are all answered, through bills, due dates and arrears, and a close in their midst is green', async () => {
    await Promise.all([...LOANS, ...CARDS].map((accountId) => step(accountId, OPENED_ON, { kind: 'opening' })));
    for (const on of DATES) {
      const fired = fireAll(on);
      const [answers, differences] = await Promise.all([fired, closesDuring(fired)]);
      expect(differences).toEqual([]);
      for (const { shot, answer } of answers) {
        const result = answer.purchases[shot.key.replace('purchase/', '')];
        if (result?.status === 'approved') approved.get(shot.accountId)?.add(shot.key);
      }
    }
    const stages = await pool.query('select distinct stage from credit_account order by 1');
    expect(stages.rows).toContainEqual({ stage: 'overdue' });
  });

  test('lose nothing: each payment is a fact once, and all of them are in collections', async () => {
    const sent = DATES.flatMap((on) => Array.from({ length: SHOTS }, (_, index) => `payment/${on}-${index + 1}`));
    for (const accountId of [...LOANS, ...CARDS]) {
      expect(await factKeys(accountId, 'paid')).toEqual(sent);
      const balances = await readBalances(pool, { tenantId: TENANT, accountId });
      expect(balances.collections).toBe(sent.length * PAID_FEN);
    }
  });

  test('buy what was approved and no more than the limit', async () => {
    for (const accountId of CARDS) {
      const bought = [...(approved.get(accountId) ?? [])].sort();
      expect(await factKeys(accountId, 'purchased')).toEqual(bought);
      const balances = await readBalances(pool, { tenantId: TENANT, accountId });
      expect(balances.funding).toBe(-bought.length * BOUGHT_FEN);
      // The payments of all dates are less than one purchase, so a third one was always beyond the limit.
      expect(bought).toHaveLength(2);
    }
  });

  test('leave books that balance and projections that are the fold', async () => {
    await expectSoundBooks(pool, TENANT);
    const { closeDate } = createDailyCloseActivities({ pool });
    const close = await closeDate({ tenantId: TENANT, businessDate: DATES.at(-1) as IsoDate, asOfMs: 0 });
    expect(close.differences).toEqual([]);
    expect(close.accountCount).toBe(LOANS.length + CARDS.length);
  });
});

describe('two transactions that take accounts in opposite order', () => {
  test('both end: the one that the database breaks off is tried again', async () => {
    const names = ['crossed-a', 'crossed-b'];
    for (const name of names) await inTransaction(pool, (client) => openAccount(client, name));
    let attempts = 0;
    let holding = 0;
    let bothHold = () => {};
    const met = new Promise<void>((done) => {
      bothHold = done;
    });
    /** Books on both accounts; each waits with the first lock until the other has its own. */
    const cross = (order: string[], amountFen: number) =>
      inTransaction(pool, async (client) => {
        attempts += 1;
        for (const accountId of order) {
          await lockAccount(client, { tenantId: TENANT, accountId });
          holding += 1;
          if (holding === 2) bothHold();
          await met;
          const { rows } = await client.query<{ key: string; amount: number }>(
            `select business_key as key, sum(amount_fen)::bigint as amount from journal_entry
               join posting using (tenant_id, account_id, entry_id)
              where account_id = $1 and ledger_account = 'principal-receivable' group by business_key`,
            [accountId],
          );
          const booked = rows.map(({ key, amount }) => entry(key, amount));
          const entries = [...booked, entry(`disbursement/${amountFen}`, amountFen)];
          await bookEntries(client, { tenantId: TENANT, accountId, entries, bookedAtMs: NOW_MS });
        }
      });
    const settled = await Promise.allSettled([cross(names, 100), cross([...names].reverse(), 20)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(attempts).toBe(3);
    for (const accountId of names) {
      const balances = await readBalances(pool, { tenantId: TENANT, accountId });
      expect(balances).toEqual({ 'principal-receivable': 120, funding: -120 });
    }
  });
});
