/**
 * The providers of a process, in the order of preference: who may be given a message now, at what pace, and who rests
 * after trouble. It chooses and counts; it never sends a message a second time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { createBreaker, REST_MS } from './breaker';
import { withIds } from './messageIds';
import type { ProviderPool, SendOutcome, SmsMessage, SmsProvider } from './port';
import { TokenBucket } from './tokenBucket';

class Member {
  readonly counts = { accepted: 0, refused: 0, unknown: 0 };
  private readonly breaker: CircuitBreakerPolicy;
  private restsUntilMs = 0;
  private readonly bucket: TokenBucket;

  constructor(
    readonly provider: SmsProvider,
    private readonly now: () => number,
    pause: (ms: number) => Promise<unknown>,
  ) {
    this.breaker = createBreaker();
    this.breaker.onBreak(() => {
      this.restsUntilMs = now() + REST_MS;
    });
    this.bucket = new TokenBucket(provider.capabilities.perSecond, now, pause);
  }

  get isResting(): boolean {
    // An open breaker changes by itself only when it is asked to let something through.
    const isOpen = this.breaker.state === CircuitState.Open && this.now() < this.restsUntilMs;
    return isOpen || this.provider.isReady?.() === false;
  }

  async send(message: SmsMessage): Promise<SendOutcome> {
    await this.bucket.turn();
    const outcome = await this.breaker
      .execute(() =>
        this.provider
          .send(message)
          .then(withIds)
          // An adapter that throws did not say that nothing was sent; its message may hold the phone, so it is not kept.
          .catch((): SendOutcome => ({ status: 'unknown', detail: 'the provider adapter failed without an answer' })),
      )
      // The breaker opened while the message waited for its turn: it was never given to the provider.
      .catch(
        (): SendOutcome => ({
          status: 'refused',
          failure: 'transient',
          code: 'RESTING',
          detail: 'the provider rests after trouble',
        }),
      );
    this.counts[outcome.status] += 1;
    return outcome;
  }
}

/** `providers` in the order of preference; their names differ. */
export function createProviderPool(
  providers: readonly SmsProvider[],
  now: () => number = Date.now,
  pause: (ms: number) => Promise<unknown> = sleep,
): ProviderPool {
  const members = new Map(providers.map((provider) => [provider.name, new Member(provider, now, pause)]));
  if (members.size !== providers.length) throw new Error('two SMS providers have one name');
  return {
    takesRegistered: providers.some(({ capabilities }) => !capabilities.freeText),
    choose: ({ without, parts, isRegistered }) =>
      [...members.values()].find(
        ({ provider: { name, capabilities }, isResting }) =>
          !without.has(name) &&
          !isResting &&
          parts <= capabilities.maxParts &&
          (capabilities.freeText || isRegistered(name)),
      )?.provider,
    get: (name) => members.get(name)?.provider,
    send(provider, message) {
      const member = members.get(provider.name);
      if (!member) throw new Error(`provider ${provider.name} is not of this pool`);
      return member.send(message);
    },
    health: () =>
      [...members.values()].map(({ provider: { name }, isResting, counts }) => ({
        name,
        state: isResting ? 'resting' : 'up',
        ...counts,
      })),
    async close() {
      await Promise.all(providers.map(async (provider) => provider.close?.()));
    },
  };
}
