/**
 * The outbox of notices: what is planned once, what is taken back because it is not in the plan any more, what a lane has
 * to do and when it looks next. The statements of `db` decide the same, under locks and by indices.
 */
import type { CancelReason, NoticeStatus } from './notices';

/** A notice as the rules of the outbox see it. */
export interface OutboxNotice {
  noticeId: string;
  status: NoticeStatus;
  /** 0 is statutory; lower goes first. */
  priority: number;
  sendAfterMs: number;
  expiresAtMs: number;
  obligationKey: string | null;
  putOffReason: string | null;
  /** When an attempt in doubt is looked at next. */
  nextLookAtMs: number | null;
}

/** Of what is wanted, what was never planned: a promise is made once, whatever became of it. */
export function newlyPlanned<Wanted extends { dedupeKey: string }>(
  wanted: readonly Wanted[],
  plannedKeys: readonly string[],
): Wanted[] {
  const known = new Set(plannedKeys);
  return wanted.filter(({ dedupeKey }) => {
    const isNew = !known.has(dedupeKey);
    known.add(dedupeKey);
    return isNew;
  });
}

const PAID_AWAY: ReadonlySet<CancelReason> = new Set(['paid', 'settled', 'minimum-met', 'too-small']);

/** Taken back because nothing was asked for any more: should that change, it is promised again. */
export function isPaidAway(reason: CancelReason | null): boolean {
  return reason !== null && PAID_AWAY.has(reason);
}

/** Which notices of an account are taken back; with neither, all that are planned. */
export interface TakenBack {
  /** Only notices about these obligations. */
  obligationKeys?: readonly string[] | undefined;
  /** The plan: only notices about an obligation that is not in it; those about the account as a whole are kept. */
  keepObligationKeys?: readonly string[] | undefined;
}

/** Whether a notice is taken back: it is planned still, and not in the plan. What was attempted may have gone out. */
export function isTakenBack(
  { status, obligationKey }: Pick<OutboxNotice, 'status' | 'obligationKey'>,
  { obligationKeys, keepObligationKeys }: TakenBack,
): boolean {
  if (status !== 'planned') return false;
  if (obligationKeys && !(obligationKey !== null && obligationKeys.includes(obligationKey))) return false;
  return !keepObligationKeys || (obligationKey !== null && !keepObligationKeys.includes(obligationKey));
}

/** What is due in a lane, most important and longest due first. */
export function dueNotices<Item extends OutboxNotice>(
  ofLane: readonly Item[],
  { asOfMs, limit }: { asOfMs: number; limit: number },
): Item[] {
  return ofLane
    .filter(({ status, sendAfterMs }) => status === 'planned' && sendAfterMs <= asOfMs)
    .sort(
      (one, other) =>
        one.priority - other.priority ||
        one.sendAfterMs - other.sendAfterMs ||
        (one.noticeId < other.noticeId ? -1 : 1),
    )
    .slice(0, limit);
}

/** When a planned notice of a lane is due next. */
export function nextNoticeAtMs(ofLane: readonly OutboxNotice[]): number | undefined {
  return earliest(ofLane.flatMap(({ status, sendAfterMs }) => (status === 'planned' ? [sendAfterMs] : [])));
}

/**
 * When a lane has to look next: at what is planned, and at what is in doubt. What is accepted and waits for its receipt
 * only is found by the lane's own daily look.
 */
export function nextLaneLookAtMs(ofLane: readonly OutboxNotice[]): number | undefined {
  const looks = ofLane.flatMap(({ status, nextLookAtMs }) => (status === 'unknown' ? (nextLookAtMs ?? []) : []));
  return earliest([nextNoticeAtMs(ofLane) ?? [], looks].flat());
}

function earliest(instantsMs: readonly number[]): number | undefined {
  return instantsMs.length === 0 ? undefined : Math.min(...instantsMs);
}

/** Attempts that are to be asked about by an instant, longest due first. */
export function dueLooks<Item extends OutboxNotice>(
  ofLane: readonly Item[],
  { asOfMs, limit }: { asOfMs: number; limit: number },
): Item[] {
  const lookOf = ({ nextLookAtMs }: OutboxNotice) => nextLookAtMs ?? Number.POSITIVE_INFINITY;
  return ofLane
    .filter((notice) => (notice.status === 'unknown' || notice.status === 'accepted') && lookOf(notice) <= asOfMs)
    .sort((one, other) => lookOf(one) - lookOf(other) || (one.noticeId < other.noticeId ? -1 : 1))
    .slice(0, limit);
}

/** Put off by an incident: once it is over, such a notice is due at once. */
export function isPausedByIncident(
  { status, putOffReason, sendAfterMs }: Pick<OutboxNotice, 'status' | 'putOffReason' | 'sendAfterMs'>,
  atMs: number,
): boolean {
  return status === 'planned' && putOffReason === 'incident' && sendAfterMs > atMs;
}

/** Planned still though it has expired: its lane should have ended it. */
export function isMissed(
  { status, expiresAtMs }: Pick<OutboxNotice, 'status' | 'expiresAtMs'>,
  beforeMs: number,
): boolean {
  return status === 'planned' && expiresAtMs < beforeMs;
}

/** Planned notices that go before one of a priority within a time, and take of the same budget: no statutory ones. */
export function countMoreImportant(
  ofBorrower: readonly Pick<OutboxNotice, 'status' | 'priority' | 'sendAfterMs'>[],
  { priority, fromMs, toMs }: { priority: number; fromMs: number; toMs: number },
): number {
  return ofBorrower.filter(
    (each) =>
      each.status === 'planned' &&
      each.priority > 0 &&
      each.priority < priority &&
      each.sendAfterMs > fromMs &&
      each.sendAfterMs < toMs,
  ).length;
}
