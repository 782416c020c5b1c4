/** Instalment plans of a bill or purchase: parts, who pays the fee, early settlement, and what a policy offers. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RevolvingTerms } from '../../../../src/domain/credit/account';
import type { Fact } from '../../../../src/domain/credit/facts';
import {
  feeRateOf,
  type InstalmentTerms,
  instalmentTermsOf,
  splitIntoInstalments,
} from '../../../../src/domain/credit/revolving/instalmentFees';
import { deriveRevolving } from '../../../../src/domain/credit/revolving/revolving';
import { replayPolicy } from '../../../../src/domain/policy/cardPortfolioPolicy';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import { addMonthsClamped } from '../../../../src/domain/values/calendar';
import { shareFen } from '../../../../src/domain/values/money';
import vectors from '../../../vectors.json';

const offered = defaultPolicy.revolving.instalments;
const twelve: InstalmentTerms = { principalFen: 300_000, months: 12, feeRate: '0.088', feePayer: 'borrower' };
const plan = (overrides: Partial<InstalmentTerms> = {}) => splitIntoInstalments({ ...twelve, ...overrides });
const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, each) => sum + each, 0);

describe('parts', () => {
  it.each(vectors.V6_huabei_instalment)('V6: 3,000.00 in $n at $feeRate', (vector) => {
    const { parts, borrowerFeeFen } = plan({ months: vector.n, feeRate: vector.feeRate });
    const amounts = parts.map(({ principalFen, feeFen }) => ({ principalFen, feeFen, payFen: principalFen + feeFen }));
    expect(borrowerFeeFen).toBe(vector.totalFeeFen);
    expect(amounts).toEqual([...Array(vector.n - 1).fill(vector.each), vector.last]);
  });

  it('V6: the remainders of principal and fee fall on the last of 9', () => {
    const { parts } = plan({ months: 9, feeRate: '0.065' });
    const paid = parts.map(({ principalFen, feeFen }) => principalFen + feeFen);
    expect(paid).toEqual([...Array(8).fill(35_499), 35_508]);
    expect([parts[0]?.balanceFen, parts[7]?.balanceFen, parts[8]?.balanceFen]).toEqual([266_667, 33_336, 0]);
  });

  it('rounds the whole fee half up, once', () => {
    // 2.5 % of 1,000.20 is 25.005.
    expect(plan({ principalFen: 100_020, months: 3, feeRate: '0.025' }).borrowerFeeFen).toBe(2_501);
  });

  it('are free for the borrower where the merchant pays', () => {
    const { parts, borrowerFeeFen, merchantFeeFen } = plan({ feePayer: 'merchant' });
    expect({ borrowerFeeFen, merchantFeeFen }).toEqual({ borrowerFeeFen: 0, merchantFeeFen: 26_400 });
    expect(parts.map(({ principalFen, feeFen }) => [principalFen, feeFen])).toEqual(Array(12).fill([25_000, 0]));
  });

  const terms: fc.Arbitrary<InstalmentTerms> = fc.record({
    principalFen: fc.integer({ min: 1, max: 100_000_000 }),
    months: fc.integer({ min: 1, max: 60 }),
    feeRate: fc.constantFrom('0', '0.025', '0.045', '0.065', '0.088', '0.33333333333333'),
    feePayer: fc.constantFrom('borrower' as const, 'merchant' as const),
  });

  it('sum exactly to principal and fee, none below zero, none but the last unlike the first', () => {
    fc.assert(
      fc.property(terms, (each) => {
        const { parts, borrowerFeeFen, merchantFeeFen } = splitIntoInstalments(each);
        expect(sumOf(parts.map(({ principalFen }) => principalFen))).toBe(each.principalFen);
        expect(sumOf(parts.map(({ feeFen }) => feeFen))).toBe(borrowerFeeFen);
        expect(borrowerFeeFen + merchantFeeFen).toBe(shareFen(each.principalFen, each.feeRate));
        expect(each.feePayer === 'merchant' ? borrowerFeeFen : merchantFeeFen).toBe(0);
        expect(Math.min(...parts.flatMap(({ principalFen, feeFen }) => [principalFen, feeFen]))).toBeGreaterThanOrEqual(
          0,
        );
        const early = new Set(parts.slice(0, -1).map(({ principalFen, feeFen }) => `${principalFen} ${feeFen}`));
        expect(early.size).toBeLessThanOrEqual(1);
        expect(parts.at(-1)?.balanceFen).toBe(0);
      }),
    );
  });

  it('settled early after any of them leave nothing out', () => {
    fc.assert(
      fc.property(terms, fc.nat(), fc.boolean(), (each, nat, waivesFee) => {
        const { parts, borrowerFeeFen } = splitIntoInstalments(each);
        const settledParts = nat % each.months;
        const paidFen = sumOf(parts.slice(0, settledParts).map((part) => part.principalFen + part.feeFen));
        const openFeeFen = sumOf(parts.slice(settledParts).map((part) => part.feeFen));
        const rest = settledAfter(each, settledParts, waivesFee);
        const waivedFeeFen = waivesFee ? openFeeFen : 0;
        expect(paidFen + rest.totalFen + waivedFeeFen).toBe(each.principalFen + borrowerFeeFen);
      }),
    );
  });

  it.each<[Partial<InstalmentTerms>, string]>([
    [{ principalFen: 0 }, 'cannot split 0 fen'],
    [{ principalFen: -1 }, 'cannot split -1 fen'],
    [{ principalFen: 10.5 }, 'cannot split 10.5 fen'],
    [{ months: 0 }, 'cannot split in 0 parts'],
    [{ feeRate: '8.8%' }, 'rate "8.8%"'],
  ])('are refused for %p', (overrides, says) => {
    expect(() => plan(overrides)).toThrow(RangeError);
    expect(() => plan(overrides)).toThrow(says);
  });
});

describe('early settlement', () => {
  it('charges the rest of the fee, or waives it', () => {
    const rest = { principalFen: 225_000, totalFen: 244_800, feeFen: 19_800 };
    expect(settledAfter(twelve, 3, false)).toEqual(rest);
    expect(settledAfter(twelve, 3, true)).toEqual({ ...rest, totalFen: 225_000, feeFen: 0 });
  });

  it('costs nothing after the last part', () => {
    expect(settledAfter(twelve, 12, false)).toEqual({ principalFen: 0, feeFen: 0, totalFen: 0 });
  });
});

/** What the bill holds that follows a settlement after so many parts, each bill before it being paid in full. */
function settledAfter(each: InstalmentTerms, settledParts: number, waivesFee: boolean) {
  const { parts, borrowerFeeFen } = splitIntoInstalments(each);
  const billDate = (number: number) => addMonthsClamped('2026-02-01', number - 1);
  const { principalFen, months } = each;
  const plan = { kind: 'instalment-started', key: 'plan', principalFen, months, feeFen: borrowerFeeFen } as const;
  const facts: Fact[] = [
    { kind: 'purchased', key: 'bought', valueDate: '2026-01-20', amountFen: principalFen, billableFrom: '2026-01-20' },
    { ...plan, valueDate: '2026-01-20' },
    ...parts.slice(0, settledParts).map(
      (part): Fact => ({
        kind: 'paid',
        key: `paid-${part.number}`,
        valueDate: billDate(part.number),
        amountFen: part.principalFen + part.feeFen,
        intent: 'instalment',
      }),
    ),
    // On the last bill's date, which counts the settlement after the bill.
    {
      kind: 'instalment-settled',
      key: 'settled',
      valueDate: settledParts === 0 ? '2026-01-21' : billDate(settledParts),
      planKey: 'plan',
      waivesFee,
    },
  ];
  const openTerms: RevolvingTerms = {
    product: 'revolving',
    limitFen: principalFen,
    openDate: '2026-01-15',
    dueDay: 10,
  };
  const asOf = billDate(settledParts + 1);
  const { statements } = deriveRevolving({
    terms: openTerms,
    facts,
    issued: [],
    policy: defaultPolicy.revolving,
    asOf,
  });
  const { principalFen: restFen = 0, feeFen = 0, totalFen = 0 } = statements.at(-1) ?? {};
  return { principalFen: restFen, feeFen, totalFen };
}

describe('what a policy offers', () => {
  it('by default: four terms, 100.00 at least, and no refund of the fee', () => {
    expect(instalmentTermsOf(offered).map((months) => [months, feeRateOf(months, offered)])).toEqual([
      [3, '0.025'],
      [6, '0.045'],
      [9, '0.065'],
      [12, '0.088'],
    ]);
    expect(offered).toMatchObject({ minimumFen: 10_000, feeRefundOnEarlySettlement: false });
  });

  it.each([1, 5, 24, 3.5])('has no rate for %p months', (months) => {
    expect(feeRateOf(months, offered)).toBeUndefined();
  });

  it('is nothing in a version from before there were instalments, and in the replay', () => {
    expect(instalmentTermsOf(undefined)).toEqual([]);
    expect(feeRateOf(12, undefined)).toBeUndefined();
    expect(replayPolicy.revolving.instalments).toBeUndefined();
  });
});
