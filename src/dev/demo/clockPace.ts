/**
 * The demo's clock goes at its speed as long as what lives by it keeps up. It never passes the instant up to which an
 * account, a lane, an application or the sample's own step may be late: texts would expire and referrals lapse for want
 * of time, which says something of the machine and nothing of the credit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ahead, readAhead } from '../../db/credit/runChecks';
import { tellable } from '../../db/errorLine';
import { businessTimeMs } from '../../domain/values/clock';
import { DAY_MS, HOUR_MS } from '../../domain/values/timeUnits';
import { letClockGo } from '../../platform/businessClock';
import type { RunningSystem } from '../localSystem/system';
import type { Agenda } from './agenda';

const LOOK_EVERY_MS = 100;
/** While the clock stands: what it stood for is often done some milliseconds later. */
const LOOK_AGAIN_MS = 50;
/** Late by a day is late by less than a second of real time; a text of one day has less. */
const GRACE_MS = DAY_MS;
/** Of what a text is good for: one that is due at nine and good for its day is sent before the quiet hours. */
const SHARE_OF_NOTICE = 0.6;
/** A borrower who pays on the due date at noon pays on that date. */
const STEP_GRACE_MS = 10 * HOUR_MS;
/** The clock is let go no further at once, whatever there is: what is planned meanwhile may be due before. */
const MOST_AHEAD_MS = 36 * HOUR_MS;
/** What has not moved in so long, while the clock stands for it, does not wait for time. */
const GIVE_UP_MS = 60_000;
const SHOWN = 200;

export type Waiting = Omit<Ahead, 'what'> & { what: Ahead['what'] | 'step' };

export interface ClockPace {
  /** Real time for which the clock stood. */
  waitedMs(): number;
  /** What the clock waits for now; undefined while it goes. */
  waitsFor(): string | undefined;
  stop(): Promise<void>;
}

/** Lets the clock go until `untilMs` at most. */
export function keepPace(
  system: RunningSystem,
  agenda: Agenda,
  { untilMs, report }: { untilMs: number; report(line: string): void },
): ClockPace {
  const { pool, tenantId, clock } = system;
  const onError = (error: unknown) => report(`the clock's pace: ${tellable(error)}`);
  const patience = new Patience(report);
  let isStopping = false;
  let waitedMs = 0;
  let letGoMs = Number.NEGATIVE_INFINITY;
  let waitsFor: string | undefined;

  const check = async () => {
    const rows = await readAhead(pool, { tenantId, graceMs: GRACE_MS, shareOfNotice: SHARE_OF_NOTICE, limit: SHOWN });
    const steps = agenda.ahead.map(({ what, atMs }) => stepAhead(what, atMs));
    const shownMs = businessTimeMs(clock, Date.now());
    const ahead = patience.withoutGivenUp<Waiting>([...rows, ...steps], shownMs, Date.now());
    const blocking = ahead.filter(({ holdsAtMs }) => holdsAtMs <= shownMs);
    waitsFor = blocking.length === 0 ? undefined : wordsOf(blocking);
    const limitMs = limitOf(ahead, shownMs, untilMs);
    if (limitMs > letGoMs) await letClockGo(pool, limitMs, Date.now());
    letGoMs = Math.max(letGoMs, limitMs);
  };

  const working = (async () => {
    let lookedAtMs = Date.now();
    while (!isStopping) {
      await check().catch(onError);
      await sleep(waitsFor === undefined ? LOOK_EVERY_MS : LOOK_AGAIN_MS);
      if (waitsFor !== undefined) waitedMs += Date.now() - lookedAtMs;
      lookedAtMs = Date.now();
    }
  })();

  return {
    waitedMs: () => waitedMs,
    waitsFor: () => waitsFor,
    async stop() {
      isStopping = true;
      await working;
    },
  };
}

function stepAhead(what: string, atMs: number): Waiting {
  return { what: 'step', id: what, dueAtMs: atMs, holdsAtMs: atMs + STEP_GRACE_MS };
}

/** How far the clock may go: as far as the first thing allows that is not done. */
export function limitOf(ahead: readonly Waiting[], shownMs: number, untilMs: number): number {
  return Math.min(shownMs + MOST_AHEAD_MS, untilMs, ...ahead.map(({ holdsAtMs }) => holdsAtMs));
}

/** Waits for each thing so long and no longer, and says once what it gives up. */
export class Patience {
  private firstHeldMs = new Map<string, number>();
  private givenUp = new Set<string>();

  constructor(
    private readonly report: (line: string) => void,
    private readonly giveUpMs = GIVE_UP_MS,
  ) {}

  /** Without what has held the clock for too long: `shownMs` is its instant, `nowMs` real time. */
  withoutGivenUp<Each extends Waiting>(ahead: readonly Each[], shownMs: number, nowMs: number): Each[] {
    const held = new Map<string, number>();
    const waited = ahead.filter(({ what, id, dueAtMs, holdsAtMs }) => {
      const key = `${what} ${id} ${dueAtMs}`;
      if (this.givenUp.has(key)) return false;
      if (holdsAtMs > shownMs) return true;
      const sinceMs = this.firstHeldMs.get(key) ?? nowMs;
      held.set(key, sinceMs);
      if (nowMs - sinceMs < this.giveUpMs) return true;
      this.givenUp.add(key);
      this.report(`${what} ${id} does not move: the clock goes on without it`);
      return false;
    });
    this.firstHeldMs = held;
    return waited;
  }
}

/** `2 accounts, 1 notice`. */
export function wordsOf(waiting: readonly Waiting[]): string {
  const counts = new Map<string, number>();
  for (const { what } of waiting) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
}
