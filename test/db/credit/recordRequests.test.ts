/** What arrives about something long ago finds it on record, also where a step goes on from a snapshot. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Arrival } from '../../../src/contracts/activities';
import { readCachedState } from '../../../src/db/credit/accountStateCaches';
import { readTimeline } from '../../../src/db/credit/timeline';
import { FOLD_VERSION } from '../../../src/domain/credit/revolving/revolvingStateCache';
import type { IsoDate } from '../../../src/domain/values/calendar';
import { expectSoundBooks } from '../../support/books';
import { CASH_LOAN, openOnTerms, payment, purchase, REVOLVING, type Step, sentBy, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;

beforeEach(() => {
  pool = database.pool;
  step = stepsOn(pool);
});

const TODAY = '2026-09-20';

function reversal(reversalId: string, paymentId: string, reversedOn: IsoDate): Arrival {
  return { kind: 'reversal', reversal: { reversalId, paymentId, reversedOn } };
}

function confirmation(confirmationId: string, purchaseId: string, confirmedOn: IsoDate): Arrival {
  return { kind: 'confirmation', confirmation: { confirmationId, purchaseId, confirmedOn } };
}

function creditReturn(returnId: string, amountFen: number, returnedOn: IsoDate): Arrival {
  return { kind: 'credit-return', creditReturn: { returnId, amountFen, returnedOn } };
}

async function refusals(accountId: string): Promise<[string, string[]][]> {
  const { rows } = await pool.query<{ key: string; codes: string[] }>(
    `select business_key as key, reason_codes as codes from refused_arrival where account_id = $1 order by business_key`,
    [accountId],
  );
  return rows.map(({ key, codes }) => [key, codes]);
}

async function factDates(
  accountId: string,
  key: string,
): Promise<{ valueDate: string; countsFrom: string } | undefined> {
  const { rows } = await pool.query<{ valueDate: string; countsFrom: string }>(
    `select value_date as "valueDate", counts_from as "countsFrom" from account_fact
      where account_id = $1 and business_key = $2`,
    [accountId, key],
  );
  return rows[0];
}

/** Half a year of an account with credit, a held purchase and a bill each month; it has a snapshot by then. */
async function longLife(): Promise<string> {
  const accountId = `long-${++accounts}`;
  await openOnTerms(pool, accountId, REVOLVING);
  await step(accountId, '2026-03-02', { kind: 'opening' });
  const held: Arrival = {
    kind: 'purchase',
    purchase: { purchaseId: 'held', amountFen: 40_000, purchasedOn: '2026-03-03', posting: 'at-confirmation' },
  };
  await step(accountId, '2026-03-05', held, payment('p1', 25_000, '2026-03-04'));
  for (const month of ['04', '05', '06', '07', '08', '09']) await step(accountId, `2026-${month}-02`);
  const snapshot = await readCachedState(pool, { tenantId: TENANT, accountId, foldVersion: FOLD_VERSION });
  expect(snapshot?.through).toBe('2026-08-01');
  return accountId;
}

describe('on an account with a snapshot', () => {
  it('a payment from before it bounces once, however the second try is called', async () => {
    const accountId = await longLife();
    await step(accountId, TODAY, reversal('v1', 'p1', '2026-03-20'));
    await step(accountId, TODAY);
    await step(accountId, TODAY, reversal('v2', 'p1', TODAY), reversal('v3', 'p7', TODAY));
    expect(await refusals(accountId)).toEqual([
      ['reversal/v2', ['PAYMENT_ALREADY_REVERSED']],
      ['reversal/v3', ['UNKNOWN_PAYMENT']],
    ]);
    await expectSoundBooks(pool, TENANT);
  });

  it('a held purchase from before it is confirmed once, on the next bill', async () => {
    const accountId = await longLife();
    await step(accountId, TODAY, confirmation('c1', 'held', '2026-03-01'));
    // Never before the purchase, and never on a bill that was issued.
    const dates = { valueDate: '2026-03-03', countsFrom: '2026-09-01' };
    expect(await factDates(accountId, 'confirmation/c1')).toEqual(dates);
    await step(accountId, '2026-10-02', confirmation('c2', 'held', TODAY));
    expect(await refusals(accountId)).toEqual([['confirmation/c2', ['PURCHASE_NOT_HELD']]]);
    await expectSoundBooks(pool, TENANT);
  });

  it('a refund counts from its date, and never before the purchase that it names', async () => {
    const accountId = await longLife();
    const refund = { refundId: 'r1', amountFen: 1_000, refundedOn: '2026-03-02', purchaseId: 'held' };
    await step(accountId, TODAY, { kind: 'refund', refund });
    const dates = { valueDate: '2026-03-03', countsFrom: '2026-03-03' };
    expect(await factDates(accountId, 'refund/r1')).toEqual(dates);
    await expectSoundBooks(pool, TENANT);
  });

  it('a held purchase that is told late counts from its own date: no bill stands against it', async () => {
    const accountId = await longLife();
    const late = { purchaseId: 'late', amountFen: 1_000, purchasedOn: '2026-04-10' };
    await step(
      accountId,
      TODAY,
      { kind: 'purchase', purchase: { ...late, posting: 'at-confirmation' } },
      { kind: 'purchase', purchase: { ...late, purchaseId: 'posted', posting: 'at-payment' } },
    );
    const held = { valueDate: '2026-04-10', countsFrom: '2026-04-10' };
    expect(await factDates(accountId, 'purchase/late')).toEqual(held);
    expect(await factDates(accountId, 'purchase/posted')).toEqual({ ...held, countsFrom: '2026-09-01' });
    await expectSoundBooks(pool, TENANT);
  });

  it('credit is returned on a date from before it, when it was there then and still is', async () => {
    const accountId = await longLife();
    const { changes } = await step(
      accountId,
      TODAY,
      creditReturn('t1', 20_000, '2026-03-03'),
      creditReturn('t2', 20_000, '2026-03-10'),
      creditReturn('t3', 6_000, TODAY),
    );
    expect(changes).toEqual({
      'credit-return/t1': { status: 'refused', reasonCodes: ['ABOVE_CREDIT'] },
      'credit-return/t2': { status: 'accepted' },
      'credit-return/t3': { status: 'refused', reasonCodes: ['ABOVE_CREDIT'] },
    });
    await expectSoundBooks(pool, TENANT);
  });
});

/** What is told of facts that were taken. */
async function remarks(accountId: string): Promise<[string, unknown][]> {
  const items = await readTimeline(pool, { tenantId: TENANT, accountId, limit: 1_000 });
  return items.flatMap(({ source, key, body }) => (source === 'remark' ? [[key, body.reasonCodes]] : []));
}

describe('money that names what is not there', () => {
  it('is booked and told, of a loan: an instalment that is not there or not due', async () => {
    const accountId = `loan-${++accounts}`;
    await openOnTerms(pool, accountId, CASH_LOAN);
    const designated = (paymentId: string, designatedInstalment: number): Arrival => ({
      kind: 'payment',
      payment: { paymentId, amountFen: 1_000, paidOn: '2026-03-15', intent: 'instalment', designatedInstalment },
    });
    await step(accountId, '2026-03-20', { kind: 'opening' }, designated('p1', 99), designated('p2', 2));
    await step(accountId, '2026-03-20', designated('p1', 99));
    expect(await remarks(accountId)).toEqual([
      ['payment/p1', ['UNKNOWN_INSTALMENT']],
      ['payment/p2', ['INSTALMENT_NOT_DUE']],
    ]);
    expect(await refusals(accountId)).toEqual([]);
    expect(await factDates(accountId, 'payment/p1')).toBeDefined();
    await expectSoundBooks(pool, TENANT);
  });

  it('is refused, of goods: a purchase that is not known, and more than it was; also from before the snapshot', async () => {
    const accountId = await longLife();
    const refund = (refundId: string, amountFen: number, purchaseId: string): Arrival => ({
      kind: 'refund',
      refund: { refundId, amountFen, refundedOn: TODAY, purchaseId },
    });
    await step(
      accountId,
      TODAY,
      purchase('o1', 10_000, TODAY),
      refund('r1', 1_000, 'nothing'),
      refund('r2', 6_000, 'o1'),
      refund('r3', 6_000, 'o1'),
      refund('r4', 40_001, 'held'),
      confirmation('c1', 'held', TODAY),
    );
    expect(await remarks(accountId)).toEqual([]);
    expect(await refusals(accountId)).toEqual([
      ['refund/r1', ['UNKNOWN_PURCHASE']],
      ['refund/r3', ['REFUND_ABOVE_PURCHASE']],
      ['refund/r4', ['REFUND_ABOVE_PURCHASE']],
    ]);
    // What is told again once its purchase is known is judged anew, and then it is a fact.
    await step(accountId, TODAY, purchase('nothing', 1_000, TODAY), refund('r1', 1_000, 'nothing'));
    expect(await factDates(accountId, 'refund/r1')).toBeDefined();
    await expectSoundBooks(pool, TENANT);
  });

  it('is refused, of goods: what was never bought, whichever way it is split; no credit comes of it', async () => {
    const accountId = `empty-${++accounts}`;
    await openOnTerms(pool, accountId, REVOLVING);
    const refund = (refundId: string, amountFen: number, refundedOn: IsoDate, purchaseId?: string): Arrival => ({
      kind: 'refund',
      refund: { refundId, amountFen, refundedOn, purchaseId },
    });
    await step(accountId, '2026-03-02', { kind: 'opening' }, refund('r1', 100_000_000_000, '2026-03-02'));
    await step(accountId, '2026-03-20', purchase('o1', 7_000, '2026-03-10'), refund('r2', 6_000, '2026-03-05'));
    await step(accountId, '2026-03-20', refund('r3', 1_001, '2026-03-20'), refund('r4', 7_000, '2026-03-20', 'o1'));
    await step(accountId, '2026-03-20', refund('r2', 6_000, '2026-03-05'), creditReturn('c1', 1, '2026-03-20'));
    expect(await refusals(accountId)).toEqual([
      ['credit-return/c1', ['ABOVE_CREDIT']],
      ['refund/r1', ['REFUND_ABOVE_PURCHASES']],
      ['refund/r3', ['REFUND_ABOVE_PURCHASES']],
      ['refund/r4', ['REFUND_ABOVE_PURCHASES']],
    ]);
    // It counts from when so much was bought.
    expect(await factDates(accountId, 'refund/r2')).toEqual({ valueDate: '2026-03-10', countsFrom: '2026-03-10' });
    await expectSoundBooks(pool, TENANT);
  });

  it('refuses a restructuring over more months than the principal carries', async () => {
    const accountId = `loan-${++accounts}`;
    await openOnTerms(pool, accountId, CASH_LOAN);
    const agreed = (restructuringId: string, months: number): Arrival =>
      sentBy('staff:1', accountId, 'restructureLoan', {
        kind: 'restructuring',
        restructuring: { restructuringId, agreedOn: '2026-03-20', months, dailyRate: '0' },
      });
    // 1.00 of principal is left.
    const prepaid = {
      paymentId: 'p1',
      amountFen: 1_006_700,
      paidOn: '2026-03-19',
      intent: 'prepay-lower-payment',
    } as const;
    await step(accountId, '2026-03-19', { kind: 'opening' }, { kind: 'payment', payment: prepaid });
    const { changes } = await step(accountId, '2026-03-20', agreed('a', 60), agreed('b', 3));
    expect(changes).toEqual({
      'restructuring/a': { status: 'refused', reasonCodes: ['TERM_TOO_LONG_FOR_AMOUNT'] },
      'restructuring/b': { status: 'proposed', approveByMs: expect.any(Number) },
    });
  });
});

describe('in one step', () => {
  it('a payment and its reversal, told in their order, are both facts; a loan knows no goods', async () => {
    const accountId = `loan-${++accounts}`;
    await openOnTerms(pool, accountId, CASH_LOAN);
    const { state } = await step(
      accountId,
      '2026-03-20',
      { kind: 'opening' },
      payment('p1', 2_000_000, '2026-03-10'),
      reversal('v1', 'p1', '2026-03-10'),
      purchase('o1', 1_000, '2026-03-10'),
      confirmation('c1', 'o1', '2026-03-10'),
      { kind: 'refund', refund: { refundId: 'r1', amountFen: 1_000, refundedOn: '2026-03-10' } },
    );
    expect(state.stage).toBe('current');
    expect(await refusals(accountId)).toEqual([
      ['confirmation/c1', ['a cash loan has no purchases']],
      ['purchase/o1', ['a cash loan has no purchases']],
      ['refund/r1', ['a cash loan has no refunds']],
    ]);
    await expectSoundBooks(pool, TENANT);
  });
});
