/**
 * When a borrower may be contacted: they bind every notice and every product of one borrower together. Source: facts
 * 2.1 (nothing between 22:00 and 08:00) and 5.2 (a notice inside the quiet hours moves to their end).
 */
import { addDays } from './calendar';
import { atWallTimeMs, dateAt, endOfDateMs, minuteOfDay, minutesOf, type Zone } from './clock';
import type { NoticePolicy } from './products';

type QuietHours = Pick<NoticePolicy, 'quietFrom' | 'quietUntil'>;

export interface ContactQuestion {
  instantMs: number;
  /** Notices of priority 1 and up sent to the borrower on the instant's date, over all products. */
  sentToBorrowerToday: number;
  /** Of {@link PlannedNotice}: 0 is statutory, and not counted against the day's cap. */
  priority: number;
  policy: QuietHours & Pick<NoticePolicy, 'perBorrowerPerDay'>;
  zone: Zone;
}

export type ContactAnswer =
  | { allowed: true }
  | { allowed: false; notBeforeMs: number; reason: 'quiet-hours' | 'daily-cap' };

export function isQuiet(instantMs: number, policy: QuietHours, zone: Zone): boolean {
  const minute = minuteOfDay(instantMs, zone);
  const from = minutesOf(policy.quietFrom);
  const until = minutesOf(policy.quietUntil);
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** The instant itself outside the quiet hours, else the end of those quiet hours. */
export function nextAllowedMs(instantMs: number, policy: QuietHours, zone: Zone): number {
  if (!isQuiet(instantMs, policy, zone)) return instantMs;
  const date = dateAt(instantMs, zone);
  // In the evening part of hours that cross midnight they end on the next date.
  const endsTomorrow = minuteOfDay(instantMs, zone) >= minutesOf(policy.quietUntil);
  return atWallTimeMs(endsTomorrow ? addDays(date, 1) : date, policy.quietUntil, zone);
}

export function mayContact({ instantMs, sentToBorrowerToday, priority, policy, zone }: ContactQuestion): ContactAnswer {
  const allowedFromMs = nextAllowedMs(instantMs, policy, zone);
  if (allowedFromMs > instantMs) return { allowed: false, notBeforeMs: allowedFromMs, reason: 'quiet-hours' };
  if (priority > 0 && sentToBorrowerToday >= policy.perBorrowerPerDay) {
    const tomorrowMs = endOfDateMs(dateAt(instantMs, zone), zone);
    return { allowed: false, notBeforeMs: nextAllowedMs(tomorrowMs, policy, zone), reason: 'daily-cap' };
  }
  return { allowed: true };
}
