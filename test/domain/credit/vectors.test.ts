/** The worked examples of facts 4.3 and 4.4, read from vectors.json: the folds must give these to the fen. */
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms } from '../../../src/domain/credit/account';
import { accrueDays, exactRate, postAccrual, startAccrual } from '../../../src/domain/credit/accrual';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import { penaltyRate } from '../../../src/domain/credit/cashLoan/lateInterest';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import { minimumPaymentFen } from '../../../src/domain/credit/revolving/minimumPayment';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { accrualFen, accrue, scaleRate, splitEvenly } from '../../../src/domain/values/money';
import vectors from '../../vectors.json';

const loan = (overrides: Partial<CashLoanTerms>): CashLoanTerms => ({
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
  ...overrides,
});

describe('schedules', () => {
  it('V1: level by month, 12 at 1.2 % a month', () => {
    const rows = planSchedule(loan({ method: 'level-monthly', months: 12 }));
    expect(rows.map((row) => [row.number, row.principalFen, row.interestFen, row.balanceFen])).toEqual(
      vectors.V1_equal_instalment_monthly_12.rows.map((row) => [
        row.k,
        row.principalFen,
        row.interestFen,
        row.balanceFen,
      ]),
    );
  });

  it('V3: level by actual days', () => {
    const rows = planSchedule(loan({}));
    expect(rows.map((row) => [row.dueDate, row.days, row.principalFen, row.interestFen, row.balanceFen])).toEqual(
      vectors.V3_equal_instalment_daily_actual_6.rows.map((row) => [
        row.due,
        row.days,
        row.principalFen,
        row.interestFen,
        row.balanceFen,
      ]),
    );
  });

  it('V4: interest first', () => {
    const rows = planSchedule(loan({ method: 'interest-first' }));
    expect(rows.map((row) => [row.dueDate, row.interestFen, row.principalFen])).toEqual(
      vectors.V4_interest_first_6.rows.map((row) => [row.due, row.interestFen, row.principalFen]),
    );
  });
});

describe('V5: payoff on 2026-03-01 after the first instalment', () => {
  const { interestFirst, equalInstalmentDaily } = vectors.V5_prepay_on_2026_03_01_after_k1;
  it.each([
    ['interest-first', 12_400, interestFirst.payoffFen, interestFirst.accruedFen],
    ['level', 173_759, equalInstalmentDaily.payoffFen, equalInstalmentDaily.accruedFen],
  ] as const)('%s', (method, firstPaymentFen, payoffFen, accruedFen) => {
    const account = deriveCashLoan({
      terms: loan({ method }),
      facts: [
        { kind: 'disbursed', key: 'd', valueDate: '2026-01-15', amountFen: 1_000_000 },
        { kind: 'paid', key: 'p1', valueDate: '2026-02-15', amountFen: firstPaymentFen, intent: 'instalment' },
      ],
      policy: defaultPolicy.cashLoan,
      asOf: '2026-03-01',
    });
    expect(account.payoffFen).toBe(payoffFen);
    expect(account.balances.interestFen).toBe(accruedFen);
  });
});

it.each(vectors.V6_huabei_instalment)('V6: principal and fee parts of $n instalments sum exactly', (vector) => {
  const principal = splitEvenly(vector.principalFen, vector.n);
  const fees = splitEvenly(vector.totalFeeFen, vector.n);
  expect([principal[0], fees[0]]).toEqual([vector.each.principalFen, vector.each.feeFen]);
  expect([principal.at(-1), fees.at(-1)]).toEqual([vector.last.principalFen, vector.last.feeFen]);
});

it.each(vectors.V7_overdue_huabei)('V7: penalty on $principalFen fen over $days days', (vector) => {
  const accrual = startAccrual(exactRate('0.0005'));
  for (let day = 0; day < vector.days; day++) accrueDays(accrual, vector.principalFen, 1);
  expect(postAccrual(accrual)).toBe(vector.penaltyFen);
});

it('V8: minimum payment and revolving interest', () => {
  const { billFen, minFen, revolvingFen, revolvingInterest30dFen } = vectors.V8_min_payment;
  const billed = { principalFen: billFen, instalmentFen: 0, newChargesFen: 0, unmetMinimumFen: 0, totalFen: billFen };
  expect(minimumPaymentFen(billed, defaultPolicy.revolving)).toBe(minFen);
  expect(accrualFen(accrue(revolvingFen, scaleRate('0.0005'), 30))).toBe(revolvingInterest30dFen);
});

it('the penalty rate never passes 24 % a year', () => {
  const rate = penaltyRate('0.0005', defaultPolicy.cashLoan);
  const year = startAccrual(rate);
  accrueDays(year, 1_000_000, 365);
  expect(postAccrual(year)).toBe(240_000);
  const below = startAccrual(penaltyRate('0.0004', defaultPolicy.cashLoan));
  accrueDays(below, 1_000_000, 10);
  expect(postAccrual(below)).toBe(6_000);
});
