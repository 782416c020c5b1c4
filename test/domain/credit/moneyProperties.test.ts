/**
 * Properties that no example can prove: lives with every kind of fact stay balanced whatever the order of arrival,
 * interest grows with what it is taken on, and prepaying never costs more than waiting.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CashLoanTerms, DerivedAccount } from '../../../src/domain/credit/account';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import { type Fact, factsInForce } from '../../../src/domain/credit/facts';
import { deriveRevolving } from '../../../src/domain/credit/revolving/revolving';
import { balancesOf } from '../../../src/domain/ledger/journal';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays, daysBetween } from '../../../src/domain/values/calendar';
import {
  accountChangesFrom,
  cashLoanTerms,
  loanChangesFrom,
  movementsFrom,
  paymentsFrom,
  revolvingTerms,
} from '../lives';

const RUNS = { numRuns: 200 };
const LOAN_POLICY = { ...defaultPolicy.cashLoan, graceDays: 3, principalFirstFromDaysPastDue: 91 };

/** A loan's life with everything in it. */
const loan = cashLoanTerms.chain((terms) =>
  fc.record({
    terms: fc.constant(terms),
    facts: fc
      .tuple(paymentsFrom(terms.startDate, 700), loanChangesFrom(terms.startDate, 700))
      .map(([payments, changes]): Fact[] => [disbursement(terms), ...payments, ...changes]),
    days: fc.integer({ min: 0, max: 760 }),
  }),
);

const account = revolvingTerms.chain((terms) =>
  fc.record({
    terms: fc.constant(terms),
    facts: fc
      .tuple(movementsFrom(terms.openDate, 500), accountChangesFrom(terms.openDate, 500))
      .map(([movements, changes]): Fact[] => [...movements, ...changes]),
    days: fc.integer({ min: 0, max: 560 }),
  }),
);

function disbursement({ startDate, principalFen }: CashLoanTerms): Fact {
  return { kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen };
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  return items
    .map((item, index) => ({ item, rank: Math.sin(seed + index * 7919) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

const loanAt = ({ terms, facts }: { terms: CashLoanTerms; facts: readonly Fact[] }, asOf: string) =>
  deriveCashLoan({ terms, facts, policy: LOAN_POLICY, asOf });

/** Balanced entries under keys of their own; no balance, and no receivable in the books, below zero; money adds up. */
function expectSound(derived: DerivedAccount, facts: readonly Fact[], asOf: string): void {
  const booked = balancesOf(derived.entries);
  for (const { lines } of derived.entries) expect(lines.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(0);
  expect(new Set(derived.entries.map(({ key }) => key)).size).toBe(derived.entries.length);
  const { principalFen, interestFen, penaltyFen, feeFen, creditFen } = derived.balances;
  for (const amountFen of Object.values(derived.balances)) expect(amountFen).toBeGreaterThanOrEqual(0);
  expect(booked['principal-receivable'] ?? 0).toBe(principalFen);
  expect(booked['fee-receivable'] ?? 0).toBe(feeFen);
  expect(0 - (booked['borrower-credit'] ?? 0)).toBe(creditFen);
  for (const [posted, withAccrued] of [
    [booked['interest-receivable'] ?? 0, interestFen],
    [booked['penalty-receivable'] ?? 0, penaltyFen],
  ] as const) {
    expect(posted).toBeGreaterThanOrEqual(0);
    expect(withAccrued).toBeGreaterThanOrEqual(posted);
  }
  const paidFen = factsInForce(facts, asOf).reduce(
    (sum, fact) => (fact.kind === 'paid' ? sum + fact.amountFen : sum),
    0,
  );
  expect(booked.collections ?? 0).toBe(paidFen);
  expect(derived.recoverableFen).toBeGreaterThanOrEqual(0);
  expect(derived.availableFen).toBeGreaterThanOrEqual(0);
}

describe('a life with every kind of fact', () => {
  it('of a cash loan is sound', () => {
    fc.assert(
      fc.property(loan, ({ terms, facts, days }) => {
        const asOf = addDays(terms.startDate, days);
        expectSound(loanAt({ terms, facts }, asOf), facts, asOf);
      }),
      RUNS,
    );
  });

  it('of a revolving account is sound', () => {
    fc.assert(
      fc.property(account, ({ terms, facts, days }) => {
        const asOf = addDays(terms.openDate, days);
        const derived = deriveRevolving({ terms, facts, issued: [], policy: defaultPolicy.revolving, asOf });
        expectSound(derived, facts, asOf);
        for (const { totalFen, minimumPaymentFen } of derived.statements) {
          expect(minimumPaymentFen).toBeGreaterThanOrEqual(0);
          expect(minimumPaymentFen).toBeLessThanOrEqual(Math.max(0, totalFen));
        }
      }),
      RUNS,
    );
  });

  it('is the same whatever the order in which its facts arrived', () => {
    fc.assert(
      fc.property(loan, account, fc.integer(), (life, other, seed) => {
        const asOf = addDays(life.terms.startDate, life.days);
        const { terms, facts } = other;
        const at = (order: readonly Fact[]) =>
          deriveRevolving({
            terms,
            facts: order,
            issued: [],
            policy: defaultPolicy.revolving,
            asOf: addDays(terms.openDate, other.days),
          });
        expect(loanAt({ ...life, facts: shuffled(life.facts, seed) }, asOf)).toEqual(loanAt(life, asOf));
        expect(at(shuffled(facts, seed))).toEqual(at(facts));
      }),
      RUNS,
    );
  });

  it('with a payment that bounced is the life without it, from the bounce on', () => {
    fc.assert(
      fc.property(
        loan,
        fc.integer({ min: 1, max: 900_000 }),
        fc.integer({ min: 0, max: 700 }),
        (life, amountFen, day) => {
          const valueDate = addDays(life.terms.startDate, day);
          const paid: Fact = { kind: 'paid', key: 'bounced', valueDate, amountFen, intent: 'prepay-lower-payment' };
          const bounce: Fact = { kind: 'reversed', key: 'bounce', valueDate, reverses: 'bounced' };
          const asOf = addDays(life.terms.startDate, life.days);
          // Before they have come they are dates to wake on, and no more.
          const more = valueDate <= asOf ? [paid, bounce] : [];
          expect(loanAt({ ...life, facts: [...life.facts, ...more] }, asOf)).toEqual(loanAt(life, asOf));
        },
      ),
      RUNS,
    );
  });
});

describe('interest', () => {
  const terms = fc.record({
    principalFen: fc.integer({ min: 100_000, max: 20_000_000 }),
    months: fc.constantFrom(3, 6, 12, 24),
    startDay: fc.integer({ min: 0, max: 400 }),
    method: fc.constantFrom('level' as const, 'level-monthly' as const, 'interest-first' as const),
  });
  const interestOf = (loanTerms: CashLoanTerms) =>
    planSchedule(loanTerms).reduce((sum, row) => sum + row.interestFen, 0);

  it('grows with the rate and with the principal', () => {
    fc.assert(
      fc.property(terms, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (one, base, more) => {
        const rate = (steps: number) => (steps / 100_000).toFixed(5);
        const at = (steps: number, principalFen: number): CashLoanTerms => ({
          product: 'cash-loan',
          principalFen,
          dailyRate: rate(steps),
          months: one.months,
          method: one.method,
          startDate: addDays('2026-01-15', one.startDay),
        });
        expect(interestOf(at(base + more, one.principalFen))).toBeGreaterThanOrEqual(
          interestOf(at(base, one.principalFen)),
        );
        // A part of a fen may round away in each instalment, and never more.
        const rounding = one.months;
        expect(interestOf(at(base, one.principalFen + more * 100_000)) + rounding).toBeGreaterThanOrEqual(
          interestOf(at(base, one.principalFen)),
        );
      }),
      RUNS,
    );
  });

  it('and penalty grow with the days', () => {
    fc.assert(
      fc.property(
        cashLoanTerms,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 60 }),
        (loanTerms, days, more) => {
          const facts = [disbursement(loanTerms)];
          const at = (day: number) => loanAt({ terms: loanTerms, facts }, addDays(loanTerms.startDate, day)).balances;
          expect(at(days + more).interestFen).toBeGreaterThanOrEqual(at(days).interestFen);
          expect(at(days + more).penaltyFen).toBeGreaterThanOrEqual(at(days).penaltyFen);
        },
      ),
      RUNS,
    );
  });
});

describe('prepaying', () => {
  /** What the borrower pays in all: each instalment on its due date, after what was paid ahead. */
  function totalPaid(terms: CashLoanTerms, ahead: readonly Fact[]): number {
    const facts: Fact[] = [disbursement(terms), ...ahead];
    for (const dueDate of planSchedule(terms).map((row) => row.dueDate)) {
      const [due] = loanAt({ terms, facts }, dueDate).obligations;
      if (!due || due.dueDate !== dueDate) continue;
      facts.push({
        kind: 'paid',
        key: `due/${dueDate}`,
        valueDate: dueDate,
        amountFen: due.owedFen,
        intent: 'instalment',
      });
    }
    const end = loanAt({ terms, facts }, addDays(terms.startDate, 31 * (terms.months + 1)));
    expect(end.stage).toBe('settled');
    const paidFen = facts.reduce((sum, fact) => (fact.kind === 'paid' ? sum + fact.amountFen : sum), 0);
    return paidFen - end.balances.creditFen;
  }

  it.each(['payoff', 'prepay-shorter-term', 'prepay-lower-payment'] as const)(
    'by %s never costs more than waiting',
    (intent) => {
      fc.assert(
        fc.property(
          cashLoanTerms.filter(({ method }) => method !== 'level-monthly'),
          fc.double({ min: 0.05, max: 0.95, noNaN: true }),
          fc.double({ min: 0.05, max: 1.2, noNaN: true }),
          (terms, when, share) => {
            const last = planSchedule(terms).at(-1)?.dueDate ?? terms.startDate;
            const valueDate = addDays(terms.startDate, Math.floor(when * daysBetween(terms.startDate, last)));
            const facts = paidUpTo(terms, valueDate);
            const { payoffFen } = loanAt({ terms, facts: [disbursement(terms), ...facts] }, valueDate);
            const amountFen = intent === 'payoff' ? payoffFen : Math.max(1, Math.floor(payoffFen * share));
            const prepaid: Fact = { kind: 'paid', key: 'ahead', valueDate, amountFen, intent };
            // Each instalment that is planned anew rounds for itself.
            expect(totalPaid(terms, [...facts, prepaid])).toBeLessThanOrEqual(totalPaid(terms, facts) + terms.months);
          },
        ),
        RUNS,
      );
    },
  );

  /** Every instalment due before a date, paid on its due date. */
  function paidUpTo(terms: CashLoanTerms, date: string): Fact[] {
    return planSchedule(terms)
      .filter(({ dueDate }) => dueDate < date)
      .map(({ dueDate, principalFen, interestFen }) => ({
        kind: 'paid',
        key: `due/${dueDate}`,
        valueDate: dueDate,
        amountFen: principalFen + interestFen,
        intent: 'instalment',
      }));
  }
});
