/**
 * What becomes of a notice after a provider's answer, or after none. Source: facts 3.6 (retry classes), 3.5 (a receipt
 * within 72 hours or never); docs/notices.md, "Attempts".
 */

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../values/timeUnits';
import { SEND_FAILURES, type SendFailure } from '../outbox/noticeStatuses';

export interface SendPolicy {
  /** Tries of one notice after which it is given up: the carriers' own words about the message. */
  maxAttempts: number;
  /** First pause after passing trouble; doubled with each attempt. */
  transientPauseMs: number;
  /** Pause when no provider can be used: all stopped, resting or refused. Waiting for a carrier, the longest at first. */
  noProviderPauseMs: number;
  /** After so many calls for one notice it waits longer between two: a carrier that is away for days is not asked 800 times. */
  patientAfterCalls: number;
  patientPauseMs: number;
  /** A provider that took something in so long a time is not stopped for all by one worker's own session … */
  sessionTrustMs: number;
  /** … before nothing has got through for so long. */
  sessionRefusedForMs: number;
  /** When a provider is asked about an attempt in doubt, counted from the attempt; rising. */
  inquireAfterMs: readonly number[];
  /** Until a provider that could not be reached is asked again, which is none of these looks. */
  unreachedPauseMs: number;
  /** An attempt without a final receipt is `unknown` for good after so long. */
  unknownForGoodAfterMs: number;
  /** Whether what the provider has no trace of at the last look is sent again. */
  resendsNotFound: boolean;
}

export const SEND_POLICY: SendPolicy = {
  maxAttempts: 6,
  transientPauseMs: MINUTE_MS,
  noProviderPauseMs: 5 * MINUTE_MS,
  patientAfterCalls: 12,
  patientPauseMs: 30 * MINUTE_MS,
  sessionTrustMs: DAY_MS,
  sessionRefusedForMs: 30 * MINUTE_MS,
  // A provider needs a while until it lists what it took: asked at once it would say that there is nothing.
  inquireAfterMs: [5 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS],
  unreachedPauseMs: 20 * MINUTE_MS,
  unknownForGoodAfterMs: 72 * HOUR_MS,
  resendsNotFound: true,
};

/** Whether another provider may be tried at once: the message was certainly not sent, and the fault is not ours. */
export function failsOver(failure: SendFailure): boolean {
  return SEND_FAILURES[failure].failsOver;
}

/**
 * Whether a refusal is the carrier's word about this message, and so one of its tries. What is about the carrier or our
 * way to it is none: throttled, a bind that is refused, our own rest, an account that cannot send.
 */
export function usesTry({
  failure,
  isAboutMessage = false,
}: {
  failure: SendFailure;
  isAboutMessage?: boolean | undefined;
}) {
  return !failsOver(failure) || (failure === 'transient' && isAboutMessage);
}

export interface RefusedCall {
  failure: SendFailure;
  isAboutMessage?: boolean | undefined;
  /** Tries of the notice so far, this one included where it is one. */
  tries: number;
  /** Calls of providers for the notice so far, this one included. */
  calls: number;
  retryAtMs?: number | undefined;
  atMs: number;
}

/**
 * When a definitely refused notice is sent again; undefined when it is given up, for the carrier's word about it alone.
 * Otherwise it waits for its carrier, until it expires.
 */
export function sendAgainAtMs(refused: RefusedCall, policy: SendPolicy = SEND_POLICY): number | undefined {
  const { failure, tries, calls, retryAtMs, atMs } = refused;
  if (usesTry(refused)) return tryAgainAtMs({ failure, attempts: tries, retryAtMs, atMs }, policy);
  const { transientPauseMs, noProviderPauseMs, patientAfterCalls, patientPauseMs } = policy;
  const shortMs = failure === 'account-stop' ? noProviderPauseMs : transientPauseMs * 2 ** (calls - 1);
  const pauseMs = calls > patientAfterCalls ? patientPauseMs : Math.min(shortMs, noProviderPauseMs);
  return Math.max(atMs + pauseMs, retryAtMs ?? 0);
}

/**
 * Whether a worker whose own session was refused for the account's sake stops the provider for all: others may be bound.
 * So it does where nothing was taken for long, or where such refusals have gone on since the last that was taken.
 */
export function sessionStopsProvider(
  {
    lastTakenAtMs,
    refusedSinceMs,
    asOfMs,
  }: { lastTakenAtMs: number | undefined; refusedSinceMs: number | undefined; asOfMs: number },
  policy: SendPolicy = SEND_POLICY,
): boolean {
  if (lastTakenAtMs === undefined || asOfMs - lastTakenAtMs > policy.sessionTrustMs) return true;
  return refusedSinceMs !== undefined && asOfMs - refusedSinceMs >= policy.sessionRefusedForMs;
}

export interface ProviderRefusal {
  failure: SendFailure;
  /** Tries of the notice so far, this one included. */
  attempts: number;
  /** When the provider's window ends, where it told. */
  retryAtMs?: number | undefined;
  atMs: number;
}

/** When a notice is tried again that a carrier refused for its own sake; undefined when it is given up. */
export function tryAgainAtMs(
  { failure, attempts, retryAtMs, atMs }: ProviderRefusal,
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

/** When a provider that could not be reached is asked again: what stopped the message stops the question as often as not. */
export function askAgainAtMs(
  { attemptedAtMs, asOfMs }: { attemptedAtMs: number; asOfMs: number },
  policy: SendPolicy = SEND_POLICY,
): number {
  return Math.min(asOfMs + policy.unreachedPauseMs, attemptedAtMs + policy.unknownForGoodAfterMs);
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
