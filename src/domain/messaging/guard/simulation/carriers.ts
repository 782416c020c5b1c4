/** Providers as they are: receipts late, double, lost; a slow day, an hour without service; and one that lies. */

import type { Random } from '../../../values/random';
import { HOUR_MS } from '../../../values/timeUnits';
import type { ProviderEvidence } from '../anomalyGuard';

interface Attempt {
  atMs: number;
}

interface Receipt {
  atMs: number;
  attemptAtMs: number;
  failed: boolean;
}

export interface CarrierDay {
  name: string;
  /** Share of the day's messages that are given to it. */
  share: number;
  /** Mean time to a receipt. */
  receiptMs: number;
  /** Share of undelivered messages. */
  undelivered: number;
  /** An hour in which it takes nothing, and tells nothing. */
  outage: { fromMs: number; toMs: number } | undefined;
}

const LATE_MS = 30 * HOUR_MS;
const RECENT = 100;

/** Of 100 messages about 89 have a receipt in minutes, 8 a day later, 3 never: facts 3.5, as the sink provider does. */
export class Carrier {
  /** From then on it says `accepted` and sends nothing. */
  liesFromMs: number | undefined;
  /** From then on so many fail. */
  failsFrom: { atMs: number; share: number } | undefined;
  foreignReceipts = 0;
  readonly attempts: Attempt[] = [];
  private readonly pending: Receipt[] = [];
  private readonly told: boolean[] = [];
  private newestConfirmedAtMs = 0;

  constructor(
    readonly day: CarrierDay,
    private readonly random: Random,
  ) {}

  isDown(atMs: number): boolean {
    const { outage } = this.day;
    return outage !== undefined && atMs >= outage.fromMs && atMs < outage.toMs;
  }

  lies(atMs: number): boolean {
    return this.liesFromMs !== undefined && atMs >= this.liesFromMs;
  }

  accept(atMs: number): void {
    this.attempts.push({ atMs });
    if (this.lies(atMs) || this.random.chance(0.03)) return;
    const quickMs = this.day.receiptMs * (0.2 + 0.8 * this.random.exponential());
    const dueMs = atMs + (this.random.chance(0.08) ? LATE_MS : quickMs);
    const { outage } = this.day;
    const heldBack = outage && dueMs >= outage.fromMs && dueMs < outage.toMs;
    const fails = this.failsFrom && atMs >= this.failsFrom.atMs ? this.failsFrom.share : this.day.undelivered;
    this.pending.push({
      atMs: heldBack ? outage.toMs + quickMs : dueMs,
      attemptAtMs: atMs,
      failed: this.random.chance(fails),
    });
  }

  /** Receipts that have come by the instant. A second one of the same message changes nothing, so none is drawn. */
  tell(untilMs: number): void {
    const due = this.pending.filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
    for (const receipt of due) {
      this.pending.splice(this.pending.indexOf(receipt), 1);
      this.told.push(receipt.failed);
      this.newestConfirmedAtMs = Math.max(this.newestConfirmedAtMs, receipt.attemptAtMs);
    }
  }

  evidence(): ProviderEvidence {
    const since: Attempt[] = [];
    for (let index = this.attempts.length - 1; index >= 0; index -= 1) {
      const attempt = this.attempts[index];
      if (!attempt || attempt.atMs <= this.newestConfirmedAtMs) break;
      since.push(attempt);
    }
    return {
      provider: this.day.name,
      unconfirmedAtMs: since.reverse().map(({ atMs }) => atMs),
      lastAttemptAtMs: this.attempts.at(-1)?.atMs,
      recentFailures: this.told.slice(-RECENT),
      foreignReceipts: this.foreignReceipts,
    };
  }
}
