/**
 * What is taken from callers as a text, an amount, a date or an instant, whichever way they come. Narrower than what a language or a
 * database allows, so that whatever is accepted can be stored, printed and reckoned with everywhere: PostgreSQL keeps no
 * NUL and no half of a surrogate pair, and knows no year 0.
 */
import { isIsoDate } from './calendar';

/** Halves of surrogate pairs, and every control character but those that end a line. */
const REFUSED_CHARACTERS = /\p{Cs}|(?![\n\r])\p{Cc}/u;

/** Well-formed Unicode without control characters, ends of lines excepted. */
export function isPlainCharacters(text: string): boolean {
  return !REFUSED_CHARACTERS.test(text);
}

/** 1,000,000,000.00 CNY: above any consumer credit; a larger figure is a unit mistake. */
export const MAX_AMOUNT_FEN = 100_000_000_000;

/** What a payment, a debit or a debt may be: whole fen above 0. */
export function isAmountFen(value: unknown): value is number {
  return isUpTo(value, MAX_AMOUNT_FEN) && value > 0;
}

/** What may also be nothing, such as a known income: whole fen from 0. */
export function isKnownFen(value: unknown): value is number {
  return isUpTo(value, MAX_AMOUNT_FEN);
}

function isUpTo(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

const FIRST_DATE = '1900-01-01';
const LAST_DATE = '2199-12-31';
/** Of the instants within these dates, in any zone. */
const FIRST_INSTANT_MS = Date.UTC(1900, 0, 1);
export const LAST_INSTANT_MS = Date.UTC(2200, 0, 1) - 1;

/** A real date from 1900-01-01 to 2199-12-31. */
export function isAcceptedDate(text: string): boolean {
  return isIsoDate(text) && text >= FIRST_DATE && text <= LAST_DATE;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** Date, time and offset, of a date that is accepted; without its offset it would be another instant in another zone. */
export function isAcceptedInstant(text: string): boolean {
  return INSTANT.test(text) && isAcceptedDate(text.slice(0, 10));
}

/** Milliseconds since 1970 of an instant from 1900 to 2199 (UTC). */
export function isAcceptedInstantMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= FIRST_INSTANT_MS && (value as number) <= LAST_INSTANT_MS;
}
