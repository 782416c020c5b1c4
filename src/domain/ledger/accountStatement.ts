/** The books of one account as a reader follows them: entry by entry, with what each receivable then stands at. */

import type { Fen } from '../values/money';
import { type JournalLine, LEDGER_ACCOUNTS, type LedgerAccount, RECEIVABLE_OF } from './journal';

/** By ledger account; every component's receivable is there, at 0 when it never held anything. */
export type Receivables = Partial<Record<LedgerAccount, Fen>>;

/** The receivables among balances: what the borrower owes, by ledger account. */
export function receivablesOf(balances: Partial<Record<LedgerAccount, Fen>>): Receivables {
  const receivables: Receivables = {};
  for (const account of Object.values(RECEIVABLE_OF)) receivables[account] = 0;
  for (const [account, amountFen] of Object.entries(balances) as [LedgerAccount, Fen][]) {
    if (LEDGER_ACCOUNTS[account].isReceivable) receivables[account] = amountFen;
  }
  return receivables;
}

/** Adds to each entry what the receivables stand at after it. The entries are in order, and follow the opening. */
export function withReceivables<Entry extends { lines: readonly JournalLine[] }>(
  opening: Receivables,
  entries: readonly Entry[],
): (Entry & { receivables: Receivables })[] {
  const running = { ...opening };
  return entries.map((entry) => {
    for (const { account, amountFen } of entry.lines) {
      if (LEDGER_ACCOUNTS[account].isReceivable) running[account] = (running[account] ?? 0) + amountFen;
    }
    return { ...entry, receivables: { ...running } };
  });
}
