/** Properties: random lives keep the books balanced, no balance negative, and what is derived is what is booked. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DerivedAccount } from '../../../src/domain/credit/account';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import type { Fact } from '../../../src/domain/credit/facts';
import { deriveRevolving } from '../../../src/domain/credit/revolving/revolving';
import { balancesOf } from '../../../src/domain/ledger/journal';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import { cashLoanTerms, movementsFrom, paymentsFrom, revolvingTerms } from '../lives';

const RUNS = { numRuns: 300 };

/** The account a day at a time must agree with its books: posted receivables never exceed what is derived. */
function expectSoundBooks(account: DerivedAccount, facts: readonly Fact[]): void {
  const booked = balancesOf(account.entries);
  for (const entry of account.entries) {
    expect(entry.lines.reduce((sum, line) => sum + line.amountFen, 0)).toBe(0);
  }
  const receivables = ['principal-receivable', 'interest-receivable', 'penalty-receivable', 'fee-receivable'] as const;
  for (const name of receivables) expect(booked[name] ?? 0).toBeGreaterThanOrEqual(0);
  expect((booked['borrower-credit'] ?? 0) + account.balances.creditFen).toBe(0);
  expect(booked['principal-receivable'] ?? 0).toBe(account.balances.principalFen);
  for (const amountFen of Object.values(account.balances)) expect(amountFen).toBeGreaterThanOrEqual(0);
  const paidFen = facts.reduce((sum, fact) => (fact.kind === 'paid' ? sum + fact.amountFen : sum), 0);
  expect(booked.collections ?? 0).toBe(paidFen);
  expect(new Set(account.entries.map((entry) => entry.key)).size).toBe(account.entries.length);
}

describe('cash loan', () => {
  const life = cashLoanTerms.chain((terms) =>
    fc.tuple(fc.constant(terms), paymentsFrom(terms.startDate, 500), fc.integer({ min: 0, max: 600 })),
  );

  it('keeps the books balanced and every balance at least zero', () => {
    fc.assert(
      fc.property(life, ([terms, payments, days]) => {
        const asOf = addDays(terms.startDate, days);
        const disbursed = {
          kind: 'disbursed' as const,
          key: 'd',
          valueDate: terms.startDate,
          amountFen: terms.principalFen,
        };
        const facts = [disbursed, ...payments].filter((fact) => fact.valueDate <= asOf);
        expectSoundBooks(deriveCashLoan({ terms, facts, policy: defaultPolicy.cashLoan, asOf }), facts);
      }),
      RUNS,
    );
  });

  it('is the same account whatever the order in which the facts arrive', () => {
    fc.assert(
      fc.property(life, fc.infiniteStream(fc.nat()), ([terms, payments, days], stream) => {
        const asOf = addDays(terms.startDate, days);
        const shuffled = payments
          .map((fact) => ({ fact, rank: stream.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ fact }) => fact);
        const derive = (facts: Fact[]) => deriveCashLoan({ terms, facts, policy: defaultPolicy.cashLoan, asOf });
        expect({ ...derive(shuffled) }).toEqual(derive(payments));
      }),
      RUNS,
    );
  });

  it('has a schedule whose principal sums to the loan, with no row below zero', () => {
    fc.assert(
      fc.property(cashLoanTerms, (terms) => {
        const rows = planSchedule(terms);
        expect(rows.reduce((sum, row) => sum + row.principalFen, 0)).toBe(terms.principalFen);
        expect(rows.at(-1)?.balanceFen).toBe(0);
        expect(
          Math.min(...rows.flatMap((row) => [row.principalFen, row.interestFen, row.balanceFen])),
        ).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

describe('revolving account', () => {
  const life = revolvingTerms.chain((terms) =>
    fc.tuple(fc.constant(terms), movementsFrom(terms.openDate, 400), fc.integer({ min: 0, max: 450 })),
  );

  it('keeps the books balanced and every balance at least zero', () => {
    fc.assert(
      fc.property(life, ([terms, movements, days]) => {
        const asOf = addDays(terms.openDate, days);
        const facts = movements.filter((fact) => fact.valueDate <= asOf);
        const account = deriveRevolving({ terms, facts, issued: [], policy: defaultPolicy.revolving, asOf });
        expectSoundBooks(account, facts);
        for (const bill of account.statements) {
          expect(bill.minimumPaymentFen).toBeGreaterThanOrEqual(0);
          expect(bill.minimumPaymentFen).toBeLessThanOrEqual(Math.max(0, bill.totalFen));
        }
      }),
      RUNS,
    );
  });

  it('bills, without interest, exactly what was bought less refunds and payments', () => {
    const free = { ...defaultPolicy.revolving, revolvingDailyRate: '0', overdueDailyRate: '0' };
    fc.assert(
      fc.property(life, ([terms, movements, days]) => {
        const asOf = addDays(terms.openDate, days);
        const account = deriveRevolving({ terms, facts: movements, issued: [], policy: free, asOf });
        for (const bill of account.statements) {
          const before = movements.filter((fact) => fact.valueDate < bill.billDate);
          const expectedFen = before.reduce(
            (sum, fact) => sum + (fact.kind === 'purchased' ? 1 : -1) * amountOf(fact),
            0,
          );
          expect(bill.totalFen).toBe(expectedFen);
        }
      }),
      RUNS,
    );
  });
});

function amountOf(fact: Fact): number {
  return 'amountFen' in fact ? fact.amountFen : 0;
}
