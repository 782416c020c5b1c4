/**
 * When and by which channel a borrower may be contacted: one budget that binds every notice, product and channel of a
 * person together. Source: facts 2.1 (nothing between 22:00 and 08:00), 2.2 and 3.7 (opting out), 5.2 (holds; a notice
 * inside the quiet hours moves to their end). docs/contact-rules.md
 */

import type { ContactPolicy, NoticePolicy } from '../../policy/lendingPolicy';
import { addDays, type IsoDate } from '../../values/calendar';
import {
  atWallTimeMs,
  dateAt,
  endOfDateMs,
  minuteOfDay,
  minutesOf,
  startOfDateMs,
  type Zone,
} from '../../values/clock';
import { DAY_MS, MINUTE_MS, WEEK_MS } from '../../values/timeUnits';
import { type NoticeClass, type NoticeKind, noticeKind } from '../outbox/noticeKinds';

type QuietHours = Pick<NoticePolicy, 'quietFrom' | 'quietUntil'>;

/** What binds where a policy says nothing. Source: facts 2.1, the suggested caps; starting values to verify. */
export const DEFAULT_CONTACT: ContactPolicy = {
  perBorrowerPerWeek: 5,
  spacingMinutes: 240,
  restDaysFrom: '09:00',
  billSpreadMinutes: 240,
};

/** For a policy that says nothing of it. A starting value to verify: no source demands one. */
const PHONE_COOL_DOWN_DAYS = 7;

/** How long a changed phone waits before notices of money go to it. */
export function phoneCoolDownMs({ contact }: Pick<NoticePolicy, 'contact'>): number {
  return (contact?.phoneCoolDownDays ?? PHONE_COOL_DOWN_DAYS) * DAY_MS;
}

function classOf(kind: NoticeKind): NoticeClass {
  return noticeKind(kind).class;
}

export const HOLD_KINDS = ['dispute', 'hardship', 'bereavement', 'disaster', 'judicial', 'fraud'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** Which notices a hold stops. What law demands is stopped by none of them (facts 2.7, Art. 15). */
const STOPPED_BY: Record<HoldKind, readonly NoticeClass[]> = {
  // The amount is contested: nothing that states it goes out.
  dispute: ['service', 'overdue', 'courtesy'],
  hardship: ['overdue'],
  bereavement: ['service', 'overdue', 'courtesy'],
  disaster: ['overdue', 'courtesy'],
  judicial: ['service', 'overdue', 'courtesy'],
  // The phone may be in other hands.
  fraud: ['service', 'overdue', 'courtesy'],
};

export interface ContactQuestion {
  instantMs: number;
  kind: NoticeKind;
  /** Of {@link PlannedNotice}: 0 is statutory, and outside every cap. */
  priority: number;
  /** Instants of the notices of priority 1 and up that may have reached the borrower in the last seven days. */
  sentAtMs: readonly number[];
  /** While something is past due: instants of every text of this account, statutory ones as well, in those days. */
  accountSentAtMs?: readonly number[] | undefined;
  /** More important ones that are planned for the rest of the borrower's day; statutory ones left out. */
  moreImportantToday: number;
  holds: readonly HoldKind[];
  /** Of texts that neither law nor contract demand. */
  hasOptedOut: boolean;
  isRestDay(date: IsoDate): boolean;
  policy: Pick<NoticePolicy, 'quietFrom' | 'quietUntil' | 'perBorrowerPerDay' | 'contact'>;
  /** Where the borrower lives. */
  zone: Zone;
}

export type ContactAnswer =
  /** `inbox`: the borrower wants no texts of this kind; it can be read in the app. */
  | { status: 'allowed'; channel: 'sms' | 'inbox' }
  | {
      status: 'later';
      notBeforeMs: number;
      reason: 'quiet-hours' | 'one-a-day' | 'spacing' | 'daily-cap' | 'kept-for-more-important' | 'weekly-cap';
    }
  | { status: 'never'; reason: 'disputed' | 'held' };

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

/** The same, where rest days begin later. */
function nextContactMs(instantMs: number, { policy, zone, isRestDay }: ContactQuestion): number {
  const { restDaysFrom } = policy.contact ?? DEFAULT_CONTACT;
  const allowedMs = nextAllowedMs(instantMs, policy, zone);
  const date = dateAt(allowedMs, zone);
  if (restDaysFrom === null || !isRestDay(date)) return allowedMs;
  return nextAllowedMs(Math.max(allowedMs, atWallTimeMs(date, restDaysFrom, zone)), policy, zone);
}

/** Holds first, then the hours, then the budget: statutory, due today, overdue, courtesy, in this order of priority. */
export function mayContact(question: ContactQuestion): ContactAnswer {
  const { instantMs, kind, priority, holds, hasOptedOut } = question;
  const stopping = holds.filter((hold) => STOPPED_BY[hold].includes(classOf(kind)));
  // Of several, whatever their order, the dispute is told: it is the borrower's own word.
  if (stopping.length > 0) return { status: 'never', reason: stopping.includes('dispute') ? 'disputed' : 'held' };
  // Read in the app when the borrower likes: no hours, and nothing of the budget.
  if (hasOptedOut && classOf(kind) === 'courtesy') return { status: 'allowed', channel: 'inbox' };
  const fromMs = nextContactMs(instantMs, question);
  if (fromMs > instantMs) return { status: 'later', notBeforeMs: fromMs, reason: 'quiet-hours' };
  // A warning waits for no budget, and takes nothing of it.
  if (classOf(kind) === 'security') return { status: 'allowed', channel: 'sms' };
  const answer = onePerDay(question) ?? (priority > 0 ? overBudget(question) : undefined);
  return answer ?? { status: 'allowed', channel: 'sms' };
}

/** While something is past due an account sends one text a day: what the law demands is told the day after, too. */
function onePerDay(question: ContactQuestion): ContactAnswer | undefined {
  const { instantMs, accountSentAtMs = [], zone } = question;
  const today = dateAt(instantMs, zone);
  if (!accountSentAtMs.some((atMs) => atMs >= startOfDateMs(today, zone))) return undefined;
  return { status: 'later', notBeforeMs: nextContactMs(endOfDateMs(today, zone), question), reason: 'one-a-day' };
}

function overBudget(question: ContactQuestion): ContactAnswer | undefined {
  const { instantMs, priority, sentAtMs, moreImportantToday, policy, zone } = question;
  const { perBorrowerPerWeek, spacingMinutes } = policy.contact ?? DEFAULT_CONTACT;
  const later = (atMs: number, reason: 'spacing' | 'daily-cap' | 'kept-for-more-important' | 'weekly-cap') => {
    const notBeforeMs = nextContactMs(atMs, question);
    return { status: 'later', notBeforeMs, reason } as const;
  };
  const today = dateAt(instantMs, zone);
  const sentToday = sentAtMs.filter((atMs) => atMs >= startOfDateMs(today, zone)).length;
  const tomorrowMs = endOfDateMs(today, zone);
  if (sentToday >= policy.perBorrowerPerDay) return later(tomorrowMs, 'daily-cap');
  if (sentToday + moreImportantToday >= policy.perBorrowerPerDay) return later(tomorrowMs, 'kept-for-more-important');
  const lastMs = Math.max(...sentAtMs, Number.NEGATIVE_INFINITY);
  if (instantMs - lastMs < spacingMinutes * MINUTE_MS) return later(lastMs + spacingMinutes * MINUTE_MS, 'spacing');
  // What is due today cannot wait for the next week.
  const inWeek = sentAtMs.filter((atMs) => atMs > instantMs - WEEK_MS).sort((a, b) => a - b);
  const oldest = inWeek[inWeek.length - perBorrowerPerWeek];
  return priority > 1 && oldest !== undefined ? later(oldest + WEEK_MS, 'weekly-cap') : undefined;
}
