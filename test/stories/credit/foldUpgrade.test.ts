/** A workflow that began under a release whose rules gave it a deadline that is too late: it is told, and looks. */

import { expect, it } from '@jest/globals';
import { FOLD_VERSION } from '../../../src/domain/credit/revolving/revolvingStateCache';
import { addDays } from '../../../src/domain/values/calendar';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { tellSome } from '../../../src/platform/wiring/accountLooks';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const TOO_LATE_MS = 200 * DAY_MS;

it('wakes, finds the deadline of now, and sends no text that nobody would have got', () => {
  let isBefore = true;
  return withDeployment(
    async (deployment) => {
      const { pool, env } = deployment;
      const loan = await new Credit(deployment, 'asleep', 'cash-loan').open({ months: 6 });
      await until(async () => (await loan.state()).nextDeadlineAtMs !== undefined);
      await pool.query('update credit_account set fold_version = 1');
      isBefore = false;
      const [next] = (await loan.now()).obligations;
      await loan.sleepUntil(addDays(next?.dueDate ?? '', 5));
      // Nobody woke it: five days past due, it is current, and nothing was said.
      expect(await loan.state()).toMatchObject({ stage: 'current' });
      await tellSome(pool, createTemporalGateway(env.client), TENANT);
      await until(async () => (await loan.state()).stage === 'overdue');
      const state = await loan.state();
      expect(state.nextDeadlineAtMs).toBeLessThan((await env.currentTimeMs()) + 3 * DAY_MS);
      // The highest rung that was reached, and none of those before it.
      const kinds = (await noticesOf(pool, TENANT, loan.accountId)).map(({ dedupeKey }) => dedupeKey);
      expect(kinds.filter((key) => key.startsWith('overdue/'))).toEqual(['overdue/instalment-1/3']);
      // Nobody is told twice.
      const { rows } = await pool.query(`select fold_version as version from credit_account`);
      await tellSome(pool, createTemporalGateway(env.client), TENANT);
      expect(rows).toEqual([{ version: FOLD_VERSION }]);
    },
    {
      lookEveryMs: 30 * DAY_MS,
      activities: (real) => ({
        async advanceAccount(input) {
          const result = await real.advanceAccount(input);
          if (!isBefore) return result;
          return { ...result, state: { ...result.state, nextDeadlineAtMs: input.asOfMs + TOO_LATE_MS } };
        },
      }),
    },
  );
});
