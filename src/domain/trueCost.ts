/**
 * What a credit costs in a year, from the money that moves: what the borrower received and what the borrower pays back.
 * Source: facts 4.1 (annualised rates, IRR), 2.5 (cost cap), 4.3 V1, V6, V11. These are rates of disclosure, so they
 * are floats; no amount is ever computed from them.
 */
import { type DecimalRate, type Fen, RATE_ONE, scaleRate } from './money';

export interface CashFlows {
  /** What reached the borrower: the principal less everything deducted upfront (Civil Code art. 670, facts 2.5). */
  receivedFen: Fen;
  /** All that is paid at the end of month 1, 2, …: principal, interest and every fee. 0 for a month without payment. */
  paymentsFen: readonly Fen[];
}

export interface TrueCost {
  monthlyIrr: number;
  /** 12 x monthly IRR: the figure that the cost line of facts 2.5 is held against. */
  aprNominal: number;
  /** (1 + monthly IRR)^12 - 1. */
  ear: number;
}

/** The cost line of 24 % a year that binds today (facts 2.5). */
export const COST_CAP: DecimalRate = '0.24';
/** A millionth, for what rounding payments to the fen adds (facts 4.1). */
export const COST_TOLERANCE: DecimalRate = '0.000001';

const MONTHS_OF_A_YEAR = 12;
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
  let low = 0;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (presentValue(paymentsFen, middle) > receivedFen) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** All three rates of the same flows; throws as {@link monthlyIrr} does. */
export function trueCostOf({ receivedFen, paymentsFen }: CashFlows): TrueCost {
  const irr = monthlyIrr(receivedFen, paymentsFen);
  return { monthlyIrr: irr, aprNominal: MONTHS_OF_A_YEAR * irr, ear: (1 + irr) ** MONTHS_OF_A_YEAR - 1 };
}

/**
 * Whether a nominal annual rate keeps to a cap. The tolerance is there because rounding the payment up to the fen alone
 * lifts a loan at 2 % a month to 24.000063 % (facts 4.1).
 */
export function withinCostCap(aprNominal: number, cap: DecimalRate, tolerance: DecimalRate): boolean {
  // A rate that is no number must not pass as low enough, nor as a mere refusal: something before this is broken.
  if (!Number.isFinite(aprNominal)) throw new RangeError(`a rate of ${aprNominal} cannot be held against a cap`);
  return aprNominal <= Number(scaleRate(cap) + scaleRate(tolerance)) / Number(RATE_ONE);
}

/** The sum of all payments, each discounted by its months, from the last to the first. */
function presentValue(paymentsFen: readonly Fen[], monthlyRate: number): number {
  return paymentsFen.reduceRight((laterValue, paymentFen) => (laterValue + paymentFen) / (1 + monthlyRate), 0);
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
