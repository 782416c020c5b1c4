/** `account derive` as its users run it: a process of its own, the account on its output, refusals beside it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { main } from '../../../src/cli/credit/account';
import { readFactsFile } from '../../../src/cli/credit/accountFactsFile';
import { reportOf } from '../../../src/cli/credit/accountReport';
import { deriveInHistoricalOrder } from '../../../src/domain/credit/historicalOrder';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';

const ROOT = join(__dirname, '../../..');
const COMMAND = join(ROOT, 'dist/cli/credit/account.js');
const LOAN = 'docs/examples/account-loan.jsonl';
const CARD = 'docs/examples/account-card.jsonl';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'account-facts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...words], { encoding: 'utf8', cwd: ROOT });
  return { status, stdout, stderr };
}

/** What is on the output, and nothing but that, as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of the report; each test says what it expects of it
function derived(file: string, asOf: string, ...more: string[]): any {
  const { status, stdout, stderr } = run('derive', '--facts', file, '--as-of', asOf, '--json', ...more);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function linesOf(file: string): string[] {
  return readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n');
}

describe('account derive', () => {
  it('a loan: what the file says happened, figure by figure', () => {
    const account = derived(LOAN, '2026-03-25', '--entries');
    expect(Object.keys(account)).toEqual([
      'product',
      'asOf',
      'policy',
      'stage',
      'terms',
      'balances',
      'schedule',
      'obligations',
      'daysPastDue',
      'pastDueSince',
      'bucket',
      'assetClass',
      'isNonAccrual',
      'overdueFen',
      'minimumOverdueFen',
      'dueFen',
      'minimumDueFen',
      'payoffFen',
      'claimedFen',
      'availableFen',
      'stoppedBy',
      'recoverableFen',
      'freezes',
      'nextDeadline',
      'entries',
    ]);
    // Interest of ten days on what is not due: 674,275 fen x 0.04 % x 10 = 2,697.1.
    expect(account).toMatchObject({
      product: 'cash-loan',
      policy: { version: defaultPolicy.version, overrides: [] },
      stage: 'current',
      balances: { principalFen: 674_275, interestFen: 2_697, penaltyFen: 0, feeFen: 0, creditFen: 0 },
      payoffFen: 676_972,
      nextDeadline: '2026-04-15',
    });
    expect(account.entries.map(({ key }: { key: string }) => key)).toEqual([
      'disbursement',
      'interest/1',
      'payment/1',
      'interest/2',
      'penalty/2026-03-23',
      'payment/3',
    ]);
    expect(account.entries[4]).toMatchObject({
      kind: 'penalty',
      valueDate: '2026-03-23',
      lines: [
        { account: 'penalty-receivable', amountFen: 789 },
        { account: 'penalty-income', amountFen: -789 },
      ],
    });
  });

  it('a loan: what is known as of a date', () => {
    const standing = (asOf: string) => {
      const { stage, daysPastDue, bucket } = derived(LOAN, asOf);
      return [stage, daysPastDue, bucket];
    };
    // The payment of the 14th arrives on the 17th, and bounces on the 20th.
    expect(standing('2026-03-16')).toEqual(['overdue', 1, 'M1']);
    expect(standing('2026-03-19')).toEqual(['current', 0, 'M0']);
    expect(standing('2026-03-20')).toEqual(['overdue', 5, 'M1']);
  });

  it('a revolving account: bills as issued, late arrivals where they belong', () => {
    const account = derived(CARD, '2026-05-01');
    expect(account.bills.map((bill: Record<string, unknown>) => [bill.totalFen, bill.minimumPaymentFen])).toEqual([
      [234_567, 23_457],
      [223_327, 24_328],
    ]);
    expect(account).toMatchObject({ stage: 'current', availableFen: 778_890, nextDeadline: '2026-05-11' });
    expect(account).not.toHaveProperty('schedule');
    expect(account).not.toHaveProperty('entries');
    expect(derived(CARD, '2026-04-11')).toMatchObject({ stage: 'overdue', overdueFen: 234_684 });
  });

  it('tells a file in UTF-16 what it is', () => {
    const bytes = Buffer.from(`\ufeff${readFileSync(join(ROOT, LOAN), 'utf8')}`, 'utf16le');
    const file = join(folder, 'utf16.jsonl');
    writeFileSync(file, bytes);
    const { status, stderr } = run('derive', '--facts', file, '--as-of', '2026-03-25');
    expect({ status, stderr }).toEqual({ status: 2, stderr: `--facts ${file} is in UTF-16: save it as UTF-8\n` });
  });

  it('refuses a policy that says a thing twice or inexactly', () => {
    const text = JSON.stringify(defaultPolicy, null, 1);
    const refusalOf = (name: string, changed: string) =>
      run('derive', '--facts', LOAN, '--as-of', '2026-03-25', '--policy', fileOf(name, changed));
    const twice = refusalOf('twice.json', text.replace('{', '{"version": "other",'));
    expect(twice.status).toBe(2);
    expect(twice.stderr).toMatch(/twice\.json: version is given twice, on line 1 and on line 2: remove one of both\n$/);
    const inexact = refusalOf('inexact.json', text.replace(/"billDay": \d+/, '"billDay": 1.00000000000000001'));
    expect(inexact.status).toBe(2);
    expect(inexact.stderr).toMatch(/revolving\.billDay is 1\.00000000000000001 on line \d+, which would be read as 1:/);
  });

  it('takes the policy of the file, and a whole policy', () => {
    const [terms = '', ...facts] = linesOf(CARD);
    const own = fileOf(
      'own.jsonl',
      [JSON.stringify({ ...JSON.parse(terms), policy: { minimumPaymentRatio: '0.5' } }), ...facts].join('\n'),
    );
    const policy = { ...defaultPolicy, version: 'half', revolving: { ...defaultPolicy.revolving, billDay: 2 } };
    const whole = fileOf('policy.json', JSON.stringify(policy));
    expect(derived(own, '2026-04-01')).toMatchObject({
      policy: { version: defaultPolicy.version, overrides: ['minimumPaymentRatio'] },
      bills: [{ minimumPaymentFen: 117_284 }],
    });
    expect(derived(own, '2026-04-02', '--policy', whole)).toMatchObject({
      policy: { version: 'half', overrides: ['minimumPaymentRatio'] },
      bills: [{ billDate: '2026-04-02', minimumPaymentFen: 117_284 }],
    });
  });

  it('gives the same output whatever the order of the lines', () => {
    const outputOf = (lines: string[]) => {
      const { value } = readFactsFile(lines.join('\n'), defaultPolicy);
      if (!value) throw new Error('a good file was refused');
      const account = deriveInHistoricalOrder({ ...value, asOf: '2026-05-05' });
      return JSON.stringify(reportOf(account, value.policy, { overrides: value.overrides, hasEntries: true }));
    };
    for (const file of [LOAN, CARD]) {
      const lines = linesOf(file);
      fc.assert(
        fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
          expect(outputOf(shuffled)).toBe(outputOf(lines));
        }),
        { numRuns: 50 },
      );
      const reversed = fileOf('reversed.jsonl', lines.toReversed().join('\n'));
      const words = ['--as-of', '2026-05-05', '--json', '--entries'];
      expect(run('derive', '--facts', reversed, ...words)).toEqual(run('derive', '--facts', file, ...words));
    }
  });
});

describe('refusals', () => {
  it('a bad file: all its lines are told, nothing is derived', () => {
    const [terms = '', ...facts] = linesOf(LOAN);
    const bad = fileOf('bad.jsonl', [terms, ...facts, 'nonsense', '{"kind": "paid", "key": "payment/9"}'].join('\n'));
    const { status, stdout, stderr } = run('derive', '--facts', bad, '--as-of', '2026-03-25', '--json');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      `${bad} has 4 faults, and nothing is derived:`,
      'line 6: the line is not JSON: "nonsense": write one whole JSON object on each line',
      'line 7: valueDate is missing: give a real date from 1900-01-01 to 2199-12-31, such as "2026-07-10"',
      'line 7: amountFen is missing: give a whole number of fen above 0, such as 12345 for 123.45 CNY',
      'line 7: intent is missing: give one of instalment, payoff, prepay-shorter-term, prepay-lower-payment',
      '',
    ]);
  });

  it('shows twenty faults and counts the rest', () => {
    const file = fileOf('many.jsonl', [linesOf(LOAN)[0], ...Array(23).fill('x')].join('\n'));
    const lines = run('derive', '--facts', file, '--as-of', '2026-03-25').stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[20]).toMatch(/^line 21: /);
    expect(lines[21]).toBe('… and 3 more');
  });

  it.each([
    [[], 'a question is missing of account'],
    [['fold'], '"fold" is no question of account'],
    [['derive', '--as-of', '2026-03-25'], '--facts is missing'],
    [['derive', '--facts', LOAN], '--as-of is missing'],
    [['derive', '--facts', LOAN, '--as-of', '2026-02-30'], '--as-of "2026-02-30" is no date'],
    [['derive', '--facts', LOAN, '--as-of', '2026-01-14'], '--as-of 2026-01-14 is not in the life of the account'],
    [['derive', '--facts', LOAN, '--as-of', '2076-01-16'], 'give a date from 2026-01-15 to 2076-01-15'],
    [['derive', '--facts', 'none.jsonl', '--as-of', '2026-03-25'], 'cannot be read: ENOENT'],
    [['derive', '--facts', LOAN, '--as-of', '2026-03-25', '--policy', LOAN], 'is not JSON'],
    [['derive', '--facts', LOAN, '--as-of', '2026-03-25', '--policy', 'package.json'], 'the policy cannot be used'],
    [['derive', '--facts', LOAN, '--as-of', '2026-03-25', '--json', '--json'], '--json is given twice'],
    [['derive', '--facts', LOAN, '--as-of', '2026-03-25', '--date', 'x'], '--date is not known here'],
    [['schema', 'x'], '"x" is not known here'],
  ])('wrong use: %j', async (words, message) => {
    await expect(main(words)).rejects.toThrow(message);
    await expect(main(words)).rejects.toMatchObject({ name: 'ArgumentError' });
  });

  it('what is right line by line and too large together', async () => {
    const terms = { product: 'revolving', limitFen: 1_000_000, openDate: '2026-03-05', dueDay: 10 };
    const day = { valueDate: '2026-03-12' };
    const purchases = [1, 2, 3, 4, 5, 6, 7, 8].map((each) => ({
      kind: 'purchased',
      key: `purchase/${each}`,
      amountFen: 100_000_000_000,
      ...day,
    }));
    const rate = { kind: 'rate-corrected', key: 'rate/1', overdueDailyRate: '1', ...day };
    const text = [{ terms }, ...purchases, rate].map((line) => JSON.stringify(line)).join('\n');
    const file = fileOf('large.jsonl', text);
    const words = ['derive', '--facts', file, '--as-of', '2060-01-01'];
    await expect(main(words)).rejects.toThrow(/^this cannot be derived: amount \d+ is beyond the safe integers/);
  });
});

describe('docs/account-derive.md', () => {
  const text = readFileSync(join(ROOT, 'docs/account-derive.md'), 'utf8');
  const commands = [
    ...text.matchAll(/^npx creditloom account (derive --facts docs\/.*)\n```\n\n```(?:json)?\n([\s\S]*?)^```/gm),
  ];

  it('has an example of both products', () => expect(commands.length).toBe(3));

  it.each(commands.map(([, words = '', output = '']) => [words, output]))('account %s', (words, output) => {
    expect(run(...words.split(' '))).toEqual({ status: 0, stdout: output, stderr: '' });
  });
});
