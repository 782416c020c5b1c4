/** What money from the borrower settles of a cash loan: docs/ledger.md, "What a payment settles". */

import { chargeLines, post, postCreditReturn, receivableLines, takeRecovery } from '../../ledger/postings';
import type { Component } from '../../policy/lendingPolicy';
import { addDays, daysBetween, type IsoDate, maxDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import { NOTHING_OWED, type Owed, sumOwed, totalOwedFen } from '../allocation';
import { type CreditReturned, isPrepayment, type Paid } from '../facts';
import {
  accruedInterestFen,
  addDebt,
  type CashLoanState,
  closeWhenSettled,
  comingInstalments,
  currentRate,
  dueInstalments,
  type Instalment,
  interestOf,
  postInstalmentInterest,
  settleInstalmentDebt,
  takePlan,
} from './cashLoanState';
import { postPenalties } from './lateInterest';
import { planInstalments } from './schedule';

/** Money that is being given out: what is left of it, and what it has settled so far. */
interface Funds {
  leftFen: Fen;
  parts: Owed[];
}

export function takeLoanPayment(state: CashLoanState, payment: Paid): void {
  remarkOnDesignation(state, payment);
  if (state.closed === 'written-off') {
    const { allocationOrder } = state.input.policy;
    takeRecovery(state, payment, {
      from: 'collections',
      settleRest: (restFen) => sumOwed(settleInstalmentDebt(dueInstalments(state), restFen, allocationOrder).parts),
    });
    return;
  }
  const creditBeforeFen = state.creditFen;
  const funds: Funds = { leftFen: payment.amountFen + creditBeforeFen, parts: [] };
  if (!state.closed) {
    postPenalties(state, payment.valueDate);
    const settlesAll = payment.intent !== 'instalment' && funds.leftFen >= payoffOn(state, payment.valueDate);
    if (settlesAll) bringForward(state, payment);
    settleDue(state, payment, funds);
    if (isPrepayment(payment.intent)) prepay(state, payment, funds);
    // A payoff that falls short waits as credit: the next one of the same date, or the next due date, finds it whole.
    else if (payment.intent === 'instalment') settleNext(state, payment, funds);
  }
  state.creditFen = funds.leftFen;
  post(state, {
    key: payment.key,
    kind: 'payment',
    valueDate: payment.valueDate,
    lines: [
      { account: 'collections', amountFen: payment.amountFen },
      ...receivableLines(sumOwed(funds.parts)),
      { account: 'borrower-credit', amountFen: creditBeforeFen - funds.leftFen },
    ],
  });
  closeWhenSettled(state);
}

/** A designation that finds nothing to settle changes nothing, and is told. */
function remarkOnDesignation(state: CashLoanState, { key, designatedInstalment }: Paid): void {
  if (designatedInstalment === undefined) return;
  if (dueInstalments(state).some(({ plan }) => plan.number === designatedInstalment)) return;
  const isThere = state.instalments.some(({ plan }) => plan.number === designatedInstalment);
  state.remarks.push({ key, code: isThere ? 'INSTALMENT_NOT_DUE' : 'UNKNOWN_INSTALMENT' });
}

/** The sum that settles everything on a date; a payment that does so within the cooling-off owes no interest. */
export function payoffOn(state: CashLoanState, date: IsoDate): Fen {
  const owed = sumOwed(state.instalments.map((instalment) => instalment.owed));
  return totalOwedFen(owed) + payoffInterestFen(state, date);
}

function payoffInterestFen(state: CashLoanState, date: IsoDate): Fen {
  const { policy, terms } = state.input;
  const { coolingOffDays } = policy;
  const isCoolingOff = coolingOffDays !== undefined && date <= addDays(terms.startDate, coolingOffDays);
  return isCoolingOff ? 0 : accruedInterestFen(state, date);
}

/** An early payoff: interest for actual days is posted and all coming principal becomes due now. */
function bringForward(state: CashLoanState, payment: Paid): void {
  const accruedFen = payoffInterestFen(state, payment.valueDate);
  const days = Math.max(0, daysBetween(state.interestThrough, payment.valueDate));
  const [first, ...others] = comingInstalments(state);
  if (!first) return;
  // The schedule says what was charged: the days so far with the first of them, nothing with the others.
  first.plan = { ...first.plan, days, interestFen: accruedFen };
  for (const other of others) other.plan = { ...other.plan, days: 0, interestFen: 0 };
  for (const instalment of [first, ...others]) instalment.isPosted = true;
  first.owed.interest += accruedFen;
  post(state, {
    key: `interest/${payment.key}`,
    kind: 'interest',
    valueDate: payment.valueDate,
    lines: chargeLines('interest', accruedFen),
  });
}

/** What is due: the designated instalment first, then the oldest; long overdue, all principal before the rest. */
function settleDue(state: CashLoanState, payment: Paid, funds: Funds): void {
  const { allocationOrder, principalFirstFromDaysPastDue, graceDays = 0 } = state.input.policy;
  const due = dueInstalments(state);
  const daysSince = Math.max(0, ...due.map(({ lateDate }) => daysBetween(lateDate, payment.valueDate)));
  const daysPast = daysSince > graceDays ? daysSince : 0;
  const debts = inDesignatedOrder(due, payment.designatedInstalment);
  if (principalFirstFromDaysPastDue !== undefined && daysPast >= principalFirstFromDaysPastDue) {
    give(debts, funds, ['principal']);
  }
  give(debts, funds, allocationOrder);
}

function inDesignatedOrder(due: Instalment[], designated: number | undefined): Instalment[] {
  if (designated === undefined) return due;
  return [
    ...due.filter(({ plan }) => plan.number === designated),
    ...due.filter(({ plan }) => plan.number !== designated),
  ];
}

function give(debts: readonly Instalment[], funds: Funds, order: readonly Component[]): void {
  const { parts, settledFen } = settleInstalmentDebt(debts, funds.leftFen, order);
  funds.parts.push(...parts);
  funds.leftFen -= settledFen;
}

/** The next instalment, when the money covers the whole of it. */
function settleNext(state: CashLoanState, payment: Paid, funds: Funds): void {
  const [next] = comingInstalments(state);
  if (!next || funds.leftFen < totalOwedFen(next.owed) + interestOf(state, next)) return;
  postInstalmentInterest(state, next, payment.valueDate);
  give([next], funds, state.input.policy.allocationOrder);
}

/** Prepayment in part: interest for actual days first, the rest of the money reduces what is not due, planned anew. */
function prepay(state: CashLoanState, payment: Paid, funds: Funds): void {
  const accruedFen = accruedInterestFen(state, payment.valueDate);
  const coming = comingInstalments(state);
  if (coming.length === 0 || funds.leftFen <= accruedFen) return;
  post(state, {
    key: `interest/${payment.key}`,
    kind: 'interest',
    valueDate: payment.valueDate,
    lines: chargeLines('interest', accruedFen),
  });
  const comingFen = coming.reduce((sum, { owed }) => sum + owed.principal, 0);
  const reducedFen = Math.min(funds.leftFen - accruedFen, comingFen);
  funds.parts.push({ ...NOTHING_OWED, interest: accruedFen, principal: reducedFen });
  funds.leftFen -= accruedFen + reducedFen;
  const isShorter = payment.intent === 'prepay-shorter-term' || reducedFen === comingFen;
  planAnew(state, payment.valueDate, comingFen - reducedFen, isShorter);
}

/** The coming instalments over what is left of their principal: fewer of the same payment, or all of a lower one. */
function planAnew(state: CashLoanState, date: IsoDate, principalFen: Fen, isShorter: boolean): void {
  const coming = comingInstalments(state);
  const [first] = coming;
  if (!first) return;
  // Interest of an instalment that was paid early is paid up to its due date already.
  const fromDate = maxDate(date, state.interestThrough);
  if (state.method === 'level-monthly') state.method = 'level';
  const plan = planInstalments({
    principalFen,
    fromDate,
    dueDates: coming.map(({ plan: { dueDate } }) => dueDate),
    firstNumber: first.plan.number,
    method: state.method,
    dailyRate: currentRate(state),
    keepPaymentFen: isShorter ? state.paymentFen : undefined,
    endsWhenRepaid: true,
  });
  // What a restructuring left to its first instalment stays due with the first.
  const { fee, penalty, interest } = first.owed;
  state.interestThrough = fromDate;
  takePlan(state, plan, fromDate);
  const [planned] = comingInstalments(state);
  if (!planned) return;
  planned.owed.fee = fee;
  planned.owed.penalty = penalty;
  planned.owed.interest = interest;
}

/** What was not there any more of the credit is owed at once. */
export function takeCreditReturn(state: CashLoanState, fact: CreditReturned): void {
  const owedFen = postCreditReturn(state, fact);
  if (owedFen === 0) return;
  addDebt(state, fact.key, fact.valueDate, owedFen);
  if (state.closed === 'settled') state.closed = undefined;
}
