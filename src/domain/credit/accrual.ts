/**
 * An accrual that grows day by day exactly and is rounded only when it is posted. Posting in between (at a month's
 * end, say) never changes the total: what is posted is always the rounded total less what was posted before.
 * A settlement starts the next accrual from zero. Source: facts 4.1.
 */

import { type Fen, RATE_ONE, roundHalfUp, scaleRate } from '../values/money';

/** A daily rate as an exact fraction. */
export interface ExactRate {
  numerator: bigint;
  denominator: bigint;
}

export interface Accrual {
  rate: ExactRate;
  /** Fen times the rate's denominator. */
  exact: bigint;
  postedFen: Fen;
}

export function exactRate(dailyRate: string): ExactRate {
  return { numerator: scaleRate(dailyRate), denominator: RATE_ONE };
}

export function startAccrual(rate: ExactRate): Accrual {
  return { rate, exact: 0n, postedFen: 0 };
}

/** Adds whole days on an amount. */
export function accrueDays(accrual: Accrual, amountFen: Fen, days: number): void {
  accrual.exact += BigInt(amountFen) * BigInt(days) * accrual.rate.numerator;
}

/** What has accrued and is not posted yet, rounded. */
export function unpostedFen(accrual: Accrual): Fen {
  return roundHalfUp(accrual.exact, accrual.rate.denominator) - accrual.postedFen;
}

/** Posts what is unposted, and returns it. */
export function postAccrual(accrual: Accrual): Fen {
  const amountFen = unpostedFen(accrual);
  accrual.postedFen += amountFen;
  return amountFen;
}

/** The posted accrual was settled: the next one starts from zero, as a new posting with its own rounding. */
export function settleAccrual(accrual: Accrual): void {
  accrual.exact = 0n;
  accrual.postedFen = 0;
}
