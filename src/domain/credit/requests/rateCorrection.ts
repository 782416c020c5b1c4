/** Another rate holds from a date on: what accrued before it keeps its own. */

import type { LendingPolicy } from '../../policy/lendingPolicy';
import { PRODUCT_TABLE, type Product } from '../../policy/products';
import { isHigherRate } from '../../values/money';
import type { DerivedAccount } from '../account';
import { isClosed } from '../accountStages';
import { exactRate } from '../accrual';
import { changeRate } from '../cashLoan/cashLoanState';
import type { FactOf } from '../factKinds';
import type { ChangeRefusal } from '../references';
import type { FactRule } from './factRule';

type RateCorrected = FactOf<'rate-corrected'>;

export const rateCorrectionRule = {
  folds: {
    'cash-loan': (state, { valueDate, dailyRate }) => {
      if (dailyRate !== undefined) changeRate(state, valueDate, dailyRate);
    },
    // Time has been passed up to the date.
    revolving: (state, { revolvingDailyRate, overdueDailyRate }) => {
      if (revolvingDailyRate !== undefined) state.interest.rate = exactRate(revolvingDailyRate);
      if (overdueDailyRate !== undefined) state.penalty.rate = exactRate(overdueDailyRate);
    },
  },
  misplaced: ratesOfAnother,
  refusals: (fact, { account, policy }) => refusalsOfRates(account(), fact, policy),
} as const satisfies FactRule<'rate-corrected'>;

function ratesOfAnother(
  { dailyRate, revolvingDailyRate, overdueDailyRate }: Omit<RateCorrected, 'valueDate'>,
  product: Product,
): string | undefined {
  if (PRODUCT_TABLE[product].isBilled)
    return dailyRate === undefined ? undefined : 'dailyRate is the rate of a cash loan';
  return revolvingDailyRate === undefined && overdueDailyRate === undefined
    ? undefined
    : 'revolvingDailyRate and overdueDailyRate are the rates of a revolving account';
}

/** A correction never raises a rate above what the product's policy allows to agree. */
export function refusalsOfRates(account: DerivedAccount, fact: RateCorrected, policy: LendingPolicy): ChangeRefusal[] {
  const { cashLoan, revolving } = policy;
  const isAbove =
    isHigherRate(fact.dailyRate, cashLoan.dailyRate.max) ||
    isHigherRate(fact.revolvingDailyRate, revolving.revolvingDailyRate) ||
    isHigherRate(fact.overdueDailyRate, revolving.overdueDailyRate);
  return [
    ...(isClosed(account) ? (['ACCOUNT_CLOSED'] as const) : []),
    ...(isAbove ? (['RATE_OUT_OF_RANGE'] as const) : []),
  ];
}
