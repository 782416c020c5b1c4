/** A step that fails must not end the life of a credit: it rests and tries again, or parks until somebody mends it. */
import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { paymentReceived } from '../../../src/contracts/credit/account';
import { failureTypes } from '../../../src/contracts/names';
import { Credit, until } from '../../support/credits';
import { DAY_MS, withDeployment } from '../../support/deployment';
import { eventNames } from '../../support/replays';

describe('a step that fails', () => {
  // What the next step of an account throws, when it is told to.
  let fault: ApplicationFailure | undefined;

  it('given up by its activity rests and tries again; refused for good it parks, and goes on once mended', () =>
    withDeployment(
      async (deployment) => {
        const loan = await new Credit(deployment, 'hurt', 'cash-loan').open({ months: 3 });
        const seen = async () => eventNames(await loan.handle.fetchHistory());
        const tell = async (paymentId: string, amountFen: number, intent: 'instalment' | 'payoff') =>
          loan.handle.signal(paymentReceived, { paymentId, amountFen, paidOn: await loan.today(), intent });

        const { payoffFen: owedFen } = await loan.now();
        fault = ApplicationFailure.nonRetryable('the books are out of reach');
        const before = (await seen()).filter((name) => name === 'TIMER_FIRED').length;
        await tell('p1', 100, 'instalment');
        await until(async () => (await seen()).at(-1) === 'TIMER_STARTED' && (await seen()).includes('TIMER_CANCELED'));
        fault = undefined;
        await deployment.env.sleep(120_000);
        await until(async () => (await loan.now()).payoffFen === owedFen - 100);
        expect((await seen()).filter((name) => name === 'TIMER_FIRED').length).toBe(before + 1);

        fault = ApplicationFailure.nonRetryable('account hurt-1 is not known', failureTypes.notFound);
        const { payoffFen } = await loan.now();
        await tell('p2', payoffFen, 'payoff');
        await until(async () => (await seen()).includes('WORKFLOW_TASK_FAILED'));
        expect((await loan.handle.describe()).status.name).toBe('RUNNING');
        fault = undefined;
        expect(await loan.handle.result()).toMatchObject({ stage: 'settled' });
      },
      {
        lookEveryMs: 30 * DAY_MS,
        activities: (real) => ({
          async advanceAccount(input) {
            if (fault) throw fault;
            return real.advanceAccount(input);
          },
        }),
      },
    ));

  it('of the database leaves its code and its constraint in the history, and nothing of the row', () =>
    withDeployment(
      async (deployment) => {
        const { owner } = deployment;
        const loan = await new Credit(deployment, 'quoted', 'cash-loan').open({ months: 3 });
        const { payoffFen: owedFen } = await loan.now();
        await owner.query('alter table credit_account add constraint planted_refusal check (false) not valid');
        const paidOn = await loan.today();
        await loan.handle.signal(paymentReceived, { paymentId: 'p1', amountFen: 100, paidOn, intent: 'instalment' });
        const told = async () => JSON.stringify(await loan.handle.fetchHistory());
        await until(async () => (await told()).includes('planted_refusal'));
        const history = await told();
        expect(history).toContain('a rule of the table is broken (23514), constraint planted_refusal');
        expect(history).not.toMatch(/Failing row|violates check|"detail"/);
        await owner.query('alter table credit_account drop constraint planted_refusal');
        await deployment.env.sleep(120_000);
        await until(async () => (await loan.now()).payoffFen === owedFen - 100);
      },
      {
        lookEveryMs: 30 * DAY_MS,
        // As it is thrown, but given up at once: its tries take a minute of real time.
        activities: (real) => ({
          async advanceAccount(input) {
            try {
              return await real.advanceAccount(input);
            } catch (error) {
              throw Object.assign(error as ApplicationFailure, { nonRetryable: true });
            }
          },
        }),
      },
    ));
});
