/** What would settle an account on a date, by component: read off the fold as of that date. Source: facts 4.3 V4, V5. */

import { addDays, type IsoDate, maxDate } from '../values/calendar';
import type { Fen } from '../values/money';
import { type DerivedAccount, type Stage, startOf, type Terms } from './account';

export interface PayoffQuote {
  on: IsoDate;
  /** On the date. */
  stage: Stage;
  principalFen: Fen;
  /** To the date, what is not posted yet included. */
  interestFen: Fen;
  penaltyFen: Fen;
  /** Fees of instalment plans that would still come included, unless the policy gives them back. */
  feeFen: Fen;
  /** What the borrower has with us; it counts against the rest. */
  creditFen: Fen;
  /** Written off and not recovered yet: it is in no component any more, and still owed. */
  recoverableFen: Fen;
  /** What settles everything: the components less the credit and never below 0, and what may be recovered. */
  totalFen: Fen;
}

/** Further ahead a quote says nothing that anybody would hold to, and costs a fold of years. */
const DAYS_AHEAD = 366;

export function payoffQuoteOf(derived: DerivedAccount): PayoffQuote {
  const { asOf, stage, balances, comingFeeFen, recoverableFen, claimedFen } = derived;
  const feeFen = balances.feeFen + comingFeeFen;
  return { on: asOf, stage, ...balances, feeFen, recoverableFen, totalFen: claimedFen };
}

/** The dates that can be quoted: from the account's first one to a year after the latest date that is known of it. */
export function quotableDates(
  terms: Terms,
  known: readonly (IsoDate | null | undefined)[],
): { from: IsoDate; to: IsoDate } {
  const from = startOf(terms);
  const latest = known.reduce<IsoDate>((date, next) => maxDate(date, next ?? from), from);
  return { from, to: addDays(latest, DAYS_AHEAD) };
}
