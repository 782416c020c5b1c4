import { describe, expect, test } from '@jest/globals';
import { endWhenBroken } from '../../../src/dev/localSystem/endWhenBroken';

async function askedBy(broken: Promise<string>, isOver = false): Promise<(string | undefined)[]> {
  const asked: (string | undefined)[] = [];
  endWhenBroken({ ask: (reason) => void asked.push(reason) }, broken, () => isOver);
  await new Promise((done) => setImmediate(done));
  return asked;
}

describe('a run ends', () => {
  test('when a part of its system ends, with what it was', async () => {
    expect(await askedBy(Promise.resolve('worker ended: exit code 1'))).toEqual(['worker ended: exit code 1']);
  });

  test('when a part cannot be watched any more, with why', async () => {
    const reason = 'a part of the system cannot be watched: gone';
    expect(await askedBy(Promise.reject(new Error('gone')))).toEqual([reason]);
  });

  test('once: what ends after it is being stopped', async () => {
    expect(await askedBy(Promise.resolve('worker ended: exit code 0'), true)).toEqual([]);
    expect(await askedBy(Promise.reject(new Error('gone')), true)).toEqual([]);
  });
});
