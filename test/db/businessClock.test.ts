/** The accelerated clock over a stop and over a crash: it pauses, and no business instant comes twice. */
import { expect, test } from '@jest/globals';
import { keepClock, openBusinessClock } from '../../src/businessClock';
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
