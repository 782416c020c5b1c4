/** When sources are asked again for what is missing, and when no more. */
import type { SourcesPolicy } from '../policy/lendingPolicy';
import { HOUR_MS, MINUTE_MS } from '../values/timeUnits';

/** When nobody is asked any more for an application that came then. */
export function askingEndsAtMs({ deadlineHours }: SourcesPolicy, receivedAtMs: number): number {
  return receivedAtMs + deadlineHours * HOUR_MS;
}

/**
 * When what is missing is asked for again, after `round` rounds: the pauses of the policy in turn, the last of them again
 * and again, and once more at the deadline. Undefined from then on.
 */
export function nextRoundAtMs(
  sources: SourcesPolicy,
  { round, askedAtMs, receivedAtMs }: { round: number; askedAtMs: number; receivedAtMs: number },
): number | undefined {
  const endsAtMs = askingEndsAtMs(sources, receivedAtMs);
  if (askedAtMs >= endsAtMs) return undefined;
  const { retryAfterMinutes } = sources;
  const minutes = retryAfterMinutes[Math.min(round, retryAfterMinutes.length) - 1] ?? retryAfterMinutes.at(-1);
  if (minutes === undefined) return undefined;
  return Math.min(askedAtMs + minutes * MINUTE_MS, endsAtMs);
}

/** The most rounds that a policy may bring about: each is kept in the history of its application. */
export const MOST_ROUNDS = 100;

export function roundsOf({ retryAfterMinutes, deadlineHours }: SourcesPolicy): number {
  const last = retryAfterMinutes.at(-1) ?? 0;
  const rising = retryAfterMinutes.slice(0, -1).reduce((sum, minutes) => sum + minutes, 0);
  const restMinutes = Math.max(0, deadlineHours * 60 - rising);
  return retryAfterMinutes.length + (last > 0 ? Math.ceil(restMinutes / last) : Number.POSITIVE_INFINITY);
}
