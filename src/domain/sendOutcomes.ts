/**
 * What becomes of a notice after a provider's answer, or after none. Source: facts 3.6 (retry classes), 3.5 (a receipt
 * within 72 hours or never); docs/notices.md, "Attempts".
 */

/** The same words as `FailureClass` of the SMS port. */
export type SendFailure = 'transient' | 'windowed' | 'account-stop' | 'config-bug' | 'bad-address';

export interface SendPolicy {
  /** Definite refusals of one notice after which it is given up. */
  maxAttempts: number;
  /** First pause after passing trouble; doubled with each attempt. */
  transientPauseMs: number;
  /** Pause when no provider can be used: all stopped, resting or refused. */
  noProviderPauseMs: number;
  /** When a provider is asked about an attempt in doubt, counted from the attempt; rising. */
  inquireAfterMs: readonly number[];
  /** An attempt without a final receipt is `unknown` for good after so long. */
  unknownForGoodAfterMs: number;
  /** Whether what the provider has no trace of at the last look is sent again. */
  resendsNotFound: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const SEND_POLICY: SendPolicy = {
  maxAttempts: 6,
  transientPauseMs: MINUTE_MS,
  noProviderPauseMs: 5 * MINUTE_MS,
  // A provider needs a while until it lists what it took: asked at once it would say that there is nothing.
  inquireAfterMs: [5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS],
  unknownForGoodAfterMs: 72 * HOUR_MS,
  resendsNotFound: true,
};

/** Whether another provider may be tried at once: the message was certainly not sent, and the fault is not ours. */
export function failsOver(failure: SendFailure): boolean {
  return failure === 'transient' || failure === 'windowed' || failure === 'account-stop';
}

export interface Refusal {
  failure: SendFailure;
  /** Attempts of the notice so far, this one included. */
  attempts: number;
  /** When the provider's window ends, where it told. */
  retryAtMs?: number | undefined;
  atMs: number;
}

/** When a definitely refused notice is tried again; undefined when it is given up. */
export function tryAgainAtMs(
  { failure, attempts, retryAtMs, atMs }: Refusal,
  policy: SendPolicy = SEND_POLICY,
): number | undefined {
  if (!failsOver(failure) || attempts >= policy.maxAttempts) return undefined;
  if (failure === 'account-stop') return atMs + policy.noProviderPauseMs;
  const pauseMs = policy.transientPauseMs * 2 ** (attempts - 1);
  return Math.max(atMs + pauseMs, retryAtMs ?? 0);
}

/** When an attempt without an end is looked at next. Without inquiry only its 72 hours are waited for. */
export function nextLookAtMs(
  { attemptedAtMs, looks, canInquire }: { attemptedAtMs: number; looks: number; canInquire: boolean },
  policy: SendPolicy = SEND_POLICY,
): number {
  const lookMs = canInquire ? policy.inquireAfterMs[looks] : undefined;
  return attemptedAtMs + (lookMs ?? policy.unknownForGoodAfterMs);
}

/** Whether nothing is awaited any more. */
export function isUnknownForGood(
  { attemptedAtMs, asOfMs }: { attemptedAtMs: number; asOfMs: number },
  policy: SendPolicy = SEND_POLICY,
): boolean {
  return asOfMs >= attemptedAtMs + policy.unknownForGoodAfterMs;
}

/** Whether an attempt that the provider has no trace of counts as not sent: only at the last of the looks. */
export function countsAsNotSent({ looks }: { looks: number }, policy: SendPolicy = SEND_POLICY): boolean {
  return policy.resendsNotFound && looks >= policy.inquireAfterMs.length;
}
