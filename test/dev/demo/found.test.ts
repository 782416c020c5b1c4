/** What a run says of itself: its columns on the way, and at its end what it found, with the verdict last. */
import { expect, it } from '@jest/globals';
import { linesOfFound } from '../../../src/dev/demo/found';
import { COLUMNS, lineOf } from '../../../src/dev/demo/progress';
import type { Summary } from '../../../src/dev/demo/verdict';
import { WEB_UI_LISTS, webUiLink } from '../../../src/dev/demo/webUiLinks';

const row = (stage: string, bucket: string, count: number) => ({
  product: 'cash-loan',
  stage,
  bucket,
  count,
  outstandingFen: count * 100_000,
  overdueFen: stage === 'overdue' ? 5_000 : 0,
});
const PORTFOLIO = {
  accounts: [row('current', 'M0', 30), row('overdue', 'M2', 3), row('settled', 'M0', 19)],
  applications: [{ product: 'cash-loan', stage: 'accepted', count: 52 }],
  notices: [
    { status: 'delivered', kind: 'due-soon', cancelReason: null, count: 7 },
    { status: 'delivered', kind: 'bill-issued', cancelReason: null, count: 2 },
  ],
  debits: [],
  warnings: [],
  ledger: { isBalanced: true },
};
const SOUND: Summary = {
  from: '2026-01-01',
  until: '2026-05-01',
  speed: 105_120,
  wallSeconds: 100.4,
  steps: { done: 600, failures: [] },
  portfolio: PORTFOLIO,
  ledger: { totalFen: 0, balanced: true, unbalancedEntries: [] } as unknown as Summary['ledger'],
  stuck: { behind: [], failedWorkflows: [] },
  noticesSentTwice: [],
  closes: { closedThrough: '2026-04-29', openDates: [] },
  audit: { records: 812, findings: [] },
  decisions: { replayed: 61, differing: [] },
};

it('a line has each column that is explained, and buckets of open accounts only', () => {
  const line = lineOf('2026-05-01', PORTFOLIO, { done: 600 });
  expect(line).toBe(
    '2026-05-01  accounts current 30, overdue 3, settled 19 | buckets M0 30, M2 3 | notices delivered 9 | ' +
      'ledger balanced | steps 600',
  );
  const explained = COLUMNS.slice(1).map((each) => each.trim().split(' ')[0]);
  expect(explained).toEqual(['date', 'accounts', 'buckets', 'notices', 'ledger', 'steps', 'waits']);
});

it('the end says every figure, for how long the clock waited, and that it is sound', () => {
  const lines = linesOfFound(SOUND, 41_000, [{ about: 'credits that run', count: 33 }]);
  expect(lines[0]).toBe('Found, 2026-01-01 until 2026-05-01 in 100 s; the clock waited 41 s for what was behind:');
  expect(lines).toContain('  Accounts      open 33 (current 30, overdue 3); closed 19 (settled 19)');
  expect(lines).toContain('  Days past due M0 30, M2 3; overdue in all 50.00 CNY');
  expect(lines).toContain('  Web UI        credits that run: 33');
  expect(lines).toContain('  Closed        through 2026-04-29');
  expect(lines).toContain('  Decisions     61 decided again; nothing is other than it was');
  expect(lines).toContain('  Audit         812 records; nothing changed, removed or inserted');
  expect(lines.at(-1)).toBe('Verdict: sound.');
});

it('the end says what is wrong', () => {
  const wrong = {
    ...SOUND,
    stuck: { behind: ['account a-1 is stuck'], failedWorkflows: [] },
    noticesSentTwice: ['n-1'],
    closes: { closedThrough: null, openDates: ['2026-03-04'] },
    audit: { records: 1, findings: ['record 1: changed: its hash'] },
    decisions: { replayed: 2, differing: ['decision 9 of a-1: its answer'] },
  };
  const lines = linesOfFound(wrong, 0, []);
  expect(lines[0]).toBe('Found, 2026-01-01 until 2026-05-01 in 100 s:');
  expect(lines).toContain('  Behind        1, see below');
  expect(lines).toContain('  Closed        no date yet; open with differences: 2026-03-04');
  expect(lines.at(-1)).toBe('Verdict: 5 faults.');
});

it('a link opens the list with its filter', () => {
  const link = webUiLink(
    'http://127.0.0.1:8233',
    'default',
    'ExecutionStatus = "Running" AND CreditloomBucket >= "M2"',
  );
  expect(new URL(link).pathname).toBe('/namespaces/default/workflows');
  expect(new URL(link).searchParams.get('query')).toBe('ExecutionStatus = "Running" AND CreditloomBucket >= "M2"');
  expect(WEB_UI_LISTS.map(({ filter }) => filter)).toContain(new URL(link).searchParams.get('query'));
});
