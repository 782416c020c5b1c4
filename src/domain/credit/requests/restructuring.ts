/** What is left of a cash loan is repaid by another schedule, agreed with the borrower (Civil Code art. 678). */

import { chargeLines, post } from '../../ledger/postings';
import type { LendingPolicy } from '../../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../policy/products';
import { maxDate } from '../../values/calendar';
import { isHigherRate } from '../../values/money';
import type { DerivedAccount, ScheduleRow } from '../account';
import { isClosed } from '../accountStages';
import { sumOwed, totalOwedFen } from '../allocation';
import {
  accruedInterestFen,
  type CashLoanState,
  changeRate,
  comingInstalments,
  type Instalment,
  takePlan,
} from '../cashLoan/cashLoanState';
import { postPenalties } from '../cashLoan/lateInterest';
import { hasEmptyInstalment, monthlyDueDates, planInstalments } from '../cashLoan/schedule';
import type { Restructured } from '../facts';
import type { ChangeRefusal } from '../references';
import type { FactRule } from './factRule';

export const restructuringRule = {
  folds: { 'cash-loan': restructure },
  misplaced: (_, product) => (PRODUCT_TABLE[product].isBilled ? 'only a cash loan is restructured' : undefined),
  refusals: 'by-step',
} as const satisfies FactRule<'restructured'>;

/** `planned`: the instalments of the new schedule, as {@link instalmentsOfRestructuring} gives them. */
export function refusalsOfRestructuring(
  account: DerivedAccount,
  { dailyRate }: Restructured,
  policy: LendingPolicy,
  planned: readonly ScheduleRow[],
): ChangeRefusal[] {
  if (isClosed(account)) return ['ACCOUNT_CLOSED'];
  const isNothing = account.balances.principalFen === 0;
  return [
    ...(isNothing ? (['NOTHING_TO_RESTRUCTURE'] as const) : []),
    ...(!isNothing && hasEmptyInstalment(planned) ? (['TERM_TOO_LONG_FOR_AMOUNT'] as const) : []),
    ...(isHigherRate(dailyRate, policy.cashLoan.dailyRate.max) ? (['RATE_OUT_OF_RANGE'] as const) : []),
  ];
}

/** What the new schedule would be: the loan on the date of the restructuring with it, less the loan without it. */
export function instalmentsOfRestructuring(without: DerivedAccount, withIt: DerivedAccount): ScheduleRow[] {
  const known = Math.max(0, ...without.schedule.map(({ number }) => number));
  return withIt.schedule.filter(({ number }) => number > known);
}

/** All principal that is owed by a new schedule; what is owed of the rest comes with its first instalment. */
function restructure(state: CashLoanState, fact: Restructured): void {
  if (state.closed) {
    state.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  const { valueDate: date, months, dailyRate } = fact;
  postPenalties(state, date);
  const accruedFen = accruedInterestFen(state, date);
  post(state, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: date,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(state.instalments.map((instalment) => instalment.owed));
  changeRate(state, date, dailyRate);
  // Interest of an instalment that was paid early is paid up to its due date already.
  const fromDate = maxDate(date, state.interestThrough);
  state.instalments = settledOf(state);
  state.method = 'level';
  state.anchor = date;
  state.anchorMonth = 1;
  state.interestThrough = fromDate;
  state.restructuredOn = date;
  state.restructuredTerms = {
    ...state.input.terms,
    principalFen: owed.principal,
    dailyRate,
    months,
    method: 'level',
    startDate: date,
    dueDates: undefined,
  };
  const plan = planInstalments({
    principalFen: owed.principal,
    fromDate,
    dueDates: monthlyDueDates(date, months),
    firstNumber: state.lastNumber + 1,
    method: 'level',
    dailyRate,
  });
  takePlan(state, plan, fromDate);
  const [first] = comingInstalments(state);
  if (!first) return;
  first.owed.fee = owed.fee;
  first.owed.penalty = owed.penalty;
  first.owed.interest = owed.interest + accruedFen;
}

/** Instalments that are paid; the due date of one that was paid early brings nothing any more. */
function settledOf(state: CashLoanState): Instalment[] {
  const settled = state.instalments.filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) === 0);
  return settled.map((instalment) => ({ ...instalment, isDue: true }));
}
