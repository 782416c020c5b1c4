/**
 * What a credit costs in a year, from the money that moves: what the borrower received and what the borrower pays back.
 * Source: facts 4.1 (annualised rates, IRR), 2.5 (cost cap), 4.3 V1, V6, V11; docs/cost-disclosure.md, "Caps". These are
 * rates of disclosure, so they are floats; no amount is ever computed from them.
 */
import { type DecimalRate, type Fen, RATE_ONE, scaleRate } from '../values/money';

export interface CashFlows {
  /** What reached the borrower: the principal less everything deducted upfront (Civil Code art. 670, facts 2.5). */
  receivedFen: Fen;
  /** All that is paid at the end of month 1, 2, …: principal, interest and every fee. 0 for a month without payment. */
  paymentsFen: readonly Fen[];
  /** Days of the period before each payment, from the payment before it or the start; absent where no dates are known. */
  periodDays?: readonly number[] | undefined;
}

export interface TrueCost {
  monthlyIrr: number;
  /** 12 x monthly IRR. */
  aprNominal: number;
  /** 365 x daily IRR: what the days of the calendar make of it. Absent where no dates are known. */
  aprDaily?: number | undefined;
  /** (1 + monthly IRR)^12 - 1. */
  ear: number;
}

/** The cost line of 24 % a year that binds today (facts 2.5). */
export const COST_CAP: DecimalRate = '0.24';
/** A millionth, for what rounding payments to the fen adds (facts 4.1). */
export const COST_TOLERANCE: DecimalRate = '0.000001';

const MONTHS_OF_A_YEAR = 12;
const DAYS_OF_A_YEAR = 365;
/** A double has 53 bits: after so many halvings of [0, 1] the two ends have met. */
const HALVINGS = 64;

/**
 * The rate r of a month for which the payments, each divided by (1 + r)^month, are worth what was received; 0 when
 * exactly the received sum comes back. Throws `RangeError` when no rate from 0 to 1 does that: less comes back than was
 * received, or more than 100 % a month is charged; and for what are no whole fen.
 */
export function monthlyIrr(receivedFen: Fen, paymentsFen: readonly Fen[]): number {
  checkFlows(receivedFen, paymentsFen);
  const paidFen = paymentsFen.reduce((sum, paymentFen) => sum + paymentFen, 0);
  if (paidFen < receivedFen) {
    throw new RangeError(
      `payments of ${paidFen} fen are less than the ${receivedFen} fen received: no rate is that low`,
    );
  }
  if (paidFen === receivedFen) return 0;
  if (presentValue(paymentsFen, 1) > receivedFen) {
    throw new RangeError(`payments of ${paidFen} fen for ${receivedFen} fen received are above 100 % a month`);
  }
  return rateThatIsWorth(receivedFen, (rate) => presentValue(paymentsFen, rate));
}

/**
 * The daily rate at which a loan that counts actual days would cost the same: interest of a period is rate x days on
 * what is outstanding, and is paid with the payment at its end. So a loan of any length at 0.07 % a day has 0.07 %, in
 * February as in March. Refuses what {@link monthlyIrr} refuses, and periods that are not whole days from 1 on.
 */
export function dailyIrr(receivedFen: Fen, paymentsFen: readonly Fen[], periodDays: readonly number[]): number {
  checkFlows(receivedFen, paymentsFen);
  const isPeriod = (days: number) => Number.isSafeInteger(days) && days > 0;
  if (periodDays.length !== paymentsFen.length || !periodDays.every(isPeriod)) {
    throw new RangeError(`periods of ${periodDays.join(', ')} days: each payment needs one, of whole days from 1 on`);
  }
  const paidFen = paymentsFen.reduce((sum, paymentFen) => sum + paymentFen, 0);
  if (paidFen < receivedFen) {
    throw new RangeError(
      `payments of ${paidFen} fen are less than the ${receivedFen} fen received: no rate is that low`,
    );
  }
  if (paidFen === receivedFen) return 0;
  if (presentValue(paymentsFen, 1, periodDays) > receivedFen) {
    throw new RangeError(`payments of ${paidFen} fen for ${receivedFen} fen received are above 100 % a day`);
  }
  return rateThatIsWorth(receivedFen, (rate) => presentValue(paymentsFen, rate, periodDays));
}

/** Where a value that falls with its rate meets what was received. */
function rateThatIsWorth(receivedFen: Fen, valueAt: (rate: number) => number): number {
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (valueAt(middle) > receivedFen) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** All rates of the same flows; throws as {@link monthlyIrr} and {@link dailyIrr} do. */
export function trueCostOf({ receivedFen, paymentsFen, periodDays }: CashFlows): TrueCost {
  const irr = monthlyIrr(receivedFen, paymentsFen);
  const byMonth = { monthlyIrr: irr, aprNominal: MONTHS_OF_A_YEAR * irr, ear: (1 + irr) ** MONTHS_OF_A_YEAR - 1 };
  if (periodDays === undefined) return byMonth;
  return { ...byMonth, aprDaily: DAYS_OF_A_YEAR * dailyIrr(receivedFen, paymentsFen, periodDays) };
}

/**
 * The annual rate that is held against the cost cap: the larger of 12 x monthly IRR and 365 x daily IRR, because a short
 * month hides in the first what the second shows. Never the compound rate. Without dates, the first alone.
 */
export function cappedRateOf({ aprNominal, aprDaily }: Pick<TrueCost, 'aprNominal' | 'aprDaily'>): number {
  return Math.max(aprNominal, aprDaily ?? aprNominal);
}

/**
 * Whether an annual rate, that of {@link cappedRateOf}, keeps to a cap. The tolerance is there because rounding the
 * payment up to the fen alone lifts a loan at 2 % a month to 24.000063 % (facts 4.1).
 */
export function withinCostCap(annualRate: number, cap: DecimalRate, tolerance: DecimalRate): boolean {
  // A rate that is no number must not pass as low enough, nor as a mere refusal: something before this is broken.
  if (!Number.isFinite(annualRate)) throw new RangeError(`a rate of ${annualRate} cannot be held against a cap`);
  return annualRate <= Number(scaleRate(cap) + scaleRate(tolerance)) / Number(RATE_ONE);
}

/** The sum of all payments, each discounted by its periods (months, or so many days each), from the last to the first. */
function presentValue(paymentsFen: readonly Fen[], rate: number, periodDays?: readonly number[]): number {
  return paymentsFen.reduceRight(
    (laterValue, paymentFen, index) => (laterValue + paymentFen) / (1 + rate * (periodDays?.[index] ?? 1)),
    0,
  );
}

function checkFlows(receivedFen: Fen, paymentsFen: readonly Fen[]): void {
  if (!Number.isSafeInteger(receivedFen) || receivedFen <= 0) {
    throw new RangeError(`received ${receivedFen} fen: a cost needs a positive whole number of fen`);
  }
  const wrong = paymentsFen.findIndex((paymentFen) => !Number.isSafeInteger(paymentFen) || paymentFen < 0);
  if (wrong >= 0) {
    throw new RangeError(`payment ${wrong + 1} is ${paymentsFen[wrong]} fen: it must be a whole number from 0 on`);
  }
}
