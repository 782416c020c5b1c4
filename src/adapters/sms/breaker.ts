/** When a provider of texts, or another channel, rests after trouble. */
import { ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { SendOutcome } from './port';

/** Answers in a row that were trouble. */
const REST_AFTER_TROUBLE = 5;
/** Real time until one message tries it again. */
export const REST_MS = 30_000;

export function createBreaker() {
  return circuitBreaker(
    handleWhenResult((outcome) => isTrouble(outcome as SendOutcome)),
    { halfOpenAfter: REST_MS, breaker: new ConsecutiveBreaker(REST_AFTER_TROUBLE) },
  );
}

/** What says something about the provider and not about the message. */
function isTrouble(outcome: SendOutcome): boolean {
  if (outcome.status !== 'refused') return outcome.status === 'unknown';
  return outcome.failure === 'transient' && outcome.isAboutMessage !== true;
}
