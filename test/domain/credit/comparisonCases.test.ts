/**
 * The cases of docs/comparison-fineract.md: what the page says of creditloom is worked out here by the folds and
 * compared, cell by cell. What it says of Apache Fineract is quoted from the sources that the page lists; here only
 * that each source is listed and used.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Bill, CashLoanTerms, DerivedAccount, RevolvingTerms } from '../../../src/domain/credit/account';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact, Paid, PaymentIntent } from '../../../src/domain/credit/facts';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { CashLoanPolicy, LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { type Fen, formatYuan } from '../../../src/domain/values/money';

const PAGE = readFileSync(join(__dirname, '../../../docs/comparison-fineract.md'), 'utf8');

/** What is asked, and what creditloom answers: the first two cells of a row. */
type Row = [asked: string, ours: string];

/** The loan of docs/walk-of-one-loan.md: 10,000.00 in six level instalments of 1,737.59. */
const WALK: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 1_000_000,
  dailyRate: '0.0004',
  months: 6,
  method: 'level',
  startDate: '2026-01-15',
};
/** 1,000.00 without interest, due in one sum after a month, as in several scenarios of Fineract. */
const ONE_SUM: CashLoanTerms = { ...WALK, principalFen: 100_000, dailyRate: '0', months: 1, startDate: '2023-01-01' };
/** 100.00 at 7 % a year of 360 days and months of 30: Fineract's loan of early payoffs and of interest recalculation. */
const SEVEN_PERCENT: CashLoanTerms = {
  ...WALK,
  principalFen: 10_000,
  dailyRate: '0.00019444444444',
  method: 'level-monthly',
  startDate: '2024-01-01',
};
/** 5,000.00 at 12 % a year of 365 days: Fineract's loan of prepayments in part. */
const TWELVE_PERCENT: CashLoanTerms = {
  ...WALK,
  principalFen: 500_000,
  dailyRate: '0.00032876712329',
  startDate: '2022-11-01',
};
const REVOLVING: RevolvingTerms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 };

let payments = 0;
const paid = (
  valueDate: string,
  amountFen: Fen,
  intent: PaymentIntent = 'instalment',
  more: Partial<Paid> = {},
): Paid => ({
  kind: 'paid',
  // Facts of one date count by key, so keys grow as the payments are written down.
  key: `payment/${String(++payments).padStart(4, '0')}`,
  valueDate,
  amountFen,
  intent,
  ...more,
});
const bounced = (payment: Paid, valueDate: string): Fact => ({
  kind: 'reversed',
  key: `reversal/${payment.key}`,
  valueDate,
  reverses: payment.key,
});
const writtenOff = (valueDate: string): Fact => ({
  kind: 'written-off',
  key: 'write-off',
  valueDate,
  decidedBy: ['first', 'second'],
});
const restructured = (valueDate: string, months: number, dailyRate: string): Fact => ({
  kind: 'restructured',
  key: 'restructuring/1',
  valueDate,
  months,
  dailyRate,
});
const returned = (valueDate: string, amountFen: Fen): Fact => ({
  kind: 'credit-returned',
  key: 'credit-return/1',
  valueDate,
  amountFen,
});
const bought = (valueDate: string, amountFen: Fen): Fact => ({
  kind: 'purchased',
  key: `purchase/${valueDate}`,
  valueDate,
  amountFen,
  billableFrom: valueDate,
});

function loan(
  terms: CashLoanTerms,
  facts: Fact[],
  asOf: string,
  cashLoan: Partial<CashLoanPolicy> = {},
): DerivedAccount {
  const { startDate: valueDate, principalFen: amountFen } = terms;
  const policy: LendingPolicy = { ...defaultPolicy, cashLoan: { ...defaultPolicy.cashLoan, ...cashLoan } };
  const life: Fact[] = [{ kind: 'disbursed', key: 'disbursement', valueDate, amountFen }, ...facts];
  return deriveAccount({ terms, facts: life, issued: [] }, policy, asOf);
}

function revolving(facts: Fact[], asOf: string, issued: Bill[] = []): DerivedAccount {
  const { openDate: valueDate, limitFen } = REVOLVING;
  const life: Fact[] = [{ kind: 'opened', key: 'opened', valueDate, limitFen }, ...facts];
  return deriveAccount({ terms: REVOLVING, facts: life, issued }, defaultPolicy, asOf);
}

/** What an entry books, without the ledger account that the money itself passes: `penalty 27.11, principal 1.00`. */
function booked(account: DerivedAccount, key: string): string {
  const lines = account.entries.find((entry) => entry.key === key)?.lines ?? [];
  const named = lines.filter((line) => line.account !== 'collections' && line.account !== 'write-off-loss');
  return named.map((line) => `${line.account.replace('-receivable', '')} ${formatYuan(-line.amountFen)}`).join(', ');
}

/** What stays to be paid of the coming and overdue instalments: `2 x 862.57, 402.32`. */
function plan(account: DerivedAccount): string {
  const runs: { owedFen: Fen; count: number }[] = [];
  for (const { owedFen } of account.schedule.filter((row) => row.owedFen > 0)) {
    const last = runs.at(-1);
    if (last?.owedFen === owedFen) last.count += 1;
    else runs.push({ owedFen, count: 1 });
  }
  return runs.map(({ owedFen, count }) => `${count > 1 ? `${count} x ` : ''}${formatYuan(owedFen)}`).join(', ');
}

const interestFen = ({ schedule }: DerivedAccount) => schedule.reduce((sum, row) => sum + row.interestFen, 0);
const owedOf = ({ schedule }: DerivedAccount, number: number) =>
  formatYuan(schedule.find((row) => row.number === number)?.owedFen ?? 0);
const arrears = ({ daysPastDue, bucket, overdueFen }: DerivedAccount) =>
  `${daysPastDue} ${daysPastDue === 1 ? 'day' : 'days'}, ${bucket}, ${formatYuan(overdueFen)}`;

function allocation(): Row[] {
  const on = '2026-03-15';
  const three = (more: Partial<Paid> = {}, policy: Partial<CashLoanPolicy> = {}) => {
    const payment = paid(on, 30_000, 'instalment', more);
    const account = loan(WALK, [payment], on, policy);
    return `${booked(account, payment.key)}; left ${owedOf(account, 1)} and ${owedOf(account, 2)}`;
  };
  const due = loan(WALK, [], on);
  const toBills = paid('2026-05-25', 50_000);
  const bills = revolving([bought('2026-03-12', 100_000), bought('2026-04-12', 60_000), toBills], '2026-05-25');
  return [
    ['Owed of instalments 1 and 2', `${owedOf(due, 1)} and ${owedOf(due, 2)}`],
    ['300.00, by the default order', three()],
    ['300.00, the borrower designates instalment 2', three({ designatedInstalment: 2 })],
    ['300.00, policy: principal first from 28 days past due', three({}, { principalFirstFromDaysPastDue: 28 })],
    ['Revolving: 500.00 on two bills', booked(bills, toBills.key)],
  ];
}

function toldLate(): Row[] {
  const third = paid('2023-01-03', 45_000, 'prepay-shorter-term');
  const fifth = paid('2023-01-05', 25_000, 'prepay-shorter-term');
  const told = paid('2023-01-02', 40_000, 'prepay-shorter-term');
  const after = loan(ONE_SUM, [third, fifth, told], '2023-01-05');
  const first = paid('2026-02-15', 173_759);
  const unpaid = loan(WALK, [first], '2026-03-23');
  const known = loan(WALK, [first, paid('2026-03-10', 173_759)], '2026-03-23');
  const purchases = [bought('2026-03-12', 100_000), bought('2026-04-12', 60_000)];
  const billed = revolving(purchases, '2026-05-05');
  const late = revolving([...purchases, paid('2026-04-09', 100_000)], '2026-05-05', billed.statements);
  const bill = late.statements.at(-1);
  return [
    [
      '450.00 of the 3rd and 250.00 of the 5th are known: left',
      formatYuan(loan(ONE_SUM, [third, fifth], '2023-01-05').payoffFen),
    ],
    ['400.00 of the 2nd are told: the account', `${after.stage}, credit ${formatYuan(after.balances.creditFen)}`],
    ['Then the payment of the 5th settles', booked(after, fifth.key)],
    ['Instalment 2 unpaid, seen on 23 March: penalty', formatYuan(unpaid.balances.penaltyFen)],
    ['Told on that day that it was paid on 10 March: penalty', formatYuan(known.balances.penaltyFen)],
    [
      'Revolving: bill of 1 May as issued, total and minimum',
      `${formatYuan(bill?.totalFen ?? 0)}, ${formatYuan(bill?.minimumPaymentFen ?? 0)}`,
    ],
    [
      'Told on 5 May of 1,000.00 paid on 9 April: minimum that counts',
      formatYuan(late.obligations[0]?.minimumFen ?? 0),
    ],
  ];
}

function prepayment(): Row[] {
  const asPlanned = loan(SEVEN_PERCENT, [], '2024-01-01');
  const early = loan(SEVEN_PERCENT, [paid('2024-02-01', 1_701)], '2024-02-15');
  const inPart = (intent: PaymentIntent) =>
    loan(TWELVE_PERCENT, [paid('2022-12-01', 100_000, intent), paid('2023-01-01', 200_000, intent)], '2023-01-01');
  const after = (intent: PaymentIntent) =>
    `${plan(inPart(intent))}; interest ${formatYuan(interestFen(inPart(intent)))}`;
  const unnamed = inPart('instalment');
  return [
    ['100.00 at 7 %: the plan', `${plan(asPlanned)}; interest ${formatYuan(interestFen(asPlanned))}`],
    ['Paid off on 15 February, after instalment 1', formatYuan(early.payoffFen)],
    ['5,000.00 at 12 %: the plan', plan(loan(TWELVE_PERCENT, [], '2022-11-01'))],
    ['1,000.00 on 1 December, 2,000.00 on 1 January, for a shorter term', after('prepay-shorter-term')],
    ['The same for lower payments', after('prepay-lower-payment')],
    ['The same with no purpose named', `${after('instalment')}; credit ${formatYuan(unnamed.balances.creditFen)}`],
  ];
}

function moreThanDue(): Row[] {
  const three: CashLoanTerms = { ...ONE_SUM, principalFen: 37_500, months: 3 };
  const excess = loan(three, [paid('2023-02-01', 15_000)], '2023-02-01');
  const big: CashLoanTerms = { ...ONE_SUM, principalFen: 500_000, months: 24, startDate: '2022-07-01' };
  const overpaid = [paid('2022-07-01', 500_000, 'payoff'), paid('2022-07-01', 10_000)];
  const over = loan(big, overpaid, '2022-07-01');
  const back = loan(big, [...overpaid, returned('2022-07-02', 10_000)], '2022-07-02');
  const second = paid('2023-01-05', 50_000, 'prepay-shorter-term');
  const reopened = [
    paid('2023-01-04', 60_000, 'prepay-shorter-term'),
    second,
    returned('2023-01-06', 10_000),
    bounced(second, '2023-01-09'),
  ];
  const owing = loan(ONE_SUM, reopened, '2023-01-09');
  const spent = revolving(
    [bought('2026-03-12', 10_000), paid('2026-03-20', 15_000), bought('2026-03-25', 3_000)],
    '2026-03-25',
  );
  return [
    [
      '125.00 are due, 150.00 are paid: principal, credit',
      `${formatYuan(excess.balances.principalFen)}, ${formatYuan(excess.balances.creditFen)}`,
    ],
    ['Then to be paid on the next due date', formatYuan(excess.obligations[0]?.owedFen ?? 0)],
    ['5,000.00 are paid off, and 100.00 more come', `${over.stage}, credit ${formatYuan(over.balances.creditFen)}`],
    ['The 100.00 are paid back', `${back.stage}, credit ${formatYuan(back.balances.creditFen)}`],
    [
      '600.00 and 500.00 on 1,000.00, 100.00 paid back, the 500.00 bounce: owed, of it at once',
      `${formatYuan(owing.payoffFen)}, ${formatYuan(owing.overdueFen)}`,
    ],
    ['Revolving: credit of 50.00, then a purchase of 30.00', `credit ${formatYuan(spent.balances.creditFen)}`],
  ];
}

function bounces(): Row[] {
  const third = paid('2023-01-03', 45_000, 'prepay-shorter-term');
  const rest = [paid('2023-01-05', 45_000, 'prepay-shorter-term'), paid('2023-01-05', 30_000, 'prepay-shorter-term')];
  const before = loan(ONE_SUM, [third, ...rest], '2023-01-05');
  const after = loan(ONE_SUM, [third, ...rest, bounced(third, '2023-01-06')], '2023-01-06');
  const first = paid('2026-02-15', 173_759);
  const life = [first, bounced(first, '2026-03-02')];
  const seen = (asOf: string) => {
    const account = loan(WALK, life, asOf);
    return `${account.daysPastDue} days, penalty ${formatYuan(account.balances.penaltyFen)}`;
  };
  return [
    ['450.00, 450.00 and 300.00 on 1,000.00', `${before.stage}, credit ${formatYuan(before.balances.creditFen)}`],
    ['The first bounces: the account, left', `${after.stage}, ${formatYuan(after.payoffFen)}`],
    ['Instalment 1 was paid on time and bounces on 2 March: seen on 1 March', seen('2026-03-01')],
    ['Seen on 2 March', seen('2026-03-02')],
  ];
}

function writeOff(): Row[] {
  const half = paid('2023-02-10', 50_000);
  const life = [half, writtenOff('2023-06-01'), paid('2023-06-05', 50_000)];
  const recovered = loan(ONE_SUM, life, '2023-06-05');
  const undone = loan(ONE_SUM, [...life, bounced(half, '2023-06-10')], '2023-06-10');
  const off = writtenOff('2026-09-15');
  const year: CashLoanTerms = { ...WALK, months: 12 };
  const lossFen = ({ entries }: DerivedAccount) =>
    entries.find(({ key }) => key === 'write-off')?.lines.find((line) => line.account === 'write-off-loss')
      ?.amountFen ?? 0;
  const tooMuch = paid('2026-10-01', 1_200_000);
  return [
    ['1,000.00, 500.00 paid, then written off: loss', formatYuan(lossFen(recovered))],
    ['500.00 come in afterwards', booked(recovered, life.at(-1)?.key ?? '')],
    [
      'The first 500.00 bounce: loss, left to recover',
      `${formatYuan(lossFen(undone))}, ${formatYuan(undone.recoverableFen)}`,
    ],
    [
      '10,000.00, nothing paid, written off on 15 September: the loss holds',
      booked(loan(WALK, [off], '2026-09-15'), 'write-off'),
    ],
    [
      'Told later of 500.00 paid on 1 September: loss',
      formatYuan(lossFen(loan(WALK, [off, paid('2026-09-01', 50_000)], '2026-10-01'))),
    ],
    ['12,000.00 come in after the write-off', booked(loan(WALK, [off, tooMuch], '2026-10-01'), tooMuch.key)],
    ['Over twelve months, on 25 August: payoff amount', formatYuan(loan(year, [], '2026-08-25').payoffFen)],
    ['Written off on that day: loss', formatYuan(lossFen(loan(year, [writtenOff('2026-08-25')], '2026-08-25')))],
  ];
}

function nothingPaid(): Row[] {
  const recalculated = loan(SEVEN_PERCENT, [], '2024-07-15');
  const ofFirst = (asOf: string) => {
    const first = loan(WALK, [], asOf).obligations.find(({ key }) => key === 'instalment-1');
    return formatYuan(first?.penaltyFen ?? 0);
  };
  const dear: CashLoanTerms = { ...WALK, dailyRate: '0.0005', months: 3, method: 'interest-first' };
  const interest = [paid('2026-02-15', 15_500), paid('2026-03-15', 14_000)];
  const lastMissed = loan(dear, interest, '2026-04-25');
  const { interestFen: contractFen, penaltyFen } = recalculated.balances;
  return [
    ['100.00 at 7 %, seen on 15 July: interest, penalty', `${formatYuan(contractFen)}, ${formatYuan(penaltyFen)}`],
    ['Owed in all', formatYuan(recalculated.payoffFen)],
    ['Penalty on instalment 1 (principal 1,613.59) after 1 day', ofFirst('2026-02-16')],
    ['After 30 days', ofFirst('2026-03-17')],
    ['After 181 days', ofFirst('2026-08-15')],
    ['10,000.00 at 0.05 % a day, ten days late: penalty', formatYuan(lastMissed.balances.penaltyFen)],
  ];
}

function delinquency(): Row[] {
  const seen = (asOf: string, policy: Partial<CashLoanPolicy> = {}) => loan(WALK, [], asOf, policy);
  const grace = { graceDays: 3 };
  return [
    ['The due date itself, 15 February', arrears(seen('2026-02-15'))],
    ['The day after', arrears(seen('2026-02-16'))],
    ['30 days: two instalments are overdue', arrears(seen('2026-03-17'))],
    ['31 days', arrears(seen('2026-03-18'))],
    [
      'Asset class after 7, 8 and 91 days',
      [seen('2026-02-22'), seen('2026-02-23'), seen('2026-05-17')].map(({ assetClass }) => assetClass).join(', '),
    ],
    ['With 3 days of grace, 3 days after the due date', arrears(seen('2026-02-18', grace))],
    ['4 days after it', arrears(seen('2026-02-19', grace))],
    [
      'Penalty on these two days',
      ['2026-02-18', '2026-02-19'].map((day) => formatYuan(seen(day, grace).balances.penaltyFen)).join(', '),
    ],
  ];
}

function restructuring(): Row[] {
  const three: CashLoanTerms = { ...ONE_SUM, principalFen: 300_000, months: 3, startDate: '2023-07-01' };
  const extended = loan(three, [restructured('2023-07-05', 5, '0')], '2023-07-05');
  const missed: CashLoanTerms = { ...ONE_SUM, principalFen: 75_000, months: 3, startDate: '2023-11-16' };
  const reset = loan(missed, [restructured('2024-02-20', 6, '0')], '2024-02-20');
  const cheaper = loan(WALK, [restructured('2026-03-20', 6, '0.0003')], '2026-03-20');
  const first = (account: DerivedAccount) => `${plan(account)}, from ${account.schedule[0]?.dueDate}`;
  return [
    ['3,000.00 in three parts, on 5 July to five', first(extended)],
    ['750.00 in three missed parts, on 20 February', arrears(loan(missed, [], '2024-02-20'))],
    ['To six parts on that day', `${first(reset)}; ${arrears(reset)}; ${reset.assetClass}`],
    [
      '10,000.00 with two missed instalments, owed of charges on 20 March',
      formatYuan(cheaper.balances.interestFen + cheaper.balances.penaltyFen),
    ],
    ['To six parts at 0.03 % on that day', first(cheaper)],
  ];
}

function rounding(): Row[] {
  const afterADay = (principalFen: Fen) =>
    formatYuan(loan({ ...WALK, principalFen, dailyRate: '0.0005' }, [], '2026-01-16').payoffFen);
  const late = revolving([bought('2026-03-12', 234_567)], '2026-04-25');
  return [
    [
      '1,000.00 in six parts without interest',
      plan(loan({ ...ONE_SUM, months: 6, startDate: '2023-09-01' }, [], '2023-09-01')),
    ],
    ['50.00 at 0.05 % for one day, 2.5 fen', afterADay(5_000)],
    ['150.00 at 0.05 % for one day, 7.5 fen', afterADay(15_000)],
    ['Revolving: 2,345.67 for 15 days at 0.05 %, 17.592525', formatYuan(late.balances.penaltyFen)],
  ];
}

const CASES: [string, () => Row[]][] = [
  ['1. The money covers a part of what is due', allocation],
  ['2. A payment is told late', toldLate],
  ['3. Prepayment, of all and in part', prepayment],
  ['4. More comes than is due', moreThanDue],
  ['5. A payment bounces', bounces],
  ['6. Written off, and paid afterwards', writeOff],
  ['7. Nothing is paid: interest and penalty', nothingPaid],
  ['8. Days past due and buckets', delinquency],
  ['9. Restructuring', restructuring],
  ['10. Rounding', rounding],
];

/** The sections of the page by heading. */
const SECTIONS = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part] as const),
);

/** The cells of the tables of a section, without head and rule. */
function cells(heading: string): string[][] {
  const lines = (SECTIONS.get(heading) ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

describe('the comparison with Apache Fineract', () => {
  it('has these cases and no other', () => {
    const numbered = [...SECTIONS.keys()].filter((heading) => /^\d+\. /.test(heading));
    expect(numbered).toEqual(CASES.map(([heading]) => heading));
  });

  it.each(CASES)('%s: our figures are those of the fold', (heading, rows) => {
    expect(cells(heading).map(([asked, ours]) => [asked, ours])).toEqual(rows());
  });

  it.each(CASES)('%s: says of what source the other side is, why we differ, and where theirs is better', (heading) => {
    const text = SECTIONS.get(heading) ?? '';
    expect(text).toMatch(/\bS\d+\b/);
    expect(text).toContain('\n**Why.** ');
    expect(text).toContain('\n**Better there.** ');
  });

  it('lists every source that it cites, and no other, each in one state of the repository', () => {
    const listed = cells('Sources').map(([name]) => name ?? '');
    const before = PAGE.slice(0, PAGE.indexOf('## Sources'));
    expect([...new Set(before.match(/\bS\d+\b/g))].sort()).toEqual([...listed].sort());
    const addresses = cells('Sources').map(([, title]) => /\]\((.*)\)/.exec(title ?? '')?.[1] ?? '');
    const state = 'https://github.com/apache/fineract/blob/4198b0bcf9a94e1c7aa0f386317ba71f40ceb1d9/';
    expect(addresses.filter((address) => !address.startsWith(state))).toEqual([]);
  });
});
