/** Rates as text: exact ones cut to what a rate can carry, and any rate as percent. */
import type { ExactRate } from '../credit/accrual';
import { type DecimalRate, RATE_ONE, scaleRate } from './money';

/**
 * With as many of 14 decimals as it has. Cut and not rounded where it has more: told, or entered again as a rate, it
 * must not pass the line that the exact one keeps to.
 */
export function decimalText({ numerator, denominator }: ExactRate): DecimalRate {
  return textOf((numerator * RATE_ONE) / denominator);
}

/** A rate as percent, exactly: `0.0004` is `0.04`. */
export function percentOf(rate: DecimalRate): string {
  return textOf(scaleRate(rate) * 100n);
}

function textOf(scaled: bigint): string {
  const digits = scaled.toString().padStart(15, '0');
  return `${digits.slice(0, -14)}.${digits.slice(-14)}`.replace(/\.?0+$/, '');
}
