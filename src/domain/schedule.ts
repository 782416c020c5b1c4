/**
 * Repayment schedules of a cash loan, exact and summing to the principal. Source: facts 4.1, worked examples 4.3 V1,
 * V3, V4.
 */
import type { CashLoanTerms } from './account';
import { addMonthsClamped, daysBetween, type IsoDate } from './calendar';
import { accrualFen, accrue, type Fen, RATE_ONE, roundHalfUp, scaleRate } from './money';

export interface PlannedInstalment {
  /** From 1. */
  number: number;
  dueDate: IsoDate;
  /** Days of interest: from the due date before (or the start) to this due date. */
  days: number;
  principalFen: Fen;
  interestFen: Fen;
  /** Principal still to come after it. */
  balanceFen: Fen;
}

/** Interest by month is 30 days' worth of the daily rate (facts 4.1). */
const DAYS_OF_A_RATE_MONTH = 30n;

/** The schedule as agreed at the start; every row is at least zero and the principal sums to the loan. */
export function planSchedule(terms: CashLoanTerms): PlannedInstalment[] {
  const dueDates = Array.from({ length: terms.months }, (_, index) => addMonthsClamped(terms.startDate, index + 1));
  const days = dueDates.map((dueDate, index) => daysBetween(dueDates[index - 1] ?? terms.startDate, dueDate));
  const factors = days.map((count) => periodRate(terms, count));
  const levelFen = terms.method === 'interest-first' ? 0 : levelPaymentFen(terms.principalFen, factors);
  let balanceFen = terms.principalFen;
  return dueDates.map((dueDate, index) => {
    const interestFen = accrualFen(accrue(balanceFen, factors[index] ?? 0n, 1));
    const isLast = index === terms.months - 1;
    const principalFen = isLast ? balanceFen : principalPart(terms, levelFen, interestFen, balanceFen);
    balanceFen -= principalFen;
    return { number: index + 1, dueDate, days: days[index] ?? 0, principalFen, interestFen, balanceFen };
  });
}

/** The rate of one period, scaled: by actual days, or by a month of 30 days. */
function periodRate(terms: CashLoanTerms, days: number): bigint {
  const daily = scaleRate(terms.dailyRate);
  return terms.method === 'level-monthly' ? daily * DAYS_OF_A_RATE_MONTH : daily * BigInt(days);
}

function principalPart(terms: CashLoanTerms, levelFen: Fen, interestFen: Fen, balanceFen: Fen): Fen {
  if (terms.method === 'interest-first') return 0;
  // A tiny loan at a rounded-up payment could repay early; it never repays more than there is.
  return Math.min(Math.max(0, levelFen - interestFen), balanceFen);
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
