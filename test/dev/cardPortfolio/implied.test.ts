/** What bills and payments imply, on which days it is told, and that the fold of it gives the file's bills again. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CardAccount, MONTHS } from '../../../src/dev/cardPortfolio/cardFile';
import { impliedMonths } from '../../../src/dev/cardPortfolio/implied';
import { billDateOf, type ScheduledEvent, timetableOf } from '../../../src/dev/cardPortfolio/timetable';
import type { RevolvingTerms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact } from '../../../src/domain/credit/facts';
import { isGoods, refundExcessOf } from '../../../src/domain/credit/revolving/refundBounds';
import { replayPolicy } from '../../../src/domain/policy/cardPortfolioPolicy';
import { assess } from '../../../src/domain/risk/assess';

function account(bills: readonly number[], paid: readonly number[], line = 2): CardAccount {
  const months = MONTHS.map(({ month }, at) => ({ month, billFen: bills[at] ?? 0, paidFen: paid[at] ?? 0, status: 0 }));
  return { line, id: line - 1, limitFen: 100_000, months };
}

describe('impliedMonths', () => {
  it.each<[string, number[], number[], number[], number[], number[]?]>([
    ['purchases, paid in full', [500, 700, 0, 0, 0, 0], [0, 500, 700, 0, 0, 0], [500, 700, 0, 0, 0, 0], []],
    ['more given back than was bought', [100, -50, -50, -50, -50, -50], [], [100], [0, 100], [0, 50]],
    ['a first bill after a payment', [500], [300], [800], [0, 500]],
    ['a bill that falls without a payment', [500, 200, 200, 200, 200, 200], [], [500], [0, 300]],
    ['a credit that is used up', [-100, 50, 50, 50, 50, 50], [], [0, 150], [], [100]],
    ['more paid than owed', [100, -50, -50, -50, -50, -50], [0, 150], [100], []],
  ])('%s', (_, bills, paid, purchased, refunded, credited = []) => {
    const filled = (amounts: number[]) => MONTHS.map((_month, at) => amounts[at] ?? 0);
    const months = impliedMonths(account(bills, paid));
    expect(months.map(({ purchasedFen }) => purchasedFen)).toEqual(filled(purchased));
    expect(months.map(({ refundedFen }) => refundedFen)).toEqual(filled(refunded));
    expect(months.map(({ creditedFen }) => creditedFen)).toEqual(filled(credited));
    expect(months.map(({ billFen }) => billFen)).toEqual(filled(bills));
  });
});

describe('timetableOf', () => {
  it('keeps what happened in a month between the bills of that month, payments before the bill is due', () => {
    const accounts = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => account([500, 400], [0, 500], line));
    const days = timetableOf(accounts);
    expect(days.map(({ date }) => date)).toEqual(days.map(({ date }) => date).sort());
    for (const { date, deeds, tooLateFrom } of days) {
      for (const deed of deeds) {
        expect(date.startsWith(deed.month)).toBe(true);
        expect(date < `${deed.month}-27`).toBe(true);
        expect(tooLateFrom).toBe(billDateOf(deed.month));
        if (deed.kind === 'payment') expect(Number(date.slice(8))).toBeLessThan(7);
      }
    }
    expect(billDateOf('2005-04')).toBe('2005-05-01');
  });

  it('tells each payment, purchase and refund once, leaves out what is nothing, and reads each month once', () => {
    const days = timetableOf([account([500, 400, 0, 0, 0, 0], [0, 500, 0])]);
    const told = days.flatMap(({ deeds }) => deeds.map(({ id, amountFen }) => [id, amountFen]));
    expect(told).toEqual([
      ['card-1-purchase-2005-04', 500],
      ['card-1-payment-2005-05', 500],
      ['card-1-purchase-2005-05', 400],
      ['card-1-refund-2005-06', 400],
    ]);
    expect(days.filter(({ isReading }) => isReading).map(({ date }) => date)).toEqual(
      MONTHS.map(({ month }) => `${month}-27`),
    );
  });
});

describe('a replayed account', () => {
  const terms: RevolvingTerms = { product: 'revolving', limitFen: 100_000, openDate: '2005-03-21', dueDay: 10 };

  function factsOf(card: CardAccount): Fact[] {
    return timetableOf([card]).flatMap(({ date, deeds }) => deeds.map((deed) => factOf(deed, date)));
  }

  function factOf(deed: ScheduledEvent, date: string): Fact {
    const { id: key, amountFen } = deed;
    const isMoney = deed.kind === 'payment' || deed.kind === 'credit';
    if (isMoney) return { kind: 'paid', key, valueDate: date, amountFen, intent: 'instalment' };
    const kind = deed.kind === 'purchase' ? 'purchased' : 'refunded';
    return { kind, key, valueDate: date, amountFen, billableFrom: date };
  }

  it('has the bills of the file, whatever they are', () => {
    const bill = fc.integer({ min: -100_000_000, max: 100_000_000 });
    const paid = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000_000 }));
    const six = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(six(bill), six(paid), fc.integer({ min: 2, max: 40 }), (bills, payments, line) => {
        const card = account(bills, payments, line);
        const facts = factsOf(card);
        expect(refundExcessOf(facts.filter(isGoods))).toBeUndefined();
        const derived = deriveAccount({ terms, facts, issued: [] }, replayPolicy, '2005-10-03');
        const [march, ...ofFile] = derived.statements;
        expect(march).toMatchObject({ billDate: '2005-04-01', totalFen: 0 });
        expect(ofFile.map(({ billDate, totalFen }) => [billDate, totalFen])).toEqual(
          card.months.map(({ month, billFen }) => [billDateOf(month), billFen]),
        );
        expect(derived.balances).toMatchObject({ interestFen: 0, penaltyFen: 0, feeFen: 0 });
      }),
    );
  });

  it.each([1, 32_768_000, 100_000_000_000])('is granted the limit of the file to the fen: %d', (limitFen) => {
    const sound = {
      identity: { check: 'matched' as const, adult: true },
      finances: {
        monthlyIncomeFen: limitFen,
        monthlyDebtServiceFen: 0,
        unsecuredDebtFen: 0,
        worstBureauCode: 0,
        openOverdue: false,
        bureauInquiries3Months: 0,
      },
      behaviour: { monthsOnPlatform: 12, monthlySpendFen: 0, onTimePaymentRatio: '1', refundRatio: '0' },
    };
    const judged = assess(sound, { product: 'revolving', requestedFen: limitFen }, replayPolicy);
    expect(judged).toMatchObject({ outcome: 'approved', limitFen });
  });
});
