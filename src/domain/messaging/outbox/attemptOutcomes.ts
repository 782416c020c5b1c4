/**
 * What becomes of a notice and its attempt, by what is said of them: the provider's answer, its receipts, an inquiry, or
 * nobody. Anything may be said late or twice, so each change names from where it follows, and from elsewhere nothing
 * happens. The statements of `db` decide the same, so that of two who say something only one is heard.
 */
import type { AttemptStatus } from './noticeStatuses';
import type { NoticeStatus } from './notices';

/** A notice with its newest attempt. */
export interface SentNotice {
  notice: NoticeStatus;
  attempt: AttemptStatus;
  /** Nothing is awaited any more: it is unknown for good. */
  isClosed: boolean;
}

export type AttemptEvent =
  /** The provider took it, by its answer or asked about it. */
  | 'accepted'
  | 'refused-for-good'
  /** Refused, and the notice is sent again. */
  | 'refused-for-now'
  /** No answer came. */
  | 'no-answer'
  /** Whoever sent it was interrupted. */
  | 'interrupted'
  | 'no-trace'
  /** Its time for receipts is over. */
  | 'closed'
  | 'delivered'
  | 'undelivered';

interface Change {
  attempt: { from: readonly AttemptStatus[]; to: AttemptStatus };
  notice: { from: readonly NoticeStatus[]; to: NoticeStatus };
  /** The one follows only with the other. Else a receipt may have moved one of both already. */
  leads?: 'attempt' | 'notice' | 'both';
}

/** It may still have an end. */
const MAY_END = ['attempted', 'accepted', 'unknown'] as const;
/** It has no answer yet. */
const UNANSWERED = ['attempted', 'unknown'] as const;

const CHANGES: Readonly<Record<AttemptEvent, Change>> = {
  accepted: { attempt: { from: UNANSWERED, to: 'accepted' }, notice: { from: UNANSWERED, to: 'accepted' } },
  'refused-for-good': { attempt: { from: UNANSWERED, to: 'refused' }, notice: { from: UNANSWERED, to: 'refused' } },
  'refused-for-now': { attempt: { from: UNANSWERED, to: 'refused' }, notice: { from: UNANSWERED, to: 'planned' } },
  'no-answer': { attempt: { from: UNANSWERED, to: 'unknown' }, notice: { from: ['attempted'], to: 'unknown' } },
  interrupted: {
    attempt: { from: ['attempted'], to: 'unknown' },
    notice: { from: ['attempted'], to: 'unknown' },
    leads: 'notice',
  },
  'no-trace': {
    attempt: { from: ['unknown'], to: 'not-sent' },
    notice: { from: ['unknown'], to: 'planned' },
    leads: 'attempt',
  },
  closed: {
    attempt: { from: ['accepted'], to: 'unknown' },
    notice: { from: ['accepted', 'unknown'], to: 'unknown' },
    leads: 'notice',
  },
  delivered: {
    attempt: { from: MAY_END, to: 'delivered' },
    notice: { from: MAY_END, to: 'delivered' },
    leads: 'both',
  },
  undelivered: {
    attempt: { from: MAY_END, to: 'undelivered' },
    notice: { from: MAY_END, to: 'undelivered' },
    leads: 'both',
  },
};

export function afterEvent(sent: SentNotice, event: AttemptEvent): SentNotice {
  const { attempt, notice, leads } = CHANGES[event];
  const movesAttempt = attempt.from.includes(sent.attempt);
  const movesNotice = !sent.isClosed && notice.from.includes(sent.notice);
  const isLed = { attempt: movesAttempt, notice: movesNotice, both: movesAttempt && movesNotice, none: true };
  if (!isLed[leads ?? 'none']) return sent;
  return {
    attempt: movesAttempt ? attempt.to : sent.attempt,
    notice: movesNotice ? notice.to : sent.notice,
    isClosed: sent.isClosed || (event === 'closed' && movesNotice),
  };
}

/** Which attempt of a notice the next one is, and how many of those before were one of its tries. */
export function nextAttempt(before: readonly { usesTry: boolean }[]): { attempt: number; tries: number } {
  return { attempt: before.length + 1, tries: before.filter(({ usesTry }) => usesTry).length };
}

/** Attempted before an instant and without an outcome: whoever sent it was interrupted. */
export function isInterrupted(
  { notice, attemptedAtMs }: { notice: NoticeStatus; attemptedAtMs: number },
  attemptedBeforeMs: number,
): boolean {
  return notice === 'attempted' && attemptedAtMs < attemptedBeforeMs;
}

/** By which way a provider reaches people. */
export function channelOf(provider: string): 'inbox' | 'email' | 'sms' {
  return provider === 'inbox' || provider === 'email' ? provider : 'sms';
}

/** What the last text to a number that has an end came to. */
export function lastEndAt(
  attempts: readonly { recipient: string | null; status: AttemptStatus; attemptedAtMs: number }[],
  recipient: string,
): 'delivered' | 'undelivered' | undefined {
  let latest: { status: 'delivered' | 'undelivered'; attemptedAtMs: number } | undefined;
  for (const { recipient: to, status, attemptedAtMs } of attempts) {
    if (to !== recipient || (status !== 'delivered' && status !== 'undelivered')) continue;
    if (!latest || attemptedAtMs > latest.attemptedAtMs) latest = { status, attemptedAtMs };
  }
  return latest?.status;
}

/** When a provider last took something, and since when it has refused with a code without taking anything in between. */
export function passageOf(
  attempts: readonly { status: AttemptStatus; failure: string | null; code: string | null; attemptedAtMs: number }[],
  code: string,
): { lastTakenAtMs: number | undefined; refusedSinceMs: number | undefined } {
  const isTaken = (status: AttemptStatus) =>
    status === 'accepted' || status === 'delivered' || status === 'undelivered';
  const taken = attempts.filter(({ status }) => isTaken(status)).map(({ attemptedAtMs }) => attemptedAtMs);
  const lastTakenAtMs = taken.length > 0 ? Math.max(...taken) : undefined;
  const refused = attempts
    .filter((each) => each.status === 'refused' && each.failure === 'account-stop' && each.code === code)
    .map(({ attemptedAtMs }) => attemptedAtMs)
    .filter((atMs) => atMs > (lastTakenAtMs ?? 0));
  return { lastTakenAtMs, refusedSinceMs: refused.length > 0 ? Math.min(...refused) : undefined };
}
