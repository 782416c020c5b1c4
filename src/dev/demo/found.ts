/** What a run found, for people: every figure with its name, and the verdict last. */
import { formatYuan } from '../../domain/values/money';
import { type Counted, openOnly, totals } from './progress';
import { faultsOfRun, type Summary } from './verdict';

export interface ListAnswer {
  about: string;
  count: number;
}

/** `lists` are those of the Web UI, and how many workflows each shows. */
export function linesOfFound(summary: Summary, waitedMs: number, lists: readonly ListAnswer[]): string[] {
  const { portfolio, ledger, stuck, steps, decisions, noticesSentTwice } = summary;
  const open = openOnly(portfolio.accounts);
  const closed = portfolio.accounts.filter((row: Counted) => !open.includes(row));
  const waited = waitedMs < 1_000 ? '' : `; the clock waited ${Math.round(waitedMs / 1_000)} s for what was behind`;
  const faults = faultsOfRun(summary);
  const nothing = (found: readonly string[]) => (found.length === 0 ? 'nothing' : `${found.length}, see below`);
  return [
    `Found, ${summary.from} until ${summary.until} in ${Math.round(summary.wallSeconds)} s${waited}:`,
    `  Applications  ${totals(portfolio.applications, 'stage')}`,
    `  Accounts      open ${sum(open)} (${totals(open, 'stage')}); closed ${sum(closed)} (${totals(closed, 'stage')})`,
    `  Days past due ${totals(open, 'bucket')}; overdue in all ${yuan(open, 'overdueFen')}`,
    `  Owed          ${yuan(open, 'outstandingFen')} on open accounts`,
    `  Notices       ${totals(portfolio.notices, 'status')}`,
    `  Debits        ${totals(portfolio.debits, 'status')}`,
    `  Warnings      ${totals(portfolio.warnings, 'rule')}`,
    `  Ledger        ${ledger.balanced ? 'balanced' : 'NOT BALANCED'}: all postings sum to ${formatYuan(ledger.totalFen)} CNY`,
    `  Closed        ${closesOf(summary)}`,
    `  Audit         ${summary.audit.records} records; ${nothing(summary.audit.findings)} changed, removed or inserted`,
    `  Decisions     ${decisions.replayed} decided again; ${nothing(decisions.differing)} is other than it was`,
    `  Behind        ${nothing([...stuck.behind, ...stuck.failedWorkflows])}`,
    `  Sent twice    ${nothing(noticesSentTwice)}`,
    `  Steps         ${steps.done} of the sample's borrowers done, ${steps.failures.length} failed`,
    ...lists.map(({ about, count }) => `  Web UI        ${about}: ${count}`),
    faults.length === 0 ? 'Verdict: sound.' : `Verdict: ${faults.length} fault${faults.length === 1 ? '' : 's'}.`,
  ];
}

function closesOf({ closes: { closedThrough, openDates } }: Summary): string {
  const open = openDates.length === 0 ? '' : `; open with differences: ${openDates.join(', ')}`;
  return `${closedThrough === null ? 'no date yet' : `through ${closedThrough}`}${open}`;
}

function sum(rows: readonly Counted[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

function yuan(rows: readonly Counted[], field: string): string {
  return `${formatYuan(rows.reduce((total, row) => total + Number(row[field]), 0))} CNY`;
}
