/** What happens to accounts besides buying and paying: it reaches the books, and what is refused says why. */
import { describe, expect, it } from '@jest/globals';
import {
  approveRestructuring,
  type Payment,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
  restructureLoan,
  returnCredit,
} from '../../../src/contracts/credit/account';
import { correctRate } from '../../../src/contracts/credit/rateCorrection';
import { listAsides } from '../../../src/db/credit/setAsideArrivals';
import { readDecisions } from '../../../src/db/evidence/decisions';
import type { ScheduleRow } from '../../../src/domain/credit/account';
import { addDays } from '../../../src/domain/values/calendar';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { signedBy } from '../../support/signed';

const LONG_LIFE = { lookEveryMs: 30 * DAY_MS };

/** What was kept as refused, by key. */
async function refusalsOf({ deployment: { pool }, accountId }: Credit): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ key: string; codes: string[] }>(
    'select business_key as key, reason_codes as codes from refused_arrival where account_id = $1',
    [accountId],
  );
  return Object.fromEntries(rows.map(({ key, codes }) => [key, codes]));
}

function decisionsOf({ deployment: { pool }, accountId }: Credit) {
  return readDecisions(pool, { tenantId: TENANT, subjectKind: 'account', subjectId: accountId });
}

async function firstDueOf(loan: Credit): Promise<{ dueDate: string; owedFen: number }> {
  const [first] = (await loan.now()).obligations;
  if (!first) throw new Error('nothing is due');
  return first;
}

describe('a payment that bounced', () => {
  it('makes the loan overdue after all: with its days past due, its penalty and its reminder', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'bounced', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await firstDueOf(loan);
      await loan.sleepUntil(dueDate, '12:00');
      await loan.pay('p1', owedFen);
      await loan.sleepUntil(addDays(dueDate, 5), '12:00');
      expect(await loan.state()).toMatchObject({ stage: 'current', daysPastDue: 0 });
      const reversedOn = addDays(dueDate, 5);
      await loan.handle.signal(paymentReversed, { reversalId: 'v0', paymentId: 'p9', reversedOn });
      await loan.reverse('v1', 'p1');
      await until(async () => (await loan.state()).stage === 'overdue');
      await loan.handle.signal(paymentReversed, { reversalId: 'v2', paymentId: 'p1', reversedOn });
      await until(async () => 'reversal/v2' in (await refusalsOf(loan)));
      expect(await refusalsOf(loan)).toEqual({
        'reversal/v0': ['UNKNOWN_PAYMENT'],
        'reversal/v2': ['PAYMENT_ALREADY_REVERSED'],
      });
      const account = await loan.now();
      expect(account).toMatchObject({ daysPastDue: 5, bucket: 'M1' });
      expect(account.balances.penaltyFen).toBeGreaterThan(0);
      await loan.sleepDays(1);
      const kinds = (await noticesOf(deployment.pool, TENANT, loan.accountId)).map(({ kind }) => kind);
      expect(kinds).toContain('overdue-factual');
    }, LONG_LIFE));

  it('before the due date brings its reminders back: the debt is owed after all', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'reminded', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await firstDueOf(loan);
      await loan.sleepUntil(addDays(dueDate, -2), '12:00');
      await loan.pay('p1', owedFen);
      await loan.reverse('v1', 'p1');
      const renewed = 'due-today/instalment-1/0#2';
      const notices = () => noticesOf(deployment.pool, TENANT, loan.accountId);
      await until(async () => (await notices()).some(({ dedupeKey }) => dedupeKey === renewed));
      await loan.sleepUntil(dueDate, '20:00');
      const told = (await notices())
        .filter(({ dedupeKey }) => dedupeKey.includes('/instalment-1/'))
        .map(({ dedupeKey, cancelReason }) => `${dedupeKey} ${cancelReason ?? 'sent'}`);
      expect(told.sort()).toEqual([
        'due-soon/instalment-1/1 paid',
        'due-soon/instalment-1/1#2 sent',
        'due-soon/instalment-1/3 sent',
        'due-today/instalment-1/0 paid',
        'due-today/instalment-1/0#2 sent',
      ]);
    }, LONG_LIFE));

  it('counts from the date of the payment at the earliest', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'early', 'cash-loan').open({ months: 3 });
      await loan.sleepDays(10);
      const paidOn = await loan.today();
      await loan.pay('p1', 50_000);
      const reversal = { reversalId: 'v1', paymentId: 'p1', reversedOn: addDays(paidOn, -5) };
      await loan.handle.signal(paymentReversed, reversal);
      await until(async () => (await loan.now()).balances.creditFen === 0);
      const { rows } = await deployment.pool.query(
        `select value_date as "valueDate" from account_fact where business_key = 'reversal/v1'`,
      );
      expect(rows).toEqual([{ valueDate: paidOn }]);
    }, LONG_LIFE));
});

describe('a prepayment in part', () => {
  async function prepaid(intent: Payment['intent']): Promise<{ before: ScheduleRow[]; after: ScheduleRow[] }> {
    const schedules: ScheduleRow[][] = [];
    await withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'prepaid', 'cash-loan').open({ months: 6 });
      await loan.sleepDays(10);
      schedules.push((await loan.now()).schedule);
      await loan.pay('part', 400_000, intent);
      const account = await loan.now();
      expect(account.balances.creditFen).toBe(0);
      schedules.push(account.schedule);
      expect(await loan.state()).toMatchObject({ stage: 'current' });
    }, LONG_LIFE);
    const [before = [], after = []] = schedules;
    return { before, after };
  }
  const paymentOf = (rows: ScheduleRow[]) => (rows[0]?.principalFen ?? 0) + (rows[0]?.interestFen ?? 0);

  it('shortens the term: the payment stays, and the loan ends sooner', async () => {
    const { before, after } = await prepaid('prepay-shorter-term');
    expect(after.length).toBeLessThan(before.length);
    expect(paymentOf(after)).toBe(paymentOf(before));
  });

  it('lowers the payment: the due dates stay', async () => {
    const { before, after } = await prepaid('prepay-lower-payment');
    expect(after.map(({ dueDate }) => dueDate)).toEqual(before.map(({ dueDate }) => dueDate));
    expect(paymentOf(after)).toBeLessThan(paymentOf(before) * 0.65);
  });

  it('is a fault on a revolving account, and books nothing', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'card', 'revolving').open();
      const paidOn = await account.today();
      const { handle } = account;
      await handle.signal(paymentReceived, { paymentId: 'p1', amountFen: 1, paidOn, intent: 'prepay-lower-payment' });
      await handle.signal(paymentReceived, {
        paymentId: 'p2',
        amountFen: 1,
        paidOn,
        intent: 'instalment',
        designatedInstalment: 1,
      });
      // Money is not refused: two people look at it.
      const waiting = () => listAsides(deployment.pool, { tenantId: TENANT, withSettled: false, limit: 10 });
      await until(async () => (await waiting()).length === 2);
      expect(await refusalsOf(account)).toEqual({});
      const faults = (await waiting()).map(({ businessKey, fault }) => [businessKey, fault]);
      expect(Object.fromEntries(faults)).toEqual({
        'payment/p1': 'a revolving account has no schedule to prepay',
        'payment/p2': 'a revolving account has no instalment to designate',
      });
      expect((await account.now()).balances.creditFen).toBe(0);
    }, LONG_LIFE));
});

describe('a purchase that is posted at its confirmation', () => {
  it('holds its part of the limit, is refunded in part by name, and is billed once confirmed', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'held', 'revolving').open();
      const limitFen = (await account.now()).availableFen;
      const bought = await account.buy('o1', 50_000, 'at-confirmation');
      expect(bought).toEqual({ status: 'approved', availableFen: limitFen - 50_000 });
      expect(await account.buy('o2', limitFen, 'at-confirmation')).toMatchObject({ status: 'declined' });
      await account.refund('r1', 20_000, 'o1');
      const held = await account.now();
      expect(held.availableFen).toBe(limitFen - 30_000);
      expect(held.balances).toMatchObject({ principalFen: 0, creditFen: 0 });
      await account.sleepDays(40);
      expect((await account.now()).payoffFen).toBe(0);
      await account.confirm('c1', 'o1');
      expect((await account.now()).balances.principalFen).toBe(30_000);
      const confirmedOn = await account.today();
      const refused: [string, string][] = [
        ['c2', 'o1'],
        ['c3', 'o9'],
      ];
      for (const [confirmationId, purchaseId] of refused) {
        await account.handle.signal(purchaseConfirmed, { confirmationId, purchaseId, confirmedOn });
      }
      await until(async () => 'confirmation/c3' in (await refusalsOf(account)));
      expect(await refusalsOf(account)).toMatchObject({
        'confirmation/c2': ['PURCHASE_NOT_HELD'],
        'confirmation/c3': ['UNKNOWN_PURCHASE'],
      });
      await account.sleepDays(32);
      await until(async () => (await account.now()).statements.at(-1)?.totalFen === 30_000);
    }, LONG_LIFE));

  it('a refund that is told late counts from its date, and lowers what must be paid of the issued bill', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'late-refund', 'revolving').open();
      await account.buy('o1', 100_000);
      const refundedOn = await account.today();
      await account.sleepDays(33);
      await until(async () => (await account.now()).statements.length > 0);
      await account.handle.signal(refundReceived, { refundId: 'r1', amountFen: 60_000, refundedOn });
      await until(async () => (await account.now()).balances.principalFen === 40_000);
      const { obligations, statements } = await account.now();
      expect(statements[0]?.minimumPaymentFen).toBe(10_000);
      expect(obligations[0]?.minimumFen).toBe(4_000);
    }, LONG_LIFE));
});

describe('what people decide', () => {
  it('credit is paid back up to what there is, once by its id', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'credit', 'revolving').open();
      const early = await account.today();
      await account.sleepDays(2);
      await account.pay('p1', 10_000);
      const returnedOn = await account.today();
      const give = (returnId: string, amountFen: number, on = returnedOn) =>
        account.handle.executeUpdate(returnCredit, { args: [{ returnId, amountFen, returnedOn: on }] });
      expect(await give('t1', 10_001)).toEqual({ status: 'refused', reasonCodes: ['ABOVE_CREDIT'] });
      // On that date there was none: it would have been a debt until the payment came.
      expect(await give('t2', 4_000, early)).toEqual({ status: 'refused', reasonCodes: ['ABOVE_CREDIT'] });
      expect(await give('t3', 4_000)).toEqual({ status: 'accepted' });
      expect(await give('t3', 4_000)).toEqual({ status: 'accepted' });
      expect(await give('t3', 4_001)).toEqual({ status: 'refused', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] });
      expect((await account.now()).balances.creditFen).toBe(6_000);
    }, LONG_LIFE));

  it('a restructuring ends the overdue, and the record names both who decided', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'restructured', 'cash-loan').open({ months: 3 });
      const { dueDate } = await firstDueOf(loan);
      await loan.sleepUntil(addDays(dueDate, 20), '12:00');
      await until(async () => (await loan.state()).stage === 'overdue');
      const agreedOn = await loan.today();
      const restructure = (restructuringId: string, dailyRate: string, on = agreedOn) => {
        const proposal = { restructuringId, agreedOn: on, months: 12, dailyRate };
        return loan.handle.executeUpdate(restructureLoan, signedBy('staff:01', loan.handle, restructureLoan, proposal));
      };
      const approve = (principal: string, restructuringId = 's3') => {
        const signed = signedBy(principal, loan.handle, approveRestructuring, { restructuringId });
        return loan.handle.executeUpdate(approveRestructuring, signed);
      };
      expect(await restructure('s1', '0.01')).toEqual({ status: 'refused', reasonCodes: ['RATE_OUT_OF_RANGE'] });
      const tomorrow = addDays(agreedOn, 1);
      expect(await restructure('s2', '0.0003', tomorrow)).toEqual({
        status: 'refused',
        reasonCodes: ['INVALID_INPUT'],
      });
      expect(await decisionsOf(loan)).toEqual([]);
      const named = ['staff:01', 'staff:02'] as [string, string];
      const unsigned = { restructuringId: 's4', agreedOn, months: 12, dailyRate: '0.0003', decidedBy: named };
      expect(await loan.handle.executeUpdate(restructureLoan, { args: [unsigned] })).toEqual({
        status: 'refused',
        reasonCodes: ['UNVERIFIED_PRINCIPAL'],
      });
      const proposed = { status: 'proposed', approveByMs: expect.any(Number) };
      expect(await restructure('s3', '0.0003')).toEqual(proposed);
      expect(await restructure('s3', '0.0003')).toEqual(proposed);
      expect(await restructure('s3', '0.0004')).toEqual({
        status: 'refused',
        reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
      });
      expect(await loan.state()).toMatchObject({ stage: 'overdue' });
      expect(await decisionsOf(loan)).toEqual([]);
      const refused = (code: string) => ({ status: 'refused', reasonCodes: [code] });
      expect(await approve('staff:01')).toEqual(refused('SAME_PRINCIPAL'));
      expect(await approve('staff:02', 's9')).toEqual(refused('UNKNOWN_PROPOSAL'));
      const bare = { args: [{ restructuringId: 's3' }] as [{ restructuringId: string }] };
      expect(await loan.handle.executeUpdate(approveRestructuring, bare)).toEqual(refused('UNVERIFIED_PRINCIPAL'));
      expect(await approve('staff:02')).toEqual({ status: 'accepted' });
      expect(await approve('staff:02')).toEqual({ status: 'accepted' });
      expect(await restructure('s3', '0.0003')).toEqual({ status: 'accepted' });
      expect(await loan.state()).toMatchObject({ stage: 'current', daysPastDue: 0, bucket: 'M0' });
      expect((await loan.now()).schedule.filter(({ owedFen }) => owedFen > 0)).toHaveLength(12);
      expect(await decisionsOf(loan)).toMatchObject([
        { kind: 'restructured', decidedBy: 'staff:01,staff:02', body: { months: 12, key: 'restructuring/s3' } },
      ]);
    }, LONG_LIFE));

  it('a corrected rate holds from its date on, within what the policy allows, and the record names who decided', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'corrected', 'cash-loan').open({ months: 3 });
      const from = await loan.today();
      const { owedFen } = await firstDueOf(loan);
      const correct = (correctionId: string, rates: { dailyRate?: string; overdueDailyRate?: string }) =>
        loan.handle.executeUpdate(
          correctRate,
          signedBy('staff:01', loan.handle, correctRate, { correctionId, from, ...rates, decidedBy: 'lin' }),
        );
      expect(await correct('c1', { dailyRate: '0.01' })).toEqual({
        status: 'refused',
        reasonCodes: ['RATE_OUT_OF_RANGE'],
      });
      expect(await correct('c2', { overdueDailyRate: '0' })).toEqual({
        status: 'refused',
        reasonCodes: ['INVALID_INPUT'],
      });
      await expect(correct('c3', {})).rejects.toMatchObject({
        cause: { message: expect.stringContaining('must be given') },
      });
      expect(await correct('c4', { dailyRate: '0' })).toEqual({ status: 'accepted' });
      const { owedFen: freeFen } = await firstDueOf(loan);
      expect(freeFen).toBeLessThan(owedFen);
      expect((await loan.now()).schedule[0]?.interestFen).toBe(0);
      expect(await decisionsOf(loan)).toMatchObject([
        { kind: 'rate-corrected', decidedBy: 'staff:01', body: { decidedBy: ['staff:01'], saidBy: 'lin' } },
      ]);
    }, LONG_LIFE));
});
