/** The accelerated clock over a stop and over a crash: it pauses, and no business instant comes twice. */
import { expect, test } from '@jest/globals';
import {
  followClock,
  holdBusinessClock,
  keepClock,
  notBeforeTheirTime,
  openBusinessClock,
} from '../../src/businessClock';
import { readClock } from '../../src/db/statements/clock';
import { businessTimeMs } from '../../src/domain/clock';
import { until } from '../support/credits';
import { useDatabase } from './testDatabase';

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

test('held, it shows the instant at which it is held, stands for a while, and no instant comes twice', async () => {
  const { clock } = await open();
  const follower = followClock(database.pool, clock, unexpected);
  const seen: number[] = [];
  const looking = setInterval(() => seen.push(businessTimeMs(clock, Date.now())), 5);
  try {
    const heldAtMs = Date.now();
    const before = { ...clock };
    const held = await holdBusinessClock(database.pool, 3_000, heldAtMs);
    expect(held.businessEpochMs).toBeGreaterThan(businessTimeMs(before, heldAtMs));
    expect(held.realEpochMs - heldAtMs).toBeGreaterThanOrEqual(3_000);
    await until(async () => Date.now() > held.realEpochMs + 500);
    // Where it had stood at once, it is where all others are; a late one has been waited for.
    const nowMs = Date.now();
    expect(Math.abs(businessTimeMs(clock, nowMs) - businessTimeMs(held, nowMs))).toBeLessThanOrEqual(2 * WISH.speed);
    expect(seen).toEqual([...seen].sort((first, second) => first - second));
    // It stood: one instant was seen again and again.
    const counts = new Map<number, number>();
    for (const atMs of seen) counts.set(atMs, (counts.get(atMs) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeGreaterThan(5);
  } finally {
    clearInterval(looking);
    await follower.stop();
  }
});

test('who learns late that it was held stands at what was shown last, until the clock has come so far', async () => {
  const { clock } = await open();
  await holdBusinessClock(database.pool, 1_000, Date.now());
  const late = { ...clock };
  await new Promise((done) => setTimeout(done, 1_000));
  const shownMs = businessTimeMs(late, Date.now());
  const follower = followClock(database.pool, late, unexpected);
  await until(async () => late.realEpochMs !== clock.realEpochMs);
  expect(late.businessEpochMs).toBeGreaterThanOrEqual(shownMs);
  expect(businessTimeMs(late, Date.now())).toBeGreaterThanOrEqual(shownMs);
  await follower.stop();
});

test('held again while it stands, it stands for longer at the same instant', async () => {
  const { clock } = await openBusinessClock(database.pool, { ...WISH, standsForMs: 60_000 }, Date.now());
  const held = await holdBusinessClock(database.pool, 5_000, Date.now());
  expect(held).toEqual({ ...clock, realEpochMs: clock.realEpochMs + 5_000 });
  const { resumedAtMs } = await open();
  expect(resumedAtMs).toBe(clock.businessEpochMs);
});

test('a step whose instant has not come gets the clock that goes on, and one whose instant is near waits for it', async () => {
  const clock = { realEpochMs: Date.now() + 5_000, businessEpochMs: WISH.startAtMs, speed: WISH.speed };
  const done: number[] = [];
  const timed = notBeforeTheirTime(clock, {
    sweep: async ({ asOfMs }: { asOfMs: number }) => void done.push(asOfMs),
    start: async (_: { accountId: string }) => 'started',
  });
  expect(await timed.sweep({ asOfMs: WISH.startAtMs })).toBeUndefined();
  expect(await timed.sweep({ asOfMs: WISH.startAtMs + 1 })).toEqual({ tooEarly: clock });
  expect(done).toEqual([WISH.startAtMs]);
  expect(await timed.start({ accountId: 'a' })).toBe('started');
  clock.realEpochMs = Date.now();
  const nearMs = WISH.startAtMs + 200 * WISH.speed;
  await timed.sweep({ asOfMs: nearMs });
  expect(done).toEqual([WISH.startAtMs, nearMs]);
  expect(businessTimeMs(clock, Date.now())).toBeGreaterThanOrEqual(nearMs);
});

test('real time is never held, and nobody is early by it', async () => {
  const activities = { sweep: async ({ asOfMs }: { asOfMs: number }) => asOfMs };
  expect(notBeforeTheirTime({ realEpochMs: 0, businessEpochMs: 0, speed: 1 }, activities)).toBe(activities);
  await database.pool.query('delete from business_clock');
  await openBusinessClock(database.pool, { speed: 1, startAtMs: undefined }, Date.now());
  await expect(holdBusinessClock(database.pool, 1_000, Date.now())).rejects.toThrow('real time cannot be held');
});
