/** Work that comes again: one turn at a time, a fault ends nothing, and a stop waits for the turn that runs. */
import { afterEach, expect, it } from '@jest/globals';
import { keepDoing } from '../src/platform/keepDoing';
import { until } from './support/credits';

let kept: ReturnType<typeof keepDoing> | undefined;
// Not waited for: what a failed test left waiting must not hold the run.
afterEach(() => void kept?.stop());

it('begins no turn while one runs, and a stop waits for it', async () => {
  const told: unknown[] = [];
  const ends: (() => void)[] = [];
  let ended = 0;
  const work = async () => {
    await new Promise<void>((resolve) => {
      ends.push(resolve);
    });
    ended += 1;
  };
  kept = keepDoing(work, 1, (error) => told.push(error));
  let looks = 0;
  await until(async () => ++looks > 5);
  expect([ends.length, ended]).toEqual([1, 0]);
  ends[0]?.();
  await until(async () => ends.length === 2);
  const stopped = kept.stop();
  ends[1]?.();
  await stopped;
  expect([ends.length, ended, told]).toEqual([2, 2, []]);
});

it('tells a fault, and takes the next turn', async () => {
  const told: unknown[] = [];
  let turns = 0;
  const fault = new Error('away');
  kept = keepDoing(
    async () => {
      turns += 1;
      if (turns === 1) throw fault;
    },
    1,
    (error) => told.push(error),
  );
  await until(async () => turns >= 2);
  await kept.stop();
  expect(told).toEqual([fault]);
});
