/** The life of a notice and of its attempts, what receipts tell, why a provider refuses, and why nothing was sent. */
import { type NameOf, type NamesWith, namesWith } from '../../values/tables';

interface StatusRow {
  /** Whether a provider has it; `unknown`: it was called, and what it answered is not known. */
  isTaken: 'yes' | 'no' | 'unknown';
  /** Nothing more is awaited of it. */
  isClosed: boolean;
  /** Its lane looks at it again: the provider is asked, or its receipt awaited. */
  isLookedAt: boolean;
}

/** From the attempt on, a notice has the status of its last attempt. */
const SENT = {
  /** Committed before the provider is called; it is never called twice. */
  attempted: { isTaken: 'unknown', isClosed: false, isLookedAt: false },
  accepted: { isTaken: 'yes', isClosed: false, isLookedAt: true },
  delivered: { isTaken: 'yes', isClosed: true, isLookedAt: false },
  undelivered: { isTaken: 'yes', isClosed: true, isLookedAt: false },
  refused: { isTaken: 'no', isClosed: true, isLookedAt: false },
  unknown: { isTaken: 'unknown', isClosed: false, isLookedAt: true },
} as const satisfies Record<string, StatusRow>;

export const ATTEMPT_STATUSES = {
  ...SENT,
  /** The provider, asked, has no trace of it. */
  'not-sent': { isTaken: 'no', isClosed: true, isLookedAt: false },
} as const satisfies Record<string, StatusRow>;

export const NOTICE_STATUSES = {
  planned: { isTaken: 'no', isClosed: false, isLookedAt: false },
  ...SENT,
  cancelled: { isTaken: 'no', isClosed: true, isLookedAt: false },
} as const satisfies Record<string, StatusRow>;

export type AttemptStatus = NameOf<typeof ATTEMPT_STATUSES>;
export type NoticeStatus = NameOf<typeof NOTICE_STATUSES>;

/** Of a notice: certainly at no provider. */
export const NOTICES_NOT_TAKEN = namesWith(NOTICE_STATUSES, { isTaken: 'no' });
/** Of an attempt: certainly not taken. */
export const ATTEMPTS_NOT_TAKEN = namesWith(ATTEMPT_STATUSES, { isTaken: 'no' });
/** What the provider answered is not known, or not yet. */
export const UNRESOLVED = namesWith(SENT, { isTaken: 'unknown' });
/** A receipt or an answer may still tell what became of it. */
export const AWAITED = namesWith(SENT, { isClosed: false });
export const LOOKED_AT = namesWith(SENT, { isLookedAt: true });
/** What a carrier told the end of. */
export const TOLD_BY_CARRIER = namesWith(SENT, { isTaken: 'yes', isClosed: true });

/**
 * The last line against a text that goes twice, whatever a statement says: what is closed stays, and what was attempted
 * is planned again only when every attempt of it certainly reached nobody. The trigger of `notice` refuses the same.
 */
export function noticeMayBecome(
  from: NoticeStatus,
  to: NoticeStatus,
  { isClosed, attempts }: { isClosed: boolean; attempts: readonly AttemptStatus[] },
): boolean {
  if (isClosed || NOTICE_STATUSES[from].isClosed) return false;
  if (from === 'planned') return to === 'attempted' || to === 'cancelled';
  if (to === 'planned') return from !== 'accepted' && attempts.every((each) => ATTEMPT_STATUSES[each].isTaken === 'no');
  return to !== 'cancelled' && to !== 'attempted';
}

/** The same of an attempt: it is made once, and what is closed stays. */
export function attemptMayBecome(from: AttemptStatus, to: AttemptStatus): boolean {
  return !ATTEMPT_STATUSES[from].isClosed && to !== 'attempted';
}

/** What a receipt tells of a part. */
export const RECEIPT_STATUSES = {
  delivered: { isFinal: true },
  undelivered: { isFinal: true },
  pending: { isFinal: false },
} as const satisfies Record<string, { isFinal: boolean }>;

export type ToldStatus = NameOf<typeof RECEIPT_STATUSES>;
export type ReceiptStatus = NamesWith<typeof RECEIPT_STATUSES, { isFinal: true }>;
export const FINAL_RECEIPTS = namesWith(RECEIPT_STATUSES, { isFinal: true });

/** A push has no receipts: it is refused or taken, or nobody knows. */
export const PUSH_STATUSES = [
  'attempted',
  'accepted',
  'refused',
  'unknown',
] as const satisfies readonly AttemptStatus[];

/** The channels that a text goes by; a push only points to the text in the app. */
export const TEXT_CHANNELS = ['sms', 'inbox', 'email'] as const;

/** Why a provider did not take a message, by what is to be done about it. */
export const SEND_FAILURES = {
  /** Passing trouble at the provider: another provider, or the same one later. */
  transient: { failsOver: true },
  /** A limit of messages in a window of time: not before its end. */
  windowed: { failsOver: true },
  /** The account at the provider cannot send: stop the provider, tell operators. */
  'account-stop': { failsOver: true },
  /** Our own fault in text, template or parameters: no second try can help. */
  'config-bug': { failsOver: false },
  /** The number takes no messages: no second try, another channel. */
  'bad-address': { failsOver: false },
} as const satisfies Record<string, { failsOver: boolean }>;

export type SendFailure = NameOf<typeof SEND_FAILURES>;

interface CancelRow {
  /** Nothing was asked for any more: should that change, it is promised again. */
  isPaidAway: boolean;
}

/** Why a planned notice was not sent. */
const CANCEL_REASONS = {
  paid: { isPaidAway: true },
  settled: { isPaidAway: true },
  /** What must be paid at least is paid; the rest is carried on. */
  'minimum-met': { isPaidAway: true },
  /** No more is past due than the policy's tolerance. */
  'too-small': { isPaidAway: true },
  superseded: { isPaidAway: false },
  expired: { isPaidAway: false },
  'written-off': { isPaidAway: false },
  'no-active-template': { isPaidAway: false },
  'not-renderable': { isPaidAway: false },
  'no-phone': { isPaidAway: false },
  /** The borrower contests what it states. */
  disputed: { isPaidAway: false },
  /** A hold is in force: hardship, bereavement, disaster, judicial, fraud. */
  held: { isPaidAway: false },
  /** Another schedule took over what it speaks of. */
  restructured: { isPaidAway: false },
} as const satisfies Record<string, CancelRow>;

export type CancelReason = NameOf<typeof CANCEL_REASONS>;
