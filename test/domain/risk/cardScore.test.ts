/** A small card: derivations, bins, what is not known, parts and reasons; and what the gate for cards refuses. */
import { describe, expect, it } from '@jest/globals';
import type { CardRow, Derivation } from '../../../src/domain/risk/cards/card';
import { deriveFeature } from '../../../src/domain/risk/cards/cardFeatures';
import { reasonsByCard } from '../../../src/domain/risk/cards/cardReasons';
import { scoreByCard } from '../../../src/domain/risk/cards/cardScore';
import { parseRiskCard } from '../../../src/platform/policy/riskCardSchema';
import { exampleCard } from '../../support/exampleCard';

const CARD = parseRiskCard(exampleCard());
const column = (name: string): Derivation => ({ column: name });
const three = [column('a'), column('b'), column('c')];

describe('a derivation', () => {
  it.each<[Derivation, CardRow, number | null]>([
    [{ sum: three }, { a: 1, b: 2, c: 3.5 }, 6.5],
    [{ difference: three.slice(0, 2) }, { a: 1, b: 3 }, -2],
    [{ ratio: three.slice(0, 2), otherwise: -1 }, { a: 1, b: 4 }, 0.25],
    [{ ratio: three.slice(0, 2), otherwise: -1 }, { a: 1, b: 0 }, -1],
    [{ ratio: three.slice(0, 2), otherwise: -1 }, { a: 1, b: -2 }, -1],
    [{ ranked: three, place: 1 }, { a: 30, b: 4, c: 5 }, 4],
    [{ ranked: three, place: 3 }, { a: 30, b: 4, c: 5 }, 30],
    [{ positive: column('a') }, { a: -3 }, 0],
    [{ countAbove: three, above: 0 }, { a: 0, b: 1, c: 2 }, 2],
    [{ firstAtLeast: three, atLeast: 2 }, { a: 1, b: 2, c: 3 }, 1],
    [{ firstAtLeast: three, atLeast: 2 }, { a: 1, b: 1, c: 1 }, 3],
  ])('%j of %j is %p', (derivation, row, value) => {
    expect(deriveFeature(derivation, row)).toBe(value);
  });

  it('knows nothing as soon as one operand is not known', () => {
    const row = { a: 1, b: null, c: 3 };
    const derivations: Derivation[] = [
      { sum: three },
      { difference: three.slice(0, 2) },
      { ratio: three.slice(0, 2), otherwise: -1 },
      { ranked: three, place: 1 },
      { positive: column('b') },
      { countAbove: three, above: 0 },
      { firstAtLeast: three, atLeast: 1 },
    ];
    expect(derivations.map((derivation) => deriveFeature(derivation, row))).toEqual(derivations.map(() => null));
    expect(deriveFeature(column('d'), row)).toBeNull();
  });
});

describe('a score', () => {
  it.each<[CardRow, number, number[]]>([
    [{ delay: -1, limit: 100, bill: 10, job: 'A' }, 543.8, [20.3, 11.5, 2]],
    [{ delay: 0, limit: 100, bill: 50, job: 'B' }, 510, [5, -5, 0]],
    [{ delay: 3, limit: 100, bill: 49.9, job: 'A' }, 493.3, [-30.2, 11.5, 2]],
    [{ delay: 1, limit: 0, bill: 49, job: 'C' }, 514.9, [4.9, 0, 0]],
    [{ delay: null, limit: null, bill: 1, job: 'unheard' }, 474.8, [-30.2, -5, 0]],
    [{}, 474.8, [-30.2, -5, 0]],
  ])('of %j is %d', (row, points, parts) => {
    const score = scoreByCard(CARD, row);
    expect(score.points).toBe(points);
    expect(score.parts.map((part) => part.points)).toEqual(parts);
  });

  it('names what lost most against its best first, and never what is at its best', () => {
    const reasonsOf = (row: CardRow) => reasonsByCard(CARD, scoreByCard(CARD, row).parts);
    expect(reasonsOf({ delay: -1, limit: 100, bill: 10, job: 'A' })).toEqual([]);
    expect(reasonsOf({ delay: 0, limit: 100, bill: 50, job: 'A' })).toEqual([
      { code: 'USE', points: 16.5 },
      { code: 'DELAY', points: 15.3 },
    ]);
    expect(reasonsOf({ delay: 0, limit: 100, bill: 10, job: 'B' })).toEqual([
      { code: 'DELAY', points: 15.3 },
      { code: 'JOB', points: 2 },
    ]);
  });

  it('has at most four reasons', () => {
    const parts = ['a', 'b', 'c', 'd', 'e'].map((reason, at) => ({ feature: reason, reason, points: 0, lost: at + 1 }));
    expect(reasonsByCard(CARD, parts).map(({ code }) => code)).toEqual(['e', 'd', 'c', 'b']);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a case breaks the card in ways its type forbids
type Loose = any;

describe('the gate for cards', () => {
  it.each<[string, (card: Loose) => void, RegExp]>([
    [
      'points with two decimals',
      (card) => {
        card.features[0].bins[0].points = 1.25;
      },
      /features\.0\.bins\.0\.points is 1\.25; it must be a number with one decimal/,
    ],
    [
      'a feature of an unknown column',
      (card) => {
        card.features[0].derivation = { column: 'x' };
      },
      /features\.0\.derivation reads x: declare it in columns/,
    ],
    [
      'a sum over a category',
      (card) => {
        card.features[2].derivation = { sum: [{ column: 'job' }] };
      },
      /computes with job, a category/,
    ],
    [
      'an unknown operator',
      (card) => {
        card.features[0].derivation = { log: { column: 'delay' } };
      },
      /features\.0\.derivation is no derivation/,
    ],
    [
      'a place beyond its operands',
      (card) => {
        card.features[1].derivation = { ranked: [{ column: 'bill' }], place: 2 };
      },
      /features\.1\.derivation/,
    ],
    [
      'bounds that fall',
      (card) => {
        card.features[0].bins[3].below = 1;
      },
      /features\.0\.bins has bounds that do not rise/,
    ],
    [
      'no last bin',
      (card) => {
        card.features[1].bins[2].below = 9;
      },
      /features\.1\.bins has no bin for the highest numbers/,
    ],
    [
      'a bin of numbers for a category',
      (card) => {
        card.features[2].bins[1] = { points: 0 };
      },
      /has a bin of numbers for a category/,
    ],
    [
      'what is not known worth more than the worst',
      (card) => {
        card.features[0].missingPoints = 0;
      },
      /missingPoints is 0, more than the worst bin: set at most -30\.2/,
    ],
    [
      'a reason that is not there',
      (card) => {
        card.features[0].reason = 'X';
      },
      /features\.0\.reason is X: add it to reasons/,
    ],
    [
      'a reason of no feature',
      (card) => {
        card.reasons[0].code = 'X';
      },
      /reasons\.0 is X, which no feature gives/,
    ],
    [
      'facts that are no columns',
      (card) => {
        card.reasons[0].best = { x: 1 };
      },
      /reasons\.0\.best names x/,
    ],
    [
      'too few shares',
      (card) => {
        card.psiBaseline.shares = [1];
      },
      /psiBaseline has 1 shares for 1 bounds/,
    ],
    [
      'shares of more than one',
      (card) => {
        card.psiBaseline.shares = [0.9, 0.9];
      },
      /psiBaseline has shares of 1\.8 together/,
    ],
    [
      'a protected column',
      (card) => {
        card.trained.fairness = [{ name: 'x', column: 'job', groups: [] }];
      },
      /columns has job, which may only measure fairness/,
    ],
    [
      'a column twice',
      (card) => {
        card.columns.push(card.columns[0]);
      },
      /columns has delay twice/,
    ],
    [
      'a field that nobody knows',
      (card) => {
        card.colour = 'red';
      },
      /the card /,
    ],
  ])('refuses %s', (_, change, fault) => {
    const card: Loose = JSON.parse(JSON.stringify(exampleCard()));
    change(card);
    expect(() => parseRiskCard(card)).toThrow(fault);
  });
});
