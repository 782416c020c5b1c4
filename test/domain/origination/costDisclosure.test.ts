/** Cost sheets: the figures of the rules that service the account, one canonical text, and the line they keep to. */
import { describe, expect, it } from '@jest/globals';
import { textHash } from '../../../src/db/contentHash';
import type { CashLoanTerms, RevolvingTerms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import { costAboveCap, costDisclosureOf, instalmentPlanSheet } from '../../../src/domain/origination/costDisclosure';
import { costDisclosureText } from '../../../src/domain/origination/costDisclosureText';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { percentOf } from '../../../src/domain/values/rateText';

const LOAN: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
};
const CARD: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-01-15', dueDay: 10 };
const PLAN = {
  statementNumber: 2,
  principalFen: 300_000,
  months: 12,
  feeRate: '0.088',
  feePayer: 'borrower' as const,
  startedOn: '2026-03-05',
};

describe('a cash loan', () => {
  it('has the instalments that the account will have (V3)', () => {
    const sheet = costDisclosureOf(LOAN, defaultPolicy);
    if (sheet.product !== 'cash-loan') throw new Error('no cash loan');
    expect(sheet.instalments.map(({ paymentFen }) => paymentFen)).toEqual([...Array(5).fill(173_759), 173_757]);
    expect(sheet).toMatchObject({ totalFen: 1_042_552, receivedFen: 1_000_000, charges: [{ amountFen: 42_552 }] });
    const account = deriveAccount(
      {
        terms: LOAN,
        facts: [{ kind: 'disbursed', key: 'd', valueDate: LOAN.startDate, amountFen: 1_000_000 }],
        issued: [],
      },
      defaultPolicy,
      LOAN.startDate,
    );
    const due = (row: { number: number; dueDate: string; principalFen: number; interestFen: number }) => [
      row.number,
      row.dueDate,
      row.principalFen,
      row.interestFen,
    ];
    expect(sheet.instalments.map(due)).toEqual(account.schedule.map(due));
  });

  it('has the annualised cost of its payments, by name: nominal, by days, and compound (V1)', () => {
    const monthly = { ...LOAN, months: 12, method: 'level-monthly' as const };
    expect(costDisclosureOf(monthly, defaultPolicy).annualised).toEqual({
      aprNominal: '0.14399908',
      aprDaily: expect.stringMatching(/^0\.1445/),
      ear: '0.15389357',
    });
  });

  it.each([
    ['0.0004', '0.0006', '0.219'],
    // 1.5 x 0.0006 would be 32.85 % a year: cut at the line of 24 %.
    ['0.0006', '0.00065753424657', '0.24'],
    ['0', '0', '0'],
  ])('has the penalty that follows from %s a day: %s, %s a year', (dailyRate, penalty, annualRate) => {
    const { defaultCosts } = costDisclosureOf({ ...LOAN, dailyRate }, defaultPolicy);
    expect(defaultCosts).toEqual([
      { kind: 'penalty', collector: defaultPolicy.lenderOfRecord, dailyRate: penalty, annualRate, graceDays: 0 },
    ]);
  });

  it('reads as the borrower reads it, to the character', () => {
    expect(costDisclosureText(costDisclosureOf({ ...LOAN, months: 3, method: 'interest-first' }, defaultPolicy))).toBe(
      [
        '综合融资成本明示表（格式2）',
        '产品：现金贷款',
        '贷款人：示例消费金融有限公司',
        `政策版本：${defaultPolicy.version}`,
        '借款本金：10,000.00元',
        '实际到账：10,000.00元',
        '起息日：2026-01-15',
        '还款方式：按月付息、到期还本',
        '期数：3',
        '利息：360.00元；收取标准：剩余本金×日利率0.04%×实际天数；收取方：示例消费金融有限公司；承担方：借款人',
        '第1期：2026-02-15应还124.00元（本金0.00元、利息124.00元、费用0.00元），剩余本金10,000.00元',
        '第2期：2026-03-15应还112.00元（本金0.00元、利息112.00元、费用0.00元），剩余本金10,000.00元',
        '第3期：2026-04-15应还10,124.00元（本金10,000.00元、利息124.00元、费用0.00元），剩余本金0.00元',
        '合计应还：10,360.00元',
        '正常履约年化综合融资成本：',
        '名义年化利率（12×月内部收益率）：14.400023%',
        '按日年化利率（365×日内部收益率）：14.6%',
        '实际年化利率（复利）：15.389488%',
        '违约时或有成本：逾期本金自还款日次日起按日利率0.06%（年化21.9%）计收罚息，单利，不与利息重复计收；收取方：示例消费金融有限公司',
        '除上述各项外，不收取任何其他费用。',
        '',
      ].join('\n'),
    );
  });

  it.each<[string, Partial<CashLoanTerms>, (policy: LendingPolicy) => LendingPolicy]>([
    ['principal', { principalFen: 1_000_001 }, (policy) => policy],
    ['months', { months: 12 }, (policy) => policy],
    ['method', { method: 'level-monthly' }, (policy) => policy],
    ['rate', { dailyRate: '0.00041' }, (policy) => policy],
    ['start', { startDate: '2026-01-16' }, (policy) => policy],
    [
      'moved due date',
      { dueDates: ['2026-02-24', '2026-03-16', '2026-04-15', '2026-05-15', '2026-06-15', '2026-07-15'] },
      (policy) => policy,
    ],
    ['lender', {}, (policy) => ({ ...policy, lenderOfRecord: '另一家示例公司' })],
    ['policy version', {}, (policy) => ({ ...policy, version: 'other' })],
    ['penalty', {}, (policy) => ({ ...policy, cashLoan: { ...policy.cashLoan, penaltyMultiplier: '1.4' } })],
    ['grace', {}, (policy) => ({ ...policy, cashLoan: { ...policy.cashLoan, graceDays: 3 } })],
  ])('has another text with another %s', (_, changes, change) => {
    const changed = costDisclosureText(costDisclosureOf({ ...LOAN, ...changes }, change(defaultPolicy)));
    expect(changed).not.toBe(costDisclosureText(costDisclosureOf(LOAN, defaultPolicy)));
    expect(costDisclosureText(costDisclosureOf({ ...LOAN }, { ...defaultPolicy }))).toBe(
      costDisclosureText(costDisclosureOf(LOAN, defaultPolicy)),
    );
  });
});

describe('an instalment plan', () => {
  it('has the parts with their due dates and its annualised cost (V6)', () => {
    const sheet = instalmentPlanSheet(PLAN, CARD, defaultPolicy);
    expect(sheet.instalments).toHaveLength(12);
    expect(sheet.instalments[0]).toEqual({
      number: 1,
      dueDate: '2026-04-10',
      principalFen: 25_000,
      interestFen: 0,
      feeFen: 2_200,
      paymentFen: 27_200,
      balanceFen: 275_000,
    });
    expect(sheet.instalments.at(-1)).toMatchObject({ dueDate: '2027-03-10', balanceFen: 0 });
    expect(sheet.totalFen).toBe(326_400);
    expect(Number(sheet.annualised.aprNominal)).toBeCloseTo(0.158643, 6);
    expect(Number(sheet.annualised.ear)).toBeCloseTo(0.170702, 6);
  });

  it('that the merchant pays for costs the borrower nothing, and names the fee and who pays it', () => {
    const sheet = instalmentPlanSheet({ ...PLAN, feePayer: 'merchant' }, CARD, defaultPolicy);
    expect(sheet).toMatchObject({
      totalFen: 300_000,
      annualised: { aprNominal: '0.00000000', ear: '0.00000000' },
      charges: [{ kind: 'instalment-fee', payer: 'merchant', amountFen: 26_400 }],
    });
    expect(costDisclosureText(sheet)).toContain(
      '分期手续费：264.00元；收取标准：本金×8.8%，全期一次计算；收取方：示例消费金融有限公司；承担方：商家',
    );
  });

  it('says what is split, and what settling early does', () => {
    const text = costDisclosureText(instalmentPlanSheet(PLAN, CARD, defaultPolicy));
    expect(text).toContain('分期对象：第2期账单\n分期日：2026-03-05\n');
    expect(text).toContain('剩余手续费一并收取');
    const unbilled = { ...PLAN, statementNumber: undefined };
    const { instalments } = defaultPolicy.revolving;
    if (!instalments) throw new Error('the default policy offers instalments');
    const kind = { ...instalments, feeRefundOnEarlySettlement: true };
    const kinder = { ...defaultPolicy, revolving: { ...defaultPolicy.revolving, instalments: kind } };
    const other = costDisclosureText(instalmentPlanSheet(unbilled, CARD, kinder));
    expect(other).toContain('分期对象：未出账消费');
    expect(other).toContain('剩余手续费不再收取');
  });
});

it('of the first form keeps its text, and with it the hash that was confirmed', () => {
  const policy = { ...defaultPolicy, version: '2026-02' };
  const { annualised, ...sheet } = costDisclosureOf({ ...LOAN, months: 3, method: 'interest-first' }, policy);
  const { aprDaily: _, ...asThen } = annualised;
  const text = costDisclosureText({ ...sheet, form: 1, annualised: asThen });
  expect(textHash(text)).toBe('58c6d3f19df22e48a4b8b08880c17c180416313e6b815a91c0035e85f953bbc7');
});

describe('a revolving account', () => {
  it('says what costs when, before anything is drawn', () => {
    const sheet = costDisclosureOf(CARD, defaultPolicy);
    expect(sheet).toMatchObject({
      limitFen: 1_000_000,
      minimumPaymentRatio: '0.1',
      annualised: { aprNominal: '0.18250000' },
      defaultCosts: [{ dailyRate: '0.0005', annualRate: '0.1825' }],
      otherCharges: 'none',
    });
    const text = costDisclosureText(sheet);
    for (const line of [
      '额度：10,000.00元',
      '账单日：每月1日；还款日：每月10日',
      '还款日前还清账单：不收取利息',
      '利息：剩余本金×日利率0.05%×实际天数；收取方：示例消费金融有限公司',
      '名义年化利率（365×日利率）：18.25%',
      '除上述各项外，不收取任何其他费用。',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});

describe('the cap', () => {
  /** 92 days in three months: more than a quarter of 365. */
  const LONG_QUARTER = { ...LOAN, months: 3, method: 'interest-first' as const, startDate: '2026-06-01' };

  it('refuses what is above it with the figure, and takes what is on it with the tolerance', () => {
    const above = costDisclosureOf({ ...LONG_QUARTER, dailyRate: '0.00065753' }, defaultPolicy);
    expect(costAboveCap(above, defaultPolicy)).toEqual({
      annualisedCost: above.annualised.aprNominal,
      annualCap: '0.24',
    });
    expect(Number(above.annualised.aprNominal)).toBeGreaterThan(0.24);
    expect(
      costAboveCap(costDisclosureOf({ ...LONG_QUARTER, dailyRate: '0.00065' }, defaultPolicy), defaultPolicy),
    ).toBe(undefined);
  });

  it('holds for the larger of months and days: a loan of February hides a daily rate in its short month', () => {
    const february = { ...LOAN, months: 1, dailyRate: '0.0007', startDate: '2026-02-01' };
    const sheet = costDisclosureOf(february, defaultPolicy);
    expect(sheet.annualised).toMatchObject({ aprNominal: '0.23520000', aprDaily: '0.25550000' });
    expect(costAboveCap(sheet, defaultPolicy)).toEqual({ annualisedCost: '0.25550000', annualCap: '0.24' });
    // The compound rate is above the cap, and decides nothing.
    const dear = costDisclosureOf({ ...february, dailyRate: '0.00065' }, defaultPolicy);
    expect(Number(dear.annualised.ear)).toBeGreaterThan(0.24);
    expect(costAboveCap(dear, defaultPolicy)).toBeUndefined();
  });

  it('holds for a plan whose first part is due within days of its start', () => {
    const start = { ...PLAN, statementNumber: undefined, months: 3, feeRate: '0.025', startedOn: '2026-01-31' };
    const sheet = instalmentPlanSheet(start, { ...CARD, dueDay: 8 }, defaultPolicy);
    expect(sheet.instalments[0]?.dueDate).toBe('2026-02-08');
    expect(costAboveCap(sheet, defaultPolicy)?.annualisedCost).toBe(sheet.annualised.aprDaily);
    expect(Number(sheet.annualised.aprNominal)).toBeLessThan(0.15);
  });

  it('is the policy’s where it names one', () => {
    const sheet = costDisclosureOf(LOAN, defaultPolicy);
    const { aprDaily = '' } = sheet.annualised;
    const capped = (annualCap: string, tolerance: string) =>
      costAboveCap(sheet, { ...defaultPolicy, cost: { annualCap, tolerance } })?.annualCap;
    expect(capped('0.12', '0.000001')).toBe('0.12');
    expect(capped(aprDaily, '0')).toBeUndefined();
    const justBelow = (Number(aprDaily) - 0.000001).toFixed(8);
    expect(capped(justBelow, '0')).toBe(justBelow);
    expect(capped(justBelow, '0.000001')).toBeUndefined();
  });
});

it.each([
  ['0.0004', '0.04'],
  ['0.088', '8.8'],
  ['0', '0'],
  ['1', '100'],
  ['0.1', '10'],
  ['0.00000000000001', '0.000000000001'],
])('%s is %s %%', (rate, percent) => {
  expect(percentOf(rate)).toBe(percent);
});
