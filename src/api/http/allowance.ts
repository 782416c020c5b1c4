/** How often each of many may ask: a bucket for each, filled at one pace. Pure but for what it keeps: time is given. */
import { SECOND_MS } from '../../domain/values/timeUnits';

export interface Rate {
  /** Units that come back in a second. */
  perSecond: number;
  /** Units that may be spent at once after a rest. */
  burst: number;
}

/**
 * Keeps of each who asks one instant: from when on the bucket is full again. So somebody who rested need not be kept,
 * and the oldest are forgotten when there are too many: whoever comes from that many places is not held by a limit for
 * each anyway.
 */
export class Allowances {
  private readonly fullAtMs = new Map<string, number>();

  constructor(
    private readonly rate: Rate,
    private readonly mostKept: number,
  ) {}

  get size(): number {
    return this.fullAtMs.size;
  }

  /**
   * Real milliseconds until there are so many units, 0 when there are; nothing is spent. What costs more than the whole
   * bucket is let in when that is full.
   */
  waitMs(who: string, units: number, nowMs: number): number {
    const { perSecond, burst } = this.rate;
    const spareMs = ((burst - Math.min(units, burst)) / perSecond) * SECOND_MS;
    return Math.max(0, this.fullFrom(who, nowMs) - nowMs - spareMs);
  }

  /** Whole units that there are now. */
  left(who: string, nowMs: number): number {
    const { perSecond, burst } = this.rate;
    return Math.floor(burst - ((this.fullFrom(who, nowMs) - nowMs) / SECOND_MS) * perSecond + 1e-9);
  }

  /** Spends them, whether there are so many or not. */
  spend(who: string, units: number, nowMs: number): void {
    if (units === 0) return;
    const { perSecond, burst } = this.rate;
    const fullAtMs = this.fullFrom(who, nowMs) + (Math.min(units, burst) / perSecond) * SECOND_MS;
    // Put last: the first of the map is who has asked longest ago.
    this.fullAtMs.delete(who);
    if (this.fullAtMs.size >= this.mostKept) {
      const [oldest] = this.fullAtMs.keys();
      if (oldest !== undefined) this.fullAtMs.delete(oldest);
    }
    this.fullAtMs.set(who, fullAtMs);
  }

  /** A clock that was put back must not make anybody wait longer than for an empty bucket. */
  private fullFrom(who: string, nowMs: number): number {
    const { perSecond, burst } = this.rate;
    const kept = this.fullAtMs.get(who) ?? nowMs;
    return Math.max(nowMs, Math.min(kept, nowMs + (burst / perSecond) * SECOND_MS));
  }
}

/** What was found wrong and stays so for a while: so many at most, the oldest are forgotten. */
export class ForgettingSet {
  private readonly untilMs = new Map<string, number>();

  constructor(
    private readonly forMs: number,
    private readonly mostKept: number,
  ) {}

  get size(): number {
    return this.untilMs.size;
  }

  add(name: string, nowMs: number): void {
    this.untilMs.delete(name);
    if (this.untilMs.size >= this.mostKept) {
      const [oldest] = this.untilMs.keys();
      if (oldest !== undefined) this.untilMs.delete(oldest);
    }
    this.untilMs.set(name, nowMs + this.forMs);
  }

  has(name: string, nowMs: number): boolean {
    const untilMs = this.untilMs.get(name);
    if (untilMs === undefined) return false;
    // Also one that lies further ahead than it could: then the clock was put back.
    if (nowMs < untilMs && untilMs - nowMs <= this.forMs) return true;
    this.untilMs.delete(name);
    return false;
  }
}
