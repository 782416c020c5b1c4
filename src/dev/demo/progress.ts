/** Live progress of a run: business date, accounts by stage and bucket, notices by outcome, the ledger. */

import { CLOSED_STAGES } from '../../domain/credit/accountStages';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import type { Agenda, AgendaClock } from './agenda';
import type { ApiClient } from './apiClient';

const EVERY_MS = 3000;

export interface Counted {
  count: number;
  [label: string]: unknown;
}

/** What the columns of a line say; told once, before the first. */
export const COLUMNS = [
  '  A line every three seconds:',
  '    date      the business date: twelve months take about five minutes, more when the clock waits',
  '    accounts  by stage: current, overdue, write-off-review, settled, written-off',
  '    buckets   open accounts by days past due: M0 none, M1 1 to 30, M2 31 to 60, … M7 181 and more',
  '    notices   planned, accepted by the provider, delivered or undelivered by its receipt, cancelled (most often paid in time)',
  '    ledger    balanced: all postings sum to zero',
  '    steps     what the sample borrowers have done: applied, bought, paid',
  '    waits     what is behind, while the clock stands for it',
];

export interface ProgressSources {
  api: ApiClient;
  clock: AgendaClock;
  agenda: Agenda;
  /** What the clock waits for; undefined while it goes. */
  waitsFor(): string | undefined;
}

export function showProgress({ api, clock, agenda, waitsFor }: ProgressSources): { stop(): Promise<void> } {
  let showing: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | undefined;
  const show = async () => {
    const answer = await api.get('/v1/portfolio').catch(() => undefined);
    const date = dateAt(clock.nowMs(), SHANGHAI);
    const waits = waitsFor() === undefined ? '' : ` | waits for ${waitsFor()}`;
    if (answer?.status !== 200) process.stdout.write(`${date}  (the API does not answer)${waits}\n`);
    else process.stdout.write(`${lineOf(date, answer.body, agenda)}${waits}\n`);
  };
  const timer = setInterval(() => {
    showing = showing.then(show);
  }, EVERY_MS);
  return {
    /** Shows a last line, once. */
    stop() {
      clearInterval(timer);
      stopped ??= showing.then(show);
      return stopped;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the portfolio route's
export function lineOf(date: string, portfolio: any, agenda: Pick<Agenda, 'done'>): string {
  const accounts = totals(portfolio.accounts, 'stage');
  const buckets = totals(openOnly(portfolio.accounts), 'bucket');
  const notices = totals(portfolio.notices, 'status');
  const ledger = portfolio.ledger.isBalanced ? 'balanced' : 'NOT BALANCED';
  return `${date}  accounts ${accounts} | buckets ${buckets} | notices ${notices} | ledger ${ledger} | steps ${agenda.done}`;
}

/** A settled or written-off account is not past due by any days. */
export function openOnly<Row extends Counted>(rows: readonly Row[]): Row[] {
  return rows.filter(({ stage }) => !CLOSED_STAGES.some((closed) => closed === stage));
}

/** `current 20, overdue 3`, in the order of their names. */
export function totals(rows: readonly Counted[], label: string): string {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(String(row[label]), (sums.get(String(row[label])) ?? 0) + row.count);
  const parts = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`);
  return parts.join(', ') || 'none';
}
