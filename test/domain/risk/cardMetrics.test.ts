/** AUC, KS, Gini, stability, calibration and adverse impact, by the worked examples of facts 4.3 (V12 to V14). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  adverseImpactOf,
  aucOf,
  calibrationOf,
  giniOf,
  type JudgedRow,
  ksOf,
  psiOf,
  sharesByBand,
} from '../../../src/domain/risk/cards/cardMetrics';
import { defaultProbability } from '../../../src/domain/risk/cards/cardScore';
import { scaledPoints } from '../../../src/domain/risk/scorecard';
import { V12_scorecard as v12, V13_psi as v13, V14_auc_ks as v14 } from '../../vectors.json';

const EXAMPLE: JudgedRow[] = v14.score.map((risk, at) => ({ risk, isBad: v14.bad[at] === 1 }));

describe('good from bad', () => {
  it('V14: AUC, KS and Gini', () => {
    expect(aucOf(EXAMPLE)).toBeCloseTo(v14.auc, 6);
    expect(ksOf(EXAMPLE)).toBeCloseTo(v14.ks, 6);
    expect(giniOf(EXAMPLE)).toBeCloseTo(2 * v14.auc - 1, 6);
  });

  it('is one half and nothing where all risks are the same, whatever the order of the rows', () => {
    const rows = [true, false, true, false].map((isBad) => ({ risk: 1, isBad }));
    expect([aucOf(rows), ksOf(rows), giniOf(rows)]).toEqual([0.5, 0, 0]);
  });

  it('the order of rows changes nothing, and turned risks give the rest to one', () => {
    const row = fc.record({ risk: fc.integer({ min: 0, max: 9 }), isBad: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (drawn) => {
        const rows = [...drawn, { risk: 3, isBad: true }, { risk: 4, isBad: false }];
        const turned = rows.map(({ risk, isBad }) => ({ risk: -risk, isBad }));
        expect(aucOf([...rows].reverse())).toBeCloseTo(aucOf(rows), 12);
        expect(aucOf(turned)).toBeCloseTo(1 - aucOf(rows), 12);
        expect(ksOf(turned)).toBeCloseTo(ksOf(rows), 12);
      }),
    );
  });

  it('says what it needs where there is no bad row', () => {
    expect(() => aucOf([{ risk: 1, isBad: false }])).toThrow(/at least one of each/);
  });
});

describe('stability', () => {
  it('V13: the index of four bands', () => {
    expect(psiOf(v13.expected, v13.actual)).toBeCloseTo(v13.psi, 8);
  });

  it('a band without rows counts as 0.0001', () => {
    expect(psiOf([0, 1], [0.5, 0.5])).toBeCloseTo((0.5 - 1e-4) * Math.log(0.5 / 1e-4) + -0.5 * Math.log(0.5), 12);
    expect(psiOf([0.5, 0.5], [0.5, 0.5])).toBe(0);
  });

  it('a bound belongs to the band above it', () => {
    expect(sharesByBand([499, 500, 501, 700], [500, 600])).toEqual([0.25, 0.5, 0.25]);
    expect(sharesByBand([], [500])).toEqual([0, 0]);
  });
});

it('V12: points and probability are each other, both ways', () => {
  const scale = { base: v12.base, odds: v12.baseOddsGoodBad, pdo: v12.pdo };
  for (const [probability, points] of Object.entries(v12.points)) {
    expect(defaultProbability(points, scale)).toBeCloseTo(Number(probability), 7);
    expect(defaultProbability(scaledPoints(Number(probability), scale), scale)).toBeCloseTo(Number(probability), 12);
  }
});

it('calibration: equal parts, the riskiest first', () => {
  const rows = [0.1, 0.9, 0.2, 0.8].map((probability) => ({ probability, isBad: probability > 0.85 }));
  const [risky, safe] = calibrationOf(rows, 2);
  expect(risky).toMatchObject({ rows: 2, observed: 0.5 });
  expect(risky?.expected).toBeCloseTo(0.85, 12);
  expect(safe).toMatchObject({ rows: 2, observed: 0 });
});

it('adverse impact: each group to the one that passes most', () => {
  const of = (group: string, passes: number, rows: number) =>
    Array.from({ length: rows }, (_, at) => ({ group, passes: at < passes }));
  expect(adverseImpactOf([...of('a', 3, 10), ...of('b', 6, 10)])).toEqual([
    { group: 'a', rows: 10, passed: 0.3, adverseImpactRatio: 0.5 },
    { group: 'b', rows: 10, passed: 0.6, adverseImpactRatio: 1 },
  ]);
  expect(adverseImpactOf(of('a', 0, 3))[0]?.adverseImpactRatio).toBe(1);
});
