/**
 * Money and rates without floating point. Source: facts 4.1 (conventions), 4.3 V1 to V8.
 *
 * An amount is a whole number of fen (1/100 CNY). A rate is a decimal string with up to 14 decimals, held as a
 * scaled bigint while it is computed with. Rounding is half up, away from zero, and happens only where an amount
 * is posted: rounding every accrual day would give 17.55 where 17.59 is owed (facts 4.3 V7).
 */

/** Whole fen; a safe integer. Negative only where a name says so (a difference, a credit line of an entry). */
export type Fen = number;

/** A non-negative decimal such as `"0.0005"`, at most 14 decimals. */
export type DecimalRate = string;

/** One in the scale of {@link scaleRate}: rates carry 14 decimals. */
export const RATE_ONE = 10n ** 14n;

const RATE_PATTERN = /^(\d{1,6})(?:\.(\d{1,14}))?$/;

/** The rate times 10^14, exactly. Throws `RangeError` for anything but a non-negative decimal of 14 decimals. */
export function scaleRate(rate: DecimalRate): bigint {
  const match = RATE_PATTERN.exec(rate);
  if (!match)
    throw new RangeError(`rate ${JSON.stringify(rate)} is not a decimal like "0.0005" with at most 14 decimals`);
  return BigInt(match[1] ?? '0') * RATE_ONE + BigInt((match[2] ?? '').padEnd(14, '0'));
}

/** Whether a rate is above the highest that may be agreed; none is not. */
export function isHigherRate(rate: DecimalRate | undefined, max: DecimalRate): boolean {
  return rate !== undefined && scaleRate(rate) > scaleRate(max);
}

/** The quotient rounded half up (away from zero on a tie). The denominator must be positive. */
export function roundHalfUp(numerator: bigint, denominator: bigint): Fen {
  if (denominator <= 0n) throw new RangeError('the denominator must be positive');
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return toFen(negative ? -rounded : rounded);
}

/** A bigint as fen. Throws `RangeError` beyond the safe integers: no silent loss of a fen. */
export function toFen(amount: bigint): Fen {
  const fen = Number(amount);
  if (!Number.isSafeInteger(fen)) throw new RangeError(`amount ${amount} is beyond the safe integers`);
  return fen;
}

/**
 * An exact accrual, in fen times 10^14. Kept exact over days and over changes of the principal; only
 * {@link accrualFen} rounds it, when it is posted.
 */
export type ExactAccrual = bigint;

/** What `principalFen` accrues over whole days at a daily rate, simple, unrounded. */
export function accrue(principalFen: Fen, dailyRateScaled: bigint, days: number): ExactAccrual {
  if (days < 0) throw new RangeError(`cannot accrue over ${days} days`);
  return BigInt(principalFen) * dailyRateScaled * BigInt(days);
}

/** An exact accrual as fen, rounded half up: the one place where an accrual is rounded. */
export function accrualFen(accrued: ExactAccrual): Fen {
  return roundHalfUp(accrued, RATE_ONE);
}

/** `amountFen` times a ratio, rounded half up. */
export function shareFen(amountFen: Fen, ratio: DecimalRate): Fen {
  return roundHalfUp(BigInt(amountFen) * scaleRate(ratio), RATE_ONE);
}

/** Splits an amount in `parts` equal floor parts; the remainder falls on the last, so that they sum exactly. */
export function splitEvenly(totalFen: Fen, parts: number): Fen[] {
  if (!Number.isInteger(parts) || parts < 1) throw new RangeError(`cannot split in ${parts} parts`);
  const each = Math.floor(totalFen / parts);
  return Array.from({ length: parts }, (_, index) => (index === parts - 1 ? totalFen - each * (parts - 1) : each));
}

/** Yuan with two decimals and thousands separators, as notices print it: `1234567` is `12,345.67`. */
export function formatYuan(amountFen: Fen): string {
  const sign = amountFen < 0 ? '-' : '';
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${yuan}.${digits.slice(-2)}`;
}
