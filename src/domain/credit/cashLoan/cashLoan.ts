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
  accruePenalties,
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
  postPenalties,
  settleInstalmentDebt,
  takePlan,
} from './cashLoanState';
import { monthlyDueDates, planInstalments } from './schedule';

/** What a cash loan is at `asOf`, with every journal entry of its life so far. */
export function deriveCashLoan(input: CashLoanInput): DerivedAccount {
  return foldCashLoan(input).account;
}

/** The account, and what its facts named and was not there. */
export function foldCashLoan(input: CashLoanInput): { account: DerivedAccount; remarks: Remark[] } {
  const life = foldLife(input);
  moveDueDates(life);
  return { account: describeCashLoan(life), remarks: life.remarks };
}

function foldLife(input: CashLoanInput): CashLoanState {
  const deferrals = deferralsOf(input, (seen) => openDueDatesOf(foldLife(seen)));
  const life = openCashLoan(input, deferrals);
  for (const fact of factsInForce(input.facts, input.asOf)) {
    passCalendar(life, countsFrom(fact));
    applyFact(life, fact);
  }
  passCalendar(life, input.asOf);
  accruePenalties(life, input.asOf);
  return life;
}

/** Due dates up to and with a date, and after the last one the monthly postings of penalty. */
function passCalendar(life: CashLoanState, through: IsoDate): void {
  for (;;) {
    const next = life.instalments.find(({ isDue }) => !isDue);
    if (next) {
      if (next.plan.dueDate > through) return;
      next.isDue = true;
      fallDue(life, next);
      continue;
    }
    const date = nextPostingDate(life);
    if (date > through) return;
    life.postedOn = date;
    if (life.closed !== 'written-off') postPenalties(life, date);
  }
}

function applyFact(life: CashLoanState, fact: Fact): void {
  switch (fact.kind) {
    case 'disbursed':
      post(life, {
        key: fact.key,
        kind: 'disbursement',
        valueDate: fact.valueDate,
        lines: [
          { account: 'principal-receivable', amountFen: fact.amountFen },
          { account: 'funding', amountFen: -fact.amountFen },
        ],
      });
      break;
    case 'paid':
      takeLoanPayment(life, fact);
      break;
    case 'rate-corrected':
      if (fact.dailyRate !== undefined) changeRate(life, fact.valueDate, fact.dailyRate);
      break;
    case 'restructured':
      restructure(life, fact);
      break;
    case 'credit-returned':
      takeCreditReturn(life, fact);
      break;
    case 'written-off':
      writeOff(life, fact);
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
function fallDue(life: CashLoanState, instalment: Instalment): void {
  if (life.closed) return;
  const { dueDate, number } = instalment.plan;
  postPenalties(life, dueDate);
  postInstalmentInterest(life, instalment, dueDate);
  if (life.creditFen === 0) return;
  const { parts, settledFen } = settleInstalmentDebt(
    dueInstalments(life),
    life.creditFen,
    life.input.policy.allocationOrder,
  );
  life.creditFen -= settledFen;
  post(life, {
    key: `credit-applied/${number}`,
    kind: 'credit-applied',
    valueDate: dueDate,
    lines: [{ account: 'borrower-credit', amountFen: settledFen }, ...receivableLines(sumOwed(parts))],
  });
  closeWhenSettled(life);
}

/** All principal that is owed by a new schedule; what is owed of the rest comes with its first instalment. */
function restructure(life: CashLoanState, fact: Restructured): void {
  if (life.closed) {
    life.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  const { valueDate: date, months, dailyRate } = fact;
  postPenalties(life, date);
  const accruedFen = accruedInterestFen(life, date);
  post(life, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: date,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  changeRate(life, date, dailyRate);
  // Interest of an instalment that was paid early is paid up to its due date already.
  const fromDate = maxDate(date, life.interestThrough);
  life.instalments = settledOf(life);
  life.method = 'level';
  life.anchor = date;
  life.anchorMonth = 1;
  life.interestThrough = fromDate;
  life.restructuredOn = date;
  life.restructuredTerms = {
    ...life.input.terms,
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
    firstNumber: life.lastNumber + 1,
    method: 'level',
    dailyRate,
  });
  takePlan(life, plan, fromDate);
  const [first] = comingInstalments(life);
  if (!first) return;
  first.owed.fee = owed.fee;
  first.owed.penalty = owed.penalty;
  first.owed.interest = owed.interest + accruedFen;
}

/** Instalments that are paid; the due date of one that was paid early brings nothing any more. */
function settledOf(life: CashLoanState): Instalment[] {
  const settled = life.instalments.filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) === 0);
  return settled.map((instalment) => ({ ...instalment, isDue: true }));
}

function writeOff(life: CashLoanState, fact: WrittenOff): void {
  if (life.closed) {
    life.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  postPenalties(life, fact.valueDate);
  const accruedFen = accruedInterestFen(life, fact.valueDate);
  post(life, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: fact.valueDate,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  owed.interest += accruedFen;
  life.recoverableFen = totalOwedFen(owed);
  post(life, {
    key: fact.key,
    kind: 'write-off',
    valueDate: fact.valueDate,
    lines: [{ account: 'write-off-loss', amountFen: life.recoverableFen }, ...receivableLines(owed)],
  });
  for (const instalment of life.instalments) {
    instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
    settleAccrual(instalment.penalty);
  }
  life.closed = 'written-off';
}
