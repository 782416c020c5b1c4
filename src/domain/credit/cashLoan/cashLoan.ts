/**
 * The fold of a cash loan: from its terms and facts to what it is at a date. Pure; the same facts give the same
 * account whatever the order of their arrival. Rules and figures: docs/ledger.md; facts 1.2, 2.6, 4.1; worked examples
 * V1 to V5.
 *
 * - Interest of an instalment is posted on its due date, or when it is paid early.
 * - Overdue principal bears the penalty rate from the day after the due date, simple.
 * - What a payment settles: `cashLoanPayments.ts`.
 */

import { chargeLines, post, receivableLines } from '../../ledger/postings';
import { type IsoDate, maxDate } from '../../values/calendar';
import type { CashLoanInput, DerivedAccount } from '../account';
import { settleAccrual } from '../accrual';
import { sumOwed, totalOwedFen } from '../allocation';
import { countsFrom, type Fact, factsInForce, type Restructured, type WrittenOff } from '../facts';
import type { Remark } from '../references';
import { deferralsOf } from './bouncedPrepayments';
import { describeCashLoan } from './cashLoanFigures';
import { takeCreditReturn, takeLoanPayment } from './cashLoanPayments';
import {
  accruedInterestFen,
  type CashLoanState,
  changeRate,
  closeWhenSettled,
  comingInstalments,
  dueInstalments,
  type Instalment,
  moveDueDates,
  nextPostingDate,
  openCashLoan,
  openDueDatesOf,
  postInstalmentInterest,
  settleInstalmentDebt,
  takePlan,
} from './cashLoanState';
import { disburse } from './disbursement';
import { accruePenalties, postPenalties } from './lateInterest';
import { monthlyDueDates, planInstalments } from './schedule';

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
    applyFact(state, fact);
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

function applyFact(state: CashLoanState, fact: Fact): void {
  switch (fact.kind) {
    case 'disbursed':
      disburse(state, fact);
      break;
    case 'paid':
      takeLoanPayment(state, fact);
      break;
    case 'rate-corrected':
      if (fact.dailyRate !== undefined) changeRate(state, fact.valueDate, fact.dailyRate);
      break;
    case 'restructured':
      restructure(state, fact);
      break;
    case 'credit-returned':
      takeCreditReturn(state, fact);
      break;
    case 'written-off':
      writeOff(state, fact);
      break;
    case 'reversed':
    case 'frozen':
    case 'lifted':
      break;
    case 'opened':
    case 'purchased':
    case 'confirmed':
    case 'refunded':
    case 'instalment-started':
    case 'instalment-settled':
      throw new Error(`fact ${fact.key} (${fact.kind}) does not belong to a cash loan`);
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

/** All principal that is owed by a new schedule; what is owed of the rest comes with its first instalment. */
function restructure(state: CashLoanState, fact: Restructured): void {
  if (state.closed) {
    state.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  const { valueDate: date, months, dailyRate } = fact;
  postPenalties(state, date);
  const accruedFen = accruedInterestFen(state, date);
  post(state, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: date,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(state.instalments.map((instalment) => instalment.owed));
  changeRate(state, date, dailyRate);
  // Interest of an instalment that was paid early is paid up to its due date already.
  const fromDate = maxDate(date, state.interestThrough);
  state.instalments = settledOf(state);
  state.method = 'level';
  state.anchor = date;
  state.anchorMonth = 1;
  state.interestThrough = fromDate;
  state.restructuredOn = date;
  state.restructuredTerms = {
    ...state.input.terms,
    principalFen: owed.principal,
    dailyRate,
    months,
    method: 'level',
    startDate: date,
    dueDates: undefined,
  };
  const plan = planInstalments({
    principalFen: owed.principal,
    fromDate,
    dueDates: monthlyDueDates(date, months),
    firstNumber: state.lastNumber + 1,
    method: 'level',
    dailyRate,
  });
  takePlan(state, plan, fromDate);
  const [first] = comingInstalments(state);
  if (!first) return;
  first.owed.fee = owed.fee;
  first.owed.penalty = owed.penalty;
  first.owed.interest = owed.interest + accruedFen;
}

/** Instalments that are paid; the due date of one that was paid early brings nothing any more. */
function settledOf(state: CashLoanState): Instalment[] {
  const settled = state.instalments.filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) === 0);
  return settled.map((instalment) => ({ ...instalment, isDue: true }));
}

function writeOff(state: CashLoanState, fact: WrittenOff): void {
  if (state.closed) {
    state.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  postPenalties(state, fact.valueDate);
  const accruedFen = accruedInterestFen(state, fact.valueDate);
  post(state, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: fact.valueDate,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(state.instalments.map((instalment) => instalment.owed));
  owed.interest += accruedFen;
  state.recoverableFen = totalOwedFen(owed);
  post(state, {
    key: fact.key,
    kind: 'write-off',
    valueDate: fact.valueDate,
    lines: [{ account: 'write-off-loss', amountFen: state.recoverableFen }, ...receivableLines(owed)],
  });
  for (const instalment of state.instalments) {
    instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
    settleAccrual(instalment.penalty);
  }
  state.closed = 'written-off';
}
