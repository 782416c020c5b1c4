/**
 * Exact amounts of the oracle: whole numbers of a part of a fen so small that every rate of a policy fits: a product
 * of two rates with 14 decimals, and an annual rate over 365. Rounded, half up, only where something is posted.
 */

/** Names of the language looked up once: under Jest each look-up of a global takes longer than the sum itself. */
const toBigInt = BigInt;
const toNumber = Number;

/** Parts of one fen. */
const PARTS = 365n * 10n ** 28n;

/** An exact amount in parts of a fen, or a rate in parts of one. */
export type Exact = bigint;

/** A rate as a fraction: `numerator / denominator`. */
export interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** `0.0004` as 4 / 10,000. */
export function fractionOf(decimal: string): Fraction {
  const [whole = '0', decimals = ''] = decimal.split('.');
  return { numerator: toBigInt(whole + decimals), denominator: 10n ** toBigInt(decimals.length) };
}

const KNOWN_RATES = new Map<string, Exact>();

/** A decimal rate in parts of one; kept, because each day of a life asks for it. */
export function rateOf(decimal: string): Exact {
  const known = KNOWN_RATES.get(decimal);
  if (known !== undefined) return known;
  const { numerator, denominator } = fractionOf(decimal);
  const rate = (numerator * PARTS) / denominator;
  KNOWN_RATES.set(decimal, rate);
  return rate;
}

/** The daily penalty rate of a cash loan: the smaller of multiplier x contract rate and annual cap / 365. */
export function penaltyRateOf(dailyRate: string, multiplier: string, annualCap: string): Exact {
  const name = `${dailyRate} x ${multiplier}, at most ${annualCap}`;
  const known = KNOWN_RATES.get(name);
  if (known !== undefined) return known;
  const contract = fractionOf(dailyRate);
  const times = fractionOf(multiplier);
  const multiplied = (contract.numerator * times.numerator * PARTS) / (contract.denominator * times.denominator);
  const cap = fractionOf(annualCap);
  const capped = (cap.numerator * PARTS) / (cap.denominator * 365n);
  const rate = multiplied < capped ? multiplied : capped;
  KNOWN_RATES.set(name, rate);
  return rate;
}

/** One day of interest, or so many, on a principal. */
export function interestOf(principalFen: number, rate: Exact, days = 1): Exact {
  return toBigInt(principalFen) * rate * toBigInt(days);
}

/** Half up, to whole fen; never called with less than zero. */
export function toFen(amount: Exact): number {
  return toNumber((2n * amount + PARTS) / (2n * PARTS));
}

/** `amountFen x numerator / denominator`, half up. */
export function shareFen(amountFen: number, numerator: bigint | number, denominator: bigint | number): number {
  const over = toBigInt(denominator);
  return toNumber((2n * toBigInt(amountFen) * toBigInt(numerator) + over) / (2n * over));
}
