/** Points by bins, the parts that explain them, and the points scale (facts 4.3 V12). */
import { describe, expect, it } from '@jest/globals';
import type { Scorecard } from '../../../src/domain/policy/lendingPolicy';
import { characteristicsOf, scaledPoints, scoreOf, weakestReasons } from '../../../src/domain/risk/scorecard';
import { V12_scorecard as v12 } from '../../vectors.json';
import { GOOD } from '../applicants';

const CARD: Scorecard = {
  version: 'test',
  basePoints: 100,
  characteristics: [
    { name: 'worstBureauCode', bins: [{ below: 1, points: 30 }, { below: 2, points: 10 }, { points: -5 }] },
    { name: 'monthsOnPlatform', bins: [{ below: 12, points: 0 }, { points: 20 }] },
  ],
};

describe('scoreOf', () => {
  it.each([
    [0, 12, 150, { worstBureauCode: 30, monthsOnPlatform: 20 }],
    [0.99, 11.99, 130, { worstBureauCode: 30, monthsOnPlatform: 0 }],
    [1, 12, 130, { worstBureauCode: 10, monthsOnPlatform: 20 }],
    [2, 0, 95, { worstBureauCode: -5, monthsOnPlatform: 0 }],
    [7, Number.POSITIVE_INFINITY, 115, { worstBureauCode: -5, monthsOnPlatform: 20 }],
  ])('code %d, %d months: %d points', (worstBureauCode, monthsOnPlatform, points, parts) => {
    expect(scoreOf(CARD, { worstBureauCode, monthsOnPlatform })).toEqual({ points, parts });
  });

  it('refuses a card that asks for what nobody knows', () => {
    expect(() => scoreOf(CARD, { worstBureauCode: 0 })).toThrow(/monthsOnPlatform, which has no value/);
  });
});

describe('weakestReasons', () => {
  it('names what lost most first, and nothing that lost nothing', () => {
    expect(weakestReasons(CARD, { worstBureauCode: 10, monthsOnPlatform: 20 }, 3)).toEqual(['WEAK_BUREAU_HISTORY']);
    expect(weakestReasons(CARD, { worstBureauCode: 30, monthsOnPlatform: 0 }, 3)).toEqual(['WEAK_PLATFORM_MONTHS']);
    const all = weakestReasons(CARD, { worstBureauCode: -5, monthsOnPlatform: 0 }, 3);
    expect(all).toEqual(['WEAK_BUREAU_HISTORY', 'WEAK_PLATFORM_MONTHS']);
    expect(weakestReasons(CARD, { worstBureauCode: -5, monthsOnPlatform: 0 }, 1)).toEqual(all.slice(0, 1));
  });
});

describe('characteristicsOf', () => {
  it('relates debts and spend to the income', () => {
    expect(characteristicsOf(GOOD)).toMatchObject({
      debtServiceRatio: 100_000 / 1_500_000,
      unsecuredDebtToAnnualIncome: 500_000 / 18_000_000,
      spendToIncome: 200_000 / 1_500_000,
      onTimePaymentRatio: 0.99,
    });
  });

  it('takes any debt without income for the worst ratio', () => {
    const found = characteristicsOf({
      ...GOOD,
      finances: { ...GOOD.finances, monthlyIncomeFen: 0, unsecuredDebtFen: 0 },
    });
    expect(found.debtServiceRatio).toBe(Number.POSITIVE_INFINITY);
    expect(found.unsecuredDebtToAnnualIncome).toBe(0);
  });
});

describe('scaledPoints (V12)', () => {
  const scale = { base: v12.base, odds: v12.baseOddsGoodBad, pdo: v12.pdo };

  it.each(Object.entries(v12.points))('probability %s is %d points', (probability, points) => {
    expect(scaledPoints(Number(probability), scale)).toBeCloseTo(points, 6);
  });

  it('gives the points to double the odds, and the base at the base odds', () => {
    expect(scaledPoints(1 / 51, scale)).toBeCloseTo(600, 9);
    expect(scaledPoints(1 / 101, scale)).toBeCloseTo(620, 9);
  });

  it.each([0, 1, -0.1, Number.NaN])('refuses probability %d', (probability) => {
    expect(() => scaledPoints(probability, scale)).toThrow(RangeError);
  });
});
