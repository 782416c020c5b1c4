/** Steps that go on from a snapshot must book what the whole life says, whatever arrives behind it. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Arrival } from '../../../src/contracts/activities';
import { readCachedState, saveCachedState } from '../../../src/db/credit/accountStateCaches';
import { readFact } from '../../../src/db/credit/facts';
import { inTransaction } from '../../../src/db/transaction';
import { FOLD_VERSION } from '../../../src/domain/credit/revolving/revolvingStateCache';
import { addMonthsClamped, type IsoDate } from '../../../src/domain/values/calendar';
import { expectSoundBooks } from '../../support/books';
import { openOnTerms, payment, purchase, REVOLVING, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;
let accountId: string;

beforeEach(async () => {
  pool = database.pool;
  step = stepsOn(pool);
  accountId = `snapshot-${++accounts}`;
  await openOnTerms(pool, accountId, REVOLVING);
  await step(accountId, '2026-03-02', { kind: 'opening' });
});

const ref = () => ({ tenantId: TENANT, accountId });
const through = async () => (await readCachedState(pool, { ...ref(), foldVersion: FOLD_VERSION }))?.through;

/** Months in which something is bought on the 5th, billed on the 1st, and for the most part paid on the 20th, late. */
async function liveMonths(months: number): Promise<IsoDate> {
  for (let month = 0; month < months; month++) {
    const on = (day: string) => `${addMonthsClamped('2026-03-01', month).slice(0, 8)}${day}`;
    if (month > 0) await step(accountId, on('01'));
    await step(accountId, on('05'), purchase(`buy-${month}`, 100_000, on('05')));
    if (month > 0) await step(accountId, on('20'), payment(`pay-${month}`, 95_000, on('20')));
  }
  return `${addMonthsClamped('2026-03-01', months - 1).slice(0, 8)}25`;
}

async function facts(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select count(*) as count from account_fact where account_id = $1',
    [accountId],
  );
  return Number(rows[0]?.count);
}

describe('an account with snapshots', () => {
  it('keeps the state at the bill date before the last one, and folds on from it', async () => {
    await liveMonths(7);
    expect(await through()).toBe('2026-08-01');
    expect(await facts()).toBeGreaterThan(12);
    await expectSoundBooks(pool, TENANT);
  });

  it('really reads no fact from before it: a step on a tampered snapshot books by the tampered state', async () => {
    const today = await liveMonths(6);
    const snapshot = await readCachedState(pool, { ...ref(), foldVersion: FOLD_VERSION });
    if (!snapshot) throw new Error('there is a snapshot by now');
    const tampered = { ...snapshot, state: { ...snapshot.state, creditFen: snapshot.state.creditFen + 700 } };
    await inTransaction(pool, (client) => saveCachedState(client, { ...ref(), snapshot: tampered }));
    const before = await step(accountId, today);
    await inTransaction(pool, (client) => saveCachedState(client, { ...ref(), snapshot }));
    const after = await step(accountId, today);
    expect(before.state.summary).not.toBe(after.state.summary);
    await expectSoundBooks(pool, TENANT);
  });

  it.each<[string, Arrival]>([
    ['a payment from before it', payment('late', 30_000, '2026-04-03')],
    [
      'a refund from before it',
      { kind: 'refund', refund: { refundId: 'late', amountFen: 20_000, refundedOn: '2026-05-02' } },
    ],
  ])('starts anew for %s', async (_name, arrival) => {
    const today = await liveMonths(6);
    const bills = async () =>
      (
        await pool.query(
          'select number, total_fen, minimum_payment_fen from statement where account_id = $1 order by 1',
          [accountId],
        )
      ).rows;
    const issued = await bills();
    await step(accountId, today, arrival);
    // What was issued stands, and the snapshot is of the corrected life.
    expect(await bills()).toEqual(issued);
    expect(await through()).toBe('2026-07-01');
    await expectSoundBooks(pool, TENANT);
  });

  it('books once what is dated before it and billed after it: a purchase that came months late', async () => {
    const today = await liveMonths(6);
    const { purchases } = await step(accountId, today, purchase('late', 20_000, '2026-05-20'));
    expect(purchases.late).toMatchObject({ status: 'approved' });
    expect(await through()).toBe('2026-07-01');
    await step(accountId, today);
    const { rows } = await pool.query(
      'select revision from journal_entry where account_id = $1 and business_key = $2',
      [accountId, 'purchase/late'],
    );
    expect(rows).toEqual([{ revision: 1 }]);
    await expectSoundBooks(pool, TENANT);
  });

  it('goes on from it when a known fact from before it comes again', async () => {
    const today = await liveMonths(6);
    const count = await facts();
    await step(accountId, today, purchase('buy-1', 100_000, '2026-04-05'));
    expect(await facts()).toBe(count);
    const { rows } = await pool.query('select * from refused_arrival where account_id = $1', [accountId]);
    expect(rows).toEqual([]);
    await step(accountId, today, payment('pay-1', 95_001, '2026-04-20'));
    const conflict = await pool.query('select reason_codes from refused_arrival where account_id = $1', [accountId]);
    expect(conflict.rows).toEqual([{ reason_codes: ['SAME_KEY_OTHER_CONTENT'] }]);
    expect(await readFact(pool, { ...ref(), key: 'payment/pay-1' })).toMatchObject({ amountFen: 95_000 });
  });

  it('is not read when it was folded by other rules', async () => {
    const today = await liveMonths(6);
    await pool.query('update account_snapshot set fold_version = 0 where account_id = $1', [accountId]);
    expect(await through()).toBeUndefined();
    await step(accountId, today);
    expect(await through()).toBe('2026-07-01');
    await expectSoundBooks(pool, TENANT);
  });
});
