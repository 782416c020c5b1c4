/** Live progress of a run: business date, accounts by stage and bucket, notices by outcome, the ledger. */
import type { Agenda, AgendaClock } from '../demo/agenda';
import type { ApiClient } from '../demo/apiClient';
import { dateAt, SHANGHAI } from '../domain/clock';

const EVERY_MS = 3000;

export interface Counted {
  count: number;
  [label: string]: unknown;
}

export function showProgress(api: ApiClient, clock: AgendaClock, agenda: Agenda): { stop(): Promise<void> } {
  let showing: Promise<void> = Promise.resolve();
  const show = async () => {
    const answer = await api.get('/v1/portfolio').catch(() => undefined);
    const date = dateAt(clock.nowMs(), SHANGHAI);
    if (answer?.status !== 200) process.stdout.write(`${date}  (the API does not answer)\n`);
    else process.stdout.write(`${lineOf(date, answer.body, agenda)}\n`);
  };
  const timer = setInterval(() => {
    showing = showing.then(show);
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await showing;
      await show();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the portfolio route's
function lineOf(date: string, portfolio: any, agenda: Agenda): string {
  const accounts = totals(portfolio.accounts, 'stage');
  // Closed accounts are in none.
  const open = portfolio.accounts.filter(({ bucket }: { bucket: string | null }) => bucket !== null);
  const buckets = totals(open, 'bucket');
  const notices = totals(portfolio.notices, 'status');
  const ledger = portfolio.ledger.isBalanced ? 'balanced' : 'NOT BALANCED';
  return `${date}  accounts ${accounts} | ${buckets} | notices ${notices} | ledger ${ledger} | steps ${agenda.done}`;
}

/** `current 20, overdue 3`, in the order of their names. */
export function totals(rows: readonly Counted[], label: string): string {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(String(row[label]), (sums.get(String(row[label])) ?? 0) + row.count);
  const parts = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`);
  return parts.join(', ') || 'none';
}
