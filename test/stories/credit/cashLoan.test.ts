/** Lives of cash loans over months of business time, on a time-skipping server: real workflows, books and notices. */
import { describe, expect, it } from '@jest/globals';
import { accountState, decideWriteOff, paymentReceived } from '../../../src/contracts/credit/account';
import { TASK_QUEUE, workflowIds } from '../../../src/contracts/names';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { inTransaction } from '../../../src/db/transaction';
import { addDays } from '../../../src/domain/values/calendar';
import { atWallTimeMs, endOfDateMs, REAL_TIME, SHANGHAI } from '../../../src/domain/values/clock';
import { withApi } from '../../support/api';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { signedBy } from '../../support/signed';

/** The instalment that comes next, in figures of the account. */
async function nextDue(loan: Credit): Promise<{ dueDate: string; owedFen: number }> {
  const obligation = (await loan.now()).obligations.at(-1);
  if (!obligation) throw new Error('nothing is due');
  return obligation;
}

/** What an operator reads in the Web UI. */
async function detailsOf(loan: Credit): Promise<string> {
  const metadata = await loan.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

const LONG_LIFE = { lookEveryMs: 30 * DAY_MS };

describe('cash loan', () => {
  it('on time: reminded before each due date, paid on it, settled, and nothing overdue', () =>
    withDeployment(async (deployment: Deployment) => {
      const loan = await new Credit(deployment, 'on-time', 'cash-loan').open({ months: 3 });
      for (let number = 1; number <= 3; number++) {
        const { dueDate, owedFen } = await nextDue(loan);
        await loan.sleepUntil(dueDate, '18:00');
        await loan.pay(`p${number}`, owedFen);
        expect((await loan.now()).daysPastDue).toBe(0);
      }
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
      await loan.sleepDays(2);
      const notices = await noticesOf(deployment.pool, TENANT, loan.accountId);
      const sent = notices.filter(({ status }) => status !== 'cancelled');
      expect(sent.filter(({ kind }) => kind === 'due-soon')).toHaveLength(6);
      expect(sent.filter(({ kind }) => kind === 'due-today')).toHaveLength(3);
      expect(sent.map(({ kind }) => kind)).toContain('account-settled');
      expect(notices.filter(({ kind }) => kind.startsWith('overdue'))).toEqual([]);
    }, LONG_LIFE));

  it('late and cured: escalates step by step, bears penalty, and is current again once paid', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'late', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await nextDue(loan);
      await loan.sleepUntil(addDays(dueDate, 8), '12:00');
      await until(async () => (await loan.state()).daysPastDue >= 7);
      expect(await loan.state()).toMatchObject({ stage: 'overdue', bucket: 'M1' });
      const overdue = await loan.now();
      const principalFen = 1_000_000;
      expect(overdue.overdueFen).toBeGreaterThan(owedFen);
      expect(overdue.overdueFen - owedFen).toBeLessThan(principalFen * 8 * 0.001);
      await loan.pay('late', overdue.overdueFen);
      await until(async () => (await loan.state()).stage === 'current');
      expect(await loan.state()).not.toHaveProperty('writeOffVoices');
      expect(await detailsOf(loan)).not.toContain('staff-01');
      const kinds = (await noticesOf(deployment.pool, TENANT, loan.accountId))
        .filter(({ attemptedAtMs }) => attemptedAtMs !== null)
        .map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(['overdue-friendly', 'overdue-factual']));
    }, LONG_LIFE));

  it('lost: through every bucket to review, written off by two different people', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'lost', 'cash-loan').open({ months: 3 });
      const first = await nextDue(loan);
      for (const [days, bucket] of [
        [1, 'M1'],
        [31, 'M2'],
        [61, 'M3'],
        [91, 'M4'],
        [121, 'M5'],
        [151, 'M6'],
      ] as const) {
        await loan.sleepUntil(addDays(first.dueDate, days), '12:00');
        await until(async () => (await loan.state()).bucket === bucket);
      }
      expect((await loan.now()).freezes).toEqual(['WORSE_BUCKET']);
      expect(
        await loan.handle.executeUpdate(decideWriteOff, {
          args: [{ decision: 'write-off', decidedBy: 'a', reason: 'late' }],
        }),
      ).toEqual({
        status: 'not-in-review',
      });
      await loan.sleepUntil(addDays(first.dueDate, 182), '12:00');
      await until(async () => (await loan.state()).stage === 'write-off-review');
      const word = { decision: 'write-off', decidedBy: 'whoever', reason: 'nobody answers' } as const;
      const decide = (principal: string) =>
        loan.handle.executeUpdate(decideWriteOff, signedBy(principal, loan.handle, decideWriteOff, word));
      for (const decidedBy of ['staff:01', 'staff:02']) {
        // Names that nobody signed, as anybody can say them in the Web UI.
        expect(await loan.handle.executeUpdate(decideWriteOff, { args: [{ ...word, decidedBy }] })).toEqual({
          status: 'unverified',
        });
      }
      expect(await decide('staff:01')).toEqual({ status: 'needs-second-person' });
      const voices = [{ decidedBy: 'staff:01', reason: 'nobody answers', saidAtMs: expect.any(Number) }];
      expect(await loan.state()).toMatchObject({ stage: 'write-off-review', writeOffVoices: voices });
      expect(await detailsOf(loan)).toMatch(/Write-off, needs a second person:\n- staff:01: nobody answers$/);
      await withApi(deployment, async ({ get }) => {
        expect((await get(`/v1/accounts/${loan.accountId}`)).writeOffVoices).toEqual(voices);
      });
      expect(await decide('staff:01')).toEqual({ status: 'same-person' });
      const promise = { kind: 'overdue-final' as const, dedupeKey: 'overdue/instalment-1/999', priority: 1 };
      const atMs = atWallTimeMs(addDays(first.dueDate, 200), '10:00', SHANGHAI);
      const notice = { ...promise, obligationKey: 'instalment-1', sendAfterMs: atMs, expiresAtMs: atMs + 1 };
      const ref = { tenantId: TENANT, accountId: loan.accountId, borrowerId: loan.borrowerId, lane: 0 };
      await inTransaction(deployment.pool, (client) => planNotices(client, { ...ref, notices: [notice] }));
      expect(await decide('Staff:01')).toEqual({ status: 'unverified' });
      expect(await decide('staff:02')).toEqual({ status: 'written-off' });
      expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
      // Nobody has paid it: it says why it was taken back.
      const told = await noticesOf(deployment.pool, TENANT, loan.accountId);
      expect(told.find(({ dedupeKey }) => dedupeKey === promise.dedupeKey)?.cancelReason).toBe('written-off');
      expect((await loan.now()).balances).toMatchObject({ principalFen: 0, interestFen: 0, penaltyFen: 0 });
      const { rows } = await deployment.pool.query(`select body from account_fact where kind = 'written-off'`);
      expect(rows).toMatchObject([
        { body: { decidedBy: ['staff:01', 'staff:02'], reasons: ['nobody answers', 'nobody answers'] } },
      ]);
      expect(await loan.state()).not.toHaveProperty('writeOffVoices');
    }, LONG_LIFE));

  it('a word for a write-off counts in its own review only, which a payment ends', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'two-reviews', 'cash-loan').open({ months: 12 });
      const intoReview = async () => {
        await loan.sleepUntil(addDays((await nextDue(loan)).dueDate, 182), '12:00');
        await until(async () => (await loan.state()).stage === 'write-off-review');
      };
      const word = { decision: 'write-off', decidedBy: 'whoever', reason: 'nobody answers' } as const;
      const signed = (principal: string) => signedBy(principal, loan.handle, decideWriteOff, word);
      const approve = (principal: string) => loan.handle.executeUpdate(decideWriteOff, signed(principal));
      await intoReview();
      const old = signed('staff:01');
      expect(await loan.handle.executeUpdate(decideWriteOff, old)).toEqual({ status: 'needs-second-person' });
      await loan.pay('all-overdue', (await loan.now()).overdueFen);
      await until(async () => (await loan.state()).stage === 'current');
      await intoReview();
      expect(await approve('staff:02')).toEqual({ status: 'needs-second-person' });
      // Whoever reads the word of the review before in the history cannot say it again.
      const again = { args: old.args, updateId: 'said-again' };
      expect(await loan.handle.executeUpdate(decideWriteOff, again)).toEqual({ status: 'unverified' });
      expect(await approve('staff:03')).toEqual({ status: 'written-off' });
      expect(await loan.handle.result()).toMatchObject({ stage: 'written-off' });
    }, LONG_LIFE));

  it('a name of before principals were kept is shown, and counts for nothing', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'before-reasons', 'cash-loan').open({ months: 3 });
      await loan.sleepUntil(addDays((await nextDue(loan)).dueDate, 182), '12:00');
      await until(async () => (await loan.state()).stage === 'write-off-review');
      const state = await loan.state();
      await loan.handle.terminate('goes on as the release before would have continued it');
      const ids = { tenantId: TENANT, accountId: loan.accountId };
      const input = { ...ids, clock: REAL_TIME, resumed: { state, approvals: ['staff-01'] } };
      const workflowId = workflowIds.cashLoan(TENANT, loan.accountId);
      await deployment.env.client.workflow.start('cashLoan', { workflowId, taskQueue: TASK_QUEUE, args: [input] });
      const handle = deployment.env.client.workflow.getHandle(workflowId);
      expect(await handle.query(accountState)).toMatchObject({ writeOffVoices: [{ decidedBy: 'staff-01' }] });
      const word = { decision: 'write-off', decidedBy: 'whoever', reason: 'lost' } as const;
      const decide = (principal: string) =>
        handle.executeUpdate(decideWriteOff, signedBy(principal, handle, decideWriteOff, word));
      expect(await decide('staff:02')).toEqual({ status: 'needs-second-person' });
      expect(await decide('staff:03')).toEqual({ status: 'written-off' });
      expect(await handle.result()).toMatchObject({ stage: 'written-off' });
      const { rows } = await deployment.pool.query(`select body from account_fact where kind = 'written-off'`);
      expect(rows).toMatchObject([{ body: { decidedBy: ['staff:02', 'staff:03'], reasons: ['lost', 'lost'] } }]);
    }, LONG_LIFE));

  it('prepaid: interest for the days it was used, and no reminder afterwards', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'prepaid', 'cash-loan').open({ months: 12 });
      await loan.sleepDays(14);
      const { payoffFen } = await loan.now();
      expect(payoffFen).toBeGreaterThan(1_000_000);
      await loan.pay('payoff', payoffFen, 'payoff');
      expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
      await loan.sleepDays(60);
      const notices = await noticesOf(deployment.pool, TENANT, loan.accountId);
      expect(notices.filter(({ kind, status }) => kind === 'due-soon' && status !== 'cancelled')).toEqual([]);
      for (const notice of notices.filter(({ status }) => status === 'cancelled'))
        expect(notice.cancelReason).toBe('settled');
    }, LONG_LIFE));

  it('a payment at the very instant of the deadline counts by its date, once', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'instant', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await nextDue(loan);
      const deadlineMs = endOfDateMs(dueDate, SHANGHAI);
      // On the due date its interest is booked; the day after is the late date.
      expect((await loan.state()).nextDeadlineAtMs).toBe(atWallTimeMs(dueDate, '00:00', SHANGHAI));
      await loan.sleepUntil(dueDate);
      await until(async () => (await loan.state()).nextDeadlineAtMs === deadlineMs);
      const { env } = deployment;
      // What is less than a second away is due now: one step takes both, as of the deadline. At the deadline itself the
      // server's timer could fire under the task that cancels it, which this server does not survive (decision 0006).
      await env.sleep(deadlineMs - 900 - (await env.currentTimeMs()));
      const payment = { paymentId: 'p1', amountFen: owedFen, paidOn: dueDate, intent: 'instalment' as const };
      await loan.handle.signal(paymentReceived, payment);
      await until(async () => ((await loan.state()).nextDeadlineAtMs ?? 0) > deadlineMs);
      expect(await loan.state()).toMatchObject({ stage: 'current', daysPastDue: 0 });
      expect((await loan.now()).balances.penaltyFen).toBe(0);
      expect(atWallTimeMs(addDays(dueDate, 1), '00:00', SHANGHAI)).toBe(deadlineMs);
    }));

  it('a payment sent twice is one payment; the same id with another amount is kept as refused', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'twice', 'cash-loan').open({ months: 3 });
      const { dueDate, owedFen } = await nextDue(loan);
      await loan.sleepUntil(dueDate, '12:00');
      await loan.pay('p1', owedFen);
      await loan.pay('p1', owedFen);
      await loan.pay('p1', owedFen + 1);
      await until(async () => (await refusalsOf(deployment, loan)).length > 0);
      expect(await refusalsOf(deployment, loan)).toEqual([['SAME_KEY_OTHER_CONTENT']]);
      const { rows } = await deployment.pool.query(
        `select sum(amount_fen)::bigint as paid from posting where account_id = $1 and ledger_account = 'collections'`,
        [loan.accountId],
      );
      expect(rows[0].paid).toBe(owedFen);
    }));
});

async function refusalsOf({ pool }: Deployment, loan: Credit): Promise<string[][]> {
  const { rows } = await pool.query<{ codes: string[] }>(
    'select reason_codes as codes from refused_arrival where account_id = $1',
    [loan.accountId],
  );
  return rows.map(({ codes }) => codes);
}
