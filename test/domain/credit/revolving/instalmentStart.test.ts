/** Splitting a bill or purchases: what is refused and by which figure, and that a plan is what its sheet said. */
import { describe, expect, it } from '@jest/globals';
import type { RevolvingTerms } from '../../../../src/domain/credit/account';
import type { Fact } from '../../../../src/domain/credit/facts';
import {
  comingParts,
  judgeSplit,
  refusalsOfSettlement,
  type SplitRequest,
  settlementDate,
  startedFact,
} from '../../../../src/domain/credit/revolving/instalmentStart';
import { deriveRevolving } from '../../../../src/domain/credit/revolving/revolving';
import { instalmentPlanSheet } from '../../../../src/domain/origination/costDisclosure';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../../src/domain/policy/lendingPolicy';

const TERMS: RevolvingTerms = { product: 'revolving', limitFen: 2_000_000, openDate: '2026-03-05', dueDay: 10 };
const bought = (id: string, valueDate: string, amountFen: number): Fact => ({
  kind: 'purchased',
  key: `purchase/${id}`,
  valueDate,
  amountFen,
  billableFrom: valueDate,
});
/** Bill 1 of 1 April over 3,000.00, and 500.00 bought after it. */
const FACTS: Fact[] = [
  { kind: 'opened', key: 'opening', valueDate: '2026-03-05', limitFen: 2_000_000 },
  bought('o1', '2026-03-12', 300_000),
  bought('o2', '2026-04-02', 50_000),
];
const BILL: SplitRequest = { statementNumber: 1, principalFen: 300_000, months: 12, feePayer: 'borrower' };
const UNBILLED: SplitRequest = { principalFen: 50_000, months: 3, feePayer: 'borrower' };

function accountOn(asOf: string, facts: Fact[] = FACTS) {
  return deriveRevolving({ terms: TERMS, facts, issued: [], policy: defaultPolicy.revolving, asOf });
}

function judge(request: SplitRequest, asOf: string, facts?: Fact[], policy: LendingPolicy = defaultPolicy) {
  return judgeSplit(request, { account: accountOn(asOf, facts), terms: TERMS, policy });
}

describe('a split', () => {
  it.each<[string, SplitRequest, string]>([
    ['the last bill', BILL, '2026-04-05'],
    ['the last bill on its due date', BILL, '2026-04-10'],
    ['a part of it', { ...BILL, principalFen: 10_000 }, '2026-04-05'],
    ['what is not billed yet', UNBILLED, '2026-04-05'],
  ])('of %s has a sheet', (_, request, asOf) => {
    expect(judge(request, asOf)).toMatchObject({ sheet: { principalFen: request.principalFen, startDate: asOf } });
  });

  const paid: Fact = {
    kind: 'paid',
    key: 'payment/p1',
    valueDate: '2026-04-04',
    amountFen: 100_000,
    intent: 'instalment',
  };
  const frozen: Fact = { kind: 'frozen', key: 'freeze/x', valueDate: '2026-04-03', reason: 'WORSE_BUCKET' };
  const writtenOff: Fact = { kind: 'written-off', key: 'write-off', valueDate: '2026-04-04', decidedBy: ['a', 'b'] };

  it.each<[string, SplitRequest, string, Fact[], string[], object | undefined]>([
    [
      'more than was billed',
      { ...BILL, principalFen: 300_001 },
      '2026-04-05',
      [],
      ['ABOVE_SPLITTABLE_AMOUNT'],
      { splittableFen: 300_000 },
    ],
    [
      'more than is left after a payment',
      BILL,
      '2026-04-05',
      [paid],
      ['ABOVE_SPLITTABLE_AMOUNT'],
      { splittableFen: 200_000 },
    ],
    [
      'more than is unbilled',
      { ...UNBILLED, principalFen: 50_001 },
      '2026-04-05',
      [],
      ['ABOVE_SPLITTABLE_AMOUNT'],
      { splittableFen: 50_000 },
    ],
    [
      'less than the policy splits',
      { ...BILL, principalFen: 9_999 },
      '2026-04-05',
      [],
      ['BELOW_INSTALMENT_MINIMUM'],
      { minimumFen: 10_000 },
    ],
    ['a term that is not offered', { ...BILL, months: 5 }, '2026-04-05', [], ['TERM_NOT_OFFERED'], undefined],
    ['a bill that is not there', { ...BILL, statementNumber: 2 }, '2026-04-05', [], ['UNKNOWN_BILL'], undefined],
    ['a frozen account', BILL, '2026-04-05', [frozen], ['NEW_CREDIT_FROZEN'], undefined],
    // Of an overdue bill nothing is split: the due date has passed as well.
    ['an overdue account', BILL, '2026-04-11', [], ['ACCOUNT_OVERDUE', 'BILL_DUE_DATE_PASSED'], undefined],
    ['purchases of an overdue account', UNBILLED, '2026-04-11', [], ['ACCOUNT_OVERDUE'], undefined],
    [
      'a closed account',
      BILL,
      '2026-04-05',
      [writtenOff],
      ['ACCOUNT_CLOSED', 'ABOVE_SPLITTABLE_AMOUNT'],
      { splittableFen: 0 },
    ],
  ])('of %s is refused', (_, request, asOf, more, refusals, figures) => {
    expect(judge(request, asOf, [...FACTS, ...more])).toEqual({ refusals, figures });
  });

  it('of an earlier bill is refused: its due date has passed', () => {
    const minimum: Fact = { ...paid, amountFen: 30_000 };
    expect(judge({ ...BILL, principalFen: 100_000 }, '2026-05-02', [...FACTS, minimum])).toEqual({
      refusals: ['BILL_DUE_DATE_PASSED', 'ABOVE_SPLITTABLE_AMOUNT'],
      figures: { splittableFen: 0 },
    });
  });

  it('above the cap is refused with the figure', () => {
    const cost = { annualCap: '0.15', tolerance: '0.000001' };
    expect(judge(BILL, '2026-04-05', FACTS, { ...defaultPolicy, cost })).toEqual({
      refusals: ['COST_ABOVE_CAP'],
      figures: { annualisedCost: expect.stringMatching(/^0\.1586/), annualCap: '0.15' },
    });
    // Paid for by the merchant, it costs the borrower nothing.
    expect(judge({ ...BILL, feePayer: 'merchant' }, '2026-04-05', FACTS, { ...defaultPolicy, cost })).toHaveProperty(
      'sheet',
    );
  });

  it('of less than a fen a part is refused', () => {
    const { instalments } = defaultPolicy.revolving;
    if (!instalments) throw new Error('the default policy offers instalments');
    const revolving = { ...defaultPolicy.revolving, instalments: { ...instalments, minimumFen: 1 } };
    const judged = judge({ ...BILL, principalFen: 11 }, '2026-04-05', FACTS, { ...defaultPolicy, revolving });
    expect(judged).toMatchObject({ refusals: ['TERM_TOO_LONG_FOR_AMOUNT'] });
  });

  it('is refused where the policy has no instalments', () => {
    const { instalments: _, ...revolving } = defaultPolicy.revolving;
    expect(judge(BILL, '2026-04-05', FACTS, { ...defaultPolicy, revolving })).toMatchObject({
      refusals: ['TERM_NOT_OFFERED'],
    });
  });
});

describe('a plan', () => {
  const start = startedFact('instalment/p', '2026-04-05', BILL, defaultPolicy);

  it.each(['2026-04-05', '2026-04-30', '2026-05-01', '2026-06-15'])(
    'has on %s the parts that its sheet said',
    (asOf) => {
      const account = accountOn(asOf, [...FACTS, start]);
      const plan = account.instalments?.plans[0];
      if (!plan) throw new Error('the plan is not there');
      const sheet = instalmentPlanSheet({ ...BILL, feeRate: '0.088', startedOn: '2026-04-05' }, TERMS, defaultPolicy);
      const billed = account.statements.filter(({ billDate }) => billDate > '2026-04-05').length;
      expect(comingParts(plan, asOf, TERMS, defaultPolicy)).toEqual(
        sheet.instalments.slice(billed).map(({ number, dueDate, principalFen, feeFen }) => ({
          number: number - billed,
          dueDate,
          principalFen,
          feeFen,
        })),
      );
    },
  );

  it('has no fee of the borrower where the merchant pays', () => {
    expect(startedFact('k', '2026-04-05', { ...BILL, feePayer: 'merchant' }, defaultPolicy)).toMatchObject({
      feeFen: 0,
      merchantFeeFen: BILL.principalFen * 0.088,
    });
    expect(start.feeFen).toBe(26_400);
  });
});

describe('a settlement', () => {
  const start = startedFact('instalment/p', '2026-04-05', BILL, defaultPolicy);
  const settled: Fact = {
    kind: 'instalment-settled',
    key: 'instalment-settlement/s',
    valueDate: '2026-04-20',
    planKey: 'instalment/p',
    waivesFee: false,
  };
  const refusals = (asOf: string, more: Fact[], planKey = 'instalment/p') =>
    refusalsOfSettlement({ planKey }, accountOn(asOf, [...FACTS, ...more]), more);

  it('is refused of no plan, of one that starts today, of one that has ended or was settled', () => {
    expect(refusals('2026-04-20', [], 'instalment/x')).toEqual(['UNKNOWN_PLAN']);
    expect(refusals('2026-04-05', [start])).toEqual(['PLAN_STARTED_TODAY']);
    expect(refusals('2026-04-06', [start])).toEqual([]);
    expect(refusals('2026-04-21', [start, settled])).toEqual(['PLAN_ENDED']);
    expect(refusals('2027-04-05', [start])).toEqual(['PLAN_ENDED']);
  });

  it.each([
    ['its own date', '2026-04-20', '2026-04-25', '2026-04-20'],
    ['the day after the start', '2026-04-05', '2026-04-25', '2026-04-06'],
    ['the last bill, which was issued with its part', '2026-04-20', '2026-05-03', '2026-05-01'],
    ['today at the latest', '2026-06-01', '2026-05-03', '2026-05-03'],
  ])('counts from %s', (_, settledOn, asOf, date) => {
    expect(settlementDate(settledOn, '2026-04-05', accountOn(asOf))).toBe(date);
  });
});
