/** Random lives of accounts for property tests: facts a borrower could make, from plain numbers of fast-check. */
import fc from 'fast-check';
import type { CashLoanTerms, RevolvingTerms } from '../../src/domain/account';
import { addDays } from '../../src/domain/calendar';
import type { Fact } from '../../src/domain/facts';

export const START = '2026-01-15';

export const cashLoanTerms: fc.Arbitrary<CashLoanTerms> = fc.record({
  product: fc.constant('cash-loan' as const),
  principalFen: fc.integer({ min: 100_000, max: 20_000_000 }),
  dailyRate: fc.constantFrom('0', '0.00015', '0.0004', '0.0006'),
  months: fc.constantFrom(3, 6, 12),
  method: fc.constantFrom('level' as const, 'level-monthly' as const, 'interest-first' as const),
  startDate: fc.integer({ min: 0, max: 400 }).map((days) => addDays(START, days)),
});

export const revolvingTerms: fc.Arbitrary<RevolvingTerms> = fc.record({
  product: fc.constant('revolving' as const),
  limitFen: fc.constant(5_000_000),
  openDate: fc.integer({ min: 0, max: 40 }).map((days) => addDays(START, days)),
  dueDay: fc.constantFrom(8, 9, 10),
});

/** Payments of a loan, at most `days` after its start. */
export function paymentsFrom(start: string, days: number): fc.Arbitrary<Fact[]> {
  return fc
    .array(
      fc.record({
        day: fc.integer({ min: 0, max: days }),
        amountFen: fc.integer({ min: 1, max: 2_500_000 }),
        intent: fc.constantFrom('instalment' as const, 'instalment' as const, 'payoff' as const),
      }),
      { maxLength: 20 },
    )
    .map((payments) =>
      payments.map(({ day, amountFen, intent }, index) => ({
        kind: 'paid' as const,
        key: `p${index}`,
        valueDate: addDays(start, day),
        amountFen,
        intent,
      })),
    );
}

/** Purchases, refunds and payments of a revolving account. */
export function movementsFrom(start: string, days: number): fc.Arbitrary<Fact[]> {
  const movement = fc.record({
    kind: fc.constantFrom('purchased' as const, 'purchased' as const, 'refunded' as const, 'paid' as const),
    day: fc.integer({ min: 0, max: days }),
    amountFen: fc.integer({ min: 1, max: 800_000 }),
  });
  return fc.array(movement, { maxLength: 40 }).map((movements) =>
    movements.map(({ kind, day, amountFen }, index): Fact => {
      const valueDate = addDays(start, day);
      const key = `f${index}`;
      if (kind === 'paid') return { kind, key, valueDate, amountFen, intent: 'instalment' };
      return { kind, key, valueDate, amountFen, billableFrom: valueDate };
    }),
  );
}
