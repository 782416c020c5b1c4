/** Thanks for a payment, where the policy says so: true when it is sent, past the guard, once. */
import { expect, it } from '@jest/globals';
import { GUARD_POLICY } from '../../../src/domain/messaging/guard/anomalyGuard';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { takingCarrier } from '../../support/carrier';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const THANKS: LendingPolicy = {
  ...defaultPolicy,
  notices: { ...defaultPolicy.notices, onPayment: { kind: 'payment-received', at: '08:00' } },
};

it('a payment is thanked for with its amount; one that bounced meanwhile is not', () => {
  const { carrier, sent } = takingCarrier();
  return withDeployment(
    async (deployment) => {
      const { pool, env } = deployment;
      const loan = await new Credit(deployment, 'thanked', 'cash-loan').open();
      const thanks = async () =>
        (await noticesOf(pool, TENANT, loan.accountId))
          .filter(({ kind }) => kind === 'payment-received')
          .map(({ dedupeKey, status, cancelReason }): [string, string] => [dedupeKey, cancelReason ?? status])
          .sort(([one], [other]) => (one < other ? -1 : 1));
      await until(async () => sent.length === 1);
      await env.sleep(DAY_MS);
      await loan.pay('p1', 12_345);
      await until(async () => sent.length === 2);
      expect(sent[1]?.text).toContain('已收到您的借款还款123.45元');
      await until(async () => (await thanks())[0]?.[1] === 'accepted');
      expect(await thanks()).toEqual([['payment-received/payment/p1', 'accepted']]);

      // The day has had its notice: these wait for the next one. By then one of them has bounced.
      const countOf = async (query: string) => (await pool.query(query)).rowCount;
      const waiting = () => countOf(`select from notice where put_off_reason = 'daily-cap' and status = 'planned'`);
      await loan.pay('p2', 20_000);
      await until(async () => (await waiting()) === 1);
      await loan.pay('p3', 30_000);
      await until(async () => (await waiting()) === 2);
      await loan.reverse('r3', 'p3');
      await until(async () => (await countOf(`select from account_fact where kind = 'reversed'`)) === 1);
      await env.sleep(DAY_MS);
      await until(async () => (await thanks()).every(([, status]) => status !== 'planned'));
      expect(await thanks()).toEqual([
        ['payment-received/payment/p1', 'accepted'],
        ['payment-received/payment/p2', 'accepted'],
        ['payment-received/payment/p3', 'superseded'],
      ]);
      expect(sent.map(({ text }) => text).slice(2)).toEqual([expect.stringContaining('200.00元')]);
      expect((await pool.query('select from incident')).rowCount).toBe(0);
    },
    { providers: [carrier], guard: GUARD_POLICY, policy: THANKS, lookEveryMs: DAY_MS },
  );
});
