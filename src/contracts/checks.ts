/** The small checks that every validation of the contracts is made of: each says what is wrong in one sentence. */
import {
  isAcceptedDate,
  isAcceptedInstant,
  isAcceptedInstantMs,
  isAmountFen,
  isPlainCharacters,
} from '../domain/acceptedValues';
import { isIsoDate } from '../domain/calendar';
import type { BusinessClock } from '../domain/clock';
import { isPersonalNumber } from '../domain/personalNumbers';
import type { Datable } from './datable';

/** Undefined, or one sentence that names the field, the fault and the fix. */
export type Fault = string | undefined;

/** Ids become keys and workflow ids: letters, digits and `._:-`, at most 100 characters. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
/** A daily rate: below one, because one would double the debt in a day. */
const DAILY_RATE = /^0(\.\d{1,14})?$/;

/** As {@link badClock}, and of instants from 1900 to 2199: what no clock of a deployment shows. */
export function badInstantsOfClock(clock: BusinessClock): Fault {
  if (isAcceptedInstantMs(clock.realEpochMs) && isAcceptedInstantMs(clock.businessEpochMs)) return undefined;
  return 'clock must have epochs from 1900 to 2199, in milliseconds since 1970';
}

export function badClock(value: unknown): Fault {
  const clock: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isWhole = Number.isSafeInteger(clock.realEpochMs) && Number.isSafeInteger(clock.businessEpochMs);
  if (isWhole && typeof clock.speed === 'number' && clock.speed >= 1) return undefined;
  return 'clock must be the deployment\'s business clock, such as {"realEpochMs":0,"businessEpochMs":0,"speed":1}';
}

export function badId(field: string, value: unknown): Fault {
  if (typeof value === 'string' && ID.test(value)) return undefined;
  return `${field} must be 1 to 100 letters, digits or ._:- such as "order-2031"`;
}

/** An id of a person, staff or borrower: never what identifies the person elsewhere as well. */
export function badPersonId(field: string, value: unknown): Fault {
  return badId(field, value) ?? badPersonalNumber(field, value);
}

/** Of an id that is one. */
export function badPersonalNumber(field: string, value: unknown): Fault {
  if (typeof value !== 'string' || !isPersonalNumber(value)) return undefined;
  return `${field} must be an id that you give, such as "staff-31": a phone or identity number is personal data`;
}

/** Of an id in a form that is ours: two things would share one key. */
export function badReserved(field: string, id: string, beginning: string): Fault {
  return id.startsWith(beginning) ? `${field} must not begin with ${beginning}, which is reserved` : undefined;
}

export function badAmount(value: unknown, field = 'amountFen'): Fault {
  if (isAmountFen(value)) return undefined;
  return `${field} must be a whole number of fen above 0, such as 12345 for 123.45 CNY`;
}

export function badDate(field: string, value: unknown): Fault {
  if (typeof value === 'string' && isIsoDate(value)) {
    return isAcceptedDate(value) ? undefined : `${field} must be a date from 1900-01-01 to 2199-12-31`;
  }
  return `${field} must be a date such as "2026-07-10"`;
}

export function badInstant(field: string, value: unknown): Fault {
  if (typeof value === 'string' && isAcceptedInstant(value)) return undefined;
  return `${field} must be an instant with its offset, such as "2026-08-01T10:20:00+08:00"`;
}

export function badNumber(field: string, value: unknown, max: number): Fault {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max) return undefined;
  return `${field} must be a whole number from 1 to ${max}`;
}

export function badRate(field: string, value: unknown): Fault {
  if (typeof value === 'string' && DAILY_RATE.test(value)) return undefined;
  return `${field} must be a daily rate below 1 with at most 14 decimals, as text such as "0.0004"`;
}

/** Two people: one alone must not change what was agreed with a borrower who is late. */
export function badPair(field: string, value: unknown): Fault {
  const [first, second, ...more]: unknown[] = Array.isArray(value) ? value : [];
  if (more.length === 0 && first !== second && !badPersonId(field, first) && !badPersonId(field, second))
    return undefined;
  return `${field} must be the ids of two different people, such as ["staff-01","staff-02"]`;
}

export function ifGiven<Value>(value: Value | undefined, check: (value: Value) => Fault): Fault {
  return value === undefined ? undefined : check(value);
}

export function badChoice(field: string, value: unknown, choices: readonly string[]): Fault {
  if (typeof value === 'string' && choices.includes(value)) return undefined;
  return `${field} must be one of ${choices.join(', ')}`;
}

/** In characters. What is said here is read by people: what is longer belongs in a document that it names. */
const MAX_TEXT = 2000;

export function badText(field: string, value: unknown): Fault {
  if (typeof value === 'string' && value.trim() !== '' && [...value].length <= MAX_TEXT) {
    if (isPlainCharacters(value)) return undefined;
    return `${field} must have no control characters but ends of lines, and no half of a character that takes two`;
  }
  return `${field} must be a text of 1 to ${MAX_TEXT} characters, without personal data`;
}

export function badUndated({ undated }: Datable): Fault {
  return undated === undefined || undated === true ? undefined : 'undated must be true, or absent';
}
