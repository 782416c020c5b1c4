/** One line about an account for operators, and the band its amount is in. No personal data. */

import { type Fen, formatYuan } from '../values/money';
import type { DerivedAccount } from './account';

const BANDS: [string, Fen][] = [
  ['none', 0],
  ['to-1k', 100_000],
  ['to-10k', 1_000_000],
  ['to-50k', 5_000_000],
  ['to-200k', 20_000_000],
];

/** The band of what is owed in all, for filters: an exact amount would identify people. */
export function amountBandOf(account: DerivedAccount): string {
  const owedFen = account.balances.principalFen;
  return BANDS.find(([, upToFen]) => owedFen <= upToFen)?.[0] ?? 'above-200k';
}

/** What an operator reads in the Temporal Web UI: only what stays true until the next deadline, and as of when. */
export function summaryOf(account: DerivedAccount): string {
  const { stage, bucket, balances, pastDueSince, recoverableFen, obligations, freezes } = account;
  const parts = [bucket === undefined ? `**${stage}**` : `**${stage}** (${bucket})`];
  if (pastDueSince !== undefined) parts.push(`past due since ${pastDueSince}`);
  parts.push(`principal ${formatYuan(balances.principalFen)} CNY`);
  if (recoverableFen > 0) parts.push(`written off and claimed ${formatYuan(recoverableFen)} CNY`);
  const next = obligations.find((obligation) => obligation.dueDate >= account.asOf);
  if (next) parts.push(`next ${formatYuan(next.owedFen - next.penaltyFen)} CNY due ${next.dueDate}`);
  if (balances.creditFen > 0) parts.push(`credit ${formatYuan(balances.creditFen)} CNY`);
  if (freezes.length > 0) parts.push(`new credit frozen: ${freezes.join(', ')}`);
  return [...parts, `as of ${account.asOf}`].join(' · ');
}
