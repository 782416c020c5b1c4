/**
 * A channel that fails rests: what comes meanwhile is refused without a call, so that a sweep does not wait for a server
 * that is away, and a server that falls silent leaves few messages in doubt.
 */
import { ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { SendOutcome } from '../sms/port';

/** As a provider of texts. */
const REST_AFTER_TROUBLE = 5;
/** Real time until one message tries it again. */
const REST_MS = 30_000;

type Send<Message> = (message: Message) => Promise<SendOutcome>;

/** The same, with rests after troubles in a row; it never throws. */
export function withCircuitBreaker<Message>(send: Send<Message>): Send<Message> {
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => isTrouble(outcome as SendOutcome)),
    { halfOpenAfter: REST_MS, breaker: new ConsecutiveBreaker(REST_AFTER_TROUBLE) },
  );
  return (message) =>
    breaker
      .execute(() =>
        send(message)
          // One that throws did not say that nothing was sent; its message may hold an address, so it is not kept.
          .catch((): SendOutcome => ({ status: 'unknown', detail: 'the adapter failed without an answer' })),
      )
      .catch(
        (): SendOutcome => ({
          status: 'refused',
          failure: 'transient',
          code: 'RESTING',
          detail: 'the channel rests after trouble',
        }),
      );
}

/** What says something about the channel and not about the message. */
function isTrouble(outcome: SendOutcome): boolean {
  if (outcome.status !== 'refused') return outcome.status === 'unknown';
  return outcome.failure === 'transient' && outcome.isAboutMessage !== true;
}
