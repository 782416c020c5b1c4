/** A prepayment that bounced: the debt is what it would be without it, and nobody is late on what was paid as told. */
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms, DerivedAccount, RevolvingTerms } from '../../../../src/domain/credit/account';
import { deriveAccount } from '../../../../src/domain/credit/derive';
import type { Fact, PaymentIntent } from '../../../../src/domain/credit/facts';
import { deriveInHistoricalOrder, openingFactOf, type ToldFact } from '../../../../src/domain/credit/historicalOrder';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';

const LOAN: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
};

function paid(id: string, valueDate: string, amountFen: number, intent: PaymentIntent = 'instalment'): Fact {
  return { kind: 'paid', key: `payment/${id}`, valueDate, amountFen, intent };
}

const bounced = (id: string, valueDate: string): Fact => ({
  kind: 'reversed',
  key: `reversal/${id}`,
  valueDate,
  reverses: `payment/${id}`,
});

function loan(facts: Fact[], asOf: string, policy = defaultPolicy): DerivedAccount {
  return deriveAccount({ terms: LOAN, facts: [openingFactOf(LOAN), ...facts], issued: [] }, policy, asOf);
}

/** What the account tells is due on a date, with the facts so far. */
function told(facts: Fact[], asOf: string): number {
  return loan(facts, asOf).obligations[0]?.owedFen ?? 0;
}

/** A prepayment in January; the lower instalments of February to April paid on their dates; the bounce on 20 April. */
function paidAsTold(intent: PaymentIntent): Fact[] {
  const facts = [paid('pre', '2026-01-20', 400_000, intent)];
  for (const [id, date] of [
    ['2', '2026-02-15'],
    ['3', '2026-03-15'],
    ['4', '2026-04-15'],
  ] as const) {
    facts.push(paid(id, date, told(facts, date)));
  }
  return facts;
}

describe('a prepayment that bounced', () => {
  const facts = paidAsTold('prepay-lower-payment');
  const all = [...facts, bounced('pre', '2026-04-20')];

  it('leaves who paid what was told not late on the day of the bounce, nor is there penalty for the time before', () => {
    expect(loan(facts, '2026-04-19')).toMatchObject({ daysPastDue: 0, stage: 'current' });
    const account = loan(all, '2026-04-20');
    expect(account).toMatchObject({ daysPastDue: 0, stage: 'current', balances: { penaltyFen: 0 } });
    // The money never came: the old schedule holds, and its third instalment is not paid in full.
    expect(account.obligations[0]?.owedFen).toBeGreaterThan(0);
    expect(account.obligations[0]?.dueDate).toBe('2026-04-20');
    const paidFen = facts.reduce(
      (sum, fact) => (fact.kind === 'paid' && fact.key !== 'payment/pre' ? sum + fact.amountFen : sum),
      0,
    );
    const dueFen = account.schedule.slice(0, 3).reduce((sum, row) => sum + row.principalFen + row.interestFen, 0);
    const openFen = account.schedule.slice(0, 3).reduce((sum, row) => sum + row.owedFen, 0);
    expect(openFen).toBe(dueFen - paidFen);
  });

  it('is late from the day after the bounce, with a penalty from then on', () => {
    expect(loan(all, '2026-04-21').daysPastDue).toBe(1);
    const account = loan(all, '2026-04-30');
    expect(account.daysPastDue).toBe(10);
    const open = account.schedule.slice(0, 3);
    const overduePrincipalFen = open.reduce((sum, row) => sum + Math.min(row.owedFen, row.principalFen), 0);
    // 0.06 % a day for ten days, of at most what is open.
    expect(account.balances.penaltyFen).toBeGreaterThan(0);
    expect(account.balances.penaltyFen).toBeLessThanOrEqual(Math.ceil(overduePrincipalFen * 0.0006 * 10));
  });

  it('paid on the day of the bounce, nothing was ever late', () => {
    const openFen = loan(all, '2026-04-20')
      .schedule.slice(0, 3)
      .reduce((sum, row) => sum + row.owedFen, 0);
    const account = loan([...all, paid('6', '2026-04-20', openFen)], '2026-04-30');
    expect(account).toMatchObject({ daysPastDue: 0, overdueFen: 0, balances: { penaltyFen: 0, creditFen: 0 } });
  });

  it('has the days of grace from the day of the bounce', () => {
    const cashLoan = { ...defaultPolicy.cashLoan, graceDays: 3 };
    expect(loan(all, '2026-04-23', { ...defaultPolicy, cashLoan }).daysPastDue).toBe(0);
    expect(loan(all, '2026-04-24', { ...defaultPolicy, cashLoan }).daysPastDue).toBe(4);
  });

  it('of a shorter term changes nothing of what was asked', () => {
    const shorter = paidAsTold('prepay-shorter-term');
    const account = loan([...shorter, bounced('pre', '2026-04-20')], '2026-04-30');
    expect(account).toMatchObject({ daysPastDue: 0, balances: { penaltyFen: 0 } });
  });

  it('which settled everything makes nobody late on instalments of which nobody told', () => {
    const payoff = [paid('pre', '2026-01-20', 1_010_000, 'payoff'), bounced('pre', '2026-03-20')];
    expect(loan(payoff, '2026-03-19')).toMatchObject({ stage: 'settled' });
    const account = loan(payoff, '2026-03-20');
    expect(account).toMatchObject({ stage: 'current', daysPastDue: 0, balances: { penaltyFen: 0 } });
    expect(loan(payoff, '2026-03-25')).toMatchObject({ stage: 'overdue', daysPastDue: 5 });
  });

  it('excuses nobody who did not pay what was told, nor what it had paid of older debts', () => {
    const unpaid = facts.filter(({ key }) => key !== 'payment/3');
    expect(loan([...unpaid, bounced('pre', '2026-04-20')], '2026-04-20').daysPastDue).toBeGreaterThan(0);
    const late = [paid('pre', '2026-03-01', 500_000, 'prepay-lower-payment'), bounced('pre', '2026-03-10')];
    expect(loan(late, '2026-03-09').daysPastDue).toBe(0);
    // The instalment of 15 February was not paid before, and has not been paid since.
    expect(loan(late, '2026-03-10').daysPastDue).toBe(23);
  });

  it('is no excuse for a payment of an instalment: that was asked for, and not paid', () => {
    const account = loan([paid('1', '2026-02-15', 173_759), bounced('1', '2026-02-20')], '2026-02-20');
    expect(account.daysPastDue).toBe(5);
  });
});

describe('a payment of a revolving account that was made before its bill and bounced after it', () => {
  const CARD: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 };
  const facts: ToldFact[] = [
    openingFactOf(CARD),
    { kind: 'purchased', key: 'purchase/1', valueDate: '2026-03-12', amountFen: 234_567 },
    { kind: 'paid', key: 'payment/1', valueDate: '2026-03-20', amountFen: 200_000, intent: 'instalment' },
    { kind: 'paid', key: 'payment/2', valueDate: '2026-04-10', amountFen: 3_457, intent: 'instalment' },
    { kind: 'reversed', key: 'reversal/1', valueDate: '2026-04-20', reverses: 'payment/1' },
  ];

  it('makes nobody late on the bill, whose minimum was paid as it was issued', () => {
    const arrivals = facts.map((fact) => ({ fact, arrivedOn: fact.valueDate }));
    const { account, issued } = deriveInHistoricalOrder({
      terms: CARD,
      arrivals,
      policy: defaultPolicy,
      asOf: '2026-04-25',
    });
    expect(issued[0]).toMatchObject({ totalFen: 34_567, minimumPaymentFen: 3_457 });
    expect(account).toMatchObject({ stage: 'current', daysPastDue: 0, balances: { penaltyFen: 0 } });
    expect(account.balances.principalFen).toBe(234_567 - 3_457);
  });
});
