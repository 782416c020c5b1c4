/** Annual rates from cash flows: the published figures, what has no rate, and the cap. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import {
  cappedRateOf,
  dailyIrr,
  monthlyIrr,
  trueCostOf,
  withinCostCap,
} from '../../../src/domain/origination/trueCost';
import vectors from '../../vectors.json';

const times = (count: number, paymentFen: number): number[] => Array(count).fill(paymentFen);

describe('published figures', () => {
  it('V1: 12 at 1.2 % a month', () => {
    const vector = vectors.V1_equal_instalment_monthly_12;
    const cost = trueCostOf({
      receivedFen: vector.principalFen,
      paymentsFen: vector.rows.map(({ payFen }) => payFen),
    });
    expect(cost.monthlyIrr.toFixed(10)).toBe(vector.irrMonthly);
    expect(cost.aprNominal.toFixed(8)).toBe(vector.aprNominal);
    expect(cost.ear.toFixed(8)).toBe(vector.ear);
  });

  it.each(vectors.V6_huabei_instalment)('V6: $n instalments at a fee of $feeRate', (vector) => {
    const paymentsFen = [...times(vector.n - 1, vector.each.payFen), vector.last.payFen];
    const cost = trueCostOf({ receivedFen: vector.principalFen, paymentsFen });
    expect(cost.aprNominal.toFixed(6)).toBe(vector.aprNominal);
    expect(cost.ear.toFixed(6)).toBe(vector.ear);
  });
});

describe('monthlyIrr', () => {
  it('is 0 where exactly what was received comes back', () => {
    expect(trueCostOf({ receivedFen: 300_001, paymentsFen: [100_000, 100_000, 100_001] })).toEqual({
      monthlyIrr: 0,
      aprNominal: 0,
      ear: 0,
    });
  });

  it('is the rate itself of one payment after one month, up to 100 %', () => {
    expect(monthlyIrr(100_00, [101_50])).toBeCloseTo(0.015, 14);
    expect(monthlyIrr(100_00, [200_00])).toBeCloseTo(1, 14);
  });

  it('counts a month without payment as time', () => {
    expect(monthlyIrr(100_00, [0, 121_00])).toBeCloseTo(0.1, 14);
  });

  it('grows when less is received for the same payments', () => {
    const amounts = fc.record({
      paymentsFen: fc.array(fc.integer({ min: 1, max: 10_000_000 }), { minLength: 1, maxLength: 60 }),
      shares: fc.uniqueArray(fc.integer({ min: 80, max: 100 }), { minLength: 2, maxLength: 2 }),
    });
    fc.assert(
      fc.property(amounts, ({ paymentsFen, shares }) => {
        const paidFen = paymentsFen.reduce((sum, each) => sum + each, 0);
        const [less = 0, more = 0] = shares.sort((a, b) => a - b).map((share) => Math.ceil((paidFen * share) / 100));
        fc.pre(less < more);
        expect(monthlyIrr(less, paymentsFen)).toBeGreaterThan(monthlyIrr(more, paymentsFen));
      }),
    );
  });

  it('makes the payments worth what was received', () => {
    const payments = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(payments, fc.integer({ min: 60, max: 100 }), (paymentsFen, share) => {
        const paidFen = paymentsFen.reduce((sum, each) => sum + each, 0);
        const receivedFen = Math.ceil((paidFen * share) / 100);
        fc.pre(receivedFen > 0);
        const rate = monthlyIrr(receivedFen, paymentsFen);
        const worthFen = paymentsFen.reduce((sum, each, month) => sum + each / (1 + rate) ** (month + 1), 0);
        expect(Math.abs(worthFen - receivedFen)).toBeLessThan(0.01);
      }),
    );
  });

  it.each<[string, number, number[], string]>([
    ['less than was received', 100_00, [50_00, 49_99], 'payments of 9999 fen are less than the 10000 fen received'],
    ['no payment at all', 100_00, [], 'payments of 0 fen are less'],
    ['more than 100 % a month', 100_00, [200_01], 'are above 100 % a month'],
    ['nothing received', 0, [1], 'received 0 fen'],
    ['less than nothing received', -1, [1], 'received -1 fen'],
    ['parts of a fen', 100_00.5, [200_00], 'received 10000.5 fen'],
    ['a payment back to the borrower', 100_00, [150_00, -1], 'payment 2 is -1 fen'],
    ['a payment that is no number', 100_00, [Number.NaN], 'payment 1 is NaN fen'],
  ])('refuses %s', (_, receivedFen, paymentsFen, says) => {
    expect(() => monthlyIrr(receivedFen, paymentsFen)).toThrow(RangeError);
    expect(() => monthlyIrr(receivedFen, paymentsFen)).toThrow(says);
  });
});

describe('dailyIrr', () => {
  it('is the rate of a loan that counts days, whatever its months are', () => {
    for (const startDate of ['2026-01-31', '2026-02-01', '2026-03-01', '2027-12-31']) {
      for (const [months, method] of [
        [1, 'level'],
        [12, 'level'],
        [12, 'interest-first'],
      ] as const) {
        const terms = { product: 'cash-loan', principalFen: 20_000_000, dailyRate: '0.0006' } as const;
        const rows = planSchedule({ ...terms, months, method, startDate });
        const paymentsFen = rows.map(({ principalFen, interestFen }) => principalFen + interestFen);
        const rate = dailyIrr(
          20_000_000,
          paymentsFen,
          rows.map(({ days }) => days),
        );
        expect(Math.abs(365 * rate - 0.219)).toBeLessThan(0.000001);
      }
    }
  });

  it('is what the larger of both is for, and only where dates are known', () => {
    const february = { receivedFen: 100_000_00, paymentsFen: [101_960_00] };
    expect(trueCostOf(february)).not.toHaveProperty('aprDaily');
    expect(cappedRateOf(trueCostOf(february))).toBeCloseTo(0.2352, 10);
    expect(cappedRateOf(trueCostOf({ ...february, periodDays: [28] }))).toBeCloseTo(0.2555, 10);
    expect(cappedRateOf(trueCostOf({ ...february, periodDays: [31] }))).toBeCloseTo(0.2352, 10);
  });

  it.each<[string, number[]]>([
    ['no period for a payment', []],
    ['a period of no days', [0]],
    ['a period that ends before it begins', [-28]],
    ['parts of a day', [27.5]],
  ])('refuses %s', (_, periodDays) => {
    expect(() => dailyIrr(100_00, [101_00], periodDays)).toThrow('of whole days from 1 on');
  });

  it.each<[string, number, number[], string]>([
    ['less than was received', 100_00, [99_99], 'payments of 9999 fen are less than the 10000 fen received'],
    ['more than 100 % a day', 100_00, [200_01], 'are above 100 % a day'],
  ])('refuses %s', (_, receivedFen, paymentsFen, says) => {
    expect(() => dailyIrr(receivedFen, paymentsFen, [1])).toThrow(says);
  });
});

describe('withinCostCap', () => {
  it.each<[number, boolean]>([
    [0, true],
    [0.24, true],
    [0.24000063, true],
    [0.240001, true],
    [0.2400011, false],
    [0.28, false],
  ])('%p against 24 % with a tolerance of a millionth: %p', (aprNominal, isWithin) => {
    expect(withinCostCap(aprNominal, '0.24', '0.000001')).toBe(isWithin);
  });

  it('without a tolerance takes the cap at its word', () => {
    expect(withinCostCap(0.24, '0.24', '0')).toBe(true);
    expect(withinCostCap(0.24000063, '0.24', '0')).toBe(false);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %p as a rate', (aprNominal) => {
    expect(() => withinCostCap(aprNominal, '0.24', '0')).toThrow(RangeError);
  });

  it('refuses a cap that is no decimal', () => {
    expect(() => withinCostCap(0.1, '24%', '0')).toThrow(RangeError);
  });
});
