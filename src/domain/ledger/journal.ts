/**
 * Journal entries: what an account's life says the books must hold. Double entry, debits positive, credits negative,
 * each entry sums to zero. `docs/ledger.md` is the chart of accounts and the table of posting rules.
 */

import type { Component } from '../policy/lendingPolicy';
import type { IsoDate } from '../values/calendar';
import type { Fen } from '../values/money';
import type { NameOf } from '../values/tables';

interface LedgerAccountRow {
  /** `clearing`: money that left or came in, until it is settled with a bank or a merchant. */
  type: 'asset' | 'liability' | 'clearing' | 'income' | 'expense';
  /** What somebody owes us, as an account's statement shows it. */
  isReceivable: boolean;
}

/** The chart of accounts; docs/ledger.md says what each is debited and credited by. */
export const LEDGER_ACCOUNTS = {
  'principal-receivable': { type: 'asset', isReceivable: true },
  'interest-receivable': { type: 'asset', isReceivable: true },
  'penalty-receivable': { type: 'asset', isReceivable: true },
  'fee-receivable': { type: 'asset', isReceivable: true },
  /** What merchants owe us for instalment plans whose fee they pay. */
  'merchant-receivable': { type: 'asset', isReceivable: true },
  /** What we owe the borrower after an overpayment or a refund. */
  'borrower-credit': { type: 'liability', isReceivable: false },
  /** Money that left: disbursed, or settled with merchants. */
  funding: { type: 'clearing', isReceivable: false },
  /** Money that came in from the borrower. */
  collections: { type: 'clearing', isReceivable: false },
  'interest-income': { type: 'income', isReceivable: false },
  'penalty-income': { type: 'income', isReceivable: false },
  'fee-income': { type: 'income', isReceivable: false },
  'write-off-loss': { type: 'expense', isReceivable: false },
  /** Money that came in on debts that were written off. */
  'recovery-income': { type: 'income', isReceivable: false },
} as const satisfies Record<string, LedgerAccountRow>;

export type LedgerAccount = NameOf<typeof LEDGER_ACCOUNTS>;

export type EntryKind =
  | 'disbursement'
  | 'purchase'
  | 'refund'
  | 'payment'
  | 'interest'
  | 'penalty'
  | 'instalment-fee'
  | 'merchant-fee'
  | 'credit-applied'
  | 'credit-returned'
  | 'write-off';

export interface JournalLine {
  account: LedgerAccount;
  /** Positive debits, negative credits. */
  amountFen: Fen;
}

export interface JournalEntry {
  /** Identity within the credit account: the same life always derives the same keys. */
  key: string;
  kind: EntryKind;
  valueDate: IsoDate;
  lines: JournalLine[];
}

export const RECEIVABLE_OF: Record<Component, LedgerAccount> = {
  fee: 'fee-receivable',
  penalty: 'penalty-receivable',
  interest: 'interest-receivable',
  principal: 'principal-receivable',
};

/**
 * An entry with its zero lines dropped and lines of one ledger account merged, or undefined when nothing is left.
 * Throws when it does not balance: an unbalanced entry is a bug of a posting rule, never bad input.
 */
export function entryOf(
  key: string,
  kind: EntryKind,
  valueDate: IsoDate,
  lines: JournalLine[],
): JournalEntry | undefined {
  const merged: JournalLine[] = [];
  let sumFen = 0;
  for (const { account, amountFen } of lines) {
    if (amountFen === 0) continue;
    sumFen += amountFen;
    const same = merged.find((line) => line.account === account);
    if (same) same.amountFen += amountFen;
    else merged.push({ account, amountFen });
  }
  if (sumFen !== 0) throw new Error(`journal entry ${key} does not balance: ${sumFen} fen over`);
  const booked = merged.filter(({ amountFen }) => amountFen !== 0);
  return booked.length > 0 ? { key, kind, valueDate, lines: booked } : undefined;
}

/** Lines of one ledger account together. */
export function sumsOf(lines: readonly JournalLine[]): Partial<Record<LedgerAccount, Fen>> {
  const sums: Partial<Record<LedgerAccount, Fen>> = {};
  for (const { account, amountFen } of lines) sums[account] = (sums[account] ?? 0) + amountFen;
  return sums;
}

/** Sums as lines; without those that are nothing. */
export function linesOf(sums: Partial<Record<LedgerAccount, Fen>>): JournalLine[] {
  return (Object.entries(sums) as [LedgerAccount, Fen][])
    .map(([account, amountFen]) => ({ account, amountFen }))
    .filter(({ amountFen }) => amountFen !== 0);
}

/** Whether an entry as it stands in the journal is none: fewer than two lines, or lines that do not sum to zero. */
export function isUnbalanced({ lineCount, sumFen }: { lineCount: number; sumFen: Fen }): boolean {
  return lineCount < 2 || sumFen !== 0;
}

/** The balance of each ledger account over entries. */
export function balancesOf(entries: readonly JournalEntry[]): Partial<Record<LedgerAccount, Fen>> {
  const balances: Partial<Record<LedgerAccount, Fen>> = {};
  for (const entry of entries) {
    for (const line of entry.lines) balances[line.account] = (balances[line.account] ?? 0) + line.amountFen;
  }
  return balances;
}

/** What debits and credits of a trial balance sum up to, both as positive amounts. */
export function sidesOf(lines: readonly { amountFen: Fen }[]): { debitFen: Fen; creditFen: Fen } {
  const sum = (sign: 1 | -1) => lines.reduce((total, { amountFen }) => total + Math.max(0, sign * amountFen), 0);
  return { debitFen: sum(1), creditFen: sum(-1) };
}
