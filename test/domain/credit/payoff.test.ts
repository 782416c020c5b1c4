/** Payoff quotes and running balances over random lives: what is quoted settles, and what runs is what is booked. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CashLoanTerms, DerivedAccount } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact, Paid } from '../../../src/domain/credit/facts';
import { payoffQuoteOf, quotableDates } from '../../../src/domain/credit/payoff';
import { receivablesOf, withReceivables } from '../../../src/domain/ledger/accountStatement';
import { balancesOf } from '../../../src/domain/ledger/journal';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import {
  accountChangesFrom,
  cashLoanTerms,
  loanChangesFrom,
  movementsFrom,
  paymentsFrom,
  revolvingTerms,
} from '../lives';

const RUNS = { numRuns: 200 };
const DAYS = 300;

const loan = cashLoanTerms.chain((terms) =>
  fc.tuple(
    fc.constant(terms),
    fc
      .tuple(paymentsFrom(terms.startDate, DAYS), loanChangesFrom(terms.startDate, DAYS))
      .map((facts): Fact[] => [
        { kind: 'disbursed', key: 'disbursement', valueDate: terms.startDate, amountFen: terms.principalFen },
        ...facts.flat(),
      ]),
    fc.integer({ min: 0, max: DAYS }),
  ),
);
const card = revolvingTerms.chain((terms) =>
  fc.tuple(
    fc.constant(terms),
    fc
      .tuple(movementsFrom(terms.openDate, DAYS), accountChangesFrom(terms.openDate, DAYS))
      .map((facts) => facts.flat()),
    fc.integer({ min: 0, max: DAYS }),
  ),
);

/** While the account is open: what is closed owes only what was written off. */
function expectComponentsToAddUp(account: DerivedAccount): void {
  if (account.stage === 'settled' || account.stage === 'written-off') return;
  const { principalFen, interestFen, penaltyFen, feeFen, creditFen, totalFen } = payoffQuoteOf(account);
  expect(totalFen).toBe(Math.max(0, principalFen + interestFen + penaltyFen + feeFen - creditFen));
}

describe('a payoff quote', () => {
  it('of a cash loan is the sum of its components', () => {
    fc.assert(
      fc.property(loan, ([terms, facts, day]) => {
        expectComponentsToAddUp(
          deriveAccount({ terms, facts, issued: [] }, defaultPolicy, addDays(terms.startDate, day)),
        );
      }),
      RUNS,
    );
  });

  it('of a revolving account is the sum of its components', () => {
    fc.assert(
      fc.property(card, ([terms, facts, day]) => {
        expectComponentsToAddUp(
          deriveAccount({ terms, facts, issued: [] }, defaultPolicy, addDays(terms.openDate, day)),
        );
      }),
      RUNS,
    );
  });

  it('settles the loan when it is paid on its date, and a fen less does not', () => {
    fc.assert(
      fc.property(loan, ([terms, facts, day]) => {
        const on = addDays(terms.startDate, day);
        // What is told to count from after the date is not known on it.
        const known = facts.filter(({ valueDate }) => valueDate <= on);
        const fold = (more: Fact[]) =>
          deriveAccount({ terms, facts: [...known, ...more], issued: [] }, defaultPolicy, on);
        const before = fold([]);
        const { totalFen } = payoffQuoteOf(before);
        if (before.stage === 'settled' || before.stage === 'written-off' || totalFen < 2) return;
        // Last of its date.
        const pay = (amountFen: number): Paid => ({
          kind: 'paid',
          key: 'zz',
          valueDate: on,
          amountFen,
          intent: 'payoff',
        });
        const after = fold([pay(totalFen)]);
        if (facts.some(({ kind, valueDate }) => valueDate === on && kind !== 'paid' && kind !== 'disbursed')) return;
        expect(after.stage).toBe('settled');
        expect(after.balances.creditFen).toBe(0);
        expect(fold([pay(totalFen - 1)]).stage).not.toBe('settled');
      }),
      RUNS,
    );
  });

  it.each([1, 300_000, 3_500_000])(
    'settles after a payoff of the same date that fell short by all but %d fen',
    (amountFen) => {
      const terms: CashLoanTerms = {
        product: 'cash-loan',
        principalFen: 3_556_336,
        dailyRate: '0.0006',
        months: 6,
        method: 'level',
        startDate: '2026-05-26',
      };
      const on = '2026-05-31';
      const lent: Fact = { kind: 'disbursed', key: 'disbursement', valueDate: '2026-05-26', amountFen: 3_556_336 };
      const short: Paid = { kind: 'paid', key: 'short', valueDate: on, amountFen, intent: 'payoff' };
      const fold = (facts: Fact[]) => deriveAccount({ terms, facts, issued: [] }, defaultPolicy, on);
      const told = payoffQuoteOf(fold([lent, short])).totalFen;
      expect(told).toBe(payoffQuoteOf(fold([lent])).totalFen - amountFen);
      const after = fold([lent, short, { ...short, key: 'rest', amountFen: told }]);
      expect(after).toMatchObject({ stage: 'settled', balances: { creditFen: 0 } });
    },
  );

  it('of an account that was written off is what is not recovered yet', () => {
    const terms: CashLoanTerms = {
      product: 'cash-loan',
      principalFen: 1_000_000,
      dailyRate: '0',
      months: 6,
      method: 'level',
      startDate: '2026-01-15',
    };
    const facts: Fact[] = [
      { kind: 'disbursed', key: 'disbursement', valueDate: '2026-01-15', amountFen: 1_000_000 },
      { kind: 'written-off', key: 'write-off', valueDate: '2026-01-20', decidedBy: ['staff-1', 'staff-2'] },
      { kind: 'paid', key: 'payment/1', valueDate: '2026-01-25', amountFen: 300_000, intent: 'instalment' },
    ];
    const quote = payoffQuoteOf(deriveAccount({ terms, facts, issued: [] }, defaultPolicy, '2026-02-01'));
    expect(quote).toMatchObject({ stage: 'written-off', principalFen: 0, recoverableFen: 700_000, totalFen: 700_000 });
  });

  it('reaches from the first date of the account to a year after the latest that is known', () => {
    const terms = { product: 'revolving', limitFen: 1, openDate: '2026-03-02', dueDay: 10 } as const;
    expect(quotableDates(terms, [null, undefined])).toEqual({ from: '2026-03-02', to: '2027-03-03' });
    expect(quotableDates(terms, ['2026-04-01', '2026-03-31'])).toEqual({ from: '2026-03-02', to: '2027-04-02' });
  });
});

describe('running receivables', () => {
  it('end at what is booked, wherever a page begins', () => {
    fc.assert(
      fc.property(card, fc.nat(), ([terms, facts, day], number) => {
        const { entries } = deriveAccount({ terms, facts, issued: [] }, defaultPolicy, addDays(terms.openDate, day));
        if (entries.length === 0) return;
        const begin = number % entries.length;
        const opening = receivablesOf(balancesOf(entries.slice(0, begin)));
        const page = withReceivables(opening, entries.slice(begin));
        expect(page.at(-1)?.receivables).toEqual(receivablesOf(balancesOf(entries)));
        expect(page[0]?.receivables).toEqual(receivablesOf(balancesOf(entries.slice(0, begin + 1))));
      }),
      RUNS,
    );
  });
});
