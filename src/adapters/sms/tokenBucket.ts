/** A pace: so many a second, and at most a second's worth at once. */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
    private readonly pause: (ms: number) => Promise<unknown>,
  ) {
    if (!(perSecond > 0)) throw new RangeError(`a pace of ${perSecond} a second lets nothing through`);
    this.tokens = Math.max(1, perSecond);
    this.filledAtMs = now();
  }

  /** Resolves when it is the caller's turn, in the order of the calls. */
  turn(): Promise<void> {
    this.queue = this.queue.then(() => this.take());
    return this.queue;
  }

  private async take(): Promise<void> {
    this.fill();
    while (this.tokens < 1) {
      await this.pause(Math.ceil(((1 - this.tokens) / this.perSecond) * 1_000));
      this.fill();
    }
    this.tokens -= 1;
  }

  private fill(): void {
    const nowMs = this.now();
    const gained = ((nowMs - this.filledAtMs) / 1_000) * this.perSecond;
    this.tokens = Math.min(Math.max(1, this.perSecond), this.tokens + Math.max(0, gained));
    this.filledAtMs = nowMs;
  }
}
