/**
 * The reminder ladder: which notices an account's step promises. What can be known ahead is planned ahead (before the
 * due date); an overdue step is decided when its day has come. While something is past due there is one text a day, of
 * all of it; once the minimum is met nothing sounds like a deadline. Source: facts 5.2, docs/notices.md.
 */

import { DEFAULT_CONTACT, nextAllowedMs } from '../messaging/contact/contactRules';
import { noticeKind } from '../messaging/outbox/noticeKinds';
import {
  type PastPromise,
  type PlannedNotice,
  type PlannedOn,
  paymentKey,
  promiseOf,
  renewedKey,
} from '../messaging/outbox/notices';
import { figuresOf, newestPayment } from '../messaging/outbox/noticeText';
import { spreadMinutes } from '../messaging/outbox/surge';
import type { NoticePolicy, Rung } from '../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../policy/products';
import { addDays, daysBetween, type IsoDate, maxDate } from '../values/calendar';
import { atWallTimeMs, dateAt, endOfDateMs, type Zone } from '../values/clock';
import { DAY_MS, MINUTE_MS } from '../values/timeUnits';
import type { DerivedAccount, Obligation } from './account';
import { isAskedFor } from './figures';
import { oldestOverdue, upcoming } from './obligations';

export interface LadderInput {
  /** The account at the step before; undefined when it has just been opened. */
  before: Pick<DerivedAccount, 'stage' | 'statements'> | undefined;
  after: DerivedAccount;
  policy: NoticePolicy;
  zone: Zone;
  asOfMs: number;
  /** Names the account; spreads a bill day's notices over their window. */
  accountKey: string;
  /** Every notice ever planned for the account, whatever became of it. */
  promises: readonly PastPromise[];
}

/** The notices that this step adds; planning the same step twice adds nothing. */
export function planForAccount(input: LadderInput): PlannedNotice[] {
  const { after, promises } = input;
  if (after.stage === 'written-off') return [];
  const plannedKeys = standingPromises(promises);
  const wanted = after.stage === 'settled' ? settlementNotices(input) : openNotices(input, plannedKeys);
  return wanted
    .filter((notice) => !plannedKeys.has(notice.dedupeKey) && notice.sendAfterMs < notice.expiresAtMs)
    .map((notice) => ({
      ...notice,
      dedupeKey: renewedKey(notice.dedupeKey, timesMade(notice, promises) + 1),
      plannedOn: plannedOn(after, notice.obligationKey),
    }));
}

function openNotices(input: LadderInput, plannedKeys: ReadonlySet<string>): PlannedNotice[] {
  const bills = billNotices(input);
  const isPastDue = isAskedFor(input.after, input.policy);
  return [
    ...disbursementNotices(input),
    ...paymentNotices(input),
    ...bills,
    ...(isPastDue ? overdueNotices(input, plannedKeys, bills.length > 0) : preDueNotices(input)),
  ];
}

/** What needs no second promise. What was taken back as paid stands no more, should the payment have bounced. */
function standingPromises(promises: readonly PastPromise[]): Set<string> {
  return new Set(promises.filter(({ isPaidAway }) => !isPaidAway).map(({ dedupeKey }) => promiseOf(dedupeKey)));
}

function plannedOn(account: DerivedAccount, obligationKey: string | undefined): PlannedOn {
  const { amountFen, dueDate } = figuresOf(account, obligationKey);
  return { stage: account.stage, amountFen, dueDate };
}

function timesMade({ dedupeKey }: PlannedNotice, promises: readonly PastPromise[]): number {
  return promises.filter((past) => promiseOf(past.dedupeKey) === dedupeKey).length;
}

/** Key of an overdue rung within its episode, which is named after the oldest overdue obligation. */
function overdueKey(obligationKey: string, daysPastDue: number): string {
  return `overdue/${obligationKey}/${daysPastDue}`;
}

function settlementNotices(input: LadderInput): PlannedNotice[] {
  const rung = input.policy.onSettlement;
  if (!rung || input.before?.stage === 'settled') return [];
  // By its date, so that a loan that a bounced payment opened again is told when it is settled after all.
  return [notice(input, rung, input.after.asOf, { dedupeKey: `${rung.kind}/${input.after.asOf}` })];
}

function disbursementNotices(input: LadderInput): PlannedNotice[] {
  const rung = input.policy.onDisbursement;
  if (!rung || input.before !== undefined || !PRODUCT_TABLE[input.after.product].isDisbursed) return [];
  return [notice(input, rung, input.after.asOf, { dedupeKey: rung.kind })];
}

/** Of payments that came together the newest is thanked for; one that is told of late is not thanked for any more. */
function paymentNotices(input: LadderInput): PlannedNotice[] {
  const { after, policy } = input;
  const payment = policy.onPayment ? newestPayment(after) : undefined;
  if (!policy.onPayment || !payment) return [];
  if (daysBetween(payment.valueDate, after.asOf) >= policy.expiresAfterDays) return [];
  return [notice(input, policy.onPayment, after.asOf, { dedupeKey: paymentKey(payment) })];
}

/**
 * Of bills that were issued while nobody looked, only the latest is announced; none of which nothing must be paid. Its
 * text asks for what is past due as well.
 */
function billNotices(input: LadderInput): PlannedNotice[] {
  const { before, after, policy } = input;
  const bill = after.statements.at(-1);
  const isNew = bill !== undefined && bill.number > (before?.statements.at(-1)?.number ?? 0);
  if (!policy.onBill || !isNew || bill.totalFen <= 0 || bill.dueDate < after.asOf) return [];
  const key = `statement-${bill.number}`;
  const mustBePaid = after.obligations.some((obligation) => obligation.key === key && obligation.minimumFen > 0);
  if (!mustBePaid) return [];
  const planned = notice(input, policy.onBill, bill.billDate, {
    dedupeKey: `${policy.onBill.kind}/${key}`,
    obligationKey: key,
  });
  // Only at its own time: what is late already goes out at once.
  const isInTime = planned.sendAfterMs === atWallTimeMs(bill.billDate, policy.onBill.at, input.zone);
  const { billSpreadMinutes } = policy.contact ?? DEFAULT_CONTACT;
  const daysToDue = daysBetween(bill.billDate, bill.dueDate);
  const minutes = isInTime ? spreadMinutes(input.accountKey, daysToDue, billSpreadMinutes) : 0;
  return [{ ...planned, sendAfterMs: planned.sendAfterMs + minutes * MINUTE_MS }];
}

/** Only rungs that are still ahead: a reminder for a day that has passed would say less than the next one. */
function preDueNotices(input: LadderInput): PlannedNotice[] {
  const { after, policy, zone, asOfMs } = input;
  const next = upcoming(after);
  if (!next || next.minimumFen <= 0) return [];
  const expiresAtMs = endOfDateMs(next.dueDate, zone);
  return policy.beforeDue
    .map((rung) => ({ rung, atMs: atWallTimeMs(addDays(next.dueDate, -rung.daysBefore), rung.at, zone) }))
    .filter(({ atMs }) => atMs >= asOfMs)
    .map(({ rung, atMs }) => ({
      kind: rung.kind,
      dedupeKey: `${rung.kind}/${next.key}/${rung.daysBefore}`,
      obligationKey: next.key,
      sendAfterMs: nextAllowedMs(atMs, policy, zone),
      expiresAtMs,
      priority: noticeKind(rung.kind).priority,
    }));
}

/**
 * At most one: the highest rung that was reached. After an outage nothing is caught up in a burst (facts 5.2). On a day
 * with a bill the bill's text is the one of that day, and the rung's goes out the day after.
 */
function overdueNotices(input: LadderInput, plannedKeys: ReadonlySet<string>, isBillDay: boolean): PlannedNotice[] {
  const { after, policy } = input;
  const oldest = oldestOverdue(after);
  if (!oldest) return [];
  const reached = policy.afterDue
    .filter((rung) => rung.daysPastDue <= after.daysPastDue)
    .reduce<(Rung & { daysPastDue: number }) | undefined>(
      (highest, rung) => (highest === undefined || rung.daysPastDue > highest.daysPastDue ? rung : highest),
      undefined,
    );
  if (!reached || highestPlanned(oldest, plannedKeys) >= reached.daysPastDue) return [];
  const date = isBillDay ? addDays(after.asOf, 1) : addDays(oldest.dueDate, reached.daysPastDue);
  return [
    notice(input, reached, date, { dedupeKey: overdueKey(oldest.key, reached.daysPastDue), obligationKey: oldest.key }),
  ];
}

/** The highest rung planned for the episode, 0 for none. Read from the keys: the ladder may have changed since. */
function highestPlanned(oldest: Obligation, plannedKeys: ReadonlySet<string>): number {
  const prefix = `overdue/${oldest.key}/`;
  const days = [...plannedKeys].filter((key) => key.startsWith(prefix)).map((key) => Number(key.slice(prefix.length)));
  return Math.max(0, ...days);
}

/** At the rung's time of its date; where that has passed, at its time today or else at the next allowed moment. */
function notice(
  { policy, zone, asOfMs }: LadderInput,
  rung: Rung,
  date: IsoDate,
  { dedupeKey, obligationKey }: { dedupeKey: string; obligationKey?: string },
): PlannedNotice {
  const atMs = atWallTimeMs(maxDate(date, dateAt(asOfMs, zone)), rung.at, zone);
  const sendAfterMs = nextAllowedMs(Math.max(atMs, asOfMs), policy, zone);
  return {
    kind: rung.kind,
    dedupeKey,
    obligationKey,
    sendAfterMs,
    expiresAtMs: sendAfterMs + policy.expiresAfterDays * DAY_MS,
    priority: noticeKind(rung.kind).priority,
  };
}
