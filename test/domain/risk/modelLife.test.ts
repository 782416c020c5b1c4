/** What a word does to a model, and what its card may decide as it stands. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { assess } from '../../../src/domain/risk/assess';
import { sharesByBand } from '../../../src/domain/risk/cards/cardMetrics';
import { decideCredit } from '../../../src/domain/risk/creditDecision';
import {
  afterDeadline,
  afterWord,
  MODEL_POLICY,
  type ModelRow,
  type ModelWord,
  unevenGroups,
} from '../../../src/domain/risk/modelLife';
import { MODEL_STAGE_NAMES } from '../../../src/domain/risk/modelStages';
import {
  DRIFT_POLICY,
  type GovernedModel,
  judgedByStanding,
  type ModelStanding,
  standingOf,
} from '../../../src/domain/risk/modelStanding';
import { DAY_MS } from '../../../src/domain/values/timeUnits';
import { shippedCard } from '../../support/cardData';
import { HOLDOUT } from '../../support/models';
import { applicants } from '../applicants';

const AS_OF_MS = 1_900_000_000_000;
const { assessment } = defaultPolicy;
const MODEL: ModelRow = {
  card: 'expert',
  version: '2026-01',
  form: 'points',
  content: assessment.scorecard,
  stage: 'developed',
  developedBy: 'staff:dev',
  test: null,
  firstPromotionBy: null,
  validUntilMs: null,
};
const TEST: ModelWord = { kind: 'test', by: 'temporal:unverified', test: HOLDOUT };
const REVIEW: ModelWord = { kind: 'review', by: 'staff:val', decision: 'approve', reason: 'sound' };
const PROMOTION: ModelWord = { kind: 'promotion', by: 'staff:val', reason: 'it is to decide' };
const REVALIDATION: ModelWord = { kind: 'revalidation', by: 'staff:val', reason: 'sound', test: HOLDOUT };
const RETIREMENT: ModelWord = { kind: 'retirement', by: 'staff:val', reason: 'over' };

describe('a word on a model', () => {
  it.each([
    [TEST, ['developed', 'tested']],
    [REVIEW, ['tested']],
    [PROMOTION, ['reviewed']],
    [REVALIDATION, ['active', 'lapsed']],
    [RETIREMENT, ['developed', 'tested', 'reviewed', 'active', 'lapsed']],
  ] as const)('$kind counts in its stages alone', (word, stages) => {
    const taken = MODEL_STAGE_NAMES.filter((stage) => 'change' in afterWord({ ...MODEL, stage }, word, AS_OF_MS));
    expect(taken).toEqual(stages);
  });

  it('of who developed it, in any letters, reviews and validates nothing; nor one that nobody signed', () => {
    for (const [word, stage] of [
      [REVIEW, 'tested'],
      [REVALIDATION, 'active'],
    ] as const) {
      expect(afterWord({ ...MODEL, stage }, { ...word, by: 'STAFF:Dev' }, AS_OF_MS)).toEqual({ refusal: 'unverified' });
      expect(afterWord({ ...MODEL, stage }, { ...word, by: 'staff:Dev' }, AS_OF_MS)).toEqual({ refusal: 'developer' });
      expect(afterWord({ ...MODEL, stage }, { ...word, by: 'temporal:unverified' }, AS_OF_MS)).toEqual({
        refusal: 'unverified',
      });
    }
  });

  it('promotes for a year, and it lapses at its end', () => {
    const outcome = afterWord({ ...MODEL, stage: 'reviewed' }, PROMOTION, AS_OF_MS);
    const validUntilMs = AS_OF_MS + MODEL_POLICY.validityDays * DAY_MS;
    expect(outcome).toEqual({ change: { stage: 'active', validUntilMs } });
    const active: ModelRow = { ...MODEL, stage: 'active', validUntilMs };
    expect(afterDeadline(active, validUntilMs - 1)).toBeUndefined();
    expect(afterDeadline(active, validUntilMs)).toEqual({ stage: 'lapsed' });
  });
});

describe('groups that pass too seldom', () => {
  it('are those of the listed attributes below 0.80, by the holdout and by the training of the card', () => {
    const impacts = [
      { attribute: 'SEX', group: 'female', ratio: '0.80' },
      { attribute: 'Marriage', group: 'single', ratio: '0.7999' },
      { attribute: 'shoe-size', group: '46', ratio: '0.1' },
    ];
    expect(unevenGroups({ ...MODEL, test: { ...HOLDOUT, impacts } })).toEqual([impacts[1]]);
    const groupsOf = (name: string) =>
      unevenGroups({ form: 'trained', content: shippedCard(name), test: null }).map(({ attribute, group }) => [
        attribute,
        group,
      ]);
    expect(groupsOf('behaviour')).toEqual([]);
    expect(groupsOf('application')).toEqual([
      ['age', '26 to 35'],
      ['age', 'below 26'],
      ['foreign_worker', 'yes'],
    ]);
  });
});

const GOVERNED: GovernedModel = {
  model: 'expert-2026-01',
  cardHash: 'h',
  stage: 'active',
  validUntilMs: AS_OF_MS + DAY_MS,
  psiBaseline: null,
};
const some = (points: number, count: number = DRIFT_POLICY.decisions) => Array.from({ length: count }, () => points);

describe('the standing of a card', () => {
  it('says nothing of drift without a baseline or enough decisions', () => {
    const of = (first: number[], last: number[]) =>
      standingOf(GOVERNED, { first, last }, { assessment, asOfMs: AS_OF_MS });
    expect(of([], some(600))).toMatchObject({ drift: 'unknown' });
    expect(of(some(600), some(600, DRIFT_POLICY.decisions - 1))).toMatchObject({ drift: 'unknown' });
    expect(of(some(600), some(600))).toMatchObject({ drift: 'stable', psi: '0.0000' });
    expect(of(some(600), some(500))).toMatchObject({ drift: 'act' });
  });

  it('watches from 0.10 and acts above 0.25', () => {
    const psiBaseline = { below: [600], shares: [0.5, 0.5] };
    const drifts = [100, 90, 70, 60, 51, 50, 40].map((low) => {
      const last = [...some(599, low), ...some(600, DRIFT_POLICY.decisions - low)];
      const { drift, psi } = standingOf(
        { ...GOVERNED, psiBaseline },
        { first: [], last },
        { assessment, asOfMs: AS_OF_MS },
      );
      return [sharesByBand(last, [600])[0], drift, Number(psi)];
    });
    for (const [, drift, psi] of drifts) {
      expect(drift).toBe(Number(psi) > 0.25 ? 'act' : Number(psi) >= 0.1 ? 'watch' : 'stable');
    }
    expect(new Set(drifts.map(([, drift]) => drift))).toEqual(new Set(['stable', 'watch', 'act']));
  });

  it('is lapsed at its end, whether or not a workflow has said so', () => {
    const at = (asOfMs: number) => standingOf(GOVERNED, { first: [], last: [] }, { assessment, asOfMs }).isLapsed;
    expect([at(AS_OF_MS + DAY_MS - 1), at(AS_OF_MS + DAY_MS)]).toEqual([false, true]);
  });
});

const UNFIT: [string, Partial<ModelStanding>][] = [
  ['MODEL_VALIDATION_LAPSED', { isLapsed: true }],
  ['MODEL_DRIFTED', { drift: 'act' }],
  ['MODEL_NOT_ACTIVE', { stage: 'reviewed' }],
  ['MODEL_NOT_ACTIVE', { isOtherCard: true }],
];

describe('a card that may not decide', () => {
  it.each(UNFIT)(
    '%s: whatever comes of its points is referred, and what was refused before it stands',
    (code, changes) => {
      const standing: ModelStanding = {
        ...GOVERNED,
        validUntilMs: AS_OF_MS,
        isLapsed: false,
        drift: 'stable',
        ...changes,
      };
      fc.assert(
        fc.property(applicants, fc.integer({ min: 0, max: 300 }), (input, steps) => {
          const request = { product: 'cash-loan' as const, requestedFen: steps * 100_000 };
          const gathered = { facts: input, gaps: [], isRefused: false };
          const decider = { by: 'policy' as const, isStopped: false };
          const rules = assess(input, request, defaultPolicy);
          const judged = decideCredit({ gathered, request, decider, standing, before: null }, defaultPolicy);
          expect(judged.outcome).not.toBe('approved');
          if (rules.scorePoints === undefined) expect(judged).toEqual(rules);
          else
            expect(judged).toMatchObject({
              outcome: 'referred',
              limitFen: 0,
              dailyRate: '0',
              scorePoints: rules.scorePoints,
            });
          if (rules.scorePoints !== undefined) expect(judged.reasonCodes[0]).toBe(code);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('is any but one that is active, validated and stable or watched; or not governed', () => {
    const judged = {
      ...assess(
        { identity: {}, finances: {}, behaviour: {} },
        { product: 'cash-loan', requestedFen: 1 },
        defaultPolicy,
      ),
      scorePoints: 600,
    };
    const fit: ModelStanding = { ...GOVERNED, isLapsed: false, drift: 'watch', psi: '0.2' };
    for (const standing of [undefined, fit]) expect(judgedByStanding(judged, standing)).toBe(judged);
  });
});
