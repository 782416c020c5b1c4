/**
 * Repayment schedules of a cash loan, exact and summing to the principal. Source: facts 4.1, worked examples 4.3 V1,
 * V3, V4.
 */
import type { CashLoanTerms } from './account';
import { addMonthsClamped, daysBetween, type IsoDate } from './calendar';
import { accrualFen, accrue, type DecimalRate, type Fen, RATE_ONE, roundHalfUp, scaleRate } from './money';
import type { RepaymentMethod } from './products';

/** One payment of a schedule, whatever its dates. */
export interface Repayment {
  /** From 1. */
  number: number;
  principalFen: Fen;
  interestFen: Fen;
  /** Principal still to come after it. */
  balanceFen: Fen;
}

export interface PlannedInstalment extends Repayment {
  dueDate: IsoDate;
  /** Days of interest: from the due date before (or the start) to this due date. */
  days: number;
}

/** Interest by month is 30 days' worth of the daily rate (facts 4.1). */
const DAYS_OF_A_RATE_MONTH = 30n;

/** The schedule as agreed at the start; every row is at least zero and the principal sums to the loan. */
export function planSchedule(terms: CashLoanTerms): PlannedInstalment[] {
  const dueDates = Array.from({ length: terms.months }, (_, index) => addMonthsClamped(terms.startDate, index + 1));
  const days = dueDates.map((dueDate, index) => daysBetween(dueDates[index - 1] ?? terms.startDate, dueDate));
  const daily = scaleRate(terms.dailyRate);
  const monthly = monthlyRateOf(terms.dailyRate);
  const rates = days.map((count) => (terms.method === 'level-monthly' ? monthly : daily * BigInt(count)));
  const rows = repay(terms.principalFen, rates, terms.method === 'interest-first' ? 'principal-last' : 'level');
  return rows.map(({ number, ...amounts }, index) => ({
    number,
    dueDate: dueDates[index] ?? terms.startDate,
    days: days[index] ?? 0,
    ...amounts,
  }));
}

/** A daily rate as the rate of a month, exactly, in the scale of {@link scaleRate}. */
export function monthlyRateOf(dailyRate: DecimalRate): bigint {
  return scaleRate(dailyRate) * DAYS_OF_A_RATE_MONTH;
}

/**
 * Level payments at a rate of the month, for which no dates count. The rate comes scaled and never by way of a daily
 * rate: 0.01 / 30 has no end, and cut after 14 decimals it would move payments of large loans by a fen.
 */
export function planMonthlySchedule(principalFen: Fen, months: number, monthlyRateScaled: bigint): Repayment[] {
  return repay(principalFen, Array<bigint>(months).fill(monthlyRateScaled), 'level');
}

/** Repays the principal over periods of these scaled rates; the last payment takes what is left of it. */
function repay(principalFen: Fen, periodRates: readonly bigint[], shape: 'level' | 'principal-last'): Repayment[] {
  const levelFen = shape === 'level' ? levelPaymentFen(principalFen, periodRates) : 0;
  let balanceFen = principalFen;
  return periodRates.map((rate, index) => {
    const interestFen = accrualFen(accrue(balanceFen, rate, 1));
    const isLast = index === periodRates.length - 1;
    // A tiny loan at a rounded-up payment could repay early; it never repays more than there is. Where the principal
    // comes last, the level payment is 0 and no principal is repaid before.
    const paidFen = isLast ? balanceFen : Math.min(Math.max(0, levelFen - interestFen), balanceFen);
    balanceFen -= paidFen;
    return { number: index + 1, principalFen: paidFen, interestFen, balanceFen };
  });
}

/**
 * The equal payment A with P = sum over k of A / prod(j <= k)(1 + r_j), as an exact fraction rounded once:
 * A = P x prod(all f) / sum over k of S^k x prod(j > k) f_j, where f_j = S + r_j in the scale S.
 */
function levelPaymentFen(principalFen: Fen, periodRates: readonly bigint[]): Fen {
  let tailProduct = 1n;
  let weighted = 0n;
  for (let index = periodRates.length - 1; index >= 0; index--) {
    weighted += RATE_ONE ** BigInt(index + 1) * tailProduct;
    tailProduct *= RATE_ONE + (periodRates[index] ?? 0n);
  }
  return roundHalfUp(BigInt(principalFen) * tailProduct, weighted);
}
