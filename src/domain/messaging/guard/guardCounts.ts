/**
 * What the anomaly guard counts: which messages the books know of, what has left, what providers confirmed, what is held.
 * The rules that judge by these counts are in `guardSurroundingRules.ts`; the statements of `db` count the same, under
 * the guard's lock.
 */

import type { Stage } from '../../credit/account';
import { DAY_MS, HOUR_MS } from '../../values/timeUnits';
import type { AttemptStatus } from '../outbox/noticeStatuses';
import type { NoticeStatus } from '../outbox/notices';
import { phoneChangeKey } from '../outbox/notices';
import type { GuardMessage, GuardRule } from './guardEvidence';
import { OPEN_SIGNALS_REASON } from './guardIncidents';
import { promiseKey } from './guardSurroundingRules';

/** A receipt may overtake the answer that names its message. */
export const OVERTAKING_MS = 600_000;
/** A notice is good for three days after its time. */
export const ON_RECORD_MS = 4 * DAY_MS;
/** More of a provider's receipts tell nothing new. */
export const RECENT = 100;

/** What the books must show for a message. */
export type Cause = 'bill' | 'disbursement' | 'settlement' | 'payment' | 'phone-change' | 'overdue' | 'before-due';

/** By the ladder of its own account: a group may follow several. */
export function causeOf({ kind, ladder }: Pick<GuardMessage, 'kind' | 'ladder'>): Cause {
  if (kind === 'phone-changed') return 'phone-change';
  if (kind === ladder.onBill?.kind) return 'bill';
  if (kind === ladder.onDisbursement?.kind) return 'disbursement';
  if (kind === ladder.onSettlement?.kind) return 'settlement';
  if (kind === ladder.onPayment?.kind) return 'payment';
  return ladder.afterDue.some((rung) => rung.kind === kind) ? 'overdue' : 'before-due';
}

/** What is on record around a message. */
export interface OnRecord {
  /** It is in the plan of a day. */
  isPlanned: boolean;
  obligationKey: string | null;
  dedupeKey: string;
  account: { openedAtMs: number; stage: Stage; advancedAtMs: number | null; pastDueSince: string | null };
  bills: readonly { number: number; issuedAtMs: number }[];
  facts: readonly { kind: string; arrivedAtMs: number }[];
  phoneChanges: readonly { version: number; toVersion: number }[];
}

/**
 * Whether a message is in a plan, or its step on record in the books: a bill, an account that was opened, settled or is
 * past due, a payment that bounced, a phone that was changed. An attacker who puts in a notice would have to make these
 * as well.
 */
export function isExpected(cause: Cause, record: OnRecord, asOfMs: number): boolean {
  if (record.isPlanned) return true;
  const { obligationKey, dedupeKey, account, bills, facts, phoneChanges } = record;
  const isRecent = (atMs: number | null) => atMs !== null && atMs > asOfMs - ON_RECORD_MS;
  const came = (kind: string) => facts.some((fact) => fact.kind === kind && isRecent(fact.arrivedAtMs));
  switch (cause) {
    case 'bill':
      return bills.some(({ number, issuedAtMs }) => `statement-${number}` === obligationKey && isRecent(issuedAtMs));
    case 'disbursement':
      return isRecent(account.openedAtMs);
    case 'settlement':
      return account.stage === 'settled' && isRecent(account.advancedAtMs);
    case 'payment':
      return came('paid');
    case 'phone-change':
      return phoneChanges.some((change) => phoneChangeKey(change) === dedupeKey);
    case 'overdue':
      return account.pastDueSince !== null && isRecent(account.advancedAtMs);
    case 'before-due':
      return isRecent(account.openedAtMs) || came('reversed');
  }
}

/** A message that was let pass. */
export interface Pass {
  noticeId: string;
  recipient: string;
  isPlanned: boolean;
  atMs: number;
}

/** Messages of no plan that have left on the business day; those of the group aside: another try is no other message. */
export function unplannedPassed(
  passes: readonly Pass[],
  { dayStartMs, asOfMs, exceptIds }: { dayStartMs: number; asOfMs: number; exceptIds: readonly string[] },
): number {
  const counted = passes.filter(
    ({ isPlanned, atMs, noticeId }) =>
      !isPlanned && atMs >= dayStartMs && atMs <= asOfMs && !exceptIds.includes(noticeId),
  );
  return new Set(counted.map(({ noticeId }) => noticeId)).size;
}

/** Messages of the last day to a recipient; those of the group aside. */
export function passedTo(
  passes: readonly Pass[],
  { recipient, asOfMs, exceptIds }: { recipient: string; asOfMs: number; exceptIds: readonly string[] },
): number {
  const counted = passes.filter(
    (each) => each.recipient === recipient && each.atMs > asOfMs - DAY_MS && !exceptIds.includes(each.noticeId),
  );
  return new Set(counted.map(({ noticeId }) => noticeId)).size;
}

/** The promise of a notice that may have reached somebody; undefined where it certainly did not. */
export function sentPromiseOf(notice: {
  accountId: string;
  dedupeKey: string;
  status: NoticeStatus;
  attemptedAtMs: number | null;
}): string | undefined {
  const reachedNobody = ['planned', 'refused', 'cancelled'].includes(notice.status);
  return notice.attemptedAtMs === null || reachedNobody ? undefined : promiseKey(notice);
}

/** An attempt at a provider. */
export interface ProviderAttempt {
  status: AttemptStatus;
  attemptedAtMs: number;
  outcomeAtMs: number | null;
}

const isConfirmed = ({ status }: Pick<ProviderAttempt, 'status'>) => status === 'delivered' || status === 'undelivered';

/** Ends that a provider told after an instant, oldest first; true is undelivered. */
export function recentFailures(attempts: readonly ProviderAttempt[], fromMs: number): boolean[] {
  return attempts
    .filter((each) => isConfirmed(each) && each.outcomeAtMs !== null && each.outcomeAtMs > fromMs)
    .sort((one, other) => (one.outcomeAtMs ?? 0) - (other.outcomeAtMs ?? 0))
    .slice(-RECENT)
    .map(({ status }) => status === 'undelivered');
}

/** When it took what it took after the newest message that it has confirmed; what it refused it did not take. */
export function unconfirmedSince(attempts: readonly ProviderAttempt[], fromMs: number): number[] {
  const confirmed = attempts.filter(isConfirmed).map(({ attemptedAtMs }) => attemptedAtMs);
  const afterMs = Math.max(fromMs, ...confirmed);
  return attempts
    .filter(({ status, attemptedAtMs }) => status !== 'refused' && status !== 'not-sent' && attemptedAtMs > afterMs)
    .map(({ attemptedAtMs }) => attemptedAtMs)
    .sort((one, other) => one - other)
    .slice(0, RECENT);
}

/**
 * Ids of receipts of the last hour that are of no message of ours; those that came just now are left out. An id that an
 * attempt was given later is not what such a receipt is about.
 */
export function foreignIds(
  receipts: readonly { providerMessageId: string; receivedAtMs: number; order: number | null }[],
  given: readonly { providerMessageId: string; order: number | null }[],
  { asOfMs, fromMs }: { asOfMs: number; fromMs: number },
): number {
  const foreign = receipts.filter(
    ({ providerMessageId, receivedAtMs, order }) =>
      receivedAtMs > Math.max(asOfMs - HOUR_MS, fromMs) &&
      receivedAtMs <= asOfMs - OVERTAKING_MS &&
      !given.some((each) => each.providerMessageId === providerMessageId && (each.order ?? 0) <= (order ?? 0)),
  );
  return new Set(foreign.map(({ providerMessageId }) => providerMessageId)).size;
}

/** An incident of the guard that people ended. */
export interface EndedIncident {
  openedByKind: string;
  reasonCode: string;
  scope: { provider?: string | undefined; templateKind?: string | undefined };
  liftedAtMs: number | null;
}

/**
 * From when on evidence counts again. What was seen before people ended an incident of the guard does not raise it anew;
 * the end of an alarm of open signals tells nothing of providers: else whoever has no key could have their receipts
 * forgotten by it.
 */
export function countFromOf(incidents: readonly EndedIncident[]): {
  alarmEndedAtMs: number | undefined;
  /** Of a provider the later of its own and that of the whole tenant. */
  resumedAtMs(provider: string): number;
} {
  const ended = incidents.filter(
    ({ openedByKind, liftedAtMs, scope }) =>
      openedByKind === 'guard' && liftedAtMs !== null && scope.templateKind === undefined,
  );
  const isOpenSignal = ({ reasonCode }: EndedIncident) => reasonCode === OPEN_SIGNALS_REASON;
  const latest = (of: readonly EndedIncident[]) => Math.max(0, ...of.map(({ liftedAtMs }) => liftedAtMs ?? 0));
  const alarms = ended.filter(isOpenSignal);
  const others = ended.filter((each) => !isOpenSignal(each));
  return {
    alarmEndedAtMs: alarms.length > 0 ? latest(alarms) : undefined,
    resumedAtMs: (provider) =>
      latest(others.filter(({ scope }) => scope.provider === undefined || scope.provider === provider)),
  };
}

/** A hold of the guard on a notice. */
export interface GuardHold {
  noticeId: string;
  rule: GuardRule;
  incidentId: string;
  releasedAtMs: number | null;
  /** When the release was used up: it lets the notice pass once. */
  usedAtMs: number | null;
}

/** Rules that a notice was released from, and has not used up. */
export function releasedRules(holds: readonly GuardHold[], noticeId: string): GuardRule[] {
  const rules = holds
    .filter((hold) => hold.noticeId === noticeId && hold.releasedAtMs !== null && hold.usedAtMs === null)
    .map(({ rule }) => rule);
  return [...new Set(rules)].sort();
}

/** Notices that are due again once an incident's holds are released: planned, and held by no other incident. */
export function freedBy(
  incidentId: string,
  holds: readonly GuardHold[],
  notices: readonly { noticeId: string; status: NoticeStatus }[],
): string[] {
  const open = holds.filter(({ releasedAtMs }) => releasedAtMs === null);
  const isHeldBy = (noticeId: string, by: (hold: GuardHold) => boolean) =>
    open.some((hold) => hold.noticeId === noticeId && by(hold));
  return notices
    .filter(
      ({ noticeId, status }) =>
        status === 'planned' &&
        isHeldBy(noticeId, (hold) => hold.incidentId === incidentId) &&
        !isHeldBy(noticeId, (hold) => hold.incidentId !== incidentId),
    )
    .map(({ noticeId }) => noticeId);
}

/** A held notice is put off to its end: expiry is judged when it is due, and nobody looks at it in between. */
export function heldUntilMs({ sendAfterMs, expiresAtMs }: { sendAfterMs: number; expiresAtMs: number }): number {
  return Math.max(sendAfterMs, expiresAtMs);
}

/** What is planned until the end of a day is its plan; what is put in for it later is not of it. */
export function isOfDayPlan(
  { status, sendAfterMs }: { status: NoticeStatus; sendAfterMs: number },
  dayEndMs: number,
): boolean {
  return status === 'planned' && sendAfterMs < dayEndMs;
}
