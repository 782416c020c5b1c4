/**
 * The demo's clock goes at its speed as long as what lives by it keeps up. While an account, a lane, an application or
 * the sample's own step is behind, the clock waits: texts would expire and referrals lapse for want of time, which says
 * something of the machine and nothing of the credit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { followClock, holdBusinessClock } from '../businessClock';
import { type Behind, readBehind } from '../db/statements/runChecks';
import type { Agenda } from '../demo/agenda';
import { businessTimeMs } from '../domain/clock';
import type { RunningSystem } from './system';

const LOOK_EVERY_MS = 150;
/** Half of what a referral or a text waits for; a shorter wait would hold the clock for every busy first of a month. */
const BEHIND_MS = 36 * 3_600_000;
/** A hold in real time; short, because what is behind is often done in less. */
const HOLD_MS = 1_500;
/** A hold is renewed when so little of it is left, before anything runs again. */
const RENEW_MS = 900;
/** What has not moved in so long, while the clock stands, does not wait for time. */
const GIVE_UP_MS = 60_000;
const SHOWN = 200;

export interface ClockPace {
  /** Real time for which the clock stood. */
  waitedMs(): number;
  /** What the clock waits for now; undefined while it goes. */
  waitsFor(): string | undefined;
  /** The clock stands from now on, for what is asked of a run at its end. */
  holdFor(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Follows the system's clock as well, as its worker and its API do. */
export function keepPace(system: RunningSystem, agenda: Agenda, report: (line: string) => void): ClockPace {
  const { pool, tenantId, clock } = system;
  const onError = (error: unknown) => report(`the clock's pace: ${error instanceof Error ? error.message : error}`);
  const follower = followClock(pool, clock, onError);
  const patience = new Patience(report);
  let isStopping = false;
  let waitedMs = 0;
  let waitsFor: string | undefined;

  const hold = async (forMs: number) => {
    await holdBusinessClock(pool, forMs, Date.now());
    waitedMs += forMs;
  };

  const look = async () => {
    const nowMs = Date.now();
    const beforeMs = businessTimeMs(clock, nowMs) - BEHIND_MS;
    const rows = await readBehind(pool, { tenantId, beforeMs, limit: SHOWN });
    const steps = agenda.behind(beforeMs).map(({ what, atMs }): Late => ({ what: 'step', id: what, sinceMs: atMs }));
    const behind = patience.withoutGivenUp<Late>([...rows, ...steps], nowMs);
    waitsFor = behind.length === 0 ? undefined : wordsOf(behind);
    if (behind.length > 0 && clock.realEpochMs - nowMs < RENEW_MS) await hold(HOLD_MS);
  };

  const working = (async () => {
    while (!isStopping) {
      await look().catch(onError);
      await sleep(LOOK_EVERY_MS);
    }
  })();

  return {
    waitedMs: () => waitedMs,
    waitsFor: () => waitsFor,
    holdFor: (ms) => hold(ms).catch(onError),
    async stop() {
      isStopping = true;
      await working;
      await follower.stop();
    },
  };
}

type Late = { what: Behind['what'] | 'step'; id: string; sinceMs: number };

/** Waits for each thing so long and no longer, and says once what it gives up. */
export class Patience {
  private firstSeenMs = new Map<string, number>();
  private givenUp = new Set<string>();

  constructor(
    private readonly report: (line: string) => void,
    private readonly giveUpMs = GIVE_UP_MS,
  ) {}

  withoutGivenUp<Each extends { what: string; id: string; sinceMs: number }>(
    late: readonly Each[],
    nowMs: number,
  ): Each[] {
    const seen = new Map<string, number>();
    const waited: Each[] = [];
    for (const each of late) {
      const key = `${each.what} ${each.id} ${each.sinceMs}`;
      const sinceMs = this.firstSeenMs.get(key) ?? nowMs;
      seen.set(key, sinceMs);
      if (nowMs - sinceMs < this.giveUpMs) waited.push(each);
      else if (!this.givenUp.has(key)) {
        this.givenUp.add(key);
        this.report(`${each.what} ${each.id} does not move: the clock goes on without it`);
      }
    }
    this.firstSeenMs = seen;
    return waited;
  }
}

/** `2 accounts, 1 notice`. */
export function wordsOf(late: readonly Late[]): string {
  const counts = new Map<string, number>();
  for (const { what } of late) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(', ');
}
