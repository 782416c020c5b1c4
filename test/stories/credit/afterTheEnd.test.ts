/** What comes to an account after its end: money is booked all the same, and a settled loan may live again. */
import { describe, expect, it } from '@jest/globals';
import { decideWriteOff, paymentReversed } from '../../../src/contracts/credit/account';
import { readBalances } from '../../../src/db/ledger/journal';
import { addDays } from '../../../src/domain/values/calendar';
import { withApi } from '../../support/api';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { historiesOf } from '../../support/replays';
import { signedBy } from '../../support/signed';

/** The SDK renews a workflow task at 80 % of its 10 s while a step is still at work. */
const RENEWED_AFTER_MS = 9_000;
const LONG_LIFE = { lookEveryMs: 30 * DAY_MS };

/** Paid off at once; what was paid above is the borrower's credit. */
async function settled(deployment: Deployment, name: string, aboveFen = 0): Promise<Credit> {
  const loan = await new Credit(deployment, name, 'cash-loan').open({ months: 3 });
  await loan.sleepDays(10);
  await loan.pay('payoff', (await loan.now()).payoffFen + aboveFen, 'payoff');
  expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
  return loan;
}

function booksOf({ deployment: { pool }, accountId }: Credit) {
  return readBalances(pool, { tenantId: TENANT, accountId });
}

describe('a settled loan', () => {
  it('books a late payment as credit and ends again, with nothing told or booked twice', () =>
    withDeployment(async (deployment) => {
      const loan = await settled(deployment, 'paid-twice');
      const { runId } = await loan.handle.describe();
      const booked = async () => (await deployment.pool.query('select business_key as key from journal_entry')).rows;
      const before = await booked();
      await loan.sleepDays(5);
      await loan.payAfterEnd('again', 12_345);
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
      expect((await loan.handle.describe()).runId).not.toBe(runId);
      expect(await booked()).toEqual([...before, { key: 'payment/again' }]);
      expect((await booksOf(loan))['borrower-credit']).toBe(-12_345);
      const { rows } = await deployment.pool.query(`select kind from notice where kind = 'account-settled'`);
      expect(rows).toHaveLength(1);
    }, LONG_LIFE));

  it('lives again when the payment that settled it bounces, and becomes overdue like any other', () =>
    withDeployment(async (deployment) => {
      const loan = await settled(deployment, 'bounced');
      await loan.sleepDays(3);
      await loan.reverse('v1', 'payoff');
      await until(async () => (await loan.state()).stage === 'current');
      const [next] = (await loan.now()).obligations;
      await loan.sleepUntil(addDays(next?.dueDate ?? '', 2), '12:00');
      await until(async () => (await loan.state()).stage === 'overdue');
      await loan.pay('cured', (await loan.now()).payoffFen, 'payoff');
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
    }, LONG_LIFE));

  it('goes on in the same run when the payment bounces while the step that settles it is taken', () => {
    let bounce: (() => Promise<void>) | undefined;
    const run = async (deployment: Deployment) => {
      const loan = await new Credit(deployment, 'at-the-end', 'cash-loan').open({ months: 3 });
      await loan.sleepDays(10);
      const { payoffFen } = await loan.now();
      const reversal = { reversalId: 'v1', paymentId: 'payoff', reversedOn: await loan.today() };
      bounce = () => loan.handle.signal(paymentReversed, reversal);
      await loan.pay('payoff', payoffFen, 'payoff');
      await until(async () => (await loan.now()).balances.principalFen > 0, 40_000);
      await loan.sleepDays(1);
      expect((await loan.handle.describe()).status.name).toBe('RUNNING');
      await loan.pay('again', (await loan.now()).payoffFen, 'payoff');
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
      expect(await historiesOf(deployment.env, loan.id)).toHaveLength(1);
    };
    return withDeployment(run, {
      ...LONG_LIFE,
      activities: ({ advanceAccount }) => ({
        async advanceAccount(input) {
          const result = await advanceAccount(input);
          if (result.state.stage !== 'settled' || !bounce) return result;
          const once = bounce;
          bounce = undefined;
          await once();
          // A step that takes so long has its workflow task renewed, and the new one brings the signal.
          await new Promise((resolve) => setTimeout(resolve, RENEWED_AFTER_MS));
          return result;
        },
      }),
    });
  });

  it('gives back its credit over HTTP: once, and no more than there is', () =>
    withDeployment(async (deployment) => {
      const loan = await settled(deployment, 'overpaid', 5_000);
      await withApi(deployment, async ({ post }) => {
        const give = (returnId: string, key: string, amountFen: number) =>
          post(`/v1/accounts/${loan.accountId}/credit-returns`, key, { returnId, amountFen });
        expect(await give('t1', 'k1', 5_001)).toMatchObject({ status: 422, body: { reasonCodes: ['ABOVE_CREDIT'] } });
        expect(await give('t2', 'k2', 5_000)).toMatchObject({ status: 200, body: { status: 'accepted' } });
        expect(await give('t2', 'k3', 5_000)).toMatchObject({ status: 200, body: { status: 'accepted' } });
        expect(await give('t3', 'k4', 1)).toMatchObject({ status: 422, body: { reasonCodes: ['ABOVE_CREDIT'] } });
      });
      expect((await booksOf(loan))['borrower-credit'] ?? 0).toBe(0);
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
    }, LONG_LIFE));
});

const WRITE_OFF = { decision: 'write-off', decidedBy: 'whoever', reason: 'nobody answers' } as const;

describe('a written-off account', () => {
  it('books what is recovered up to what was lost, the rest as credit, and ends again each time', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'lost', 'cash-loan').open({ months: 3 });
      const [first] = (await loan.now()).obligations;
      await loan.sleepUntil(addDays(first?.dueDate ?? '', 182), '12:00');
      await until(async () => (await loan.state()).stage === 'write-off-review');
      for (const principal of ['staff:01', 'staff:02']) {
        await loan.handle.executeUpdate(decideWriteOff, signedBy(principal, loan.handle, decideWriteOff, WRITE_OFF));
      }
      expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
      const lostFen = (await booksOf(loan))['write-off-loss'] ?? 0;
      expect(lostFen).toBeGreaterThan(1_000_000);
      await withApi(deployment, async ({ post }) => {
        const url = `/v1/accounts/${loan.accountId}/payments`;
        expect(await post(url, 'k1', { paymentId: 'r1', amountFen: 400_000 })).toMatchObject({ status: 202 });
        await until(async () => (await booksOf(loan))['recovery-income'] === -400_000);
        expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
      });
      await loan.payAfterEnd('r2', lostFen);
      expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
      const books = await booksOf(loan);
      expect(books['recovery-income']).toBe(-lostFen);
      expect(books['borrower-credit']).toBe(-400_000);
      expect((await loan.now()).recoverableFen).toBe(0);
    }, LONG_LIFE));

  it('a card: a refund recovers what was lost, goods received late are a debt that arose since, and both are told', () =>
    withDeployment(async (deployment) => {
      const card = await new Credit(deployment, 'lost-card', 'revolving').open();
      await card.buy('desk', 150_000);
      await card.buy('lamp', 80_000, 'at-confirmation');
      await card.sleepDays(45);
      const { pastDueSince = '' } = await card.now();
      await card.sleepUntil(addDays(pastDueSince, 182), '12:00');
      await until(async () => (await card.state()).stage === 'write-off-review');
      for (const principal of ['staff:01', 'staff:02']) {
        await card.handle.executeUpdate(decideWriteOff, signedBy(principal, card.handle, decideWriteOff, WRITE_OFF));
      }
      expect(await card.handle.result()).toMatchObject({ stage: 'written-off' });
      const lostFen = (await booksOf(card))['write-off-loss'] ?? 0;
      await withApi(deployment, async ({ post, get }) => {
        const url = `/v1/accounts/${card.accountId}`;
        const refund = { refundId: 'r1', amountFen: 50_000, purchaseId: 'desk' };
        expect(await post(`${url}/refunds`, 'k1', refund)).toMatchObject({ status: 202 });
        await until(async () => (await booksOf(card))['recovery-income'] === -50_000);
        // Each message has a run of its own, which ends before the next: the test server loses one that meets its end.
        expect(await card.handle.result()).toMatchObject({ stage: 'written-off' });
        const received = { confirmationId: 'c1' };
        expect(await post(`${url}/purchases/lamp/confirmation`, 'k2', received)).toMatchObject({ status: 202 });
        await until(async () => (await booksOf(card))['principal-receivable'] === 80_000);
        expect(await get(url)).toMatchObject({
          stage: 'written-off',
          bucket: null,
          daysPastDue: 0,
          overdueFen: 0,
          availableFen: 0,
          payoffFen: 80_000,
          claimedFen: 80_000 + lostFen - 50_000,
          obligations: [],
          stoppedBy: [{ code: 'ACCOUNT_CLOSED' }],
        });
      });
    }, LONG_LIFE));
});
