/**
 * Who may write the next submit_sm: never more than the window outstanding, at the agreed pace, and none while the SMSC
 * asked for a pause. Later parts of a message go before new messages, so that few messages are ever half sent.
 */
import { performance } from 'node:perf_hooks';

export type Turn = 'granted' | 'closed' | 'not-bound' | 'full' | 'throttled';

interface Waiter {
  resolve(turn: Turn): void;
  timer: NodeJS.Timeout;
}

export class SubmitWindow {
  private taken = 0;
  private isOpen = false;
  private isClosed = false;
  private nextAtMs = 0;
  private pausedUntilMs = 0;
  private readonly first: Waiter[] = [];
  private readonly others: Waiter[] = [];
  private pump: NodeJS.Timeout | undefined;

  constructor(
    private readonly size: number,
    private readonly perSecond: number,
  ) {}

  get outstanding(): number {
    return this.taken;
  }

  /** Waits for a place, `waitMs` at most. Each `granted` is given back by one {@link release}. */
  take(waitMs: number, goesFirst: boolean): Promise<Turn> {
    if (this.isClosed) return Promise.resolve('closed');
    return new Promise((resolve) => {
      const queue = goesFirst ? this.first : this.others;
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        resolve(this.whyNot());
      }, waitMs);
      const waiter: Waiter = { resolve, timer };
      queue.push(waiter);
      this.grant();
    });
  }

  release(): void {
    this.taken -= 1;
    // Not at once: a message whose part was just answered asks for its next turn first.
    setImmediate(() => this.grant());
  }

  /** Bound, or not bound any more. */
  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.grant();
  }

  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, performance.now() + ms);
  }

  /** Nobody is let through any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.pump);
    for (const waiter of [...this.first.splice(0), ...this.others.splice(0)]) {
      clearTimeout(waiter.timer);
      waiter.resolve('closed');
    }
  }

  private whyNot(): Turn {
    if (!this.isOpen) return 'not-bound';
    return this.pausedUntilMs > performance.now() ? 'throttled' : 'full';
  }

  private grant(): void {
    clearTimeout(this.pump);
    while (this.isOpen && this.taken < this.size && this.first.length + this.others.length > 0) {
      const waitMs = Math.max(this.nextAtMs, this.pausedUntilMs) - performance.now();
      if (waitMs > 0) {
        this.pump = setTimeout(() => this.grant(), Math.ceil(waitMs));
        return;
      }
      const waiter = this.first.shift() ?? this.others.shift();
      if (!waiter) return;
      clearTimeout(waiter.timer);
      this.taken += 1;
      this.nextAtMs = Math.max(this.nextAtMs, performance.now()) + 1_000 / this.perSecond;
      waiter.resolve('granted');
    }
  }
}
