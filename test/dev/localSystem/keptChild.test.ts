/** A child that ends by itself is started again and told of; the run ends only when it ends again and again. */
import { expect, it } from '@jest/globals';
import type { RunningChild } from '../../../src/dev/localSystem/childProcess';
import { keepChild } from '../../../src/dev/localSystem/keptChild';

/** Children of nothing: each ends when the test says so. */
class Nursery {
  readonly told: string[] = [];
  starts = 0;
  stopped = 0;
  /** How many of the next starts fail. */
  failing = 0;
  private end: (how: string) => void = () => undefined;

  keep() {
    return keepChild({ start: () => this.start(), report: (line) => this.told.push(line), pauseMs: () => 1 });
  }

  private async start(): Promise<RunningChild> {
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('the port is taken');
    }
    this.starts += 1;
    const exited = new Promise<string>((done) => {
      this.end = done;
    });
    return {
      name: 'the worker',
      pid: this.starts,
      exited,
      stop: async () => {
        this.stopped += 1;
        this.end('SIGTERM');
      },
    };
  }

  async die(how: string): Promise<void> {
    const before = this.starts;
    this.end(how);
    for (let turn = 0; turn < 200 && this.starts === before; turn++) await new Promise((done) => setTimeout(done, 5));
  }
}

it('that dies once is started again, and both are told', async () => {
  const nursery = new Nursery();
  const kept = await nursery.keep();
  await nursery.die('SIGKILL');
  expect(nursery.starts).toBe(2);
  await new Promise((done) => setTimeout(done, 20));
  expect(nursery.told).toEqual(['the worker ended (SIGKILL): starting it again', 'the worker runs again']);
  await kept.stop();
  expect(nursery.stopped).toBe(1);
});

it('that dies again and again is given up, and says how it ended at last', async () => {
  const nursery = new Nursery();
  const kept = await nursery.keep();
  for (let time = 0; time < 4; time++) await nursery.die('code 1');
  expect(nursery.starts).toBe(5);
  void nursery.die('code 7');
  expect(await kept.gaveUp).toBe('the worker ended 5 times within a minute, at last with code 7');
});

it('that cannot come up again counts as one that ended, and comes up when it can', async () => {
  const nursery = new Nursery();
  const kept = await nursery.keep();
  nursery.failing = 2;
  await nursery.die('SIGKILL');
  expect(nursery.starts).toBe(2);
  expect(nursery.told.filter((line) => line.includes('the port is taken'))).toHaveLength(2);
  await kept.stop();
});

it('whose first start fails is not kept at all', async () => {
  const nursery = new Nursery();
  nursery.failing = 1;
  await expect(nursery.keep()).rejects.toThrow('the port is taken');
});

it('that is stopped in order is not started again', async () => {
  const nursery = new Nursery();
  const kept = await nursery.keep();
  await kept.stop();
  await new Promise((done) => setTimeout(done, 20));
  expect(nursery.starts).toBe(1);
  expect(nursery.told).toEqual([]);
});
