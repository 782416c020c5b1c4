/** Which business dates are to be closed, and what each waits for. Pure: what the books know comes in. */

import { addDays, type IsoDate } from '../values/calendar';
import { endOfDateMs, type Zone } from '../values/clock';
import { MINUTE_MS } from '../values/timeUnits';
import type { UnbookedDebit } from './reconciliation';

/** What arrives in the last minutes of a date is stepped by then: half an hour of business time. */
const CLOSES_AFTER_MS = 30 * MINUTE_MS;

/** Of the accounts of one zone: the one that has waited longest for a step, and since when. */
export interface OldestUnstepped {
  zone: Zone;
  accountId: string;
  /** Its deadline; its opening, where it has not even taken its first step. */
  sinceMs: number;
}

/** A date begins to be closed after it has ended for every account, and for the evidence, which has a zone of its own. */
export function closesAtMs(date: IsoDate, zones: readonly Zone[]): number {
  return Math.max(...zones.map((zone) => endOfDateMs(date, zone))) + CLOSES_AFTER_MS;
}

/** Dates from the first on that may be closed at an instant, in order; at most `most` of them. */
export function datesToClose(
  first: IsoDate,
  { asOfMs, zones, most }: { asOfMs: number; zones: readonly Zone[]; most: number },
): IsoDate[] {
  const dates: IsoDate[] = [];
  for (let date = first; dates.length < most && closesAtMs(date, zones) <= asOfMs; date = addDays(date, 1)) {
    dates.push(date);
  }
  return dates;
}

/** The account whose step of the date, or of a date before it, is still to come; undefined when none is. */
export function unsteppedOn(date: IsoDate, oldest: readonly OldestUnstepped[]): string | undefined {
  return oldest.find(({ zone, sinceMs }) => sinceMs < endOfDateMs(date, zone))?.accountId;
}

/** An account whose step of a date is missing, and the first of the looks in a row that found it so. */
export interface Holder {
  accountId: string;
  sinceMs: number;
}

/** Since when each account holds a date: what the look before told stands, as long as it is about the same date. */
export function holdersSince(
  accountIds: readonly string[],
  before: { businessDate: IsoDate; holders?: readonly Holder[] | undefined } | undefined,
  { businessDate, asOfMs }: { businessDate: IsoDate; asOfMs: number },
): Holder[] {
  const known = before?.businessDate === businessDate ? before.holders : undefined;
  return accountIds.map((accountId) => {
    const sinceMs = known?.find((holder) => holder.accountId === accountId)?.sinceMs ?? asOfMs;
    return { accountId, sinceMs };
  });
}

/**
 * Of them, those that a person has to look at. On a fast clock a step takes hours of it, and the patience for a debit
 * says how fast it is: it is waited four times that at least.
 */
export function heldTooLong(
  holders: readonly Holder[],
  { asOfMs, waitsMs, patienceMs }: { asOfMs: number; waitsMs: number; patienceMs: number },
): Holder[] {
  return holders.filter(({ sinceMs }) => asOfMs - sinceMs >= Math.max(waitsMs, 4 * patienceMs));
}

/**
 * The account that a settled debit of the date has still to be told to. That takes seconds; one that is not booked
 * `patienceMs` after it has settled is waited for no longer: the close finds it.
 */
export function untoldOn(
  date: IsoDate,
  debits: ReadonlyMap<string, readonly UnbookedDebit[]>,
  { asOfMs, patienceMs, zones }: { asOfMs: number; patienceMs: number; zones: readonly Zone[] },
): string | undefined {
  const endMs = Math.max(...zones.map((zone) => endOfDateMs(date, zone)));
  for (const [accountId, settled] of debits) {
    if (settled.some(({ outcomeAtMs }) => outcomeAtMs < endMs && asOfMs - outcomeAtMs < patienceMs)) return accountId;
  }
  return undefined;
}
