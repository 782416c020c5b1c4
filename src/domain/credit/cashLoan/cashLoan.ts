/**
 * The fold of a cash loan: from its terms and facts to what it is at a date. Pure; the same facts give the same
 * account whatever the order of their arrival. Rules and figures: docs/ledger.md; facts 1.2, 2.6, 4.1; worked examples
 * V1 to V5.
 *
 * - Interest of an instalment is posted on its due date, or when it is paid early.
 * - Overdue principal bears the penalty rate from the day after the due date, simple.
 * - What each fact does: `factRules.ts`; what a payment settles: `cashLoanPayments.ts`.
 */

import { post, receivableLines } from '../../ledger/postings';
import type { IsoDate } from '../../values/calendar';
import type { CashLoanInput, DerivedAccount } from '../account';
import { sumOwed } from '../allocation';
import { applyFact } from '../factRules';
import { countsFrom, factsInForce } from '../facts';
import type { Remark } from '../references';
import { deferralsOf } from './bouncedPrepayments';
import { describeCashLoan } from './cashLoanFigures';
import {
  type CashLoanState,
  closeWhenSettled,
  dueInstalments,
  type Instalment,
  moveDueDates,
  nextPostingDate,
  openCashLoan,
  openDueDatesOf,
  postInstalmentInterest,
  settleInstalmentDebt,
} from './cashLoanState';
import { accruePenalties, postPenalties } from './lateInterest';

/** What a cash loan is at `asOf`, with every journal entry so far. */
export function deriveCashLoan(input: CashLoanInput): DerivedAccount {
  return foldCashLoan(input).account;
}

/** The account, and what its facts named and was not there. */
export function foldCashLoan(input: CashLoanInput): { account: DerivedAccount; remarks: Remark[] } {
  const state = foldLife(input);
  moveDueDates(state);
  return { account: describeCashLoan(state), remarks: state.remarks };
}

function foldLife(input: CashLoanInput): CashLoanState {
  const deferrals = deferralsOf(input, (seen) => openDueDatesOf(foldLife(seen)));
  const state = openCashLoan(input, deferrals);
  for (const fact of factsInForce(input.facts, input.asOf)) {
    passCalendar(state, countsFrom(fact));
    applyFact('cash-loan', state, fact);
  }
  passCalendar(state, input.asOf);
  accruePenalties(state, input.asOf);
  return state;
}

/** Due dates up to and with a date, and after the last one the monthly postings of penalty. */
function passCalendar(state: CashLoanState, through: IsoDate): void {
  for (;;) {
    const next = state.instalments.find(({ isDue }) => !isDue);
    if (next) {
      if (next.plan.dueDate > through) return;
      next.isDue = true;
      fallDue(state, next);
      continue;
    }
    const date = nextPostingDate(state);
    if (date > through) return;
    state.postedOn = date;
    if (state.closed !== 'written-off') postPenalties(state, date);
  }
}

/** The due date: the instalment's interest is posted, and the borrower's credit settles what it can. */
function fallDue(state: CashLoanState, instalment: Instalment): void {
  if (state.closed) return;
  const { dueDate, number } = instalment.plan;
  postPenalties(state, dueDate);
  postInstalmentInterest(state, instalment, dueDate);
  if (state.creditFen === 0) return;
  const { parts, settledFen } = settleInstalmentDebt(
    dueInstalments(state),
    state.creditFen,
    state.input.policy.allocationOrder,
  );
  state.creditFen -= settledFen;
  post(state, {
    key: `credit-applied/${number}`,
    kind: 'credit-applied',
    valueDate: dueDate,
    lines: [{ account: 'borrower-credit', amountFen: settledFen }, ...receivableLines(sumOwed(parts))],
  });
  closeWhenSettled(state);
}
