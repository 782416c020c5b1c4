/** A small card with a bin of each kind. */
import type { RiskCard } from '../../src/domain/risk/cards/card';

export function exampleCard(): RiskCard {
  return {
    id: 'example',
    version: 1,
    title: 'Example card',
    scale: { base: 600, odds: 50, pdo: 20 },
    basePoints: 510,
    cutOff: 500,
    columns: [
      { name: 'delay', kind: 'code', min: -2, max: 9 },
      { name: 'limit', kind: 'number', min: 0, max: 1e9 },
      { name: 'bill', kind: 'number', min: -1e9, max: 1e9 },
      { name: 'job', kind: 'category', values: ['A', 'B', 'C'] },
    ],
    features: [
      {
        name: 'delay',
        words: 'months of delay',
        reason: 'DELAY',
        derivation: { column: 'delay' },
        bins: [
          { codes: [-2, -1], points: 20.3 },
          { codes: [0], points: 5 },
          { below: 2, points: 4.9 },
          { points: -30.2 },
        ],
        missingPoints: -30.2,
      },
      {
        name: 'use',
        words: 'the bill to the limit',
        reason: 'USE',
        derivation: { ratio: [{ column: 'bill' }, { column: 'limit' }], otherwise: -1 },
        bins: [{ codes: [-1], points: 0 }, { below: 0.5, points: 11.5 }, { points: -5 }],
        missingPoints: -5,
      },
      {
        name: 'job',
        words: 'employment',
        reason: 'JOB',
        derivation: { column: 'job' },
        bins: [
          { codes: ['A'], points: 2 },
          { codes: ['B', 'C'], points: 0 },
        ],
        missingPoints: 0,
      },
    ],
    reasons: [
      { code: 'DELAY', zh: '有逾期', en: 'There was a delay', best: { delay: -1 } },
      { code: 'USE', zh: '额度使用偏高', en: 'Much of the limit is used', best: { bill: 0, limit: 1e9 } },
      { code: 'JOB', zh: '职业', en: 'Employment', best: { job: 'A' } },
    ],
    psiBaseline: { below: [500], shares: [0.25, 0.75] },
    trained: {
      data: { source: 'invented', sha256: '0', rows: 0, badRate: 0 },
      target: { column: 'bad', bad: 1 },
      seed: 1,
      folds: [],
      mean: { auc: 0.5, ks: 0 },
      pooled: { auc: 0.5, ks: 0 },
      allRows: { auc: 0.5, ks: 0, meanProbability: 0, pointsSha256: '0' },
      calibration: [],
      fairness: [],
      associations: [],
      versions: {},
    },
  };
}
