/**
 * The fold of a revolving account: purchases first, a bill each month, payment later. Pure; rules and figures:
 * docs/ledger.md; facts 1.1, 4.1; worked examples V7, V8.
 *
 * - A bill takes up all purchases before its date; a purchase that arrives after its bill was issued is on the next.
 * - Billed principal bears nothing until its due date. After it, what is left accrues daily: the revolving rate when
 *   the minimum was met, the overdue rate while it is not. Interest is posted with the next bill; penalty with the
 *   next bill or payment, so that a late payment covers it.
 * - A payment settles billed debts (charges first, oldest principal next), then purchases that are not billed yet; the
 *   rest is the borrower's credit, and the next purchase uses it.
 */

import type { DerivedAccount, Obligation, RevolvingInput } from './account';
import { exactRate, unpostedFen } from './accrual';
import { minimumPaymentFen, nextBillDate, wasMinimumOnly } from './billing';
import { addDays, earliestAfter, type IsoDate } from './calendar';
import { assetClassOf, bucketOf, daysPastDue, isNonAccrual, nextArrearsDates, stageOf } from './delinquency';
import {
  type Confirmed,
  countsFrom,
  type Fact,
  factsInForce,
  type Paid,
  type Purchased,
  type RateCorrected,
  type Refunded,
  type WrittenOff,
} from './facts';
import { billParts, reduceParts, settlePlan, startPlan } from './instalmentPlans';
import type { Fen } from './money';
import { post, receivableLines, returnCredit, takeRecovery } from './postings';
import type { Remark } from './references';
import {
  allPrincipalFen,
  applyCredit,
  beginLife,
  billedOwedFen,
  billedPrincipalFen,
  capMinimums,
  dueDateOfNextBill,
  heldFen,
  type Layer,
  type Life,
  nextCalendarDate,
  passTime,
  postInterest,
  postPenalty,
  reduceLayers,
  settle,
  stateOf,
} from './revolvingLife';
import { packState, type Snapshot, unpackState } from './revolvingSnapshot';
import { totalOwedFen } from './waterfall';

/**
 * What a revolving account is at `asOf`, with every bill and journal entry of its life so far; of a life that goes on
 * from a snapshot, with those after it.
 */
export function deriveRevolving(input: RevolvingInput): DerivedAccount {
  return foldRevolving(input).account;
}

/**
 * The fold, and the snapshot at the end of `keepThrough` when that date has been passed. With `from`, the facts are
 * those that count after it.
 */
export function foldRevolving(
  input: RevolvingInput,
  { from, keepThrough }: { from?: Snapshot | undefined; keepThrough?: IsoDate | undefined } = {},
): { account: DerivedAccount; snapshot: Snapshot | undefined; remarks: Remark[] } {
  const life = beginLife(input, from && unpackState(from));
  let snapshot: Snapshot | undefined;
  const moveTo = (date: IsoDate) => {
    if (keepThrough !== undefined && !snapshot && life.at <= keepThrough && keepThrough < date) {
      passCalendar(life, keepThrough);
      passTime(life, keepThrough);
      snapshot = packState(stateOf(life), keepThrough);
    }
    passCalendar(life, date);
    passTime(life, date);
  };
  for (const fact of factsInForce(input.facts, input.asOf)) {
    moveTo(countsFrom(fact));
    applyFact(life, fact);
  }
  moveTo(input.asOf);
  return { account: describe(life), snapshot, remarks: life.remarks };
}

/** Bills and due dates up to and with a date; on one date they come before its facts. */
function passCalendar(life: Life, through: IsoDate): void {
  for (let date = nextCalendarDate(life); date <= through; date = nextCalendarDate(life)) {
    passTime(life, date);
    if (date === life.dueAhead) life.dueAhead = undefined;
    if (date !== life.nextBill.date) continue;
    issueBill(life, life.nextBill.number);
    life.dueAhead = dueDateOfNextBill(life);
    life.nextBill = { number: life.nextBill.number + 1, date: nextBillDate(date, life.input.policy.billDay) };
  }
}

function applyFact(life: Life, fact: Fact): void {
  switch (fact.kind) {
    case 'purchased':
      purchase(life, fact);
      break;
    case 'confirmed':
      confirm(life, fact);
      break;
    case 'refunded':
      refund(life, fact);
      break;
    case 'paid':
      takePayment(life, fact);
      break;
    case 'rate-corrected':
      changeRates(life, fact);
      break;
    case 'instalment-started':
      startPlan(life, fact);
      break;
    case 'instalment-settled':
      settlePlan(life, fact);
      break;
    case 'credit-returned':
      // What was not there any more of the credit is owed like a purchase.
      life.unbilledFen += returnCredit(life, fact);
      break;
    case 'written-off':
      writeOff(life, fact);
      break;
    case 'frozen':
      life.freezes = [...new Set([...life.freezes, fact.reason])].sort();
      break;
    case 'lifted':
      life.freezes = life.freezes.filter((reason) => reason !== fact.reason);
      break;
    case 'opened':
    case 'reversed':
      break;
    case 'disbursed':
    case 'restructured':
      throw new Error(`fact ${fact.key} (${fact.kind}) does not belong to a revolving account`);
  }
}

function purchase(life: Life, fact: Purchased): void {
  if (fact.awaitsConfirmation) life.held.push({ key: fact.key, amountFen: fact.amountFen });
  else postPurchase(life, fact.key, fact.valueDate, fact.amountFen);
}

/** The goods of a held purchase were received: what is left of it is posted. */
function confirm(life: Life, { key, purchaseKey, valueDate }: Confirmed): void {
  const held = life.held.find((each) => each.key === purchaseKey);
  if (!held) return;
  life.held = life.held.filter((each) => each !== held);
  postPurchase(life, key, valueDate, held.amountFen);
}

function postPurchase(life: Life, key: string, valueDate: IsoDate, amountFen: Fen): void {
  const fromCreditFen = Math.min(life.creditFen, amountFen);
  life.creditFen -= fromCreditFen;
  life.unbilledFen += amountFen - fromCreditFen;
  post(life, key, 'purchase', valueDate, [
    { account: 'principal-receivable', amountFen: amountFen - fromCreditFen },
    { account: 'borrower-credit', amountFen: fromCreditFen },
    { account: 'funding', amountFen: -amountFen },
  ]);
}

/**
 * A refund undoes purchases: the held one that it names, then those not billed yet, billed ones, oldest first, and
 * coming parts of instalment plans; the rest is credit.
 */
function refund(life: Life, fact: Refunded): void {
  const amountFen = fact.amountFen - releaseHold(life, fact);
  if (amountFen === 0) return;
  const unbilledFen = Math.min(amountFen, life.unbilledFen);
  life.unbilledFen -= unbilledFen;
  const leftFen = reduceParts(life, reduceLayers(life, amountFen - unbilledFen));
  life.creditFen += leftFen;
  capMinimums(life);
  post(life, fact.key, 'refund', fact.valueDate, [
    { account: 'funding', amountFen },
    { account: 'principal-receivable', amountFen: leftFen - amountFen },
    { account: 'borrower-credit', amountFen: -leftFen },
  ]);
}

/**
 * A refund of a purchase that waits for its confirmation lowers what is held: the books never saw it. Returns how much of
 * it that was; what is above the hold is a refund like any other.
 */
function releaseHold(life: Life, { purchaseKey, amountFen }: Refunded): Fen {
  const held = life.held.find(({ key }) => key === purchaseKey);
  const releasedFen = Math.min(held?.amountFen ?? 0, amountFen);
  if (held) held.amountFen -= releasedFen;
  return releasedFen;
}

function takePayment(life: Life, fact: Paid): void {
  if (life.isWrittenOff) {
    takeRecovery(life, fact);
    return;
  }
  postPenalty(life);
  const settled = settle(life, fact.amountFen);
  const restFen = fact.amountFen - totalOwedFen(settled);
  life.creditFen += restFen;
  post(life, fact.key, 'payment', fact.valueDate, [
    { account: 'collections', amountFen: fact.amountFen },
    ...receivableLines(settled),
    { account: 'borrower-credit', amountFen: -restFen },
  ]);
  life.paidSinceBillFen += fact.amountFen;
}

/** Time has been passed up to the date, so what accrued before it keeps its rate. */
function changeRates(life: Life, { revolvingDailyRate, overdueDailyRate }: RateCorrected): void {
  if (revolvingDailyRate !== undefined) life.interest.rate = exactRate(revolvingDailyRate);
  if (overdueDailyRate !== undefined) life.penalty.rate = exactRate(overdueDailyRate);
}

/** The bill: charges are posted, purchases and parts of plans become billed principal, the minimum is set. */
function issueBill(life: Life, number: number): void {
  if (life.isWrittenOff) return;
  const { policy, issued } = life.input;
  postPenalty(life);
  postInterest(life);
  const partsFen = billParts(life);
  applyCredit(life);
  judgePreviousBill(life);
  const billDate = life.at;
  const dueDate = dueDateOfNextBill(life);
  const layerFen = life.unbilledFen;
  if (layerFen > 0) life.layers.push({ number, dueDate, principalFen: layerFen });
  life.unbilledFen = 0;
  const principalFen = billedPrincipalFen(life);
  const totalFen = billedOwedFen(life) - life.creditFen;
  const unmetMinimumFen = life.minimums.reduce((sum, minimum) => sum + minimum.missingFen, 0);
  const instalmentFen = Math.min(partsFen, layerFen);
  const newChargesFen = Math.min(life.chargedSinceBillFen, life.feeFen + life.interestFen + life.penaltyFen);
  const billed = { principalFen, instalmentFen, newChargesFen, unmetMinimumFen, totalFen };
  const minimumFen = minimumPaymentFen(billed, policy);
  const statement = issued.find((earlier) => earlier.number === number) ?? {
    number,
    billDate,
    dueDate,
    totalFen,
    minimumPaymentFen: minimumFen,
    principalFen,
    interestFen: life.interestFen,
    penaltyFen: life.penaltyFen,
    feeFen: life.feeFen,
  };
  life.statements.push(statement);
  life.lastStatement = statement;
  // What became known after the bill can lower what must be paid of it, and never raise it.
  const missingFen = Math.max(0, Math.min(statement.minimumPaymentFen, minimumFen) - unmetMinimumFen);
  if (missingFen > 0) life.minimums.push({ number, dueDate, missingFen });
  capMinimums(life);
  life.paidSinceBillFen = 0;
  life.chargedSinceBillFen = 0;
}

function judgePreviousBill(life: Life): void {
  const previous = life.lastStatement;
  if (!previous) return;
  const isMet = !life.minimums.some((minimum) => minimum.number === previous.number);
  const isMinimumOnly = wasMinimumOnly(previous, life.paidSinceBillFen, isMet);
  life.minimumOnlyStreak = isMinimumOnly ? life.minimumOnlyStreak + 1 : 0;
}

function writeOff(life: Life, fact: WrittenOff): void {
  if (life.isWrittenOff) return;
  postPenalty(life);
  postInterest(life);
  const { feeFen, penaltyFen, interestFen } = life;
  const principalFen = allPrincipalFen(life);
  const lossFen = principalFen + feeFen + interestFen + penaltyFen;
  post(life, fact.key, 'write-off', fact.valueDate, [
    { account: 'write-off-loss', amountFen: lossFen },
    ...receivableLines({ fee: feeFen, penalty: penaltyFen, interest: interestFen, principal: principalFen }),
  ]);
  const nothing = { layers: [], minimums: [], plans: [], held: [], unbilledFen: 0 };
  Object.assign(life, {
    ...nothing,
    feeFen: 0,
    interestFen: 0,
    penaltyFen: 0,
    recoverableFen: lossFen,
    isWrittenOff: true,
  });
}

function describe(life: Life): DerivedAccount {
  const { asOf, terms } = life.input;
  const principalFen = allPrincipalFen(life);
  const penaltyFen = life.penaltyFen + unpostedFen(life.penalty);
  const interestFen = life.interestFen + unpostedFen(life.interest);
  const obligations = obligationsOf(life, penaltyFen);
  const overdue = obligations.filter((obligation) => asOf >= obligation.lateFrom);
  const days = daysPastDue(overdue[0]?.dueDate, asOf);
  return {
    product: 'revolving',
    asOf,
    stage: life.isWrittenOff ? 'written-off' : stageOf(days, life.input.policy.writeOffReviewDaysPastDue),
    balances: { principalFen, interestFen, penaltyFen, feeFen: life.feeFen, creditFen: life.creditFen },
    obligations,
    daysPastDue: days,
    bucket: bucketOf(days),
    assetClass: assetClassOf(days, asOf),
    isNonAccrual: isNonAccrual(days),
    overdueFen: overdue.reduce((sum, obligation) => sum + obligation.owedFen, 0),
    payoffFen: Math.max(0, principalFen + life.feeFen + penaltyFen + interestFen - life.creditFen),
    limitFen: terms.limitFen,
    availableFen: Math.max(0, terms.limitFen - principalFen - heldFen(life) + life.creditFen),
    freezes: life.freezes,
    statements: life.statements,
    schedule: [],
    instalments: {
      lastBillFen: sumLayers(life, ({ number }) => number === life.lastStatement?.number),
      unbilledFen: life.unbilledFen,
      plans: life.plans,
    },
    recoverableFen: life.recoverableFen,
    minimumOnlyStreak: life.minimumOnlyStreak,
    entries: life.entries,
    nextChangeOn: nextChangeOf(life, overdue[0]?.dueDate),
  };
}

/** Bills whose minimum was missed, each with its own part; and the last bill while it is not due yet. */
function obligationsOf(life: Life, penaltyFen: Fen): Obligation[] {
  const { asOf } = life.input;
  const last = life.lastStatement;
  const chargesFen = life.feeFen + life.interestFen + penaltyFen;
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
      lateFrom: addDays(dueDate, 1),
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
      obligations.push({
        key: `statement-${number}`,
        dueDate,
        lateFrom: addDays(dueDate, 1),
        owedFen,
        minimumFen,
        penaltyFen: ownPenaltyFen,
      });
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
  candidates.push(life.nextBill.date);
  for (const { dueDate } of life.minimums) {
    if (dueDate >= asOf) candidates.push(addDays(dueDate, 1));
  }
  return earliestAfter(asOf, candidates);
}
