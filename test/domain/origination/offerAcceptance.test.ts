/** What taking up an offer is refused for beyond ranges and standing: terms too long for the amount, and the cost by days. */
import { describe, expect, it } from '@jest/globals';
import {
  type AcceptanceContext,
  type AcceptanceRequest,
  judgeAcceptance,
} from '../../../src/domain/origination/offerAcceptance';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';

const cashLoan = {
  ...defaultPolicy.cashLoan,
  principalFen: { min: 10_000, max: 20_000_000 },
  dailyRate: { min: '0', max: '0.0007' },
  termsMonths: [1, 12, 358, 360],
  methods: ['level' as const, 'level-monthly' as const, 'interest-first' as const],
};
const policy: LendingPolicy = { ...defaultPolicy, cashLoan };

function judge(request: Partial<AcceptanceRequest>, offeredRate: string, today = '2026-01-15') {
  const context: AcceptanceContext = {
    offeredProduct: 'cash-loan',
    offeredRate,
    remainingFen: 20_000_000,
    isExpired: false,
    isBorrowerOverdue: false,
    isBorrowerFrozen: false,
    unsecuredFen: 0,
    today,
    policy,
    isRestDay: () => false,
  };
  return judgeAcceptance({ product: 'cash-loan', principalFen: 10_000, months: 12, ...request }, context);
}

describe('an acceptance', () => {
  it.each<[Partial<AcceptanceRequest>, string]>([
    [{ months: 360 }, '0'],
    [{ months: 360, method: 'level-monthly' }, '0'],
    [{ months: 360 }, '0.0001'],
  ])('of terms that end with instalments of nothing is refused: %p at %s', (request, rate) => {
    expect(judge(request, rate)).toMatchObject({ refusals: ['TERM_TOO_LONG_FOR_AMOUNT'] });
  });

  it.each<[Partial<AcceptanceRequest>]>([[{ months: 358 }], [{ principalFen: 1_000_000, months: 360 }]])(
    'of as many months as the amount carries is taken: %p',
    (request) => {
      expect(judge(request, '0')).toHaveProperty('terms');
    },
  );

  it('is judged by days as well as by months, and the larger figure is told', () => {
    const monthly = { months: 1, principalFen: 10_000_000 };
    expect(judge(monthly, '0.0007', '2026-02-01')).toEqual({
      refusals: ['COST_ABOVE_CAP'],
      figures: { annualisedCost: '0.25550000', annualCap: '0.24' },
    });
    // 30 days' worth in the 28 of February.
    expect(judge({ ...monthly, method: 'level-monthly' }, '0.00065', '2026-02-01')).toMatchObject({
      refusals: ['COST_ABOVE_CAP'],
    });
    expect(judge({ ...monthly, method: 'level-monthly' }, '0.0006', '2026-02-01')).toHaveProperty('terms');
  });
});
