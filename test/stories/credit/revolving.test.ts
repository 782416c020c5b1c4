/** Lives of revolving accounts over months of business time, on a time-skipping server. */
import { describe, expect, it } from '@jest/globals';
import { addDays, dayOfMonth } from '../../../src/domain/values/calendar';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { historiesOf } from '../../support/replays';

const LONG_LIFE = { lookEveryMs: 30 * DAY_MS };

/** Sleeps to the next bill and waits until it is issued. */
async function nextBill(account: Credit) {
  const billDate = dayOfMonth(await account.today(), 1, 1);
  const before = (await account.now()).statements.length;
  await account.sleepUntil(billDate, '09:00');
  await until(async () => (await issued(account)) > before);
  const statement = (await account.now()).statements.at(-1);
  if (!statement) throw new Error('no bill was issued');
  return statement;
}

async function issued(account: Credit): Promise<number> {
  const { rows } = await account.deployment.pool.query<{ count: number }>(
    'select count(*) as count from statement where account_id = $1',
    [account.accountId],
  );
  return rows[0]?.count ?? 0;
}

describe('revolving account', () => {
  it('on time: purchases are billed on the 1st, paid in full by the 10th, and cost no interest', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'full', 'revolving').open();
      for (let month = 1; month <= 3; month++) {
        expect(await account.buy(`o${month}`, 20_000)).toMatchObject({ status: 'approved' });
        const bill = await nextBill(account);
        expect(bill).toMatchObject({ totalFen: 20_000, minimumPaymentFen: 2_000, interestFen: 0 });
        await account.sleepUntil(bill.dueDate, '20:00');
        await account.pay(`p${month}`, bill.totalFen);
      }
      await account.sleepDays(3);
      expect(await account.state()).toMatchObject({ stage: 'current', daysPastDue: 0 });
      expect((await account.now()).payoffFen).toBe(0);
    }, LONG_LIFE));

  it('minimum only: the rest bears interest from the day after the due date, on the next bill', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'minimum', 'revolving').open();
      await account.buy('o1', 234_567);
      const bill = await nextBill(account);
      await account.sleepUntil(bill.dueDate, '12:00');
      await account.pay('p1', bill.minimumPaymentFen);
      const next = await nextBill(account);
      const days = Math.round((Date.parse(next.billDate) - Date.parse(bill.dueDate)) / DAY_MS);
      const restFen = 234_567 - 23_457;
      expect(bill.minimumPaymentFen).toBe(23_457);
      expect(next.interestFen).toBe(Math.round(restFen * 0.0005 * days));
      expect(next.totalFen).toBe(restFen + next.interestFen);
      expect(await account.state()).toMatchObject({ stage: 'current' });
    }, LONG_LIFE));

  it('late and cured: overdue from the 11th, no new purchases, current again once the minimum is paid', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'late', 'revolving').open();
      await account.buy('o1', 100_000);
      const bill = await nextBill(account);
      await account.sleepUntil(addDays(bill.dueDate, 4), '12:00');
      await until(async () => (await account.state()).stage === 'overdue');
      expect(await account.buy('o2', 1_000)).toMatchObject({ status: 'declined', reasonCodes: ['ACCOUNT_OVERDUE'] });
      const { overdueFen } = await account.now();
      expect(overdueFen).toBe(100_000 + 100_000 * 0.0005 * 4);
      await account.pay('p1', overdueFen);
      await until(async () => (await account.state()).stage === 'current');
      expect(await account.buy('o3', 1_000)).toMatchObject({ status: 'approved' });
    }, LONG_LIFE));

  it('lost: to write-off review, with at most one notice a day and none at night', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'lost', 'revolving').open();
      await account.buy('o1', 100_000);
      const bill = await nextBill(account);
      await account.sleepUntil(addDays(bill.dueDate, 182), '12:00');
      await until(async () => (await account.state()).stage === 'write-off-review');
      const sent = (await noticesOf(deployment.pool, TENANT, account.accountId)).filter(
        (notice) => notice.attemptedAtMs,
      );
      expect(sent.length).toBeGreaterThan(6);
      const hours = sent.map(({ attemptedAtMs }) => new Date((attemptedAtMs ?? 0) + 8 * 3_600_000).getUTCHours());
      expect(Math.min(...hours)).toBeGreaterThanOrEqual(8);
      expect(Math.max(...hours)).toBeLessThan(22);
    }, LONG_LIFE));

  it('refunds: before the bill they lower it, after it the debt, above the debt they are credit', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'refund', 'revolving').open();
      await account.buy('o1', 50_000);
      await account.refund('r1', 20_000);
      const bill = await nextBill(account);
      expect(bill.totalFen).toBe(30_000);
      await account.pay('p1', 10_000);
      await account.refund('r2', 30_000);
      expect((await account.now()).balances).toMatchObject({ principalFen: 0, creditFen: 10_000 });
      // On another day: facts of one day count purchases first, and a refund takes those not billed yet first.
      await account.sleepDays(1);
      await account.buy('o2', 15_000);
      expect((await nextBill(account)).totalFen).toBe(5_000);
    }, LONG_LIFE));

  it('lives on in new runs: a history stays short however long the account lives', () =>
    withDeployment(async (deployment) => {
      const account = await new Credit(deployment, 'long', 'revolving').open();
      for (let month = 1; month <= 14; month++) {
        await account.buy(`o${month}`, 10_000);
        const bill = await nextBill(account);
        await account.sleepUntil(addDays(bill.billDate, 4), '12:00');
        await account.pay(`p${month}`, bill.totalFen);
      }
      const runs = await historiesOf(deployment.env, account.id);
      expect(runs.length).toBeGreaterThan(1);
      for (const run of runs) expect(run.events?.length).toBeLessThan(300);
      expect((await account.now()).payoffFen).toBe(0);
    }, LONG_LIFE));
});
