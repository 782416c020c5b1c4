/** Postings that both folds make, by the same rows of the table in docs/ledger.md. */

import { type Owed, totalOwedFen } from '../credit/allocation';
import type { Paid, Refunded } from '../credit/facts';
import { COMPONENTS } from '../policy/lendingPolicy';
import type { IsoDate } from '../values/calendar';
import type { Fen } from '../values/money';
import { entryOf, type JournalEntry, type JournalLine, RECEIVABLE_OF } from './journal';

/** What a fold books and remarks. */
interface Books {
  entries: JournalEntry[];
}

/** Adds an entry; one without lines is none. */
export function post(books: Books, { key, kind, valueDate, lines }: JournalEntry): void {
  const entry = entryOf(key, kind, valueDate, lines);
  if (entry) books.entries.push(entry);
}

/** What was settled, credited to the receivables. */
export function receivableLines(settled: Owed): JournalLine[] {
  return COMPONENTS.map((component) => ({ account: RECEIVABLE_OF[component], amountFen: -settled[component] }));
}

/** What is charged: the borrower owes it, and it is income. */
export function chargeLines(component: 'fee' | 'penalty' | 'interest', amountFen: Fen): JournalLine[] {
  return [
    { account: RECEIVABLE_OF[component], amountFen },
    { account: `${component}-income`, amountFen: -amountFen },
  ];
}

/**
 * The debt survived its write-off: what comes in is income up to what was written off; then it settles debts that arose
 * since; the rest is credit.
 */
export function takeRecovery(
  state: Books & { recoverableFen: Fen; creditFen: Fen },
  { key, kind, valueDate, amountFen }: Paid | Refunded,
  { from, settleRest }: { from: 'collections' | 'funding'; settleRest: (restFen: Fen) => Owed },
): void {
  const recoveredFen = Math.min(amountFen, state.recoverableFen);
  const settled = settleRest(amountFen - recoveredFen);
  const creditFen = amountFen - recoveredFen - totalOwedFen(settled);
  state.recoverableFen -= recoveredFen;
  state.creditFen += creditFen;
  post(state, {
    key,
    kind: kind === 'paid' ? 'payment' : 'refund',
    valueDate,
    lines: [
      { account: from, amountFen },
      { account: 'recovery-income', amountFen: -recoveredFen },
      ...receivableLines(settled),
      { account: 'borrower-credit', amountFen: -creditFen },
    ],
  });
}

/** The borrower's credit is paid back. Returns what was not there any more: it is owed, and the caller says how. */
export function postCreditReturn(
  state: Books & { creditFen: Fen },
  { key, valueDate, amountFen }: { key: string; valueDate: IsoDate; amountFen: Fen },
): Fen {
  const fromCreditFen = Math.min(state.creditFen, amountFen);
  const owedFen = amountFen - fromCreditFen;
  state.creditFen -= fromCreditFen;
  post(state, {
    key,
    kind: 'credit-returned',
    valueDate,
    lines: [
      { account: 'borrower-credit', amountFen: fromCreditFen },
      { account: 'principal-receivable', amountFen: owedFen },
      { account: 'funding', amountFen: -amountFen },
    ],
  });
  return owedFen;
}
