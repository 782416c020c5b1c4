/** Quotes beyond the published examples: exact monthly rates, dates, charges, and what cannot be quoted. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasEmptyInstalment, planMonthlySchedule, planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import { type LoanQuestion, NO_CHARGES, quoteInstalmentPlan, quoteLoan } from '../../../src/domain/origination/quote';
import { scaleRate } from '../../../src/domain/values/money';

const question = (overrides: Partial<LoanQuestion> = {}): LoanQuestion => ({
  principalFen: 1_000_000,
  months: 12,
  method: 'level-monthly',
  rate: { monthly: '0.01' },
  ...overrides,
});

describe('a monthly rate', () => {
  it('is exact: half a fen of interest rounds up, which a daily rate of 14 decimals would miss', () => {
    // 100.50 at 1 % is 1.005. By way of 0.01 / 30, cut to 0.00033333333333, it would be less, and rounded to 1.00.
    expect(planMonthlySchedule(10_050, 3, scaleRate('0.01'))[0]?.interestFen).toBe(101);
    const [cut] = quoteLoan(
      question({ principalFen: 10_050, rate: { daily: '0.00033333333333' } }),
      NO_CHARGES,
    ).instalments;
    expect(cut?.interestFen).toBe(100);
  });

  it('of 30 times a daily rate gives the schedule of an account', () => {
    const terms = { principalFen: 1_234_567, months: 12, method: 'level-monthly', startDate: '2026-01-31' } as const;
    const quote = quoteLoan({ ...terms, rate: { monthly: '0.012' } }, NO_CHARGES);
    const planned = planSchedule({ product: 'cash-loan', dailyRate: '0.0004', ...terms });
    expect(quote.instalments).toEqual(
      planned.map((row) => ({ ...row, paymentFen: row.principalFen + row.interestFen, feeFen: 0 })),
    );
    expect(quoteLoan({ ...terms, rate: { daily: '0.0004' } }, NO_CHARGES)).toEqual(quote);
  });

  it('needs no start, and has no dates then', () => {
    const { instalments } = quoteLoan(question(), NO_CHARGES);
    expect(instalments.map(({ dueDate, days }) => [dueDate, days])).toEqual(Array(12).fill([null, null]));
  });

  it('repays the principal exactly, whatever the rate, and no row is below zero', () => {
    const asked = fc.record({
      principalFen: fc.integer({ min: 1, max: 100_000_000 }),
      months: fc.integer({ min: 1, max: 360 }),
      method: fc.constant('level-monthly' as const),
      rate: fc.integer({ min: 0, max: 10_000 }).map((basis) => ({ monthly: (basis / 100_000).toFixed(5) })),
    });
    fc.assert(
      fc.property(asked, (each) => {
        fc.pre(!hasEmptyInstalment(planMonthlySchedule(each.principalFen, each.months, scaleRate(each.rate.monthly))));
        const { instalments } = quoteLoan(each, NO_CHARGES);
        for (const { paymentFen } of instalments) expect(paymentFen).toBeGreaterThan(0);
        expect(instalments.reduce((sum, row) => sum + row.principalFen, 0)).toBe(each.principalFen);
        expect(instalments.at(-1)?.balanceFen).toBe(0);
        for (const row of instalments) {
          expect(Math.min(row.principalFen, row.interestFen, row.balanceFen)).toBeGreaterThanOrEqual(0);
          expect(row.paymentFen).toBe(row.principalFen + row.interestFen);
        }
      }),
    );
  });
});

describe('a rate of zero', () => {
  it('costs nothing and splits the principal', () => {
    const { instalments, cost, totalInterestFen } = quoteLoan(
      question({ principalFen: 10_000, months: 3, rate: { monthly: '0' } }),
      NO_CHARGES,
    );
    expect(instalments.map(({ paymentFen }) => paymentFen)).toEqual([3_333, 3_333, 3_334]);
    expect([totalInterestFen, cost]).toEqual([0, { monthlyIrr: 0, aprNominal: 0, ear: 0 }]);
  });
});

describe('terms that are too long for the amount', () => {
  it.each<[string, LoanQuestion]>([
    ['end with instalments of nothing', question({ principalFen: 10_000, months: 360, rate: { monthly: '0' } })],
    [
      'count days',
      question({ principalFen: 10_000, months: 360, method: 'level', rate: { daily: '0' }, startDate: '2026-01-15' }),
    ],
    ['leave all to the last', question({ principalFen: 100, months: 360, rate: { monthly: '0' } })],
  ])('cannot be quoted where they %s', (_, asked) => {
    expect(() => quoteLoan(asked, NO_CHARGES)).toThrow('360 months are too many for');
    // A fee with every instalment does not make it one.
    expect(() => quoteLoan(asked, { upfrontFeeFen: 0, monthlyFeeFen: 5 })).toThrow('360 months are too many for');
  });

  it('cannot be quoted as parts of a bill', () => {
    const plan = { months: 12, feeRate: '0.088', feePayer: 'borrower' as const };
    expect(() => quoteInstalmentPlan({ ...plan, principalFen: 11 })).toThrow('12 months are too many for 0.11');
    expect(quoteInstalmentPlan({ ...plan, principalFen: 12 }).instalments).toHaveLength(12);
  });

  it('are no matter of interest first, whose principal comes last', () => {
    const asked = question({ months: 12, method: 'interest-first', rate: { daily: '0' }, startDate: '2026-01-15' });
    expect(quoteLoan(asked, NO_CHARGES).instalments.at(-1)?.paymentFen).toBe(1_000_000);
  });
});

describe('charges', () => {
  it('lower what is received, raise what is paid, and are no interest', () => {
    const plain = quoteLoan(question(), NO_CHARGES);
    const charged = quoteLoan(question(), { upfrontFeeFen: 30_000, monthlyFeeFen: 5_000 });
    expect(charged.receivedFen).toBe(970_000);
    expect(charged.totalFeeFen).toBe(30_000 + 12 * 5_000);
    expect(charged.totalInterestFen).toBe(plain.totalInterestFen);
    expect(charged.instalments.map(({ paymentFen }) => paymentFen - 5_000)).toEqual(
      plain.instalments.map(({ paymentFen }) => paymentFen),
    );
    expect(charged.cost.aprNominal).toBeGreaterThan(plain.cost.aprNominal);
  });

  it('of a merchant are no cost of the borrower', () => {
    const { cost, totalFeeFen, instalments } = quoteInstalmentPlan({
      principalFen: 300_000,
      months: 12,
      feeRate: '0.088',
      feePayer: 'merchant',
    });
    expect({ totalFeeFen, first: instalments[0]?.paymentFen, cost }).toEqual({
      totalFeeFen: 0,
      first: 25_000,
      cost: { monthlyIrr: 0, aprNominal: 0, ear: 0 },
    });
  });
});

it.each<[string, Partial<LoanQuestion>, number, string]>([
  ['days without a start', { method: 'level', rate: { daily: '0.0004' } }, 0, 'level counts days, so it needs a start'],
  ['days at a monthly rate', { method: 'interest-first' }, 0, 'interest-first counts days, so it needs a daily rate'],
  ['nothing received', {}, 1_000_000, 'received 0 fen'],
  ['a cost beyond 100 % a month', {}, 990_000, 'are above 100 % a month'],
])('refuses %s', (_, overrides, upfrontFeeFen, says) => {
  const ask = () => quoteLoan(question(overrides), { upfrontFeeFen, monthlyFeeFen: 0 });
  expect(ask).toThrow(RangeError);
  expect(ask).toThrow(says);
});
