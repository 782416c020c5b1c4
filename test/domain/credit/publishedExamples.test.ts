/**
 * The published examples (facts 4.3) as a person reads them: yuan and percent in tables, each compared with what the
 * code works out. The same figures for machines are in test/vectors.json; `vectors.test.ts` holds the folds to them.
 */
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms } from '../../../src/domain/credit/account';
import { accrueDays, exactRate, postAccrual, startAccrual } from '../../../src/domain/credit/accrual';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import { minimumPaymentFen } from '../../../src/domain/credit/revolving/minimumPayment';
import {
  type LoanQuestion,
  NO_CHARGES,
  type QuotedInstalment,
  quoteInstalmentPlan,
  quoteLoan,
} from '../../../src/domain/origination/quote';
import { withinCostCap } from '../../../src/domain/origination/trueCost';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { type Fen, formatYuan } from '../../../src/domain/values/money';

/** The cells of a table below its head, which is for people. */
function table(text: string): string[][] {
  const [, ...rows] = text
    .split('\n')
    .filter((line) => line.includes('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows;
}

const yuan = (text: string): Fen => Math.round(Number(text.replaceAll(',', '')) * 100);
const percent = (rate: number, decimals: number) => `${(rate * 100).toFixed(decimals)} %`;
const rowsOf = (rows: readonly QuotedInstalment[], cells: (row: QuotedInstalment) => (string | number | null)[]) =>
  rows.map((row) => cells(row).map(String));

const TEN_THOUSAND: LoanQuestion = {
  principalFen: 1_000_000,
  months: 6,
  method: 'level',
  rate: { daily: '0.0004' },
  startDate: '2026-01-15',
};

describe('V1: 10,000.00 in 12 level payments at 1.2 % a month', () => {
  const question: LoanQuestion = { ...TEN_THOUSAND, months: 12, method: 'level-monthly', rate: { monthly: '0.012' } };
  const quote = quoteLoan(question, NO_CHARGES);

  it('is paid so', () => {
    const expected = table(`
      no. | payment | principal | interest | balance
        1 |  899.75 |    779.75 |   120.00 | 9,220.25
        2 |  899.75 |    789.11 |   110.64 | 8,431.14
        3 |  899.75 |    798.58 |   101.17 | 7,632.56
        4 |  899.75 |    808.16 |    91.59 | 6,824.40
        5 |  899.75 |    817.86 |    81.89 | 6,006.54
        6 |  899.75 |    827.67 |    72.08 | 5,178.87
        7 |  899.75 |    837.60 |    62.15 | 4,341.27
        8 |  899.75 |    847.65 |    52.10 | 3,493.62
        9 |  899.75 |    857.83 |    41.92 | 2,635.79
       10 |  899.75 |    868.12 |    31.63 | 1,767.67
       11 |  899.75 |    878.54 |    21.21 |   889.13
       12 |  899.80 |    889.13 |    10.67 |     0.00`);
    const amounts = rowsOf(quote.instalments, ({ number, paymentFen, principalFen, interestFen, balanceFen }) => [
      number,
      ...[paymentFen, principalFen, interestFen, balanceFen].map(formatYuan),
    ]);
    expect(amounts).toEqual(expected);
  });

  it('costs so', () => {
    const paidFen = quote.instalments.reduce((sum, row) => sum + row.paymentFen, 0);
    expect([
      [
        formatYuan(quote.totalInterestFen),
        formatYuan(paidFen),
        percent(quote.cost.aprNominal, 6),
        percent(quote.cost.ear, 6),
      ],
    ]).toEqual(
      table(`
        interest |      paid | APR         | EAR
          797.05 | 10,797.05 | 14.399908 % | 15.389357 %`),
    );
  });
});

it('V3: 10,000.00 in 6 level payments at 0.04 % a day', () => {
  const quote = quoteLoan(TEN_THOUSAND, NO_CHARGES);
  const amounts = rowsOf(quote.instalments, ({ number, dueDate, days, paymentFen, interestFen }) => [
    number,
    dueDate,
    days,
    ...[paymentFen, interestFen].map(formatYuan),
  ]);
  expect(amounts).toEqual(
    table(`
      no. | due date   | days | payment  | interest
        1 | 2026-02-15 |   31 | 1,737.59 |   124.00
        2 | 2026-03-15 |   28 | 1,737.59 |    93.93
        3 | 2026-04-15 |   31 | 1,737.59 |    83.61
        4 | 2026-05-15 |   30 | 1,737.59 |    61.07
        5 | 2026-06-15 |   31 | 1,737.59 |    42.31
        6 | 2026-07-15 |   30 | 1,737.57 |    20.60`),
  );
  expect(formatYuan(quote.totalInterestFen)).toBe('425.52');
});

it('V4: the same with interest first', () => {
  const quote = quoteLoan({ ...TEN_THOUSAND, method: 'interest-first' }, NO_CHARGES);
  const amounts = rowsOf(quote.instalments, ({ number, days, paymentFen, principalFen }) => [
    number,
    days,
    ...[paymentFen, principalFen].map(formatYuan),
  ]);
  expect(amounts).toEqual(
    table(`
      no. | days |   payment | principal
        1 |   31 |    124.00 |      0.00
        2 |   28 |    112.00 |      0.00
        3 |   31 |    124.00 |      0.00
        4 |   30 |    120.00 |      0.00
        5 |   31 |    124.00 |      0.00
        6 |   30 | 10,120.00 | 10,000.00`),
  );
  expect(formatYuan(quote.totalInterestFen)).toBe('724.00');
});

it.each(
  table(`
    method         | first payment | interest of 14 days | payoff on 1 March
    interest-first |        124.00 |               56.00 |         10,056.00
    level          |      1,737.59 |               46.96 |          8,433.37`),
)('V5: %s, paid once and then paid off on 2026-03-01', (method = '', firstPayment = '', interest, payoff) => {
  const { principalFen, months, startDate } = TEN_THOUSAND;
  const terms = { product: 'cash-loan', principalFen, months, method, startDate, dailyRate: '0.0004' } as CashLoanTerms;
  const account = deriveCashLoan({
    terms,
    facts: [
      { kind: 'disbursed', key: 'd', valueDate: '2026-01-15', amountFen: principalFen },
      { kind: 'paid', key: 'p1', valueDate: '2026-02-15', amountFen: yuan(firstPayment), intent: 'instalment' },
    ],
    policy: defaultPolicy.cashLoan,
    asOf: '2026-03-01',
  });
  expect([account.balances.interestFen, account.payoffFen].map(formatYuan)).toEqual([interest, payoff]);
});

it.each(
  table(`
    months | fee rate | first    | last     |       fee | APR       | EAR
         3 |    0.025 | 1,025.00 | 1,025.00 |     75.00 | 14.9384 % | 16.0048 %
         6 |    0.045 |   522.50 |   522.50 |    135.00 | 15.2677 % | 16.3828 %
         9 |    0.065 |   354.99 |   355.08 |    195.00 | 15.3399 % | 16.4657 %
        12 |    0.088 |   272.00 |   272.00 |    264.00 | 15.8643 % | 17.0702 %`),
)('V6: 3,000.00 in %s at a fee of %s', (months, feeRate = '', ...figures) => {
  const quote = quoteInstalmentPlan({ principalFen: 300_000, months: Number(months), feeRate, feePayer: 'borrower' });
  const payments = quote.instalments.map(({ paymentFen }) => paymentFen);
  expect(new Set(payments.slice(0, -1)).size).toBe(1);
  expect([
    ...[payments[0] ?? 0, payments.at(-1) ?? 0, quote.totalFeeFen].map(formatYuan),
    ...[quote.cost.aprNominal, quote.cost.ear].map((rate) => percent(rate, 4)),
  ]).toEqual(figures);
});

it.each(
  table(`
     overdue | days | daily rate | penalty | because
      500.00 |    5 |     0.0005 |    1.25 | 1.25
    2,345.67 |   15 |     0.0005 |   17.59 | 17.592525, rounded once; each day by itself would give 17.55`),
)('V7: %s unpaid for %s days at %s', (overdue = '', days, dailyRate = '', penalty) => {
  const accrual = startAccrual(exactRate(dailyRate));
  accrueDays(accrual, yuan(overdue), Number(days));
  expect(formatYuan(postAccrual(accrual))).toBe(penalty);
});

it.each(
  table(`
        bill | minimum | remaining | interest of 30 days at 0.05 %
    2,345.67 |  234.57 |  2,111.10 |                         31.67`),
)('V8: a bill of %s, paid by its minimum of %s', (bill = '', minimum, remaining, interest) => {
  const billFen = yuan(bill);
  const billed = { principalFen: billFen, newChargesFen: 0, unmetMinimumFen: 0, instalmentFen: 0, totalFen: billFen };
  const minimumFen = minimumPaymentFen(billed, defaultPolicy.revolving);
  const accrual = startAccrual(exactRate(defaultPolicy.revolving.revolvingDailyRate));
  accrueDays(accrual, billFen - minimumFen, 30);
  expect([minimumFen, billFen - minimumFen, postAccrual(accrual)].map(formatYuan)).toEqual([
    minimum,
    remaining,
    interest,
  ]);
});

it.each(
  table(`
    monthly rate | kept back | each month | APR     | within 24 %
           0.015 |      0.00 |       0.00 | 18.00 % | yes
           0.015 |    300.00 |       0.00 | 23.91 % | yes
           0.015 |      0.00 |      25.00 | 23.21 % | yes
           0.015 |      0.00 |      50.00 | 28.36 % | no
            0.02 |      0.00 |       0.00 | 24.00 % | yes`),
)(
  'V11: 10,000.00 in 12 at %s a month, %s kept back and %s each month',
  (monthly = '', upfront = '', each = '', apr, within) => {
    const question: LoanQuestion = { ...TEN_THOUSAND, months: 12, method: 'level-monthly', rate: { monthly } };
    const { cost } = quoteLoan(question, { upfrontFeeFen: yuan(upfront), monthlyFeeFen: yuan(each) });
    expect([percent(cost.aprNominal, 2), withinCostCap(cost.aprNominal, '0.24', '0.000001')]).toEqual([
      apr,
      within === 'yes',
    ]);
  },
);
