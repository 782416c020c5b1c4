/**
 * The fold of a cash loan: from its terms and facts to what it is at a date. Pure; the same facts give the same
 * account whatever the order of their arrival. Rules and figures: docs/ledger.md; facts 1.2, 2.6, 4.1; worked examples
 * V1 to V5.
 *
 * - Interest of an instalment is posted on its due date, or when it is paid early.
 * - Overdue principal bears the penalty rate from the day after the due date, simple.
 * - What a payment settles: `cashLoanPayments.ts`.
 */
import type { CashLoanInput, CashLoanTerms, DerivedAccount, Obligation, ScheduleRow } from './account';
import { settleAccrual, unpostedFen } from './accrual';
import { deferralsOf } from './bouncedPrepayments';
import { addDays, addMonthsClamped, type IsoDate, maxDate } from './calendar';
import {
  accruedInterestFen,
  accruePenalties,
  beginLife,
  changeRate,
  closeWhenSettled,
  comingInstalments,
  currentRate,
  dueInstalments,
  type Instalment,
  interestOf,
  type Life,
  moveDueDates,
  openDueDatesOf,
  postInterest,
  postPenalties,
  settle,
  takePlan,
} from './cashLoanLife';
import { payoffOn, takeCreditReturn, takePayment } from './cashLoanPayments';
import { countsFrom, type Fact, factsInForce, type Restructured, type WrittenOff } from './facts';
import { accountFigures } from './figures';
import { freezesInForce } from './freezes';
import type { Fen } from './money';
import { chargeLines, post, receivableLines } from './postings';
import type { Remark } from './references';
import { monthlyDueDates, planInstalments } from './schedule';
import { type Owed, sumOwed, totalOwedFen } from './waterfall';

/** What a cash loan is at `asOf`, with every journal entry of its life so far. */
export function deriveCashLoan(input: CashLoanInput): DerivedAccount {
  return foldCashLoan(input).account;
}

/** The account, and what its facts named and was not there. */
export function foldCashLoan(input: CashLoanInput): { account: DerivedAccount; remarks: Remark[] } {
  const life = foldLife(input);
  moveDueDates(life);
  return { account: describe(life), remarks: life.remarks };
}

function foldLife(input: CashLoanInput): Life {
  const deferrals = deferralsOf(input, (seen) => openDueDatesOf(foldLife(seen)));
  const life = beginLife(input, deferrals);
  for (const fact of factsInForce(input.facts, input.asOf)) {
    passCalendar(life, countsFrom(fact));
    applyFact(life, fact);
  }
  passCalendar(life, input.asOf);
  accruePenalties(life, input.asOf);
  return life;
}

/** Due dates up to and with a date, and after the last one the monthly postings of penalty. */
function passCalendar(life: Life, through: IsoDate): void {
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

/** The month's day after the last due date and the last posting. */
function nextPostingDate(life: Life): IsoDate {
  const last = life.instalments.at(-1)?.plan.dueDate ?? life.anchor;
  const after = maxDate(last, life.postedOn);
  while (addMonthsClamped(life.anchor, life.anchorMonth) <= after) life.anchorMonth += 1;
  return addMonthsClamped(life.anchor, life.anchorMonth);
}

function applyFact(life: Life, fact: Fact): void {
  switch (fact.kind) {
    case 'disbursed':
      post(life, fact.key, 'disbursement', fact.valueDate, [
        { account: 'principal-receivable', amountFen: fact.amountFen },
        { account: 'funding', amountFen: -fact.amountFen },
      ]);
      break;
    case 'paid':
      takePayment(life, fact);
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
function fallDue(life: Life, instalment: Instalment): void {
  if (life.closed) return;
  const { dueDate, number } = instalment.plan;
  postPenalties(life, dueDate);
  postInterest(life, instalment, dueDate);
  if (life.creditFen === 0) return;
  const { parts, settledFen } = settle(dueInstalments(life), life.creditFen, life.input.policy.allocationOrder);
  life.creditFen -= settledFen;
  post(life, `credit-applied/${number}`, 'credit-applied', dueDate, [
    { account: 'borrower-credit', amountFen: settledFen },
    ...receivableLines(sumOwed(parts)),
  ]);
  closeWhenSettled(life);
}

/** All principal that is owed by a new schedule; what is owed of the rest comes with its first instalment. */
function restructure(life: Life, fact: Restructured): void {
  if (life.closed) {
    life.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  const { valueDate: date, months, dailyRate } = fact;
  postPenalties(life, date);
  const accruedFen = accruedInterestFen(life, date);
  post(life, `interest/${fact.key}`, 'interest', date, chargeLines('interest', accruedFen));
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  changeRate(life, date, dailyRate);
  // Interest of an instalment that was paid early is paid up to its due date already.
  const fromDate = maxDate(date, life.interestThrough);
  Object.assign(life, {
    instalments: settledOf(life),
    method: 'level',
    anchor: date,
    anchorMonth: 1,
    interestThrough: fromDate,
    restructuredOn: date,
    restructuredTerms: {
      ...life.input.terms,
      ...{ principalFen: owed.principal, dailyRate, months, method: 'level', startDate: date, dueDates: undefined },
    },
  });
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
  Object.assign(first.owed, { fee: owed.fee, penalty: owed.penalty, interest: owed.interest + accruedFen });
}

/** Instalments that are paid; the due date of one that was paid early brings nothing any more. */
function settledOf(life: Life): Instalment[] {
  const settled = life.instalments.filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) === 0);
  return settled.map((instalment) => ({ ...instalment, isDue: true }));
}

function writeOff(life: Life, fact: WrittenOff): void {
  if (life.closed) {
    life.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  postPenalties(life, fact.valueDate);
  const accruedFen = accruedInterestFen(life, fact.valueDate);
  post(life, `interest/${fact.key}`, 'interest', fact.valueDate, chargeLines('interest', accruedFen));
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  owed.interest += accruedFen;
  life.recoverableFen = totalOwedFen(owed);
  post(life, fact.key, 'write-off', fact.valueDate, [
    { account: 'write-off-loss', amountFen: life.recoverableFen },
    ...receivableLines(owed),
  ]);
  for (const instalment of life.instalments) {
    instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
    settleAccrual(instalment.penalty);
  }
  life.closed = 'written-off';
}

function describe(life: Life): DerivedAccount {
  const { asOf, facts, policy, terms } = life.input;
  const owedNow = life.instalments.map(({ owed, penalty }) => ({
    ...owed,
    penalty: owed.penalty + unpostedFen(penalty),
  }));
  const sum = sumOwed(owedNow);
  const unpostedPenaltyFen = life.instalments.reduce((total, { penalty }) => total + unpostedFen(penalty), 0);
  const obligations = life.closed ? [] : obligationsOf(life, owedNow);
  const unpostedInterestFen = life.closed ? 0 : accruedInterestFen(life, asOf);
  const balances = {
    principalFen: sum.principal,
    interestFen: sum.interest + unpostedInterestFen,
    penaltyFen: sum.penalty,
    feeFen: sum.fee,
    creditFen: life.creditFen,
  };
  const freezes = freezesInForce(facts, asOf);
  const figures = accountFigures({
    ...{ asOf, closed: life.closed, obligations, balances, freezes },
    settlesFen: life.closed ? totalOwedFen(sum) : payoffOn(life, asOf) + unpostedPenaltyFen,
    ...{ unpostedInterestFen, unpostedPenaltyFen },
    recoverableFen: life.recoverableFen,
    // It is drawn at once.
    unusedLimitFen: 0,
    stopsWhenPastDue: true,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    restructuredOn: life.restructuredOn,
    rungDays: life.input.rungDays ?? [],
    changesOn: changesOf(life),
  });
  return {
    ...{ product: 'cash-loan', asOf, terms: termsInForce(life), balances, obligations, freezes, ...figures },
    comingFeeFen: 0,
    limitFen: terms.principalFen,
    statements: [],
    schedule: scheduleOf(life, owedNow),
    recoverableFen: life.recoverableFen,
    minimumOnlyStreak: 0,
    entries: life.entries,
  };
}

/** After a restructuring the new schedule's, and always the rate of now. */
function termsInForce(life: Life): CashLoanTerms {
  const { terms } = life.input;
  return { ...(life.restructuredTerms ?? terms), dailyRate: currentRate(life) };
}

/** A debt that is no instalment has no row. */
function scheduleOf(life: Life, owedNow: readonly Owed[]): ScheduleRow[] {
  const rows = life.instalments.map((instalment, index) => rowOf(life, instalment, owedNow[index]));
  // By number, not by due date: what is missing of a debt may be due later than the one after it.
  return rows.filter(({ number }) => number > 0).sort((one, other) => one.number - other.number);
}

function rowOf(life: Life, instalment: Instalment, owed: Owed | undefined): ScheduleRow {
  const { number, dueDate, days, principalFen } = instalment.plan;
  const interestFen = interestOf(life, instalment);
  return { number, dueDate, days, principalFen, interestFen, owedFen: grossFen(life, instalment, owed) };
}

/** What is owed of an instalment, its interest counted in full before it is posted; nothing once the loan is closed. */
function grossFen(life: Life, instalment: Instalment, owed: Owed | undefined): Fen {
  if (!owed || life.closed) return 0;
  return totalOwedFen(owed) + (instalment.isPosted ? 0 : interestOf(life, instalment));
}

/** Overdue instalments that are owed, and the next one that is not due yet; its credit counts as paid. */
function obligationsOf(life: Life, owedNow: readonly Owed[]): Obligation[] {
  const { asOf, policy } = life.input;
  const obligations: Obligation[] = [];
  for (const [index, instalment] of life.instalments.entries()) {
    const { dueDate } = instalment.plan;
    const isComing = dueDate >= asOf;
    const creditFen = isComing && !instalment.isPosted ? life.creditFen : 0;
    const owedFen = Math.max(0, grossFen(life, instalment, owedNow[index]) - creditFen);
    if (owedFen > 0) {
      obligations.push({
        key: instalment.key,
        dueDate,
        lateFrom: addDays(dueDate, (policy.graceDays ?? 0) + 1),
        owedFen,
        minimumFen: owedFen,
        penaltyFen: owedNow[index]?.penalty ?? 0,
      });
    }
    if (isComing && (owedFen > 0 || !instalment.isPosted)) break;
  }
  return obligations.sort((a, b) => (a.dueDate < b.dueDate ? -1 : a.dueDate > b.dueDate ? 1 : 0));
}

/**
 * Due dates, on which interest is posted, and with something late the penalty so far; after the last one the monthly
 * postings of penalty; facts whose date has not come.
 */
function changesOf(life: Life): IsoDate[] {
  const { facts } = life.input;
  const factsToCome = facts.map(countsFrom);
  if (life.closed) return factsToCome;
  const isLate = life.instalments.some(({ isPosted, owed, penalty }) => {
    // Also what accrued before the rate became nothing is still to be posted.
    return (isPosted && owed.principal > 0 && penalty.rate.numerator > 0n) || unpostedFen(penalty) > 0;
  });
  const coming = life.instalments.filter(({ isDue, isPosted }) => !isDue && (isLate || !isPosted));
  const dueDates = coming.map(({ plan }) => plan.dueDate);
  const hasPassed = life.instalments.every(({ isDue }) => isDue);
  return [...factsToCome, ...dueDates, ...(hasPassed && isLate ? [nextPostingDate(life)] : [])];
}
