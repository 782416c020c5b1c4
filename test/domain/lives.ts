/** Random lives of accounts for property tests: facts a borrower could make, from plain numbers of fast-check. */
import fc from 'fast-check';
import type { CashLoanTerms, RevolvingTerms } from '../../src/domain/credit/account';
import type { Fact } from '../../src/domain/credit/facts';
import { addDays } from '../../src/domain/values/calendar';

const START = '2026-01-15';
const INTENTS = ['instalment', 'instalment', 'payoff', 'prepay-shorter-term', 'prepay-lower-payment'] as const;

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
        intent: fc.constantFrom(...INTENTS),
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

/** What is rarer in a loan's life than payments: bounces, corrected rates, a restructuring, credit returned, write-off. */
export function loanChangesFrom(start: string, days: number): fc.Arbitrary<Fact[]> {
  const change = fc.record({
    kind: fc.constantFrom('reversed', 'rate-corrected', 'restructured', 'credit-returned', 'written-off' as const),
    day: fc.integer({ min: 0, max: days }),
    number: fc.integer({ min: 0, max: 19 }),
    amountFen: fc.integer({ min: 1, max: 500_000 }),
    dailyRate: fc.constantFrom('0', '0.0003', '0.00065'),
  });
  return fc
    .array(change, { maxLength: 5 })
    .map((changes) =>
      changes.map(({ kind, day, number, amountFen, dailyRate }, index): Fact => {
        const base = { key: `c${index}`, valueDate: addDays(start, day) };
        switch (kind) {
          case 'reversed':
            return { ...base, kind: 'reversed', reverses: `p${number}` };
          case 'rate-corrected':
            return { ...base, kind: 'rate-corrected', dailyRate };
          case 'restructured':
            return { ...base, kind: 'restructured', months: 3 + (number % 10), dailyRate };
          case 'credit-returned':
            return { ...base, kind: 'credit-returned', amountFen };
          default:
            return { ...base, key: 'write-off', kind: 'written-off', decidedBy: ['staff-1', 'staff-2'] };
        }
      }),
    )
    .map((facts) => facts.filter(({ key }, index) => facts.findIndex((each) => each.key === key) === index));
}

/** The same of a revolving account, with instalment plans and purchases that wait for their confirmation. */
export function accountChangesFrom(start: string, days: number): fc.Arbitrary<Fact[]> {
  const change = fc.record({
    kind: fc.constantFrom(
      'reversed',
      'rate-corrected',
      'instalment-started',
      'instalment-settled',
      'held',
      'credit-returned' as const,
    ),
    day: fc.integer({ min: 0, max: days }),
    number: fc.integer({ min: 0, max: 19 }),
    amountFen: fc.integer({ min: 1, max: 500_000 }),
    later: fc.integer({ min: 0, max: 30 }),
  });
  return fc.array(change, { maxLength: 8 }).map((changes) =>
    changes.flatMap(({ kind, day, number, amountFen, later }, index): Fact[] => {
      const valueDate = addDays(start, day);
      const base = { key: `c${index}`, valueDate };
      const laterDate = addDays(valueDate, later);
      switch (kind) {
        case 'reversed':
          return [{ ...base, kind: 'reversed', reverses: `f${number}` }];
        case 'rate-corrected':
          return [{ ...base, kind: 'rate-corrected', revolvingDailyRate: '0.0003', overdueDailyRate: '0.0006' }];
        case 'instalment-started': {
          const statementNumber = number % 2 === 0 ? 1 + (number % 6) : undefined;
          return [
            {
              ...base,
              kind: 'instalment-started',
              statementNumber,
              principalFen: amountFen,
              months: 3 + (number % 10),
              feeFen: later % 3 === 0 ? 0 : Math.floor(amountFen / 20),
              ...(later % 3 === 0 ? { merchantFeeFen: 1 + Math.floor(amountFen / 20) } : {}),
            },
          ];
        }
        case 'instalment-settled':
          return [{ ...base, kind: 'instalment-settled', planKey: `c${number % 8}`, waivesFee: later > 15 }];
        case 'held':
          return [
            { ...base, kind: 'purchased', amountFen, billableFrom: valueDate, awaitsConfirmation: true },
            {
              key: `${base.key}-refund`,
              kind: 'refunded',
              valueDate,
              amountFen: 1 + Math.floor(amountFen / 3),
              billableFrom: valueDate,
              purchaseKey: base.key,
            },
            {
              key: `${base.key}-confirmed`,
              kind: 'confirmed',
              valueDate: laterDate,
              billableFrom: laterDate,
              purchaseKey: base.key,
            },
          ];
        default:
          return [{ ...base, kind: 'credit-returned', amountFen }];
      }
    }),
  );
}
