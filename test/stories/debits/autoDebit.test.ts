/** Debits from their plan to the books: the real sweep over the sandbox's real table, on a time-skipping server. */
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { debitTotals } from '../../../src/contracts/debits/debitLane';
import { setDebitMandate } from '../../../src/contracts/debits/debitMandate';
import { workflowIds } from '../../../src/contracts/names';
import { readAccount } from '../../../src/db/credit/accounts';
import { listMandateChanges } from '../../../src/db/debits/mandates';
import { type DebitRow, listDebits } from '../../../src/db/debits/plannedDebits';
import { readBalances } from '../../../src/db/ledger/journal';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const RETRIES: LendingPolicy = {
  ...defaultPolicy,
  version: 'with-retries',
  autoDebit: { at: '20:00', retryOnDaysAfter: [1, 3], amount: 'due' },
};

/** A loan of three months whose borrower gave a mandate; how the sandbox fares with it follows from its end. */
async function loanWithMandate(deployment: Deployment, mandateId: string): Promise<Credit> {
  const loan = await new Credit(deployment, 'a', 'cash-loan').open({ months: 3 });
  expect(await agree(loan, 'm1', mandateId)).toEqual({ status: 'accepted' });
  return loan;
}

async function agree(credit: Credit, changeId: string, mandateId: string | null) {
  const agreedOn = await credit.today();
  return credit.handle.executeUpdate(setDebitMandate, { args: [{ changeId, mandateId, agreedOn }] });
}

async function firstDue(loan: Credit): Promise<{ dueDate: IsoDate; owedFen: number }> {
  const obligation = (await loan.now()).obligations.at(-1);
  if (!obligation) throw new Error('nothing is due');
  return obligation;
}

function debitsOf({ deployment: { pool }, accountId }: Credit): Promise<DebitRow[]> {
  return listDebits(pool, { tenantId: TENANT, accountId });
}

async function debitsOfFirst(loan: Credit): Promise<DebitRow[]> {
  return (await debitsOf(loan)).filter(({ obligationKey }) => obligationKey === 'instalment-1');
}

async function untilDebit(loan: Credit, attempt: number, status: string): Promise<DebitRow> {
  const find = async () => (await debitsOfFirst(loan)).find((debit) => debit.attempt === attempt);
  await until(async () => (await find())?.status === status);
  return (await find()) as DebitRow;
}

async function untilBooked(loan: Credit, reference: string): Promise<void> {
  await until(async () => (await paymentKeys(loan)).includes(`payment/debit:${reference}`));
}

async function paymentKeys({ deployment: { pool }, accountId }: Credit): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    `select business_key as key from account_fact where account_id = $1 and kind = 'paid' order by 1`,
    [accountId],
  );
  return rows.map(({ key }) => key);
}

/** What the sandbox moved: references and fen. */
async function moved({ deployment: { pool } }: Credit): Promise<{ reference: string; amountFen: number }[]> {
  const { rows } = await pool.query(
    `select reference, amount_fen as "amountFen" from sandbox_debit where status = 'moved' order by reference`,
  );
  return rows;
}

async function collectedFen({ deployment: { pool }, accountId }: Credit): Promise<number> {
  return (await readBalances(pool, { tenantId: TENANT, accountId })).collections ?? 0;
}

const at = (date: IsoDate, time: string) => atWallTimeMs(date, time, SHANGHAI);
const retrying = (options: DeploymentOptions = {}): DeploymentOptions => ({ policy: RETRIES, ...options });

describe('automatic debit', () => {
  it('pays each bill at 20:00 of its due date; nothing is ever overdue, and the loan settles', () =>
    withDeployment(
      async (deployment) => {
        const loan = await loanWithMandate(deployment, 'mandate-1');
        const { dueDate, owedFen } = await firstDue(loan);
        expect(await debitsOf(loan)).toMatchObject([
          { obligationKey: 'instalment-1', attempt: 1, status: 'planned', dueAtMs: at(dueDate, '20:00') },
        ]);
        await loan.sleepUntil(dueDate, '19:58');
        expect(await moved(loan)).toEqual([]);
        await loan.sleepUntil(dueDate, '20:01');
        const settled = await untilDebit(loan, 1, 'settled');
        expect(settled).toMatchObject({
          amountFen: owedFen,
          settledOn: dueDate,
          rail: 'sandbox',
          mandateId: 'mandate-1',
        });
        await untilBooked(loan, settled.reference);
        expect((await loan.now()).obligations.map(({ key }) => key)).toEqual(['instalment-2']);
        await loan.sleepDays(70);
        expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
        const debits = await debitsOf(loan);
        expect(debits.map(({ status }) => status)).toEqual(['settled', 'settled', 'settled']);
        expect(debits.every(({ toldAtMs, nextAtMs }) => toldAtMs !== null && nextAtMs === null)).toBe(true);
        const sums = (await moved(loan)).reduce((sum, { amountFen }) => sum + amountFen, 0);
        expect(await collectedFen(loan)).toBe(sums);
        const { rows } = await deployment.pool.query(`select kind from notice where kind like 'overdue%'`);
        expect(rows).toEqual([]);
        // Who has a mandate is told the hour of the debit, and nobody is told to pay by midnight.
        const told = (await noticesOf(deployment.pool, TENANT, loan.accountId)).filter(({ kind }) =>
          /^due-/.test(kind),
        );
        const texts = told.flatMap(({ text }) => (text === null ? [] : [text]));
        expect(texts).toHaveLength(9);
        for (const text of texts) expect(text).toContain('20:00自动扣款');
        const lane = deployment.env.client.workflow.getHandle(workflowIds.debitLane(TENANT, 0));
        expect(await lane.query(debitTotals)).toMatchObject({ settled: 3, refused: 0, cancelled: 0 });
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('pays the bill of a card, the minimum only where the policy says so', () =>
    withDeployment(
      async (deployment) => {
        const card = await new Credit(deployment, 'card', 'revolving').open();
        await agree(card, 'm1', 'mandate-1');
        await card.sleepDays(1);
        await card.buy('o1', 200_000);
        expect(await debitsOf(card)).toEqual([]);
        await card.sleepDays(45);
        const [first] = await debitsOf(card);
        expect(first).toMatchObject({ obligationKey: 'statement-1', status: 'settled', amountFen: 20_000 });
        expect((await card.now()).daysPastDue).toBe(0);
        expect((await card.now()).balances.principalFen).toBe(180_000);
      },
      { policy: { ...RETRIES, autoDebit: { at: '20:00', retryOnDaysAfter: [], amount: 'minimum' } } },
    ));

  it('no funds: overdue, debited with its penalty on the retry day, and cured', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-once');
      const { dueDate, owedFen } = await firstDue(loan);
      await loan.sleepUntil(dueDate, '20:01');
      expect(await untilDebit(loan, 1, 'refused')).toMatchObject({
        refusalClass: 'insufficient-funds',
        reasonCode: 'DEBIT_INSUFFICIENT_FUNDS',
      });
      expect(await untilDebit(loan, 2, 'planned')).toMatchObject({ dueAtMs: at(addDays(dueDate, 1), '20:00') });
      await loan.sleepUntil(addDays(dueDate, 1), '12:00');
      await until(async () => (await loan.state()).stage === 'overdue');
      await loan.sleepUntil(addDays(dueDate, 1), '20:01');
      const second = await untilDebit(loan, 2, 'settled');
      expect(second.amountFen).toBeGreaterThan(owedFen);
      await untilBooked(loan, second.reference);
      await until(async () => (await loan.state()).stage === 'current');
      expect((await loan.now()).balances.creditFen).toBe(0);
    }, retrying()));

  it('no funds to the end: tried on the days of the policy and no more', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-nofunds');
      const { dueDate } = await firstDue(loan);
      await loan.sleepUntil(addDays(dueDate, 10), '12:00');
      await untilDebit(loan, 3, 'refused');
      const tries = await debitsOfFirst(loan);
      expect(tries.map(({ dueAtMs }) => dueAtMs)).toEqual([0, 1, 3].map((days) => at(addDays(dueDate, days), '20:00')));
      expect(new Set(tries.map(({ reference }) => reference)).size).toBe(3);
      expect((await loan.state()).stage).toBe('overdue');
    }, retrying()));

  it('paid by hand at noon: nothing is debited', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-1');
      const { dueDate, owedFen } = await firstDue(loan);
      await loan.sleepUntil(dueDate, '12:00');
      await loan.pay('by-hand', owedFen);
      await loan.sleepUntil(dueDate, '21:00');
      const taken = await untilDebit(loan, 1, 'cancelled');
      expect(taken).toMatchObject({ reasonCode: 'DEBIT_NOT_OWED', attemptedAtMs: null });
      expect(await moved(loan)).toEqual([]);
    }));

  it('paid in part: only the rest is debited', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-1');
      const { dueDate, owedFen } = await firstDue(loan);
      await loan.sleepUntil(dueDate, '12:00');
      await loan.pay('a-part', 1_000);
      await loan.sleepUntil(dueDate, '20:01');
      expect(await untilDebit(loan, 1, 'settled')).toMatchObject({ amountFen: owedFen - 1_000 });
    }));

  it('an answer that did not come: asked about, moved once and booked once', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-unknown');
      const { dueDate, owedFen } = await firstDue(loan);
      await loan.sleepUntil(dueDate, '21:00');
      const settled = await untilDebit(loan, 1, 'settled');
      await untilBooked(loan, settled.reference);
      expect(await moved(loan)).toEqual([{ reference: settled.reference, amountFen: owedFen }]);
      expect(await collectedFen(loan)).toBe(owedFen);
      await loan.sleepUntil(addDays(dueDate, 1), '12:00');
      expect(await loan.state()).toMatchObject({ stage: 'current', daysPastDue: 0 });
    }));

  it('a rail that stays silent: asked again and again, and no other debit of the account until it is known', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-silent');
      const { dueDate } = await firstDue(loan);
      await loan.sleepUntil(addDays(dueDate, 45), '12:00');
      const [first, second] = await debitsOf(loan);
      expect(first).toMatchObject({ status: 'unknown', attempt: 1 });
      expect(second).toMatchObject({
        obligationKey: 'instalment-2',
        status: 'cancelled',
        reasonCode: 'DEBIT_TOO_LATE',
      });
      expect(await moved(loan)).toHaveLength(1);
      const { rows } = await deployment.pool.query(`select times_sent as times from sandbox_debit`);
      expect(rows).toEqual([{ times: 1 }]);
    }, retrying()));

  it('a rail that settles on the next date: booked on that date', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-slow');
      const { dueDate } = await firstDue(loan);
      await loan.sleepUntil(dueDate, '20:10');
      await untilDebit(loan, 1, 'pending');
      await loan.sleepUntil(addDays(dueDate, 1), '12:00');
      const settled = await untilDebit(loan, 1, 'settled');
      expect(settled.settledOn).toBe(addDays(dueDate, 1));
      await untilBooked(loan, settled.reference);
    }));

  it.each([
    ['mandate-invalid', 'mandate-77-invalid', 'DEBIT_MANDATE_INVALID'],
    ['account-closed', 'mandate-77-closed', 'DEBIT_ACCOUNT_CLOSED'],
  ])('%s: the mandate is ended with the reason, and nothing more is planned', (refusalClass, mandateId, reasonCode) =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, mandateId);
      const { dueDate } = await firstDue(loan);
      await loan.sleepUntil(addDays(dueDate, 5), '12:00');
      expect(await untilDebit(loan, 1, 'refused')).toMatchObject({ refusalClass, reasonCode });
      expect(await debitsOf(loan)).toHaveLength(1);
      const ref = { tenantId: TENANT, accountId: loan.accountId };
      expect((await readAccount(deployment.pool, ref))?.mandateId).toBeNull();
      expect(await listMandateChanges(deployment.pool, ref)).toMatchObject([
        { mandateId, decidedBy: 'borrower', reasonCode: null },
        { mandateId: null, decidedBy: 'rail', reasonCode },
      ]);
    }, retrying()),
  );

  it('a mandate that is ended: its debits are taken back; another one debits again', () =>
    withDeployment(async (deployment) => {
      const loan = await loanWithMandate(deployment, 'mandate-1');
      const { dueDate } = await firstDue(loan);
      expect(await agree(loan, 'm2', null)).toEqual({ status: 'accepted' });
      expect(await debitsOf(loan)).toMatchObject([{ status: 'cancelled', reasonCode: 'DEBIT_MANDATE_ENDED' }]);
      expect(await agree(loan, 'm1', 'mandate-1')).toEqual({ status: 'accepted' });
      expect(await debitsOf(loan)).toHaveLength(1);
      expect(await agree(loan, 'm1', 'mandate-2')).toEqual({
        status: 'refused',
        reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
      });
      expect(await agree(loan, 'm3', 'mandate-3')).toEqual({ status: 'accepted' });
      await loan.sleepUntil(dueDate, '20:01');
      expect(await untilDebit(loan, 2, 'settled')).toMatchObject({ mandateId: 'mandate-3' });
    }));
});

describe('a worker that dies', () => {
  it('between the rail and the outcome: money moves once, and is booked once', () => {
    let isDebited = false;
    let isKilled = false;
    return withDeployment(
      async (deployment) => {
        const loan = await loanWithMandate(deployment, 'mandate-1');
        const { dueDate, owedFen } = await firstDue(loan);
        await loan.sleepUntil(dueDate, '23:00');
        const settled = await untilDebit(loan, 1, 'settled');
        await untilBooked(loan, settled.reference);
        expect(isKilled).toBe(true);
        expect(await moved(loan)).toEqual([{ reference: settled.reference, amountFen: owedFen }]);
        expect(await collectedFen(loan)).toBe(owedFen);
        const { rows } = await deployment.pool.query('select times_sent as times from sandbox_debit');
        expect(rows).toEqual([{ times: 1 }]);
      },
      {
        rail: (sandbox) => ({
          ...sandbox,
          async debit(request) {
            await sandbox.debit(request);
            isDebited = true;
            // As when the process is killed here: nothing after the rail's answer happens.
            return new Promise(() => undefined);
          },
        }),
        activities: (real) => ({
          async sweepDebits(input) {
            const killed = async () => {
              await until(async () => isDebited || isKilled, 60_000);
              isKilled = true;
              throw ApplicationFailure.nonRetryable('the worker was killed');
            };
            return isKilled ? real.sweepDebits(input) : Promise.race([real.sweepDebits(input), killed()]);
          },
        }),
      },
    );
  });

  it('between the outcome and the account: told by the next sweep, and booked once however often it is told', () => {
    const told: string[] = [];
    return withDeployment(
      async (deployment) => {
        const loan = await loanWithMandate(deployment, 'mandate-1');
        const { dueDate, owedFen } = await firstDue(loan);
        await loan.sleepUntil(dueDate, '23:00');
        const settled = await untilDebit(loan, 1, 'settled');
        await until(async () => (await debitsOf(loan))[0]?.toldAtMs !== null);
        expect(told).toEqual([settled.reference, settled.reference]);
        await untilBooked(loan, settled.reference);
        expect(await paymentKeys(loan)).toHaveLength(1);
        expect(await collectedFen(loan)).toBe(owedFen);
      },
      {
        tellPayment: (real) => async (account, debit) => {
          told.push(debit.reference);
          await real(account, debit);
          if (told.length === 1) throw new Error('killed after the account was told');
        },
      },
    );
  });
});
