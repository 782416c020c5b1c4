/**
 * The fold of a revolving account: purchases first, a bill each month, payment later. Pure; rules and figures: facts
 * 1.1, 4.1; worked examples V7, V8.
 *
 * - A bill takes up all purchases before its date; a purchase that arrives after its bill was issued is on the next.
 * - Billed principal bears nothing until its due date. After it, what is left accrues daily: the revolving rate when
 *   the minimum was met, the overdue rate while it is not. Interest is posted with the next bill; penalty with the
 *   next bill or payment, so that a late payment covers it.
 * - A payment settles billed debts (penalty and interest first, oldest principal next), then purchases that are not
 *   billed yet; the rest is the borrower's credit, and the next purchase uses it.
 */

import type { DerivedAccount, Obligation, RevolvingInput, Statement } from './account';
import { type Accrual, accrueDays, exactRate, postAccrual, settleAccrual, startAccrual, unpostedFen } from './accrual';
import { dueDateOf, minimumPaymentFen, nextBillDate, wasMinimumOnly } from './billing';
import { addDays, daysBetween, earliestAfter, type IsoDate } from './calendar';
import { bucketOf, daysPastDue, nextArrearsDates, stageOf } from './delinquency';
import { type Fact, inFactOrder, type Paid, type Purchased, type Refunded, type WrittenOff } from './facts';
import { freezesInForce } from './freezes';
import { type EntryKind, entryOf, type JournalEntry, type JournalLine } from './journal';
import type { Fen } from './money';
import { allocate, type Owed, totalOwedFen } from './waterfall';

/** Principal of one bill that is not paid yet. */
interface Layer {
  number: number;
  dueDate: IsoDate;
  principalFen: Fen;
}

/** What is missing of the minimum of one bill, on top of the bills before it. */
interface Minimum {
  number: number;
  dueDate: IsoDate;
  missingFen: Fen;
}

interface Life {
  input: RevolvingInput;
  at: IsoDate;
  layers: Layer[];
  minimums: Minimum[];
  unbilledFen: Fen;
  interestFen: Fen;
  penaltyFen: Fen;
  creditFen: Fen;
  interest: Accrual;
  penalty: Accrual;
  statements: Statement[];
  paidSinceBillFen: Fen;
  chargedSinceBillFen: Fen;
  minimumOnlyStreak: number;
  isWrittenOff: boolean;
  entries: JournalEntry[];
}

type Event = { date: IsoDate; bill: number } | { date: IsoDate; fact: Fact } | { date: IsoDate };

/** What a revolving account is at `asOf`, with every bill and journal entry of its life so far. */
export function deriveRevolving(input: RevolvingInput): DerivedAccount {
  const life = beginLife(input);
  for (const event of eventsOf(input)) {
    passTime(life, event.date);
    if ('bill' in event) issueBill(life, event.bill);
    else if ('fact' in event) applyFact(life, event.fact);
  }
  passTime(life, input.asOf);
  return describe(life);
}

function beginLife(input: RevolvingInput): Life {
  return {
    input,
    at: input.terms.openDate,
    layers: [],
    minimums: [],
    unbilledFen: 0,
    interestFen: 0,
    penaltyFen: 0,
    creditFen: 0,
    interest: startAccrual(exactRate(input.policy.revolvingDailyRate)),
    penalty: startAccrual(exactRate(input.policy.overdueDailyRate)),
    statements: [],
    paidSinceBillFen: 0,
    chargedSinceBillFen: 0,
    minimumOnlyStreak: 0,
    isWrittenOff: false,
    entries: [],
  };
}

/** Bills, due dates (where the accrual changes) and facts up to the date; on one date the bill comes first. */
function eventsOf(input: RevolvingInput): Event[] {
  const { terms, policy, asOf } = input;
  const bills: Event[] = [];
  const dues: Event[] = [];
  let billDate = nextBillDate(terms.openDate, policy.billDay);
  for (let number = 1; billDate <= asOf; number++) {
    bills.push({ date: billDate, bill: number });
    const dueDate = dueDateOf(billDate, terms);
    if (dueDate <= asOf) dues.push({ date: dueDate });
    billDate = nextBillDate(billDate, policy.billDay);
  }
  const facts: Event[] = inFactOrder(input.facts)
    .map((fact) => ({ date: effectiveDate(fact), fact }))
    .filter(({ date }) => date <= asOf);
  return [...bills, ...dues, ...facts].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

function effectiveDate(fact: Fact): IsoDate {
  return fact.kind === 'purchased' || fact.kind === 'refunded' ? fact.billableFrom : fact.valueDate;
}

/** Accrues from the last event to this one; nothing that decides the rate changes in between. */
function passTime(life: Life, date: IsoDate): void {
  const days = daysBetween(life.at, date);
  if (days <= 0) return;
  const pastDueFen = life.layers.reduce((sum, layer) => (layer.dueDate <= life.at ? sum + layer.principalFen : sum), 0);
  const isOverdue = life.minimums.some((minimum) => minimum.dueDate <= life.at);
  accrueDays(isOverdue ? life.penalty : life.interest, pastDueFen, days);
  life.at = date;
}

function applyFact(life: Life, fact: Fact): void {
  switch (fact.kind) {
    case 'purchased':
      purchase(life, fact);
      break;
    case 'refunded':
      refund(life, fact);
      break;
    case 'paid':
      takePayment(life, fact);
      break;
    case 'written-off':
      writeOff(life, fact);
      break;
    case 'opened':
    case 'frozen':
    case 'lifted':
      break;
    case 'disbursed':
      throw new Error(`fact ${fact.key} (disbursed) does not belong to a revolving account`);
  }
}

function purchase(life: Life, fact: Purchased): void {
  const fromCreditFen = Math.min(life.creditFen, fact.amountFen);
  life.creditFen -= fromCreditFen;
  life.unbilledFen += fact.amountFen - fromCreditFen;
  post(life, fact.key, 'purchase', fact.valueDate, [
    { account: 'principal-receivable', amountFen: fact.amountFen - fromCreditFen },
    { account: 'borrower-credit', amountFen: fromCreditFen },
    { account: 'funding', amountFen: -fact.amountFen },
  ]);
}

/** A refund undoes purchases: those not billed yet first, then billed ones, oldest first; the rest is credit. */
function refund(life: Life, fact: Refunded): void {
  let leftFen = fact.amountFen;
  const unbilledFen = Math.min(leftFen, life.unbilledFen);
  life.unbilledFen -= unbilledFen;
  leftFen -= unbilledFen;
  for (const layer of life.layers) {
    const partFen = Math.min(leftFen, layer.principalFen);
    layer.principalFen -= partFen;
    leftFen -= partFen;
  }
  life.creditFen += leftFen;
  capMinimums(life);
  post(life, fact.key, 'refund', fact.valueDate, [
    { account: 'funding', amountFen: fact.amountFen },
    { account: 'principal-receivable', amountFen: leftFen - fact.amountFen },
    { account: 'borrower-credit', amountFen: -leftFen },
  ]);
}

function takePayment(life: Life, fact: Paid): void {
  postPenalty(life);
  const settled = settle(life, fact.amountFen);
  life.creditFen += fact.amountFen - totalOwedFen(settled);
  post(life, fact.key, 'payment', fact.valueDate, [
    { account: 'collections', amountFen: fact.amountFen },
    { account: 'penalty-receivable', amountFen: -settled.penalty },
    { account: 'interest-receivable', amountFen: -settled.interest },
    { account: 'principal-receivable', amountFen: -settled.principal },
    { account: 'borrower-credit', amountFen: totalOwedFen(settled) - fact.amountFen },
  ]);
  life.paidSinceBillFen += fact.amountFen;
}

/** Settles charges and principal by the policy's order, and with what it settles of bills, their minimums. */
function settle(life: Life, amountFen: Fen): Owed {
  const principalFen = life.layers.reduce((sum, layer) => sum + layer.principalFen, 0);
  const billed: Owed = { fee: 0, penalty: life.penaltyFen, interest: life.interestFen, principal: principalFen };
  const unbilled: Owed = { fee: 0, penalty: 0, interest: 0, principal: life.unbilledFen };
  const { settled } = allocate(amountFen, [billed, unbilled], life.input.policy.allocationOrder);
  const ofBills = settled[0] ?? billed;
  const ofUnbilledFen = settled[1]?.principal ?? 0;
  life.penaltyFen -= ofBills.penalty;
  life.interestFen -= ofBills.interest;
  life.unbilledFen -= ofUnbilledFen;
  if (ofBills.penalty > 0 && life.penaltyFen === 0) settleAccrual(life.penalty);
  payLayers(life, ofBills.principal);
  meetMinimums(life, totalOwedFen(ofBills));
  return { ...ofBills, principal: ofBills.principal + ofUnbilledFen };
}

function payLayers(life: Life, amountFen: Fen): void {
  let leftFen = amountFen;
  for (const layer of life.layers) {
    const partFen = Math.min(leftFen, layer.principalFen);
    layer.principalFen -= partFen;
    leftFen -= partFen;
  }
  life.layers = life.layers.filter((layer) => layer.principalFen > 0);
}

function meetMinimums(life: Life, amountFen: Fen): void {
  let leftFen = amountFen;
  for (const minimum of life.minimums) {
    const partFen = Math.min(leftFen, minimum.missingFen);
    minimum.missingFen -= partFen;
    leftFen -= partFen;
  }
  capMinimums(life);
}

/** No more can be missing of minimums than is owed of bills; what is met is forgotten. */
function capMinimums(life: Life): void {
  let owedFen = billedOwedFen(life);
  for (const minimum of life.minimums) {
    minimum.missingFen = Math.min(minimum.missingFen, owedFen);
    owedFen -= minimum.missingFen;
  }
  life.minimums = life.minimums.filter((minimum) => minimum.missingFen > 0);
}

function billedOwedFen(life: Life): Fen {
  return life.penaltyFen + life.interestFen + life.layers.reduce((sum, layer) => sum + layer.principalFen, 0);
}

/** The bill: charges are posted, purchases become billed principal, the minimum is set. */
function issueBill(life: Life, number: number): void {
  if (life.isWrittenOff) return;
  const { terms, policy, issued } = life.input;
  postPenalty(life);
  postInterest(life);
  applyCredit(life);
  judgePreviousBill(life);
  const billDate = life.at;
  const dueDate = dueDateOf(billDate, terms);
  if (life.unbilledFen > 0) life.layers.push({ number, dueDate, principalFen: life.unbilledFen });
  life.unbilledFen = 0;
  const principalFen = life.layers.reduce((sum, layer) => sum + layer.principalFen, 0);
  const totalFen = billedOwedFen(life) - life.creditFen;
  const unmetMinimumFen = life.minimums.reduce((sum, minimum) => sum + minimum.missingFen, 0);
  const newChargesFen = Math.min(life.chargedSinceBillFen, life.interestFen + life.penaltyFen);
  const billed = { principalFen, newChargesFen, unmetMinimumFen, totalFen };
  const statement = issued.find((earlier) => earlier.number === number) ?? {
    number,
    billDate,
    dueDate,
    totalFen,
    minimumPaymentFen: minimumPaymentFen(billed, policy),
    principalFen,
    interestFen: life.interestFen,
    penaltyFen: life.penaltyFen,
  };
  life.statements.push(statement);
  const missingFen = Math.max(0, statement.minimumPaymentFen - unmetMinimumFen);
  if (missingFen > 0) life.minimums.push({ number, dueDate, missingFen });
  capMinimums(life);
  life.paidSinceBillFen = 0;
  life.chargedSinceBillFen = 0;
}

function judgePreviousBill(life: Life): void {
  const previous = life.statements.at(-1);
  if (!previous) return;
  const isMet = !life.minimums.some((minimum) => minimum.number === previous.number);
  const isMinimumOnly = wasMinimumOnly(previous, life.paidSinceBillFen, isMet);
  life.minimumOnlyStreak = isMinimumOnly ? life.minimumOnlyStreak + 1 : 0;
}

function postInterest(life: Life): void {
  const amountFen = postAccrual(life.interest);
  settleAccrual(life.interest);
  life.interestFen += amountFen;
  life.chargedSinceBillFen += amountFen;
  post(life, `interest/${life.at}`, 'interest', life.at, [
    { account: 'interest-receivable', amountFen },
    { account: 'interest-income', amountFen: -amountFen },
  ]);
}

/** Credit that waited settles what is owed now; principal it would have settled when it came. */
function applyCredit(life: Life): void {
  if (life.creditFen === 0) return;
  const settled = settle(life, life.creditFen);
  const usedFen = totalOwedFen(settled);
  life.creditFen -= usedFen;
  post(life, `credit-applied/${life.at}`, 'credit-applied', life.at, [
    { account: 'borrower-credit', amountFen: usedFen },
    { account: 'penalty-receivable', amountFen: -settled.penalty },
    { account: 'interest-receivable', amountFen: -settled.interest },
    { account: 'principal-receivable', amountFen: -settled.principal },
  ]);
}

function postPenalty(life: Life): void {
  const amountFen = postAccrual(life.penalty);
  life.penaltyFen += amountFen;
  life.chargedSinceBillFen += amountFen;
  post(life, `penalty/${life.at}`, 'penalty', life.at, [
    { account: 'penalty-receivable', amountFen },
    { account: 'penalty-income', amountFen: -amountFen },
  ]);
}

function writeOff(life: Life, fact: WrittenOff): void {
  if (life.isWrittenOff) return;
  postPenalty(life);
  postInterest(life);
  const principalFen = life.unbilledFen + life.layers.reduce((sum, layer) => sum + layer.principalFen, 0);
  post(life, fact.key, 'write-off', fact.valueDate, [
    { account: 'write-off-loss', amountFen: principalFen + life.interestFen + life.penaltyFen },
    { account: 'principal-receivable', amountFen: -principalFen },
    { account: 'interest-receivable', amountFen: -life.interestFen },
    { account: 'penalty-receivable', amountFen: -life.penaltyFen },
  ]);
  Object.assign(life, { layers: [], minimums: [], unbilledFen: 0, interestFen: 0, penaltyFen: 0, isWrittenOff: true });
}

function post(life: Life, key: string, kind: EntryKind, date: IsoDate, lines: JournalLine[]): void {
  const entry = entryOf(key, kind, date, lines);
  if (entry) life.entries.push(entry);
}

function describe(life: Life): DerivedAccount {
  const { asOf, facts, terms } = life.input;
  const billedPrincipalFen = life.layers.reduce((sum, layer) => sum + layer.principalFen, 0);
  const principalFen = billedPrincipalFen + life.unbilledFen;
  const penaltyFen = life.penaltyFen + unpostedFen(life.penalty);
  const interestFen = life.interestFen + unpostedFen(life.interest);
  const obligations = obligationsOf(life, penaltyFen);
  const overdue = obligations.filter((obligation) => obligation.dueDate < asOf);
  const days = daysPastDue(overdue[0]?.dueDate, asOf);
  return {
    product: 'revolving',
    asOf,
    stage: life.isWrittenOff ? 'written-off' : stageOf(days, life.input.policy.writeOffReviewDaysPastDue),
    balances: { principalFen, interestFen, penaltyFen, feeFen: 0, creditFen: life.creditFen },
    obligations,
    daysPastDue: days,
    bucket: bucketOf(days),
    overdueFen: overdue.reduce((sum, obligation) => sum + obligation.owedFen, 0),
    payoffFen: Math.max(0, principalFen + penaltyFen + interestFen - life.creditFen),
    limitFen: terms.limitFen,
    availableFen: Math.max(0, terms.limitFen - principalFen + life.creditFen),
    freezes: freezesInForce(facts, asOf),
    statements: life.statements,
    minimumOnlyStreak: life.minimumOnlyStreak,
    entries: life.entries,
    nextChangeOn: nextChangeOf(life, overdue[0]?.dueDate),
  };
}

/** Bills whose minimum was missed, each with its own part; and the last bill while it is not due yet. */
function obligationsOf(life: Life, penaltyFen: Fen): Obligation[] {
  const { asOf } = life.input;
  const last = life.statements.at(-1);
  const chargesFen = life.interestFen + penaltyFen;
  const obligations: Obligation[] = [];
  for (const { number, dueDate, missingFen } of life.minimums) {
    if (dueDate >= asOf) continue;
    const isOldest = obligations.length === 0;
    // Layers older than the oldest missed bill were carried with their minimum met; now all of it is overdue.
    const principalFen = sumLayers(life, (layer) => (isOldest ? layer.number <= number : layer.number === number));
    const owedFen = Math.max(missingFen, principalFen + (isOldest ? chargesFen : 0));
    const ownPenaltyFen = isOldest ? penaltyFen : 0;
    obligations.push({
      key: `statement-${number}`,
      dueDate,
      owedFen,
      minimumFen: missingFen,
      penaltyFen: ownPenaltyFen,
    });
  }
  if (last && last.dueDate >= asOf) {
    const isOnlyOne = obligations.length === 0;
    const overdueNumber = life.minimums.filter(({ dueDate }) => dueDate < asOf).at(-1)?.number ?? 0;
    const principalFen = sumLayers(life, (layer) => layer.number > overdueNumber);
    const owedFen = principalFen + (isOnlyOne ? chargesFen : 0);
    const minimumFen = life.minimums.find(({ number }) => number === last.number)?.missingFen ?? 0;
    const ownPenaltyFen = isOnlyOne ? penaltyFen : 0;
    if (owedFen > 0) {
      const { number, dueDate } = last;
      obligations.push({ key: `statement-${number}`, dueDate, owedFen, minimumFen, penaltyFen: ownPenaltyFen });
    }
  }
  return obligations;
}

function sumLayers(life: Life, include: (layer: Layer) => boolean): Fen {
  return life.layers.reduce((sum, layer) => (include(layer) ? sum + layer.principalFen : sum), 0);
}

/** The next bill, the day after a due date whose minimum is missing, the next bucket, or the review. */
function nextChangeOf(life: Life, oldestOverdue: IsoDate | undefined): IsoDate | undefined {
  if (life.isWrittenOff) return undefined;
  const { asOf, policy } = life.input;
  const candidates = nextArrearsDates(oldestOverdue, asOf, policy.writeOffReviewDaysPastDue);
  candidates.push(nextBillDate(asOf, policy.billDay));
  for (const { dueDate } of life.minimums) {
    if (dueDate >= asOf) candidates.push(addDays(dueDate, 1));
  }
  return earliestAfter(asOf, candidates);
}
