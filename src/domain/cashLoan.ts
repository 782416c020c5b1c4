/**
 * The fold of a cash loan: from its terms and facts to what it is at a date. Pure; the same facts give the same
 * account whatever the order of their arrival. Rules and figures: facts 1.2, 2.6, 4.1; worked examples V1 to V5.
 *
 * - Interest of an instalment is posted on its due date, or when it is paid early.
 * - An ordinary payment settles what is due, oldest first, then the next instalment when it covers it in full; the
 *   rest is the borrower's credit and settles the next instalment on its due date.
 * - A payment with intent `payoff` settles everything when it covers the payoff amount: interest for actual days
 *   (Civil Code art. 677).
 * - Overdue principal bears the penalty rate from the day after the due date, simple.
 */

import type { CashLoanInput, DerivedAccount, Obligation } from './account';
import {
  type Accrual,
  accrueDays,
  penaltyRate,
  postAccrual,
  settleAccrual,
  startAccrual,
  unpostedFen,
} from './accrual';
import { addDays, addMonthsClamped, daysBetween, earliestAfter, type IsoDate } from './calendar';
import { bucketOf, daysPastDue, nextArrearsDates, stageOf } from './delinquency';
import { type Fact, inFactOrder, type Paid, type WrittenOff } from './facts';
import { freezesInForce } from './freezes';
import { type EntryKind, entryOf, type JournalEntry, type JournalLine, RECEIVABLE_OF } from './journal';
import { accrualFen, accrue, type Fen, scaleRate } from './money';
import type { Component } from './products';
import { type PlannedInstalment, planSchedule } from './schedule';
import { allocate, type Owed, sumOwed, totalOwedFen } from './waterfall';

interface Instalment {
  plan: PlannedInstalment;
  /** Whether its interest is posted: it is due, or was paid early. */
  posted: boolean;
  /** What is still to be paid; interest is 0 until it is posted. */
  owed: Owed;
  penalty: Accrual;
  penaltyThrough: IsoDate;
}

interface Life {
  input: CashLoanInput;
  instalments: Instalment[];
  creditFen: Fen;
  entries: JournalEntry[];
  closed: 'settled' | 'written-off' | undefined;
}

type Event = { date: IsoDate; due: Instalment } | { date: IsoDate; fact: Fact } | { date: IsoDate };

/** What a cash loan is at `asOf`, with every journal entry of its life so far. */
export function deriveCashLoan(input: CashLoanInput): DerivedAccount {
  const life = beginLife(input);
  for (const event of eventsOf(life)) {
    if ('due' in event) fallDue(life, event.due);
    else if ('fact' in event) applyFact(life, event.fact);
    else postPenalties(life, event.date);
  }
  accruePenalties(life, input.asOf);
  return describe(life);
}

function beginLife(input: CashLoanInput): Life {
  const rate = penaltyRate(input.terms.dailyRate, input.policy);
  const instalments = planSchedule(input.terms).map((plan) => ({
    plan,
    posted: false,
    owed: { fee: 0, penalty: 0, interest: 0, principal: plan.principalFen },
    penalty: startAccrual(rate),
    penaltyThrough: plan.dueDate,
  }));
  return { input, instalments, creditFen: 0, entries: [], closed: undefined };
}

/** Due dates and facts up to the date, and monthly posting dates after the last due date; due dates come first. */
function eventsOf(life: Life): Event[] {
  const { asOf, terms, facts } = life.input;
  const due: Event[] = life.instalments
    .filter((instalment) => instalment.plan.dueDate <= asOf)
    .map((instalment) => ({ date: instalment.plan.dueDate, due: instalment }));
  const postings: Event[] = [];
  for (let month = terms.months + 1; addMonthsClamped(terms.startDate, month) <= asOf; month++) {
    postings.push({ date: addMonthsClamped(terms.startDate, month) });
  }
  const arrived: Event[] = inFactOrder(facts)
    .filter((fact) => fact.valueDate <= asOf)
    .map((fact) => ({ date: fact.valueDate, fact }));
  return [...due, ...postings, ...arrived].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
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
    case 'written-off':
      writeOff(life, fact);
      break;
    case 'frozen':
    case 'lifted':
      break;
    case 'opened':
    case 'purchased':
    case 'refunded':
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
  const allocation = settle(life, dueInstalments(life), life.creditFen);
  const usedFen = allocation.settledFen;
  life.creditFen -= usedFen;
  post(life, `credit-applied/${number}`, 'credit-applied', dueDate, [
    { account: 'borrower-credit', amountFen: usedFen },
    ...receivableLines(allocation.parts),
  ]);
  closeWhenSettled(life);
}

function takePayment(life: Life, payment: Paid): void {
  const creditBeforeFen = life.creditFen;
  let fundsFen = payment.amountFen + creditBeforeFen;
  const parts: Owed[] = [];
  if (!life.closed) {
    postPenalties(life, payment.valueDate);
    if (payment.intent === 'payoff' && fundsFen >= payoffOn(life, payment.valueDate)) bringForward(life, payment);
    const due = settle(life, dueInstalments(life), fundsFen);
    parts.push(...due.parts);
    fundsFen -= due.settledFen;
    const next = life.instalments.find((instalment) => instalment.plan.dueDate > payment.valueDate);
    if (next && !next.posted && fundsFen >= next.owed.principal + next.plan.interestFen) {
      postInterest(life, next, payment.valueDate);
      const early = settle(life, [next], fundsFen);
      parts.push(...early.parts);
      fundsFen -= early.settledFen;
    }
  }
  life.creditFen = fundsFen;
  post(life, payment.key, 'payment', payment.valueDate, [
    { account: 'collections', amountFen: payment.amountFen },
    ...receivableLines(parts),
    { account: 'borrower-credit', amountFen: creditBeforeFen - fundsFen },
  ]);
  closeWhenSettled(life);
}

/** An early payoff: interest for actual days is posted and all coming principal becomes due now. */
function bringForward(life: Life, payment: Paid): void {
  const accruedFen = accruedInterestFen(life, payment.valueDate);
  const coming = life.instalments.filter((instalment) => !instalment.posted);
  for (const instalment of coming) instalment.posted = true;
  const first = coming[0];
  if (!first) return;
  first.owed.interest += accruedFen;
  post(life, `interest/${payment.key}`, 'interest', payment.valueDate, interestLines(accruedFen));
}

function writeOff(life: Life, fact: WrittenOff): void {
  if (life.closed) return;
  postPenalties(life, fact.valueDate);
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  post(life, fact.key, 'write-off', fact.valueDate, [
    { account: 'write-off-loss', amountFen: totalOwedFen(owed) },
    ...receivableLines([owed]),
  ]);
  for (const instalment of life.instalments) {
    instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
    settleAccrual(instalment.penalty);
  }
  life.closed = 'written-off';
}

/** Settles instalments, oldest first; a penalty that is paid in full starts anew with its own rounding. */
function settle(life: Life, instalments: Instalment[], fundsFen: Fen): { parts: Owed[]; settledFen: Fen } {
  const debts = instalments.map((instalment) => instalment.owed);
  const allocation = allocate(fundsFen, debts, life.input.policy.allocationOrder);
  instalments.forEach((instalment, index) => {
    const part = allocation.settled[index];
    if (!part) return;
    for (const component of COMPONENTS) instalment.owed[component] -= part[component];
    if (part.penalty > 0 && instalment.owed.penalty === 0) settleAccrual(instalment.penalty);
  });
  return { parts: allocation.settled, settledFen: allocation.settledFen };
}

const COMPONENTS: Component[] = ['fee', 'penalty', 'interest', 'principal'];

function dueInstalments(life: Life): Instalment[] {
  return life.instalments.filter((instalment) => instalment.posted && totalOwedFen(instalment.owed) > 0);
}

function postInterest(life: Life, instalment: Instalment, date: IsoDate): void {
  if (instalment.posted) return;
  instalment.posted = true;
  instalment.owed.interest = instalment.plan.interestFen;
  post(life, `interest/${instalment.plan.number}`, 'interest', date, interestLines(instalment.plan.interestFen));
}

/** Brings every overdue instalment's penalty up to the date, exactly. */
function accruePenalties(life: Life, date: IsoDate): void {
  for (const instalment of life.instalments) {
    const days = daysBetween(instalment.penaltyThrough, date);
    if (days <= 0) continue;
    accrueDays(instalment.penalty, instalment.owed.principal, days);
    instalment.penaltyThrough = date;
  }
}

function postPenalties(life: Life, date: IsoDate): void {
  accruePenalties(life, date);
  let postedFen = 0;
  for (const instalment of life.instalments) {
    const amountFen = postAccrual(instalment.penalty);
    instalment.owed.penalty += amountFen;
    postedFen += amountFen;
  }
  post(life, `penalty/${date}`, 'penalty', date, [
    { account: 'penalty-receivable', amountFen: postedFen },
    { account: 'penalty-income', amountFen: -postedFen },
  ]);
}

/** Interest on the principal that is not due yet, for actual days since interest was last posted. */
function accruedInterestFen(life: Life, date: IsoDate): Fen {
  const { startDate, dailyRate } = life.input.terms;
  const through = life.instalments.reduce((last, { posted, plan }) => (posted ? plan.dueDate : last), startDate);
  const comingFen = life.instalments.reduce((sum, { posted, owed }) => (posted ? sum : sum + owed.principal), 0);
  return accrualFen(accrue(comingFen, scaleRate(dailyRate), Math.max(0, daysBetween(through, date))));
}

function payoffOn(life: Life, date: IsoDate): Fen {
  const owed = sumOwed(life.instalments.map((instalment) => instalment.owed));
  return totalOwedFen(owed) + accruedInterestFen(life, date);
}

function closeWhenSettled(life: Life): void {
  if (life.instalments.every((instalment) => instalment.posted && totalOwedFen(instalment.owed) === 0)) {
    life.closed = 'settled';
  }
}

function interestLines(amountFen: Fen): JournalLine[] {
  return [
    { account: 'interest-receivable', amountFen },
    { account: 'interest-income', amountFen: -amountFen },
  ];
}

function receivableLines(parts: readonly Owed[]): JournalLine[] {
  const sum = sumOwed(parts);
  return COMPONENTS.map((component) => ({ account: RECEIVABLE_OF[component], amountFen: -sum[component] }));
}

function post(life: Life, key: string, kind: EntryKind, date: IsoDate, lines: JournalLine[]): void {
  const entry = entryOf(key, kind, date, lines);
  if (entry) life.entries.push(entry);
}

function describe(life: Life): DerivedAccount {
  const { asOf, facts, terms } = life.input;
  const owedNow = life.instalments.map(({ owed, penalty }) => ({
    ...owed,
    penalty: owed.penalty + unpostedFen(penalty),
  }));
  const obligations = life.closed ? [] : obligationsOf(life, owedNow);
  const overdue = obligations.filter((obligation) => obligation.dueDate < asOf);
  const days = daysPastDue(overdue[0]?.dueDate, asOf);
  const sum = sumOwed(owedNow);
  const accruedFen = life.closed ? 0 : accruedInterestFen(life, asOf);
  return {
    product: 'cash-loan',
    asOf,
    stage: life.closed ?? stageOf(days, life.input.policy.writeOffReviewDaysPastDue),
    balances: {
      principalFen: sum.principal,
      interestFen: sum.interest + accruedFen,
      penaltyFen: sum.penalty,
      feeFen: sum.fee,
      creditFen: life.creditFen,
    },
    obligations,
    daysPastDue: days,
    bucket: bucketOf(days),
    overdueFen: overdue.reduce((total, obligation) => total + obligation.owedFen, 0),
    payoffFen: Math.max(0, totalOwedFen(sum) + accruedFen - life.creditFen),
    limitFen: terms.principalFen,
    availableFen: 0,
    freezes: freezesInForce(facts, asOf),
    statements: [],
    minimumOnlyStreak: 0,
    entries: life.entries,
    nextChangeOn: nextChangeOf(life, overdue[0]?.dueDate),
  };
}

/** Overdue instalments that are owed, and the next one that is not due yet; its credit counts as paid. */
function obligationsOf(life: Life, owedNow: readonly Owed[]): Obligation[] {
  const { asOf } = life.input;
  const obligations: Obligation[] = [];
  for (const [index, instalment] of life.instalments.entries()) {
    const owed = owedNow[index];
    if (!owed) continue;
    const isComing = instalment.plan.dueDate >= asOf;
    const interestFen = instalment.posted ? owed.interest : instalment.plan.interestFen;
    const grossFen = totalOwedFen({ ...owed, interest: interestFen });
    const owedFen = Math.max(0, grossFen - (isComing && !instalment.posted ? life.creditFen : 0));
    if (owedFen > 0) {
      const key = `instalment-${instalment.plan.number}`;
      obligations.push({
        key,
        dueDate: instalment.plan.dueDate,
        owedFen,
        minimumFen: owedFen,
        penaltyFen: owed.penalty,
      });
    }
    if (isComing && (owedFen > 0 || !instalment.posted)) break;
  }
  return obligations;
}

/** The day after the next due date, the next bucket, or the review: whichever comes first. */
function nextChangeOf(life: Life, oldestOverdue: IsoDate | undefined): IsoDate | undefined {
  if (life.closed) return undefined;
  const { asOf, policy } = life.input;
  const candidates = nextArrearsDates(oldestOverdue, asOf, policy.writeOffReviewDaysPastDue);
  const coming = life.instalments.find(
    ({ plan, posted, owed }) => plan.dueDate >= asOf && (!posted || owed.principal > 0),
  );
  if (coming) candidates.push(addDays(coming.plan.dueDate, 1));
  return earliestAfter(asOf, candidates);
}
