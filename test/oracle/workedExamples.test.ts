/** The oracle must give the worked examples of docs/ledger.md and facts 4.3 as well: agreeing with the fold is not all. */
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms } from '../../src/domain/credit/account';
import type { Fact } from '../../src/domain/credit/facts';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import vectors from '../vectors.json';
import { cashLoanAt } from './cashLoan';
import { revolvingAt } from './revolving';

const TERMS: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
};

function scheduleOf(changes: Partial<CashLoanTerms>) {
  const terms = { ...TERMS, ...changes };
  return cashLoanAt(terms, [paidOut(terms)], defaultPolicy.cashLoan, terms.startDate).rows;
}

function paidOut({ principalFen, startDate }: CashLoanTerms): Fact {
  return { kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen };
}

function paid(key: string, valueDate: string, amountFen: number): Fact {
  return { kind: 'paid', key, valueDate, amountFen, intent: 'instalment' };
}

function bought(key: string, valueDate: string, amountFen: number): Fact {
  return { kind: 'purchased', key, valueDate, amountFen, billableFrom: valueDate };
}

describe('schedules of the oracle', () => {
  it('V1: level by month', () => {
    const rows = scheduleOf({ method: 'level-monthly', months: 12 });
    expect(rows.map(({ number, principalFen, interestFen }) => [number, principalFen, interestFen])).toEqual(
      vectors.V1_equal_instalment_monthly_12.rows.map((row) => [row.k, row.principalFen, row.interestFen]),
    );
  });

  it('V3: level by actual days', () => {
    const rows = scheduleOf({});
    expect(rows.map(({ dueDate, principalFen, interestFen }) => [dueDate, principalFen, interestFen])).toEqual(
      vectors.V3_equal_instalment_daily_actual_6.rows.map((row) => [row.due, row.principalFen, row.interestFen]),
    );
  });

  it('V4: interest first', () => {
    const rows = scheduleOf({ method: 'interest-first' });
    expect(rows.map(({ dueDate, principalFen, interestFen }) => [dueDate, principalFen, interestFen])).toEqual(
      vectors.V4_interest_first_6.rows.map((row) => [row.due, row.principalFen, row.interestFen]),
    );
  });

  it.each([
    ['interest-first', 12_400, vectors.V5_prepay_on_2026_03_01_after_k1.interestFirst.payoffFen],
    ['level', 173_759, vectors.V5_prepay_on_2026_03_01_after_k1.equalInstalmentDaily.payoffFen],
  ] as const)('V5: payoff amount, %s', (method, firstFen, payoffFen) => {
    const terms = { ...TERMS, method };
    const facts = [paidOut(terms), paid('payment/1', '2026-02-15', firstFen)];
    expect(cashLoanAt(terms, facts, defaultPolicy.cashLoan, '2026-03-01').payoffFen).toBe(payoffFen);
  });
});

describe('worked examples of docs/ledger.md', () => {
  const terms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 } as const;
  const opened: Fact = { kind: 'opened', key: 'opening', valueDate: '2026-03-05', limitFen: 1_000_000 };

  it('minimum only', () => {
    const facts = [opened, bought('purchase/o1', '2026-03-12', 234_567), paid('payment/p1', '2026-04-10', 23_457)];
    const { statements, entries } = revolvingAt(terms, facts, defaultPolicy.revolving, '2026-05-01');
    expect(statements.map(({ totalFen, minimumPaymentFen }) => [totalFen, minimumPaymentFen])).toEqual([
      [234_567, 23_457],
      [213_327, 23_328],
    ]);
    expect(entries.get('interest/2026-05-01')).toEqual({ 'interest-receivable': 2_217, 'interest-income': -2_217 });
  });

  it('late, and more than owed', () => {
    const facts = [
      opened,
      bought('purchase/o1', '2026-03-12', 234_567),
      paid('payment/p1', '2026-04-25', 250_000),
      bought('purchase/o2', '2026-04-27', 5_000),
    ];
    const { statements, entries } = revolvingAt(terms, facts, defaultPolicy.revolving, '2026-05-01');
    expect(entries.get('payment/p1')).toEqual({
      collections: 250_000,
      'penalty-receivable': -1_759,
      'principal-receivable': -234_567,
      'borrower-credit': -13_674,
    });
    expect(statements.at(-1)?.totalFen).toBe(-8_674);
  });
});
