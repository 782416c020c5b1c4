/** Repayment plans of the oracle: docs/ledger.md, Schedules, and facts 4.1 for the formula of a level payment. */
import { type Exact, type Fraction, fractionOf, interestOf, shareFen, toFen } from './exactAmounts';

/** Days of interest of a month under `level-monthly`, whatever its length. */
export const MONTH_DAYS = 30;

/** A period from its first day to the due date, with the days its interest is planned for. */
export interface Period {
  fromDay: number;
  dueDay: number;
  days: number;
}

export interface PlannedPart {
  principalFen: number;
  interestFen: number;
}

/**
 * The level payment: P / sum over k of prod over j <= k of 1 / (1 + rate x days of j), rounded half up once. Both
 * sides are multiplied by all factors, so that only whole numbers remain.
 */
export function levelPaymentFen(principalFen: number, dailyRate: string, periods: readonly Period[]): number {
  const rate: Fraction = fractionOf(dailyRate);
  const factors = periods.map(({ days }) => rate.denominator + rate.numerator * BigInt(days));
  // After the loop: sum over k of prod of the factors after k, each over the denominator as often.
  let sum = 0n;
  let product = 1n;
  let scale = 1n;
  for (const factor of [...factors].reverse()) {
    sum += product * (rate.denominator ** BigInt(factors.length) / scale);
    product *= factor;
    scale *= rate.denominator;
  }
  return shareFen(principalFen, product, sum);
}

/** Principal and interest of each period when so much is paid in each, and the rest with the last: all dates are kept. */
export function partsOfLevel(
  principalFen: number,
  paymentFen: number,
  rate: Exact,
  periods: readonly Period[],
): PlannedPart[] {
  const parts: PlannedPart[] = [];
  let leftFen = principalFen;
  for (const [index, { days }] of periods.entries()) {
    const interestFen = toFen(interestOf(leftFen, rate, days));
    const isLast = index === periods.length - 1;
    const partFen = isLast ? leftFen : Math.min(leftFen, Math.max(0, paymentFen - interestFen));
    parts.push({ principalFen: partFen, interestFen });
    leftFen -= partFen;
  }
  return parts;
}

/** Interest of each period, and all principal with the last. */
export function partsOfInterestFirst(principalFen: number, rate: Exact, periods: readonly Period[]): PlannedPart[] {
  return periods.map(({ days }, index) => ({
    principalFen: index === periods.length - 1 ? principalFen : 0,
    interestFen: toFen(interestOf(principalFen, rate, days)),
  }));
}
