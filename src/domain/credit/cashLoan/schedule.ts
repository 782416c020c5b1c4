/**
 * Repayment schedules of a cash loan, exact and summing to the principal. Source: facts 4.1, worked examples 4.3 V1,
 * V3, V4.
 */

import type { RepaymentMethod } from '../../policy/lendingPolicy';
import { addMonthsClamped, daysBetween, type IsoDate, maxDate } from '../../values/calendar';
import { accrualFen, accrue, type DecimalRate, type Fen, RATE_ONE, roundHalfUp, scaleRate } from '../../values/money';
import type { CashLoanTerms } from '../account';

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

export interface PlanRequest {
  principalFen: Fen;
  /** From which date interest counts; a period that ends before it has no days. */
  fromDate: IsoDate;
  dueDates: readonly IsoDate[];
  firstNumber: number;
  method: RepaymentMethod;
  dailyRate: DecimalRate;
  /** Keeps this payment, instead of one payment for all due dates. */
  keepPaymentFen?: Fen | undefined;
  /** Plans no instalment after the one that repays the principal: of what was agreed at the start every one stands. */
  endsWhenRepaid?: true | undefined;
}

export interface Plan {
  instalments: PlannedInstalment[];
  /** The level payment; the last instalment differs from it by the rounding. 0 for interest first. */
  paymentFen: Fen;
}

/** The schedule as agreed at the start; every row is at least zero and the principal sums to the loan. */
export function planSchedule(terms: CashLoanTerms): PlannedInstalment[] {
  return planLoan(terms).instalments;
}

export function planLoan({ principalFen, startDate, months, method, dailyRate, dueDates }: CashLoanTerms): Plan {
  return planInstalments({
    principalFen,
    fromDate: startDate,
    dueDates: dueDates ?? monthlyDueDates(startDate, months),
    firstNumber: 1,
    method,
    dailyRate,
  });
}

/** Start date plus 1, 2, … months, clamped from the original day. */
export function monthlyDueDates(startDate: IsoDate, months: number): IsoDate[] {
  return Array.from({ length: months }, (_, index) => addMonthsClamped(startDate, index + 1));
}

/** Plans a principal over due dates. Every row is at least zero, and the principal of the rows sums to the whole. */
export function planInstalments(request: PlanRequest): Plan {
  const { principalFen, fromDate, dueDates, firstNumber, method, dailyRate, keepPaymentFen, endsWhenRepaid } = request;
  const starts = dueDates.map((_, index) => maxDate(dueDates[index - 1] ?? fromDate, fromDate));
  const days = dueDates.map((dueDate, index) => Math.max(0, daysBetween(starts[index] ?? fromDate, dueDate)));
  const scaled = method === 'level-monthly' ? monthlyRateOf(dailyRate) : scaleRate(dailyRate);
  const rates = days.map((count) => (method === 'level-monthly' ? scaled : scaled * BigInt(count)));
  const isLevel = method !== 'interest-first';
  const paymentFen = isLevel ? (keepPaymentFen ?? levelPaymentFen(principalFen, rates)) : 0;
  const rows = repay(principalFen, rates, paymentFen);
  const last = !endsWhenRepaid ? rows.length : rows.findIndex(({ balanceFen }) => balanceFen === 0) + 1;
  const instalments = rows.slice(0, last).map(({ number, ...amounts }, index) => ({
    number: firstNumber + number - 1,
    dueDate: dueDates[index] ?? fromDate,
    days: days[index] ?? 0,
    ...amounts,
  }));
  return { instalments, paymentFen };
}

/**
 * Whether the terms are too long for the amount: an instalment of them would carry neither principal nor interest. A
 * payment that is rounded up repays 100.00 over 360 months two months early; one that is rounded to nothing leaves all
 * to the last. Interest first, without interest, carries nothing before its last instalment, as agreed.
 */
export function hasEmptyInstalment(
  rows: readonly Pick<Repayment, 'principalFen' | 'interestFen'>[],
  method?: RepaymentMethod,
): boolean {
  const carrying = method === 'interest-first' ? rows.slice(-1) : rows;
  return carrying.some(({ principalFen, interestFen }) => principalFen + interestFen === 0);
}

/** A daily rate as the rate of a month, exactly, in the scale of {@link scaleRate}. */
export function monthlyRateOf(dailyRate: DecimalRate): bigint {
  return scaleRate(dailyRate) * DAYS_OF_A_RATE_MONTH;
}

/**
 * Level payments at a rate of the month, for which no dates count. The rate comes scaled and never by way of a daily
 * rate: 0.01 / 30 has no end, and cut after 14 decimals it would turn half a fen of interest into less than half.
 */
export function planMonthlySchedule(principalFen: Fen, months: number, monthlyRateScaled: bigint): Repayment[] {
  const rates = Array<bigint>(months).fill(monthlyRateScaled);
  return repay(principalFen, rates, levelPaymentFen(principalFen, rates));
}

/**
 * Repays the principal over periods of these scaled rates by a payment; the last one takes what is left of it. Where
 * the principal comes last, the payment is 0 and no principal is repaid before.
 */
function repay(principalFen: Fen, periodRates: readonly bigint[], paymentFen: Fen): Repayment[] {
  let balanceFen = principalFen;
  return periodRates.map((rate, index) => {
    const interestFen = accrualFen(accrue(balanceFen, rate, 1));
    const isLast = index === periodRates.length - 1;
    // A tiny loan at a rounded-up payment could repay early; it never repays more than there is.
    const partFen = isLast ? balanceFen : Math.min(Math.max(0, paymentFen - interestFen), balanceFen);
    balanceFen -= partFen;
    return { number: index + 1, principalFen: partFen, interestFen, balanceFen };
  });
}

/**
 * The equal payment A with P = sum over k of A / prod(j <= k)(1 + r_j), as an exact fraction rounded once:
 * A = P x prod(all f) / sum over k of S^k x prod(j > k) f_j, where f_j = S + r_j in the scale S.
 */
function levelPaymentFen(principalFen: Fen, periodRates: readonly bigint[]): Fen {
  let product = 1n;
  let weighted = 0n;
  let power = 1n;
  for (const rate of periodRates) {
    const factor = RATE_ONE + rate;
    power *= RATE_ONE;
    product *= factor;
    // Horner's rule: one product for each period, and no power anew.
    weighted = weighted * factor + power;
  }
  return roundHalfUp(BigInt(principalFen) * product, weighted);
}
