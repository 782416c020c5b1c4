/** Goals are met, missed, or not measured; what was not measured is never taken for met. */
import { describe, expect, it } from '@jest/globals';
import { measurements } from '../../../src/dev/bench/benchCommand';
import { monthsOf, postsOf } from '../../../src/dev/bench/ledger/ledgerPart';
import { claimsOf, sendingOf } from '../../../src/dev/bench/notices/noticesPart';
import { atLeast, atMost, notMeasured, resultOf } from '../../../src/dev/bench/result';
import { tableOf } from '../../../src/dev/bench/table';

const post = (postsPerSecond: number, pgbenchPerSecond: number | undefined) => ({
  postsPerSecond,
  pgbenchPerSecond,
  statements: 12,
});

const notices = (noticesPerSecond: number, kannelPerSecond: number) => ({
  noticesPerSecond,
  kannelPerSecond,
  kannelInMemoryPerSecond: 1_000,
});

describe('the goals of the ledger', () => {
  it('compare payments with pgbench in each repetition', () => {
    const { figures, goal } = postsOf([post(30, 100), post(20, 100), post(100, 200)]);
    expect(figures.postsToPgbench?.values).toEqual([0.3, 0.2, 0.5]);
    expect(goal).toMatchObject({ measured: 0.3, isMet: true });
    expect(postsOf([post(29, 100)]).goal).toMatchObject({ measured: 0.29, isMet: false });
  });

  it('are not measured without pgbench, and say how to get it', () => {
    const { figures, goal } = postsOf([post(30, undefined)]);
    expect(Object.keys(figures)).toEqual(['postsPerSecond']);
    expect(goal).toMatchObject({ measured: null, isMet: false });
    expect(goal.whyNotMeasured).toContain('PGBENCH');
    const table = tableOf(resultOf([{ machine: {}, load: {}, figures, goals: [goal] }], '2026-01-01T00:00:00Z'));
    expect(table.at(-1)).toMatch(/^NOT MEASURED payments .*at least 0\.3: no pgbench/);
  });

  it('compare a late month with an early one step by step, so that one step that waited counts for nothing', () => {
    const late = [
      [13, 13],
      [900, 10],
      [10, 14],
    ];
    const early = [
      [10, 10],
      [10, 10],
      [9, 700],
    ];
    const { figures, goal } = monthsOf({ late, early });
    expect(figures.month60StepMs?.values).toEqual([13, 13]);
    expect(goal).toMatchObject({ measured: 1.3, isMet: true });
    expect(monthsOf({ late: [[14, 13]], early: [[10, 10]] }).goal).toMatchObject({ measured: 1.35, isMet: false });
    expect(() => monthsOf({ late: [[1], [1, 2]], early: [[1]] })).toThrow('unlike');
  });
});

describe('the goals of the notices', () => {
  it('compare notices with Kannel alone in each repetition, and not the medians of each', () => {
    const { figures, goal } = sendingOf([notices(50, 100), notices(40, 50), notices(10, 100)]);
    expect(figures.noticesToKannel?.values).toEqual([0.5, 0.8, 0.1]);
    expect(goal).toMatchObject({ measured: 0.5, isMet: true });
    expect(sendingOf([notices(49, 100)]).goal).toMatchObject({ isMet: false });
  });

  it('are not measured without Kannel, and say how to get it', () => {
    const { figures, goal } = sendingOf([]);
    expect(figures).toEqual({});
    expect(goal).toMatchObject({ measured: null, isMet: false, bound: 'at least 0.5' });
    expect(goal.whyNotMeasured).toContain('kannel-extras');
  });

  it('compare claims by their medians, so that one that waited counts for nothing', () => {
    const { figures, goal } = claimsOf({ fewMs: [1, 2, 90], manyMs: [2.6, 900, 1] }, 1_000_000);
    expect(figures.manyPlannedToFew?.median).toBe(1.3);
    expect(goal).toMatchObject({ measured: 1.3, isMet: true });
    expect(claimsOf({ fewMs: [1], manyMs: [1.31] }, 1_000_000).goal).toMatchObject({ isMet: false });
  });
});

describe('a result', () => {
  it('is what its parts measured, in their order', () => {
    const part = (name: string) => ({
      machine: { [`machine-${name}`]: 1 },
      load: { [`load-${name}`]: 2 },
      figures: { [`figure-${name}`]: { median: 3, min: 3, max: 3, values: [3] } },
      goals: [atMost(`most-${name}`, 5, 5), atLeast(`least-${name}`, 4, 5), notMeasured('what', 'bound', 'why')],
    });
    const result = resultOf([part('a'), part('b')], 'now');
    expect(Object.keys({ ...result.machine, ...result.load, ...result.figures })).toEqual(
      ['machine', 'load', 'figure'].flatMap((kind) => [`${kind}-a`, `${kind}-b`]),
    );
    expect(result.goals.map(({ isMet }) => isMet)).toEqual([true, false, false, true, false, false]);
  });
});

describe('the command', () => {
  it('runs all parts, or the one that is named', () => {
    expect(measurements(new Map()).parts).toEqual(['workflows', 'ledger', 'notices', 'domain', 'cards', 'recourse']);
    expect(measurements(new Map([['only', 'ledger']])).parts).toEqual(['ledger']);
    expect(() => measurements(new Map([['only', 'ledgers']]))).toThrow('workflows, ledger, notices, domain');
  });
});
