/**
 * The table of posting rules in docs/ledger.md, held to what the folds book: every entry has its row, with its ledger
 * accounts on their sides, and every row has an entry.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CashLoanTerms, RevolvingTerms } from '../../../src/domain/credit/account';
import { deriveCashLoan } from '../../../src/domain/credit/cashLoan/cashLoan';
import type { Fact, Paid, PaymentIntent } from '../../../src/domain/credit/facts';
import { deriveRevolving } from '../../../src/domain/credit/revolving/revolving';
import type { JournalEntry } from '../../../src/domain/ledger/journal';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { byContent } from '../../support/inOrder';

const TEXT = readFileSync(join(__dirname, '../../../docs/ledger.md'), 'utf8');
const RECEIVABLES = ['principal', 'interest', 'penalty', 'fee'].map((component) => `${component}-receivable`);

/** What the rows of a table allow: sides of ledger accounts by the form of the key, such as `payment/ID`. */
function rulesOf(heading: string): Map<string, Set<string>> {
  const [, table = ''] = TEXT.split(`### ${heading}\n`);
  const rules = new Map<string, Set<string>>();
  for (const line of (table.split('\n#')[0] ?? '').split('\n').filter((each) => each.startsWith('| '))) {
    const [, , keys = '', lines = ''] = line.split('|');
    const sides = [...lines.matchAll(/`([a-z-]+)` ([+−±])/g)].flatMap(([, account, side]) =>
      side === '±' ? [`${account} +`, `${account} −`] : [`${account} ${side}`],
    );
    if (/receivables −/.test(lines)) sides.push(...RECEIVABLES.map((account) => `${account} −`));
    for (const [, key = ''] of keys.matchAll(/`([^`]+)`/g)) {
      rules.set(key, new Set([...(rules.get(key) ?? []), ...sides]));
    }
  }
  return rules;
}

function formOf(key: string): string {
  return key
    .replace(/\d{4}-\d{2}-\d{2}$/, 'DATE')
    .replace(/\/\d+$/, '/n')
    .replace(/(payment|purchase|confirmation|refund|restructuring|credit-return|instalment)\/[a-z]\w*$/, '$1/ID');
}

function expectRules(heading: string, entries: readonly JournalEntry[]): void {
  const rules = rulesOf(heading);
  for (const { key, lines } of entries) {
    const allowed = rules.get(formOf(key));
    if (!allowed) throw new Error(`${key} has no row under "${heading}"`);
    const sides = lines.map(({ account, amountFen }) => `${account} ${amountFen > 0 ? '+' : '−'}`);
    expect({ key, beyond: sides.filter((side) => !allowed.has(side)) }).toEqual({ key, beyond: [] });
  }
  expect([...new Set(entries.map(({ key }) => formOf(key)))].sort()).toEqual([...rules.keys()].sort());
}

const paid = (id: string, valueDate: string, amountFen: number, intent: PaymentIntent = 'instalment'): Paid => ({
  kind: 'paid',
  key: `payment/${id}`,
  valueDate,
  amountFen,
  intent,
});
const writtenOff = (valueDate: string): Fact => ({
  kind: 'written-off',
  key: 'write-off',
  valueDate,
  decidedBy: ['staff-1', 'staff-2'],
});

it('of a cash loan', () => {
  const terms: CashLoanTerms = {
    product: 'cash-loan',
    principalFen: 1_000_000,
    dailyRate: '0.0004',
    months: 6,
    method: 'level',
    startDate: '2026-01-15',
  };
  const paidOut: Fact = { kind: 'disbursed', key: 'disbursement', valueDate: '2026-01-15', amountFen: 1_000_000 };
  const lives: Fact[][] = [
    // Overpaid, so that credit waits; then prepaid in part; then late, restructured, late again and written off.
    [
      paidOut,
      paid('a', '2026-02-01', 50_000),
      paid('b', '2026-02-20', 200_000, 'prepay-lower-payment'),
      { kind: 'restructured', key: 'restructuring/a', valueDate: '2026-04-25', months: 6, dailyRate: '0.0003' },
      writtenOff('2026-10-01'),
      paid('c', '2026-12-10', 100_000),
    ],
    // Paid ahead and paid off with more than it takes; what was too much goes back, and more than that.
    [
      paidOut,
      paid('a', '2026-02-10', 173_759),
      paid('b', '2026-03-01', 1_000_000, 'payoff'),
      { kind: 'credit-returned', key: 'credit-return/a', valueDate: '2026-03-05', amountFen: 500_000 },
    ],
  ];
  const policy = defaultPolicy.cashLoan;
  expectRules(
    'Cash loan',
    lives.flatMap((facts) => deriveCashLoan({ terms, facts, policy, asOf: '2027-01-01' }).entries),
  );
});

it('of a revolving account', () => {
  const terms: RevolvingTerms = { product: 'revolving', limitFen: 2_000_000, openDate: '2026-01-05', dueDay: 10 };
  const bought = (id: string, valueDate: string, amountFen: number): Fact => ({
    kind: 'purchased',
    key: `purchase/${id}`,
    valueDate,
    amountFen,
    billableFrom: valueDate,
  });
  const facts: Fact[] = [
    { kind: 'opened', key: 'opening', valueDate: '2026-01-05', limitFen: 2_000_000 },
    bought('a', '2026-01-10', 720_000),
    { ...bought('held', '2026-01-12', 80_000), awaitsConfirmation: true } as Fact,
    {
      kind: 'confirmed',
      key: 'confirmation/a',
      valueDate: '2026-01-20',
      billableFrom: '2026-01-20',
      purchaseKey: 'purchase/held',
    },
    // A part in instalments; the minimum paid, so that interest follows.
    {
      kind: 'instalment-started',
      key: 'instalment/a',
      valueDate: '2026-01-21',
      principalFen: 120_000,
      months: 3,
      feeFen: 3_000,
    },
    {
      kind: 'instalment-started',
      key: 'instalment/b',
      valueDate: '2026-01-22',
      principalFen: 120_000,
      months: 3,
      feeFen: 0,
      merchantFeeFen: 3_000,
    },
    paid('a', '2026-02-09', 150_000),
    // The next minimum is missed: penalty. Then more is paid than is owed, bought from the credit, and given back.
    paid('b', '2026-03-25', 900_000),
    bought('b', '2026-03-26', 20_000),
    { kind: 'refunded', key: 'refund/a', valueDate: '2026-03-27', amountFen: 50_000, billableFrom: '2026-03-27' },
    { kind: 'credit-returned', key: 'credit-return/a', valueDate: '2026-04-02', amountFen: 100_000 },
    bought('c', '2026-04-05', 300_000),
    writtenOff('2026-11-20'),
    paid('c', '2026-11-25', 500_000),
  ];
  // All of a plan is paid off with its coming fees; money for debts that arose after a write-off.
  const paidOff: Fact[] = [
    bought('a', '2026-01-10', 300_000),
    { ...bought('held', '2026-01-12', 80_000), awaitsConfirmation: true } as Fact,
    {
      kind: 'instalment-started',
      key: 'instalment/a',
      valueDate: '2026-01-21',
      principalFen: 120_000,
      months: 3,
      feeFen: 3_000,
    },
    paid('a', '2026-02-09', 60_000),
    paid('b', '2026-02-25', 400_000, 'payoff'),
    bought('b', '2026-03-26', 20_000),
    writtenOff('2026-11-20'),
    {
      kind: 'confirmed',
      key: 'confirmation/a',
      valueDate: '2026-11-22',
      billableFrom: '2026-11-22',
      purchaseKey: 'purchase/held',
    },
    paid('c', '2026-11-25', 50_000),
    { kind: 'refunded', key: 'refund/a', valueDate: '2026-11-27', amountFen: 90_000, billableFrom: '2026-11-27' },
  ];
  const policy = defaultPolicy.revolving;
  expectRules(
    'Revolving account',
    [facts, paidOff].flatMap(
      (life) => deriveRevolving({ terms, facts: life, issued: [], policy, asOf: '2026-12-31' }).entries,
    ),
  );
});

describe('the chart of accounts', () => {
  it('names every ledger account of the rules, and no other', () => {
    const [, table = ''] = TEXT.split('## Chart of accounts\n');
    const chart = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    const used = ['Cash loan', 'Revolving account'].flatMap((heading) =>
      [...rulesOf(heading).values()].flatMap((sides) => [...sides].map((side) => side.split(' ')[0])),
    );
    expect([...new Set(used)].sort(byContent)).toEqual([...chart].sort(byContent));
  });
});
