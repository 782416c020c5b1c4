/**
 * The deployment's business clock, kept in the database. At speed 1 it is real time. An accelerated clock is fixed at
 * the first start and pauses while the system is down: each start goes on from the business instant of the last stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Timed, TooEarly } from '../contracts/operations/clock';
import {
  beginClockSegment,
  type ClockSegment,
  lockClock,
  raiseClockLimit,
  readClock,
  restClock,
  touchClock,
} from '../db/operations/clock';
import { inTransaction } from '../db/transaction';
import { type BusinessClock, businessTimeMs, REAL_TIME, realDelayMs } from '../domain/values/clock';
import { keepDoing } from './keepDoing';

export interface ClockWish {
  speed: number;
  /** Business instant of an accelerated clock's first start; now when absent. */
  startAtMs: number | undefined;
  /**
   * How long, in real time, an accelerated clock stands before it runs: business days would pass unattended while the
   * processes that live by it come up.
   */
  standsForMs?: number;
  /** Whether an accelerated clock stands until somebody lets it go, and never goes further than that. */
  isBounded?: boolean;
}

export interface OpenedClock {
  clock: BusinessClock;
  /** The business instant at which an earlier run stopped; undefined at the first start and in real time. */
  resumedAtMs: number | undefined;
}

/** Opens the clock at a start of the system. Throws when another speed was fixed at the first start. */
export async function openBusinessClock(pool: Pool, wish: ClockWish, nowMs: number): Promise<OpenedClock> {
  const realEpochMs = wish.speed === 1 ? nowMs : nowMs + (wish.standsForMs ?? 0);
  return inTransaction(pool, async (client) => {
    const begin = async (segment: number, clock: BusinessClock) => {
      await beginClockSegment(client, { segment, clock });
      if (wish.isBounded && clock.speed !== 1) {
        await raiseClockLimit(client, { segment, limitMs: clock.businessEpochMs });
      }
      return clock;
    };
    const latest = await readClock(client);
    if (!latest) return { clock: await begin(1, firstClock(wish, realEpochMs)), resumedAtMs: undefined };
    if (latest.clock.speed !== wish.speed) {
      throw new Error(
        `the business clock of this database runs at speed ${latest.clock.speed}, not ${wish.speed}: ` +
          'the speed is fixed at the first start; give that speed, or an empty database',
      );
    }
    if (wish.speed === 1) return { clock: latest.clock, resumedAtMs: undefined };
    const { limitMs = Number.POSITIVE_INFINITY } = latest;
    const resumedAtMs = Math.min(businessTimeMs(latest.clock, latest.lastSeenRealMs), limitMs);
    const goesOn = { realEpochMs, businessEpochMs: resumedAtMs, speed: wish.speed };
    return { clock: await begin(latest.segment + 1, goesOn), resumedAtMs };
  });
}

function firstClock({ speed, startAtMs }: ClockWish, realEpochMs: number): BusinessClock {
  // At speed 1 business time is real time, whatever start was asked for.
  const businessEpochMs = speed === 1 ? realEpochMs : (startAtMs ?? realEpochMs);
  return { realEpochMs, businessEpochMs, speed };
}

/** The clock as it runs now; one that was never opened is real time. A process that lives by it follows it. */
export async function currentBusinessClock(pool: Pool): Promise<BusinessClock> {
  const latest = await readClock(pool);
  return latest ? boundedClock(latest, Date.now()) : REAL_TIME;
}

const LOOK_EVERY_MS = 100;
/** What may pass between reading the clock and reading the time; any message to a workflow takes longer. */
const STANDS_MS = 5;

/**
 * Lets an accelerated clock go as far as a business instant and no further. One that stands at the limit of before goes
 * on from there, as a further segment. Never lowered. Throws for a clock of real time, which nobody can hold.
 */
export async function letClockGo(pool: Pool, untilMs: number, nowMs: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await lockClock(client);
    const latest = await readClock(client);
    if (!latest || latest.clock.speed === 1) throw new Error('real time cannot be held');
    const { clock, limitMs } = latest;
    let { segment } = latest;
    if (limitMs !== undefined && untilMs > limitMs && businessTimeMs(clock, nowMs) >= limitMs) {
      segment += 1;
      const goesOn = { realEpochMs: nowMs, businessEpochMs: limitMs, speed: clock.speed };
      await beginClockSegment(client, { segment, clock: goesOn });
    }
    await raiseClockLimit(client, { segment, limitMs: untilMs });
  });
}

export interface FollowedClock {
  /** Read anew at each use: at its limit it stands, whenever it was looked up last. */
  clock: BusinessClock;
  stop(): Promise<void>;
}

/** The clock as it goes on, for a process that lives by it. Real time is never held, so nothing is looked up again. */
export async function followClock(pool: Pool, onError: (error: unknown) => void): Promise<FollowedClock> {
  const first = await readClock(pool);
  if (!first || first.clock.speed === 1) return { clock: first?.clock ?? REAL_TIME, stop: async () => undefined };
  let segment = first;
  const refresh = async () => {
    segment = (await readClock(pool)) ?? segment;
  };
  const { stop } = keepDoing(refresh, LOOK_EVERY_MS, onError);
  return { clock: clockThatShows(() => segment), stop };
}

/** Its first field decides for all: whoever reads the fields in their order reads those of one instant. */
function clockThatShows(segment: () => Pick<ClockSegment, 'clock' | 'limitMs'>): BusinessClock {
  let shown = segment().clock;
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    get businessEpochMs() {
      const nowMs = Date.now();
      shown = shownClock(segment(), shownMs, nowMs);
      shownMs = businessTimeMs(shown, nowMs);
      return shown.businessEpochMs;
    },
    get realEpochMs() {
      return shown.realEpochMs;
    },
    speed: shown.speed,
  };
}

/**
 * What whoever asks now is shown: at its limit the clock stands, and goes on from now as far as anybody can tell. So a
 * workflow that is told of it is never behind, which nobody would tell it; ahead it asks too early, and is told.
 */
function boundedClock({ clock, limitMs }: Pick<ClockSegment, 'clock' | 'limitMs'>, nowMs: number): BusinessClock {
  if (limitMs === undefined || businessTimeMs(clock, nowMs) < limitMs) return clock;
  return { businessEpochMs: limitMs, realEpochMs: nowMs + STANDS_MS, speed: clock.speed };
}

/**
 * The clock of a segment for a process that has shown an instant. Business time never goes back for it: who learns late
 * of a segment stands at what was shown last, until the segment has come so far.
 */
export function shownClock(
  segment: Pick<ClockSegment, 'clock' | 'limitMs'>,
  shownMs: number,
  nowMs: number,
): BusinessClock {
  const next = boundedClock(segment, nowMs);
  const { speed } = next;
  const aheadMs = shownMs - businessTimeMs(next, nowMs);
  if (aheadMs <= 0) return next;
  const standsForMs = next === segment.clock ? Math.ceil(aheadMs / speed) : STANDS_MS;
  return { businessEpochMs: shownMs, realEpochMs: nowMs + standsForMs, speed };
}

/** So long, in real time, it is waited for: whoever asks while the clock stands would ask again at once. */
const NEAR_MS = 1_000;

/**
 * Activities that do nothing before the business instant that they are asked for. A workflow learns so, when it is its
 * turn and at no cost to the others, that an accelerated clock stood: it gets the clock instead, and asks again. In real
 * time nobody is early by more than two machines' clocks differ, and nothing is changed.
 */
export function notBeforeTheirTime<Activities extends object>(
  clock: BusinessClock,
  activities: Activities,
): Activities | Timed<Activities> {
  if (clock.speed === 1) return activities;
  const timed = Object.entries(activities).map(([name, run]) => [
    name,
    async (input: { asOfMs?: number }) => {
      const delayOf = () => (input.asOfMs === undefined ? 0 : realDelayMs(clock, Date.now(), input.asOfMs));
      const giveUpAtMs = Date.now() + NEAR_MS;
      for (let delayMs = delayOf(); delayMs > 0 && Date.now() < giveUpAtMs; delayMs = delayOf()) {
        await sleep(Math.min(delayMs, LOOK_EVERY_MS));
      }
      return delayOf() > 0 ? tooEarly(clock) : run(input);
    },
  ]);
  return Object.fromEntries(timed);
}

function tooEarly(clock: BusinessClock): TooEarly {
  const shown = { ...clock };
  return { tooEarly: shown, shownMs: businessTimeMs(shown, Date.now()) };
}

const CLAIM_EVERY_MS = 1000;
/** Two claims long, so that one that comes late leaves no instant unclaimed. */
const CLAIM_AHEAD_MS = 2 * CLAIM_EVERY_MS;

/**
 * Keeps the clock's place while it runs: it claims the next two seconds, again each second, and a stop gives back what
 * did not pass. So after a crash the clock goes on up to two seconds later than it was, and never earlier: a business
 * day that comes twice would take back what was booked and told on it.
 */
export function keepClock(pool: Pool, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const note = (what: typeof touchClock, realMs: number) =>
    inTransaction(pool, async (client) => {
      const latest = await readClock(client);
      if (latest) await what(client, { segment: latest.segment, realMs });
    }).catch(onError);
  let noting = Promise.resolve();
  const claim = () => {
    noting = noting.then(() => note(touchClock, Date.now() + CLAIM_AHEAD_MS));
  };
  claim();
  const timer = setInterval(claim, CLAIM_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await noting;
      await note(restClock, Date.now());
    },
  };
}
