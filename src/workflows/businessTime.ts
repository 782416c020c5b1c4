/**
 * Business time inside a workflow. `Date.now()` is the instant of the workflow task, the same on every replay; the
 * deployment's clock turns it into business time.
 */
import { condition, log, setHandler } from '@temporalio/workflow';
import { movedClock } from '../contracts/fields';
import { clockMoved, type TooEarly } from '../contracts/operations/clock';
import { sentenceOf } from '../contracts/schemaJudge';
import { type BusinessClock, businessTimeMs, realDelayMs } from '../domain/values/clock';
import { newlyRefused } from './newlyRefused';

/** What is nearer than this is due now: no workflow starts a shorter timer (docs/decisions/0006-timers.md). */
const SHORTEST_WAIT_MS = 1000;

export class BusinessTime {
  private moves = 0;
  private steppedMs: number | undefined;
  private beforeMs: number | undefined;
  /**
   * After a step that was early, what the clock shows: the next one is asked for as of it. By its own reckoning a
   * workflow is ahead again of a clock that stands, however often it asks.
   */
  private shownMs: number | undefined;

  constructor(private current: BusinessClock) {}

  get clock(): BusinessClock {
    return this.current;
  }

  now(): number {
    return businessTimeMs(this.current, Date.now());
  }

  /** The deployment's clock goes on from new epochs: whoever waits looks again. */
  move(clock: BusinessClock): void {
    this.current = clock;
    this.moves += 1;
  }

  /**
   * Registers the signal. Each workflow calls it at its own place among its handlers, always the same one: a signal that
   * came before is judged at that place, and may leave a marker in the history.
   */
  followClock(): void {
    setHandler(clockMoved, (clock) => this.judgeAndMove(clock), {
      description: 'The business clock of the deployment goes on from new epochs',
    });
  }

  /** As {@link move}, of whoever sent a signal: what is no clock is not gone by. */
  private judgeAndMove(clock: BusinessClock): void {
    const fault = newlyRefused('CLOCKS', sentenceOf(movedClock, { clock }));
    if (fault) log.warn('business clock of a signal refused', { fault });
    else this.move(clock);
  }

  /** Whether a step's answer is that its instant has not come; then the clock is now the one that it brought. */
  isEarly<Result>(result: Result | TooEarly): result is TooEarly {
    if (typeof result !== 'object' || result === null || !('tooEarly' in result)) return false;
    this.move(result.tooEarly);
    this.shownMs = result.shownMs;
    this.steppedMs = this.beforeMs;
    return true;
  }

  /** A step at its instant; where the clock has not come so far, it is asked for again by the clock that goes on. */
  async step<Result>(
    deadlineMs: number | undefined,
    take: (asOfMs: number) => Promise<Result | TooEarly>,
  ): Promise<{ asOfMs: number; result: Result }> {
    for (;;) {
      const asOfMs = this.stepInstant(deadlineMs);
      const result = await take(asOfMs);
      if (!this.isEarly(result)) return { asOfMs, result };
    }
  }

  /** The instant of the last step: what is known is known as of it. */
  get lastStepMs(): number {
    return this.steppedMs ?? this.now();
  }

  isDue(instantMs: number | undefined): boolean {
    return instantMs !== undefined && instantMs - this.now() < SHORTEST_WAIT_MS;
  }

  /** The instant of a step: now, or the deadline that is due and less than the shortest wait away. */
  stepInstant(deadlineMs: number | undefined): number {
    const isDue = deadlineMs !== undefined && this.isDue(deadlineMs);
    this.beforeMs = this.steppedMs;
    // Business time never goes back, whichever process shows it.
    const nowMs = this.shownMs === undefined ? this.now() : Math.max(this.shownMs, this.beforeMs ?? this.shownMs);
    this.shownMs = undefined;
    this.steppedMs = isDue ? Math.max(nowMs, deadlineMs) : nowMs;
    return this.steppedMs;
  }

  /**
   * Waits for the next of a message or the deadline; with no deadline, for a message. `summary` says what the timer is
   * for, in the history.
   */
  async waitFor(hasMessage: () => boolean, deadlineMs: number | undefined, summary?: string): Promise<void> {
    while (!hasMessage() && !this.isDue(deadlineMs)) {
      this.shownMs = undefined;
      const seen = this.moves;
      const isAwake = () => hasMessage() || this.moves !== seen;
      if (deadlineMs === undefined) await condition(isAwake);
      else {
        const delayMs = Math.max(1, realDelayMs(this.current, Date.now(), deadlineMs));
        await condition(isAwake, delayMs, summary === undefined ? {} : { summary });
      }
    }
  }
}
