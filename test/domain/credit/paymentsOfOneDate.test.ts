/** Payments of one date count by their purpose: their ids, and the order in which they were told, change nothing. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CashLoanTerms, DerivedAccount, Terms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact, Paid, PaymentIntent } from '../../../src/domain/credit/facts';
import {
  type ArrivedFact,
  deriveInHistoricalOrder,
  openingFactOf,
  type ToldFact,
} from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import { accountChangesFrom, cashLoanTerms, loanChangesFrom, movementsFrom, revolvingTerms } from '../lives';

const DAYS = 400;
const INTENTS: PaymentIntent[] = ['instalment', 'instalment', 'payoff', 'prepay-shorter-term', 'prepay-lower-payment'];

/** Few dates and few amounts, so that many payments share a date and some share everything. */
function crowdedPayments(start: string, intents: readonly PaymentIntent[]): fc.Arbitrary<Paid[]> {
  const payment = fc.record({
    week: fc.integer({ min: 0, max: 12 }),
    amountFen: fc.oneof(fc.constantFrom(50_000, 200_000), fc.integer({ min: 1, max: 2_000_000 })),
    intent: fc.constantFrom(...intents),
    designatedInstalment: fc.constantFrom(undefined, undefined, 1, 2, 3),
  });
  return fc.array(payment, { maxLength: 16 }).map((payments) =>
    payments.map(({ week, amountFen, intent, designatedInstalment }, index) => ({
      kind: 'paid' as const,
      key: `payment/${String(index).padStart(2, '0')}`,
      valueDate: addDays(start, 30 * week),
      amountFen,
      intent,
      ...(intents.length > 2 && designatedInstalment !== undefined ? { designatedInstalment } : {}),
    })),
  );
}

/** The facts with the ids of the payments of each date dealt anew; what names a payment names it still. */
function renamed(facts: readonly Fact[], ranks: readonly number[]): { facts: Fact[]; nameOf: Map<string, string> } {
  const nameOf = new Map<string, string>();
  const payments = facts.flatMap((fact) => (fact.kind === 'paid' ? [fact] : []));
  for (const date of new Set(payments.map(({ valueDate }) => valueDate))) {
    const keys = payments.filter(({ valueDate }) => valueDate === date).map(({ key }) => key);
    const dealt = keys
      .map((key, index) => ({ key, rank: ranks[(index * 7 + keys.length) % ranks.length] ?? 0 }))
      .sort((one, other) => one.rank - other.rank);
    for (const [index, key] of keys.entries()) nameOf.set(key, dealt[index]?.key ?? key);
  }
  const withNames = facts.map((fact) => {
    if (fact.kind === 'paid') return { ...fact, key: nameOf.get(fact.key) ?? fact.key };
    return fact.kind === 'reversed' ? { ...fact, reverses: nameOf.get(fact.reverses) ?? fact.reverses } : fact;
  });
  return { facts: withNames, nameOf };
}

/** The account with its payments called by what they are, so that accounts of other ids can be compared. */
function anonymous(account: DerivedAccount, facts: readonly Fact[]): object {
  const contentOf = new Map(facts.map(({ key, ...content }) => [key, JSON.stringify(content)]));
  const entries = account.entries.map(({ key, ...entry }) => {
    const paymentKey = /payment\/\d+$/.exec(key)?.[0];
    return { key: paymentKey ? key.replace(paymentKey, contentOf.get(paymentKey) ?? '') : key, ...entry };
  });
  return { ...account, entries };
}

function accountOf(terms: Terms, facts: readonly Fact[], asOf: string): object {
  const arrivals: ArrivedFact[] = [openingFactOf(terms), ...facts].map((fact) => ({
    fact: fact as ToldFact,
    arrivedOn: fact.valueDate,
  }));
  return anonymous(deriveInHistoricalOrder({ terms, arrivals, policy: defaultPolicy, asOf }).account, facts);
}

const ranks = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });

function expectSame(terms: Terms, facts: readonly Fact[], dealt: readonly number[], asOf: string): void {
  const other = renamed(facts, dealt);
  const told = other.facts
    .map((fact, index) => ({ fact, rank: dealt[(index * 5) % dealt.length] ?? 0 }))
    .sort((one, two) => one.rank - two.rank)
    .map(({ fact }) => fact);
  expect(accountOf(terms, told, asOf)).toEqual(accountOf(terms, facts, asOf));
}

describe('whatever the ids and the arrival of payments of one date, the account is the same', () => {
  it('of a cash loan', () => {
    const life = cashLoanTerms.chain((terms) =>
      fc.tuple(
        fc.constant(terms),
        crowdedPayments(terms.startDate, INTENTS),
        loanChangesFrom(terms.startDate, DAYS),
        ranks,
        fc.integer({ min: 0, max: DAYS }),
      ),
    );
    fc.assert(
      fc.property(life, ([terms, payments, changes, dealt, days]) => {
        // Bounces name payments by their number.
        const named = changes.map((fact) =>
          fact.kind === 'reversed' ? { ...fact, reverses: `payment/${fact.reverses.slice(1).padStart(2, '0')}` } : fact,
        );
        expectSame(terms, [...payments, ...named], dealt, addDays(terms.startDate, days));
      }),
      { numRuns: 400 },
    );
  });

  it('of a revolving account', () => {
    const life = revolvingTerms.chain((terms) =>
      fc.tuple(
        fc.constant(terms),
        crowdedPayments(terms.openDate, ['instalment', 'payoff']),
        movementsFrom(terms.openDate, DAYS),
        accountChangesFrom(terms.openDate, DAYS),
        fc.tuple(ranks, fc.integer({ min: 0, max: DAYS })),
      ),
    );
    fc.assert(
      fc.property(life, ([terms, payments, movements, changes, [dealt, days]]) => {
        const goods = movements.filter(({ kind }) => kind !== 'paid');
        expectSame(terms, [...payments, ...goods, ...changes], dealt, addDays(terms.openDate, days));
      }),
      { numRuns: 300 },
    );
  });
});

describe('on one date', () => {
  const LOAN: CashLoanTerms = {
    product: 'cash-loan',
    principalFen: 1_000_000,
    dailyRate: '0.0004',
    months: 6,
    method: 'level',
    startDate: '2026-01-15',
  };
  const on =
    (valueDate: string) =>
    (id: string, amountFen: number, more: Partial<Paid> = {}) =>
      ({ kind: 'paid', key: `payment/${id}`, valueDate, amountFen, intent: 'instalment', ...more }) as Paid;
  const loan = (facts: Fact[], asOf: string) =>
    deriveAccount({ terms: LOAN, facts: [openingFactOf(LOAN), ...facts], issued: [] }, defaultPolicy, asOf);
  const linesOf = (account: DerivedAccount, key: string) =>
    Object.fromEntries(
      (account.entries.find((entry) => entry.key === key)?.lines ?? []).map(({ account: name, amountFen }) => [
        name,
        amountFen,
      ]),
    );

  it('a payoff comes after the instalment that is due, whichever id is first', () => {
    const pay = on('2026-02-15');
    for (const [first, second] of [
      ['1', '2'],
      ['2', '1'],
    ] as const) {
      const account = loan([pay(first, 838_641, { intent: 'payoff' }), pay(second, 173_759)], '2026-02-15');
      expect(account.stage).toBe('settled');
      expect(linesOf(account, `payment/${second}`)).toMatchObject({ 'interest-receivable': -12_400 });
      expect(account.balances.creditFen).toBe(0);
    }
  });

  it('designated instalments come first, by their numbers, and then payments without one', () => {
    const pay = on('2026-04-20');
    const account = loan(
      [
        pay('1', 50_000),
        pay('2', 100_000, { designatedInstalment: 3 }),
        pay('3', 100_000, { designatedInstalment: 2 }),
      ],
      '2026-04-20',
    );
    const order = account.entries.flatMap(({ key }) => (key.startsWith('payment/') ? [key] : []));
    expect(order).toEqual(['payment/3', 'payment/2', 'payment/1']);
  });

  it('of one purpose the larger amount comes first', () => {
    const pay = on('2026-02-20');
    const account = loan([pay('1', 10), pay('2', 30), pay('3', 20)], '2026-02-20');
    const order = account.entries.flatMap(({ key }) => (key.startsWith('payment/') ? [key] : []));
    expect(order).toEqual(['payment/2', 'payment/3', 'payment/1']);
  });
});
