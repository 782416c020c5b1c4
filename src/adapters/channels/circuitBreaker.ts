/**
 * A channel that fails rests: what comes meanwhile is refused without a call, so that a sweep does not wait for a server
 * that is away, and a server that falls silent leaves few messages in doubt.
 */
import { createBreaker } from '../sms/breaker';
import type { SendOutcome } from '../sms/port';

type Send<Message> = (message: Message) => Promise<SendOutcome>;

/** The same, with rests after troubles in a row; it never throws. */
export function withCircuitBreaker<Message>(send: Send<Message>): Send<Message> {
  const breaker = createBreaker();
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
