/** A challenger scores in the shadow: it changes no answer, and a card of other columns is not asked. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { Scorecard } from '../../../src/domain/policy/lendingPolicy';
import { assess } from '../../../src/domain/risk/assess';
import type { RiskCard } from '../../../src/domain/risk/cards/card';
import { isOfApplications, shadowOf } from '../../../src/domain/risk/challenger';
import { CHARACTERISTICS } from '../../../src/domain/risk/scorecard';
import { SHIPPED_NAMES, shippedCard } from '../../support/cardData';
import { applicants } from '../applicants';

const REQUEST = { product: 'cash-loan' as const, requestedFen: 2_000_000 };
const CHAMPION = defaultPolicy.assessment.scorecard;
const STRICT: Scorecard = { ...CHAMPION, version: 'expert-2026-02', basePoints: CHAMPION.basePoints - 60 };
const challenger = (content: Scorecard | RiskCard, form: 'points' | 'trained' = 'points') => ({
  model: 'expert-2026-02',
  cardHash: 'h',
  form,
  content,
});

describe('a challenger', () => {
  it('gives its own points and answer beside the unchanged answer of the champion', () => {
    let differing = 0;
    fc.assert(
      fc.property(applicants, (input) => {
        const judged = assess(input, REQUEST, defaultPolicy);
        const before = structuredClone(judged);
        const scored = { input, request: REQUEST, policy: defaultPolicy, scorePoints: judged.scorePoints };
        const shadow = shadowOf(challenger(STRICT), scored);
        expect(judged).toEqual(before);
        expect(
          assess(input, REQUEST, {
            ...defaultPolicy,
            assessment: { ...defaultPolicy.assessment, challenger: 'expert-2026-02' },
          }),
        ).toEqual(before);
        if (judged.scorePoints === undefined) return expect(shadow).toBeUndefined();
        expect(shadow?.points).toBe(judged.scorePoints - 60);
        if (shadow?.outcome !== judged.outcome) differing += 1;
        return undefined;
      }),
      { numRuns: 500, seed: 17 },
    );
    expect(differing).toBeGreaterThan(0);
  });

  it('is a trained card only where each of its columns is a fact of an application', () => {
    for (const name of SHIPPED_NAMES) {
      const card = shippedCard(name);
      expect(isOfApplications(card)).toBe(false);
      const scored = { input: { identity: {}, finances: {}, behaviour: {} }, request: REQUEST, policy: defaultPolicy };
      expect(shadowOf(challenger(card, 'trained'), { ...scored, scorePoints: 600 })).toBeUndefined();
    }
    expect(Object.keys(CHARACTERISTICS)).not.toContain('LIMIT_BAL');
  });
});
