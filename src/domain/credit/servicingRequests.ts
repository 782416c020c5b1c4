/**
 * Whether a change that somebody asks for may be made to an account: refused in the open, with reason codes
 * (docs/reason-codes.md). What happened by itself, such as a payment, is never judged here.
 */

import type { LendingPolicy } from '../policy/lendingPolicy';
import { type DecimalRate, type Fen, scaleRate } from '../values/money';
import type { DerivedAccount, ScheduleRow } from './account';
import { isClosed } from './accountStages';
import { hasEmptyInstalment } from './cashLoan/schedule';
import type { Confirmed, CreditReturned, Fact, RateCorrected, Restructured, Reversed } from './facts';
import { type ReferenceFault, referenceFault } from './references';

export type ChangeRefusal =
  | ReferenceFault
  | 'ABOVE_CREDIT'
  | 'RATE_OUT_OF_RANGE'
  | 'NOTHING_TO_RESTRUCTURE'
  | 'TERM_TOO_LONG_FOR_AMOUNT';

/** A payment bounces once, and only when it is known: what never came in cannot be taken back. */
export function refusalsOfReversal(fact: Reversed, facts: readonly Fact[]): ChangeRefusal[] {
  return faultsOf(fact, facts);
}

/** Only a purchase that waits for its confirmation is confirmed, and once. */
export function refusalsOfConfirmation(fact: Confirmed, facts: readonly Fact[]): ChangeRefusal[] {
  return faultsOf(fact, facts);
}

function faultsOf(fact: Reversed | Confirmed, facts: readonly Fact[]): ChangeRefusal[] {
  const fault = referenceFault(fact, facts);
  return fault === undefined ? [] : [fault];
}

/**
 * Only credit is given back, of closed accounts too. Judged by the account with the return against the one without: on
 * its own date the credit may not have been there yet, or may be used by now.
 */
export function refusalsOfReturn(
  without: DerivedAccount,
  withReturn: DerivedAccount,
  { key, amountFen }: CreditReturned,
): ChangeRefusal[] {
  const entry = withReturn.entries.find((each) => each.key === key);
  const isFromCredit = entry?.lines.every(({ account }) => account !== 'principal-receivable') ?? false;
  const takenFen = without.balances.creditFen - withReturn.balances.creditFen;
  const isCovered = isFromCredit && takenFen === amountFen && owedFen(without) === owedFen(withReturn);
  return isCovered ? [] : ['ABOVE_CREDIT'];
}

/** A correction never raises a rate above what the product's policy allows to agree. */
export function refusalsOfRates(account: DerivedAccount, fact: RateCorrected, policy: LendingPolicy): ChangeRefusal[] {
  const { cashLoan, revolving } = policy;
  const isAbove =
    exceeds(fact.dailyRate, cashLoan.dailyRate.max) ||
    exceeds(fact.revolvingDailyRate, revolving.revolvingDailyRate) ||
    exceeds(fact.overdueDailyRate, revolving.overdueDailyRate);
  return [
    ...(isClosed(account) ? (['ACCOUNT_CLOSED'] as const) : []),
    ...(isAbove ? (['RATE_OUT_OF_RANGE'] as const) : []),
  ];
}

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
    ...(exceeds(dailyRate, policy.cashLoan.dailyRate.max) ? (['RATE_OUT_OF_RANGE'] as const) : []),
  ];
}

/** What the new schedule would be: the loan on the date of the restructuring with it, less the loan without it. */
export function instalmentsOfRestructuring(without: DerivedAccount, withIt: DerivedAccount): ScheduleRow[] {
  const known = Math.max(0, ...without.schedule.map(({ number }) => number));
  return withIt.schedule.filter(({ number }) => number > known);
}

function exceeds(rate: DecimalRate | undefined, max: DecimalRate): boolean {
  return rate !== undefined && scaleRate(rate) > scaleRate(max);
}

function owedFen({ balances }: DerivedAccount): Fen {
  return balances.principalFen + balances.interestFen + balances.penaltyFen + balances.feeFen;
}
