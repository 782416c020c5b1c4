/** Which changes may be made to an account: each reason against one, and the cases beside it that may be made. */
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms, DerivedAccount, RevolvingTerms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type {
  Confirmed,
  CreditReturned,
  Fact,
  FactOf,
  Paid,
  Purchased,
  Restructured,
} from '../../../src/domain/credit/facts';
import { refusalsOfNamed } from '../../../src/domain/credit/references';
import { refusalsOfReturn } from '../../../src/domain/credit/requests/creditReturn';
import { refusalsOfRates } from '../../../src/domain/credit/requests/rateCorrection';
import { instalmentsOfRestructuring, refusalsOfRestructuring } from '../../../src/domain/credit/requests/restructuring';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';

type RateCorrected = FactOf<'rate-corrected'>;
type Reversed = FactOf<'reversed'>;

const LOAN: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 300_000,
  dailyRate: '0.0004',
  months: 3,
  method: 'level',
  startDate: '2026-01-10',
};
const CARD: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-01-10', dueDay: 10 };

function loan(facts: Fact[], asOf: string): DerivedAccount {
  const paidOut: Fact = { kind: 'disbursed', key: 'disbursement', valueDate: LOAN.startDate, amountFen: 300_000 };
  return deriveAccount({ terms: LOAN, facts: [paidOut, ...facts], issued: [] }, defaultPolicy, asOf);
}

function card(facts: Fact[], asOf: string): DerivedAccount {
  const opened: Fact = { kind: 'opened', key: 'opening', valueDate: CARD.openDate, limitFen: CARD.limitFen };
  return deriveAccount({ terms: CARD, facts: [opened, ...facts], issued: [] }, defaultPolicy, asOf);
}

function paid(key: string, valueDate: string, amountFen: number, intent: Paid['intent'] = 'instalment'): Paid {
  return { kind: 'paid', key: `payment/${key}`, valueDate, amountFen, intent };
}

function bought(key: string, valueDate: string, amountFen: number, awaitsConfirmation?: true): Purchased {
  return {
    kind: 'purchased',
    key: `purchase/${key}`,
    valueDate,
    amountFen,
    billableFrom: valueDate,
    awaitsConfirmation,
  };
}

const WRITTEN_OFF: Fact = { kind: 'written-off', key: 'write-off', valueDate: '2026-01-20', decidedBy: ['a', 'b'] };

describe('a reversal', () => {
  const reversal: Reversed = { kind: 'reversed', key: 'reversal/1', valueDate: '2026-01-20', reverses: 'payment/p' };

  it.each<[string, Fact[], string[]]>([
    ['of a payment that is known', [paid('p', '2026-01-15', 1)], []],
    ['of another payment', [paid('q', '2026-01-15', 1)], ['UNKNOWN_PAYMENT']],
    [
      'of a payment that bounced before',
      [paid('p', '2026-01-15', 1), { ...reversal, key: 'reversal/0' }],
      ['PAYMENT_ALREADY_REVERSED'],
    ],
  ])('%s', (_case, facts, refusals) => {
    expect(refusalsOfNamed(reversal, facts)).toEqual(refusals);
  });
});

describe('a confirmation', () => {
  const held = bought('o', '2026-01-15', 1_000, true);
  const confirmation: Confirmed = {
    kind: 'confirmed',
    key: 'confirmation/1',
    valueDate: '2026-01-20',
    purchaseKey: held.key,
    billableFrom: '2026-01-20',
  };

  it.each<[string, Fact[], string[]]>([
    ['of a held purchase', [held], []],
    ['of nothing', [], ['UNKNOWN_PURCHASE']],
    ['of a purchase that was posted at once', [bought('o', '2026-01-15', 1_000)], ['PURCHASE_NOT_HELD']],
    ['of a purchase that was confirmed', [held, { ...confirmation, key: 'confirmation/0' }], ['PURCHASE_NOT_HELD']],
    ['on a written-off account: a debt that arises since', [held, WRITTEN_OFF], []],
  ])('%s', (_case, facts, refusals) => {
    expect(refusalsOfNamed(confirmation, facts)).toEqual(refusals);
  });
});

describe('a return of credit', () => {
  const give = (amountFen: number, valueDate: string): CreditReturned => ({
    kind: 'credit-returned',
    key: 'credit-return/1',
    valueDate,
    amountFen,
  });
  const settled = [paid('p', '2026-01-12', 302_000, 'payoff')];
  const creditFen = loan(settled, '2026-01-25').balances.creditFen;

  it.each<[string, (facts: Fact[], asOf: string) => DerivedAccount, Fact[], CreditReturned, string[]]>([
    ['of all the credit', card, [paid('p', '2026-01-12', 500)], give(500, '2026-01-20'), []],
    ['of more than the credit', card, [paid('p', '2026-01-12', 500)], give(501, '2026-01-20'), ['ABOVE_CREDIT']],
    ['before the credit was there', card, [paid('p', '2026-01-12', 500)], give(500, '2026-01-11'), ['ABOVE_CREDIT']],
    [
      'of credit that was used since',
      card,
      [paid('p', '2026-01-12', 500), bought('o', '2026-01-18', 400)],
      give(200, '2026-01-15'),
      ['ABOVE_CREDIT'],
    ],
    ['of a settled loan', loan, settled, give(creditFen, '2026-01-20'), []],
    ['of more than a settled loan has', loan, settled, give(creditFen + 1, '2026-01-20'), ['ABOVE_CREDIT']],
  ])('%s', (_case, fold, facts, fact, refusals) => {
    const asOf = '2026-01-25';
    expect(refusalsOfReturn(fold(facts, asOf), fold([...facts, fact], asOf), fact)).toEqual(refusals);
  });
});

describe('a corrected rate', () => {
  const { cashLoan, revolving } = defaultPolicy;
  const rates = (change: Partial<RateCorrected>): RateCorrected => ({
    kind: 'rate-corrected',
    key: 'rate-correction/1',
    valueDate: '2026-01-20',
    ...change,
  });
  const open = loan([], '2026-01-20');

  it.each<[string, DerivedAccount, Partial<RateCorrected>, string[]]>([
    ['of nothing', open, { dailyRate: '0' }, []],
    ["up to the product's highest", open, { dailyRate: cashLoan.dailyRate.max }, []],
    ['above it', open, { dailyRate: `${cashLoan.dailyRate.max}1` }, ['RATE_OUT_OF_RANGE']],
    ["up to the policy's", card([], '2026-01-20'), { overdueDailyRate: revolving.overdueDailyRate }, []],
    [
      'above it',
      card([], '2026-01-20'),
      { revolvingDailyRate: `${revolving.revolvingDailyRate}1` },
      ['RATE_OUT_OF_RANGE'],
    ],
    ['after the end', loan([WRITTEN_OFF], '2026-01-20'), { dailyRate: '0.0001' }, ['ACCOUNT_CLOSED']],
  ])('%s: %#', (_case, account, change, refusals) => {
    expect(refusalsOfRates(account, rates(change), defaultPolicy)).toEqual(refusals);
  });
});

describe('a restructuring', () => {
  const agreed = (dailyRate: string): Restructured => ({
    kind: 'restructured',
    key: 'restructuring/1',
    valueDate: '2026-01-20',
    months: 12,
    dailyRate,
  });

  it.each<[string, DerivedAccount, string, string[]]>([
    ['of an open loan', loan([], '2026-01-20'), '0.0003', []],
    ['at more than the product allows', loan([], '2026-01-20'), '0.01', ['RATE_OUT_OF_RANGE']],
    [
      'of a settled loan',
      loan([paid('p', '2026-01-12', 302_000, 'payoff')], '2026-01-20'),
      '0.0003',
      ['ACCOUNT_CLOSED'],
    ],
    ['of a written-off loan', loan([WRITTEN_OFF], '2026-01-20'), '0.0003', ['ACCOUNT_CLOSED']],
  ])('%s', (_case, account, dailyRate, refusals) => {
    expect(refusalsOfRestructuring(account, agreed(dailyRate), defaultPolicy, [])).toEqual(refusals);
  });

  it('of a loan that owes no principal any more', () => {
    const account = loan([], '2026-01-20');
    const paidBack = { ...account, balances: { ...account.balances, principalFen: 0, penaltyFen: 5 } };
    expect(refusalsOfRestructuring(paidBack, agreed('0.0003'), defaultPolicy, [])).toEqual(['NOTHING_TO_RESTRUCTURE']);
  });

  it.each<[string, number, string, string[]]>([
    ['over as many months as the principal has instalments of', 60, '0', []],
    ['over so many that the last would be nothing', 359, '0', ['TERM_TOO_LONG_FOR_AMOUNT']],
    ['with interest, over years', 60, '0.0003', []],
    ['with interest, over so many that the last would be nothing', 360, '0.0003', ['TERM_TOO_LONG_FOR_AMOUNT']],
  ])('of 100.00 %s', (_case, months, dailyRate, refusals) => {
    const terms = { ...LOAN, principalFen: 10_000 };
    const paidOut: Fact = { kind: 'disbursed', key: 'd', valueDate: LOAN.startDate, amountFen: 10_000 };
    const fact: Restructured = { ...agreed(dailyRate), months };
    const fold = (facts: Fact[]) => deriveAccount({ terms, facts, issued: [] }, defaultPolicy, fact.valueDate);
    const planned = instalmentsOfRestructuring(fold([paidOut]), fold([paidOut, fact]));
    expect(planned).toHaveLength(months);
    expect(refusalsOfRestructuring(fold([paidOut]), fact, defaultPolicy, planned)).toEqual(refusals);
  });
});
