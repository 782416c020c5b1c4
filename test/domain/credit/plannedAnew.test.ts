/** A loan that is planned anew has no instalment that would carry nothing after the one that repays the principal. */
import { expect, it } from '@jest/globals';
import type { CashLoanTerms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact } from '../../../src/domain/credit/facts';
import { openingFactOf } from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';

it.each([
  [10_000_000 - 100, 50],
  [10_000_000 - 119, 60],
  [10_000_000 - 6_000, 60],
])('after %p fen were paid early, %p instalments are left', (amountFen, left) => {
  const terms: CashLoanTerms = {
    product: 'cash-loan',
    principalFen: 10_000_000,
    dailyRate: '0',
    months: 60,
    method: 'level',
    startDate: '2026-01-15',
  };
  const prepaid: Fact = {
    kind: 'paid',
    key: 'payment/1',
    valueDate: '2026-01-20',
    amountFen,
    intent: 'prepay-lower-payment',
  };
  const { schedule } = deriveAccount(
    { terms, facts: [openingFactOf(terms), prepaid], issued: [] },
    defaultPolicy,
    '2026-01-20',
  );
  expect(schedule).toHaveLength(left);
  expect(Math.min(...schedule.map(({ owedFen }) => owedFen))).toBeGreaterThan(0);
  expect(schedule.reduce((sum, { owedFen }) => sum + owedFen, 0)).toBe(10_000_000 - amountFen);
});
