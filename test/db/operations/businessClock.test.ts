/** The accelerated clock over a stop and over a crash: it pauses, and no business instant comes twice. */
import { expect, test } from '@jest/globals';
import { readClock } from '../../../src/db/operations/clock';
import { businessTimeMs } from '../../../src/domain/values/clock';
import {
  currentBusinessClock,
  followClock,
  keepClock,
  letClockGo,
  notBeforeTheirTime,
  openBusinessClock,
  shownClock,
} from '../../../src/platform/businessClock';
import { until } from '../../support/credits';
import { useDatabase } from '../testDatabase';

const database = useDatabase();
const WISH = { speed: 100_000, startAtMs: 1_767_200_000_000 };
const open = () => openBusinessClock(database.pool, WISH, Date.now());
const unexpected = (error: unknown) => {
  throw error;
};

async function untilClaimed(): Promise<void> {
  await until(async () => ((await readClock(database.pool))?.lastSeenRealMs ?? 0) > Date.now());
}

test('after a crash it goes on later than it was, after a stop in order where it was', async () => {
  const { clock } = await open();
  const crashed = keepClock(database.pool, unexpected);
  await untilClaimed();
  const afterCrash = await open();
  expect(afterCrash.resumedAtMs).toBeGreaterThan(businessTimeMs(clock, Date.now()));
  await crashed.stop();

  const keeper = keepClock(database.pool, unexpected);
  await untilClaimed();
  const beforeStopMs = businessTimeMs(afterCrash.clock, Date.now());
  await keeper.stop();
  const afterStopMs = businessTimeMs(afterCrash.clock, Date.now());
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { resumedAtMs } = await open();
  expect(resumedAtMs).toBeGreaterThanOrEqual(beforeStopMs);
  expect(resumedAtMs).toBeLessThanOrEqual(afterStopMs);
});

test('another speed on the same data is refused', async () => {
  await open();
  const other = openBusinessClock(database.pool, { ...WISH, speed: 1 }, Date.now());
  await expect(other).rejects.toThrow('the speed is fixed at the first start');
});

test('it stands while the processes come up, and runs from there', async () => {
  const startedAtMs = Date.now();
  const { clock, resumedAtMs } = await openBusinessClock(database.pool, { ...WISH, standsForMs: 60_000 }, startedAtMs);
  expect(clock.realEpochMs).toBe(startedAtMs + 60_000);
  expect(businessTimeMs(clock, startedAtMs + 59_999)).toBe(resumedAtMs);
  expect(businessTimeMs(clock, startedAtMs + 60_001)).toBe((resumedAtMs ?? 0) + WISH.speed);
});

test('bounded, it goes as far as its limit, stands there, and goes on from there when that is raised', async () => {
  const opened = await open();
  const limitMs = opened.clock.businessEpochMs + 400 * WISH.speed;
  await letClockGo(database.pool, limitMs, Date.now());
  const follower = await followClock(database.pool, unexpected);
  const nowMs = () => businessTimeMs(follower.clock, Date.now());
  const seen: number[] = [];
  const looking = setInterval(() => seen.push(nowMs()), 5);
  try {
    // Between the reading of the clock and of the time a moment may pass.
    const isAtLimit = (atMs: number) => atMs >= limitMs && atMs < limitMs + 50 * WISH.speed;
    await until(async () => seen.filter(isAtLimit).length > 20);
    expect(seen.filter((atMs) => atMs > limitMs && !isAtLimit(atMs))).toEqual([]);
    // As it is told to others: it goes on from now.
    expect(JSON.parse(JSON.stringify(follower.clock))).toEqual({
      businessEpochMs: limitMs,
      realEpochMs: expect.any(Number),
      speed: WISH.speed,
    });
    await letClockGo(database.pool, limitMs - 1, Date.now());
    expect((await readClock(database.pool))?.limitMs).toBe(limitMs);
    await letClockGo(database.pool, limitMs + 10_000 * WISH.speed, Date.now());
    expect((await readClock(database.pool))?.clock.businessEpochMs).toBe(limitMs);
    await until(async () => nowMs() > limitMs + 100 * WISH.speed);
    expect(seen).toEqual([...seen].sort((first, second) => first - second));
  } finally {
    clearInterval(looking);
    await follower.stop();
  }
});

test('a limit that it has not reached is raised without a stop, and a stop of the system keeps below it', async () => {
  const { clock } = await openBusinessClock(database.pool, { ...WISH, standsForMs: 60_000 }, Date.now());
  await letClockGo(database.pool, clock.businessEpochMs + 1, Date.now());
  await letClockGo(database.pool, clock.businessEpochMs + 2, Date.now());
  expect(await readClock(database.pool)).toMatchObject({ clock, limitMs: clock.businessEpochMs + 2 });
  // Seen much later, as after a crash: it had stood at its limit.
  await database.owner.query('update business_clock set last_seen_real_ms = last_seen_real_ms + 60000');
  expect((await open()).resumedAtMs).toBe(clock.businessEpochMs + 2);
});

test('opened bounded, it stands until it is let go, at the first start and at a later one', async () => {
  await database.owner.query('delete from business_clock');
  for (const resumedAtMs of [undefined, WISH.startAtMs]) {
    const opened = await openBusinessClock(database.pool, { ...WISH, isBounded: true }, Date.now());
    expect(opened.resumedAtMs).toBe(resumedAtMs);
    expect((await readClock(database.pool))?.limitMs).toBe(WISH.startAtMs);
    const follower = await followClock(database.pool, unexpected);
    await new Promise((done) => setTimeout(done, 300));
    expect((await currentBusinessClock(database.pool)).businessEpochMs).toBe(WISH.startAtMs);
    expect(businessTimeMs(follower.clock, Date.now()) - WISH.startAtMs).toBeLessThan(50 * WISH.speed);
    await follower.stop();
  }
});

test('what a process shows that learns late: never an instant before the last one', () => {
  const speed = 1_000;
  // In force since 100 real ms with 0: at 500 it is 400,000.
  const clock = { realEpochMs: 100, businessEpochMs: 0, speed };
  const free = { clock, limitMs: undefined };
  expect(shownClock(free, 300_000, 500)).toEqual(clock);
  const late = shownClock(free, 450_000, 500);
  expect([500, 550, 700].map((atMs) => businessTimeMs(late, atMs))).toEqual([450_000, 450_000, 600_000]);
  const bounded = { clock, limitMs: 350_000 };
  // Told to others, it goes on from now: nobody who hears of it is ever behind.
  expect(shownClock(bounded, 0, 500)).toEqual({ businessEpochMs: 350_000, realEpochMs: 505, speed });
  expect(shownClock(bounded, 380_000, 500)).toEqual({ businessEpochMs: 380_000, realEpochMs: 505, speed });
});

test('a step whose instant has not come gets the clock that goes on, and one whose instant is near waits for it', async () => {
  const clock = { realEpochMs: Date.now() + 5_000, businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const done: number[] = [];
  const timed = notBeforeTheirTime(
    clock,
    {
      sweep: async ({ asOfMs }: { asOfMs: number }) => void done.push(asOfMs),
      start: async (_: { accountId: string }) => 'started',
    },
    () => 'lane-1',
  );
  expect(await timed.sweep({ asOfMs: WISH.startAtMs })).toBeUndefined();
  expect(await timed.sweep({ asOfMs: WISH.startAtMs + 1 })).toEqual({ tooEarly: clock, shownMs: WISH.startAtMs });
  expect(done).toEqual([WISH.startAtMs]);
  expect(await timed.start({ accountId: 'a' })).toBe('started');
  clock.realEpochMs = Date.now();
  const nearMs = WISH.startAtMs + 50 * WISH.speed;
  await timed.sweep({ asOfMs: nearMs });
  expect(done).toEqual([WISH.startAtMs, nearMs]);
  expect(businessTimeMs(clock, Date.now())).toBeGreaterThanOrEqual(nearMs);
});

test('what waits for the clock is told so at once: the clock may stand for what that does next', async () => {
  const standing = { realEpochMs: Date.now() + 60_000, businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const going = { realEpochMs: Date.now(), businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const answers: unknown[] = [];
  for (const clock of [standing, going]) {
    const { step } = notBeforeTheirTime(clock, { step: async ({ asOfMs }: { asOfMs: number }) => asOfMs }, () => 'w');
    void step({ asOfMs: WISH.startAtMs + 60_000 * WISH.speed }).then((answer) => answers.push(answer));
  }
  // No timer: what is not answered by now waits for one.
  await new Promise(setImmediate);
  expect(answers).toEqual([
    { tooEarly: standing, shownMs: WISH.startAtMs },
    { tooEarly: going, shownMs: expect.any(Number) },
  ]);
});

test('who was told and comes again while the clock stands there is kept; who was not, and another, is not', async () => {
  const clock = { realEpochMs: Date.now() + 60_000, businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const answered: string[] = [];
  let who = 'first';
  const { step } = notBeforeTheirTime(clock, { step: async ({ asOfMs }: { asOfMs: number }) => asOfMs }, () => who);
  const later = { asOfMs: WISH.startAtMs + 60_000 * WISH.speed };
  const asking = async (asker: string) => {
    who = asker;
    void step(later).then(() => answered.push(asker));
    await new Promise(setImmediate);
  };
  await asking('first');
  // As of what the clock shows it is done; by its own reckoning it is early again.
  expect(await step({ asOfMs: WISH.startAtMs })).toBe(WISH.startAtMs);
  await asking('first');
  await asking('second');
  expect(answered).toEqual(['first', 'second']);
  clock.businessEpochMs += 1;
  await asking('first');
  expect(answered.slice(2)).toEqual(['first']);
});

test('a clock that stops short of an instant that was near is waited for no longer', async () => {
  const clock = { realEpochMs: Date.now(), businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const nearMs = WISH.startAtMs + 90 * WISH.speed;
  const { step } = notBeforeTheirTime(clock, { step: async ({ asOfMs }: { asOfMs: number }) => asOfMs }, () => 'w');
  const answer = step({ asOfMs: nearMs });
  Object.assign(clock, { realEpochMs: Date.now() + 60_000 });
  expect(await answer).toEqual({ tooEarly: clock, shownMs: WISH.startAtMs });
});

test('real time is never held, and nobody is early by it', async () => {
  const activities = { sweep: async ({ asOfMs }: { asOfMs: number }) => asOfMs };
  expect(notBeforeTheirTime({ realEpochMs: 0, businessEpochMs: 0, speed: 1 }, activities, () => 'w')).toBe(activities);
  await database.owner.query('delete from business_clock');
  await openBusinessClock(database.pool, { speed: 1, startAtMs: undefined }, Date.now());
  await expect(letClockGo(database.pool, 1_000, Date.now())).rejects.toThrow('real time cannot be held');
});
