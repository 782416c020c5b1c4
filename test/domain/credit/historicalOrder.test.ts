/** Bills stand as they were issued with what had arrived; what arrives late finds its place by kind. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CashLoanTerms, RevolvingTerms, Terms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact } from '../../../src/domain/credit/facts';
import {
  type ArrivedFact,
  deriveInHistoricalOrder,
  openingFactOf,
  type ToldFact,
} from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy as policy } from '../../../src/domain/policy/defaultPolicy';
import { addDays, daysBetween, maxDate } from '../../../src/domain/values/calendar';
import { movementsFrom, revolvingTerms } from '../lives';

const CARD: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 };
const LOAN: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
};

function arrived(fact: ToldFact, arrivedOn = fact.valueDate): ArrivedFact {
  return { fact, arrivedOn };
}

function bought(key: string, valueDate: string, amountFen: number, arrivedOn = valueDate): ArrivedFact {
  return arrived({ kind: 'purchased', key, valueDate, amountFen }, arrivedOn);
}

function paid(key: string, valueDate: string, amountFen: number, arrivedOn = valueDate): ArrivedFact {
  return arrived({ kind: 'paid', key, valueDate, amountFen, intent: 'instalment' }, arrivedOn);
}

function derive(terms: Terms, arrivals: readonly ArrivedFact[], asOf: string) {
  return deriveInHistoricalOrder({ terms, arrivals: [arrived(openingFactOf(terms)), ...arrivals], policy, asOf });
}

/** Total and minimum of each bill. */
function billsOf(arrivals: readonly ArrivedFact[], asOf: string) {
  return derive(CARD, arrivals, asOf).issued.map((bill) => [bill.totalFen, bill.minimumPaymentFen]);
}

const PAID_ON_TIME = paid('payment/1', '2026-04-08', 234_567);

describe('bills with late arrivals', () => {
  it.each([
    ['before the bill date', '2026-03-31', [[334_567, 33_457]]],
    ['on the bill date', '2026-04-01', [[234_567, 23_457]]],
    ['after it', '2026-04-02', [[234_567, 23_457]]],
  ])('a purchase of March that arrives %s', (_, arrivedOn, bills) => {
    const arrivals = [
      bought('purchase/1', '2026-03-12', 234_567),
      bought('purchase/2', '2026-03-20', 100_000, arrivedOn),
    ];
    expect(billsOf(arrivals, '2026-04-30')).toEqual(bills);
  });

  it('a purchase that arrives after two bills is on the third, and bears nothing before that one is due', () => {
    const arrivals = [
      bought('purchase/1', '2026-03-12', 234_567),
      PAID_ON_TIME,
      bought('purchase/2', '2026-03-20', 100_000, '2026-05-02'),
    ];
    expect(billsOf(arrivals, '2026-06-01')).toEqual([
      [234_567, 23_457],
      [0, 0],
      [100_000, 10_000],
    ]);
    const { account } = derive(CARD, arrivals, '2026-06-10');
    expect(account.balances).toMatchObject({ principalFen: 100_000, interestFen: 0, penaltyFen: 0 });
    expect(account.entries.find(({ key }) => key === 'purchase/2')?.valueDate).toBe('2026-03-20');
  });

  it('a payment counts from its value date however late it arrives, and the bill before its arrival stands', () => {
    const onTime = [bought('purchase/1', '2026-03-12', 234_567), PAID_ON_TIME];
    const late = [bought('purchase/1', '2026-03-12', 234_567), paid('payment/1', '2026-04-08', 234_567, '2026-05-03')];
    expect(derive(CARD, late, '2026-05-02').account).toMatchObject({ stage: 'overdue', daysPastDue: 22 });
    expect(billsOf(late, '2026-05-04')[1]).toEqual([237_030, 49_377]);
    expect(billsOf(onTime, '2026-05-04')[1]).toEqual([0, 0]);
    const [{ account: first }, { account: second }] = [
      derive(CARD, onTime, '2026-05-04'),
      derive(CARD, late, '2026-05-04'),
    ];
    expect(second.balances).toEqual(first.balances);
    expect(second.entries).toEqual(first.entries);
    expect(second.obligations).toEqual([]);
  });

  it('a refund counts from its value date however late it arrives', () => {
    const refund: ToldFact = { kind: 'refunded', key: 'refund/1', valueDate: '2026-03-25', amountFen: 234_567 };
    const arrivals = [bought('purchase/1', '2026-03-12', 234_567), arrived(refund, '2026-05-05')];
    expect(derive(CARD, arrivals, '2026-05-04').account).toMatchObject({ daysPastDue: 24, payoffFen: 237_382 });
    // Nothing was ever owed: the penalty that bill 2 asked for goes as well.
    expect(derive(CARD, arrivals, '2026-05-05').account).toMatchObject({ daysPastDue: 0, payoffFen: 0 });
    expect(billsOf(arrivals, '2026-06-01')).toEqual([
      [234_567, 23_457],
      [237_030, 49_377],
      [0, 0],
    ]);
  });

  it('a confirmation that arrives after its bill is on the next one', () => {
    const held: ToldFact = {
      kind: 'purchased',
      key: 'purchase/1',
      valueDate: '2026-03-12',
      amountFen: 50_000,
      awaitsConfirmation: true,
    };
    const confirmed: ToldFact = {
      kind: 'confirmed',
      key: 'confirmation/1',
      valueDate: '2026-03-28',
      purchaseKey: 'purchase/1',
    };
    expect(billsOf([arrived(held), arrived(confirmed)], '2026-04-01')).toEqual([[50_000, 5_000]]);
    expect(billsOf([arrived(held), arrived(confirmed, '2026-04-01')], '2026-05-01')).toEqual([
      [0, 0],
      [50_000, 5_000],
    ]);
  });

  it('a held purchase counts from its value date however late it arrives, so that a refund releases it', () => {
    const held: ToldFact = {
      kind: 'purchased',
      key: 'purchase/1',
      valueDate: '2026-03-12',
      amountFen: 50_000,
      awaitsConfirmation: true,
    };
    const refund: ToldFact = {
      kind: 'refunded',
      key: 'refund/1',
      valueDate: '2026-03-20',
      amountFen: 50_000,
      purchaseKey: 'purchase/1',
    };
    const { account } = derive(CARD, [arrived(held, '2026-04-05'), arrived(refund, '2026-04-05')], '2026-04-05');
    expect(account).toMatchObject({ availableFen: 1_000_000, balances: { creditFen: 0 }, entries: [] });
  });

  it('a bounce that arrives later takes the payment away and leaves the bill that had counted it', () => {
    const bounce: ToldFact = { kind: 'reversed', key: 'reversal/1', valueDate: '2026-05-04', reverses: 'payment/1' };
    const arrivals = [bought('purchase/1', '2026-03-12', 234_567), PAID_ON_TIME, arrived(bounce)];
    const { account, issued } = derive(CARD, arrivals, '2026-05-04');
    expect(issued.map(({ totalFen }) => totalFen)).toEqual([234_567, 0]);
    expect(account).toMatchObject({ daysPastDue: 24, balances: { principalFen: 234_567 } });
    // Bill 2 asked for nothing, so nothing is missing of it after its due date.
    const { obligations } = derive(CARD, arrivals, '2026-05-11').account;
    expect(obligations.map(({ key }) => key)).toEqual(['statement-1']);
    // Bill 3 asks for its own 10 % and penalty, and for what bill 1 asked for.
    expect(billsOf(arrivals, '2026-06-01')[2]).toEqual([240_666, 23_457 + 3_636 + 23_457]);
  });

  it('bills that were issued stay, when a write-off is told later with an earlier date', () => {
    const writeOff: ToldFact = {
      kind: 'written-off',
      key: 'write-off',
      valueDate: '2026-04-20',
      decidedBy: ['staff-1', 'staff-2'],
    };
    const arrivals = [bought('purchase/1', '2026-03-12', 234_567), arrived(writeOff, '2026-05-05')];
    const { account, issued } = derive(CARD, arrivals, '2026-07-02');
    expect(account.stage).toBe('written-off');
    expect(issued.map(({ billDate }) => billDate)).toEqual(['2026-04-01', '2026-05-01']);
  });

  it('what arrives after the date is not known', () => {
    const arrivals = [bought('purchase/1', '2026-03-12', 234_567, '2026-03-14')];
    expect(derive(CARD, arrivals, '2026-03-13').account.balances.principalFen).toBe(0);
    expect(derive(CARD, arrivals, '2026-03-14').account.balances.principalFen).toBe(234_567);
    const payment = paid('payment/1', '2026-02-15', 173_759, '2026-02-18');
    expect(derive(LOAN, [payment], '2026-02-17').account.daysPastDue).toBe(2);
    expect(derive(LOAN, [payment], '2026-02-18').account.daysPastDue).toBe(0);
  });
});

/** A life whose facts arrive up to three months late; the numbers are what a shuffle goes by. */
const lateLife = revolvingTerms.chain((terms) =>
  movementsFrom(terms.openDate, 250).chain((movements) =>
    fc.record({
      terms: fc.constant(terms),
      arrivals: fc
        .array(fc.constantFrom(0, 0, 0, 1, 3, 20, 45, 90), { minLength: movements.length, maxLength: movements.length })
        .map((delays) => movements.map((fact, at) => arrived(told(fact), addDays(fact.valueDate, delays[at] ?? 0)))),
      ranks: fc.array(fc.nat(), { minLength: movements.length + 1, maxLength: movements.length + 1 }),
      days: fc.integer({ min: 0, max: 300 }),
    }),
  ),
);

function told(fact: Fact): ToldFact {
  if (!('billableFrom' in fact)) return fact;
  const { billableFrom: _, ...rest } = fact;
  return rest;
}

describe('properties', () => {
  it('the order of the facts does not matter', () => {
    fc.assert(
      fc.property(lateLife, ({ terms, arrivals, ranks, days }) => {
        const all = [arrived(openingFactOf(terms)), ...arrivals];
        const shuffled = all
          .map((each, at) => ({ each, rank: ranks[at] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        const asOf = addDays(terms.openDate, days);
        const json = (facts: ArrivedFact[]) =>
          JSON.stringify(deriveInHistoricalOrder({ terms, arrivals: facts, policy, asOf }));
        expect(json(shuffled)).toBe(json(all));
      }),
      { numRuns: 100 },
    );
  });

  it('arrivals that move within their month between two bills change nothing', () => {
    fc.assert(
      fc.property(lateLife, ({ terms, arrivals, ranks, days }) => {
        const asOf = addDays(terms.openDate, days);
        const known = arrivals.filter(({ arrivedOn }) => arrivedOn <= asOf);
        const moved = known.map(({ fact, arrivedOn }, at): ArrivedFact => {
          const from = maxDate(fact.valueDate, `${arrivedOn.slice(0, 7)}-01`);
          return { fact, arrivedOn: addDays(from, (ranks[at] ?? 0) % (daysBetween(from, arrivedOn) + 1)) };
        });
        expect(derive(terms, moved, asOf)).toEqual(derive(terms, known, asOf));
      }),
      { numRuns: 100 },
    );
  });

  it('bills once issued never change, and whatever arrives on its date gives the plain fold', () => {
    fc.assert(
      fc.property(lateLife, ({ terms, arrivals, days }) => {
        const asOf = addDays(terms.openDate, days);
        const { issued } = derive(terms, arrivals, asOf);
        const later = derive(terms, arrivals, addDays(asOf, 70)).issued;
        expect(later.slice(0, issued.length)).toEqual(issued);

        const punctual = arrivals.map(({ fact }) => arrived(fact));
        const { account } = derive(terms, punctual, asOf);
        const facts = [openingFactOf(terms), ...punctual.map(({ fact }) => fact)]
          .map((fact) => ({ ...fact, billableFrom: fact.valueDate }) as Fact)
          .filter(({ valueDate }) => valueDate <= asOf);
        const plain = deriveAccount({ terms, facts, issued: [] }, policy, asOf);
        expect(account).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });
});

describe('money that names what is not there', () => {
  const designated = (key: string, valueDate: string, designatedInstalment: number): ArrivedFact =>
    arrived({ kind: 'paid', key, valueDate, amountFen: 1_000, intent: 'instalment', designatedInstalment });
  const refunded = (key: string, valueDate: string, amountFen: number, purchaseKey: string): ArrivedFact =>
    arrived({ kind: 'refunded', key, valueDate, amountFen, purchaseKey });
  const held = arrived({
    kind: 'purchased',
    key: 'purchase/1',
    valueDate: '2026-03-12',
    amountFen: 10_000,
    awaitsConfirmation: true,
  });

  it('is booked as if it named nothing, and told: an instalment', () => {
    const arrivals = [
      designated('payment/1', '2026-02-20', 1),
      designated('payment/2', '2026-02-20', 2),
      designated('payment/3', '2026-02-20', 7),
    ];
    const { account, remarks } = derive(LOAN, arrivals, '2026-02-20');
    expect(remarks).toEqual([
      { key: 'payment/2', code: 'INSTALMENT_NOT_DUE' },
      { key: 'payment/3', code: 'UNKNOWN_INSTALMENT' },
    ]);
    const plain = [paid('payment/1', '2026-02-20', 1_000), paid('payment/2', '2026-02-20', 1_000)];
    const as = derive(LOAN, [...plain, paid('payment/3', '2026-02-20', 1_000)], '2026-02-20');
    expect(account.balances).toEqual(as.account.balances);
  });

  it('is booked in whole, and told: refunds above the purchase that they name', () => {
    const arrivals = [
      bought('purchase/1', '2026-03-12', 10_000),
      bought('purchase/2', '2026-03-13', 10_000),
      refunded('refund/1', '2026-03-14', 6_000, 'purchase/1'),
      refunded('refund/2', '2026-03-15', 6_000, 'purchase/1'),
    ];
    const { account, remarks } = derive(CARD, arrivals, '2026-03-20');
    expect(remarks).toEqual([{ key: 'refund/2', code: 'REFUND_ABOVE_PURCHASE' }]);
    expect(account.balances.principalFen).toBe(8_000);
  });

  it('undoes what is held, and the rest is a refund like any other', () => {
    const arrivals = [held, bought('purchase/2', '2026-03-13', 10_000)];
    const { account, remarks } = derive(
      CARD,
      [...arrivals, refunded('refund/1', '2026-03-14', 12_500, 'purchase/1')],
      '2026-03-20',
    );
    expect(remarks).toEqual([{ key: 'refund/1', code: 'REFUND_ABOVE_PURCHASE' }]);
    expect(account.balances.principalFen).toBe(7_500);
    expect(account.availableFen).toBe(992_500);
  });

  it('tells as well what the fold passed over: a plan that another took first', () => {
    const plan = (key: string): ArrivedFact =>
      arrived({
        kind: 'instalment-started',
        key,
        valueDate: '2026-03-20',
        principalFen: 10_000,
        months: 3,
        feeFen: 0,
      });
    const arrivals = [bought('purchase/1', '2026-03-12', 10_000), plan('plan/1'), plan('plan/2')];
    expect(derive(CARD, arrivals, '2026-03-20').remarks).toEqual([{ key: 'plan/2', code: 'ABOVE_SPLITTABLE_AMOUNT' }]);
  });
});
