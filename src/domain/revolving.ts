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
import { exactRate, postAccrual, settleAccrual, unpostedFen } from './accrual';
import { minimumPaymentFen, nextBillDate, wasMinimumOnly } from './billing';
import { addDays, type IsoDate } from './calendar';
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
import { accountFigures } from './figures';
import { billParts, reduceParts, settlePlan, startPlan } from './instalmentPlans';
import type { Fen } from './money';
import { chargeLines, post, receivableLines, returnCredit, takeRecovery } from './postings';
import {
  allPrincipalFen,
  applyCredit,
  beginLife,
  billedOwedFen,
  billedPrincipalFen,
  capMinimums,
  comingFen,
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
): { account: DerivedAccount; snapshot: Snapshot | undefined } {
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
  return { account: describe(life), snapshot };
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
 * coming parts of instalment plans; then it settles charges that are owed; the rest is credit.
 */
function refund(life: Life, fact: Refunded): void {
  if (releaseHold(life, fact)) return;
  if (life.isWrittenOff) {
    takeRecovery(life, fact, { from: 'funding', settleRest: (restFen) => settle(life, restFen) });
    return;
  }
  const { amountFen } = fact;
  const unbilledFen = Math.min(amountFen, life.unbilledFen);
  life.unbilledFen -= unbilledFen;
  const leftFen = reduceParts(life, reduceLayers(life, amountFen - unbilledFen));
  capMinimums(life);
  // Nobody is asked for charges while we hold money of theirs.
  if (leftFen > 0) postPenalty(life);
  const settled = settle(life, leftFen);
  const creditFen = leftFen - totalOwedFen(settled);
  life.creditFen += creditFen;
  post(life, fact.key, 'refund', fact.valueDate, [
    { account: 'funding', amountFen },
    ...receivableLines({ ...settled, principal: settled.principal + amountFen - leftFen }),
    { account: 'borrower-credit', amountFen: -creditFen },
  ]);
}

/** A refund of a purchase that waits for its confirmation lowers what is held: the books never saw it. */
function releaseHold(life: Life, { purchaseKey, amountFen }: Refunded): boolean {
  const held = life.held.find(({ key }) => key === purchaseKey);
  if (!held) return false;
  held.amountFen = Math.max(0, held.amountFen - amountFen);
  return true;
}

function takePayment(life: Life, fact: Paid): void {
  if (life.isWrittenOff) {
    takeRecovery(life, fact, { from: 'collections', settleRest: (restFen) => settle(life, restFen) });
    return;
  }
  postPenalty(life);
  const creditBeforeFen = life.creditFen;
  const fundsFen = fact.amountFen + creditBeforeFen;
  if (fact.intent === 'payoff' && fundsFen >= settlesFen(life)) bringForward(life, fact);
  const settled = settle(life, fundsFen);
  life.creditFen = fundsFen - totalOwedFen(settled);
  post(life, fact.key, 'payment', fact.valueDate, [
    { account: 'collections', amountFen: fact.amountFen },
    ...receivableLines(settled),
    { account: 'borrower-credit', amountFen: creditBeforeFen - life.creditFen },
  ]);
  life.paidSinceBillFen += fact.amountFen;
}

/** What settles everything on the date that has been reached, before the borrower's credit. */
function settlesFen(life: Life): Fen {
  const chargesFen = life.feeFen + life.interestFen + life.penaltyFen;
  const unpostedPartFen = unpostedFen(life.interest) + unpostedFen(life.penalty);
  return allPrincipalFen(life) + chargesFen + unpostedPartFen + comingFeeFen(life);
}

/** Fees that coming parts would still bring when all is settled early: none where the policy gives them back. */
function comingFeeFen({ plans, input }: Life): Fen {
  if (input.policy.instalments?.feeRefundOnEarlySettlement) return 0;
  return plans.reduce((sum, { feeParts }) => feeParts.reduce((total, part) => total + part, sum), 0);
}

/** Everything is settled: interest to the date is posted, and all coming parts with their fees are owed now. */
function bringForward(life: Life, { key, valueDate }: Paid): void {
  const interestFen = postAccrual(life.interest);
  const feeFen = comingFeeFen(life);
  settleAccrual(life.interest);
  settleAccrual(life.penalty);
  life.unbilledFen += life.plans.reduce((sum, plan) => sum + comingFen(plan), 0);
  life.plans = [];
  life.interestFen += interestFen;
  life.feeFen += feeFen;
  life.chargedSinceBillFen += interestFen + feeFen;
  post(life, `interest/${key}`, 'interest', valueDate, chargeLines('interest', interestFen));
  post(life, `instalment-fee/${key}`, 'instalment-fee', valueDate, chargeLines('fee', feeFen));
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
  // What is held is no debt yet: confirmed later, it is one that arose after the write-off.
  const nothing = { layers: [], minimums: [], plans: [], unbilledFen: 0 };
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
  const { asOf, facts, terms, policy, rungDays = [] } = life.input;
  const balances = {
    principalFen: allPrincipalFen(life),
    interestFen: life.interestFen + unpostedFen(life.interest),
    penaltyFen: life.penaltyFen + unpostedFen(life.penalty),
    feeFen: life.feeFen,
    creditFen: life.creditFen,
  };
  const { freezes, recoverableFen } = life;
  const obligations = life.isWrittenOff ? [] : obligationsOf(life, balances.penaltyFen);
  const factsToCome = facts.map(countsFrom);
  const figures = accountFigures({
    ...{ asOf, obligations, balances, recoverableFen, freezes, rungDays, restructuredOn: undefined },
    closed: life.isWrittenOff ? 'written-off' : undefined,
    settlesFen: settlesFen(life),
    unpostedInterestFen: unpostedFen(life.interest),
    unpostedPenaltyFen: unpostedFen(life.penalty),
    unusedLimitFen: Math.max(0, terms.limitFen - balances.principalFen - heldFen(life) + life.creditFen),
    stopsWhenPastDue: policy.declineWhenOverdue,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    changesOn: life.isWrittenOff ? factsToCome : [...factsToCome, life.nextBill.date],
  });
  return {
    ...{ product: 'revolving', asOf, terms, balances, obligations, freezes, recoverableFen, ...figures },
    comingFeeFen: comingFeeFen(life),
    limitFen: terms.limitFen,
    statements: life.statements,
    schedule: [],
    instalments: {
      lastBillFen: sumLayers(life, ({ number }) => number === life.lastStatement?.number),
      unbilledFen: life.unbilledFen,
      plans: life.plans,
    },
    minimumOnlyStreak: life.minimumOnlyStreak,
    entries: life.entries,
  };
}

/** A bill that asks for something: its minimum is missing, or it is the last one and its due date has not passed. */
interface AskingBill {
  number: number;
  dueDate: IsoDate;
  missingFen: Fen;
}

function askingBills(life: Life): AskingBill[] {
  const last = life.lastStatement;
  const bills: AskingBill[] = [...life.minimums];
  const isAhead = last && last.dueDate >= life.input.asOf;
  if (isAhead && !bills.some(({ number }) => number === last.number)) bills.push({ ...last, missingFen: 0 });
  return bills;
}

/**
 * What is owed of bills, shared among the bills that ask for it, so that no fen is asked for twice: each asks for the
 * principal that it billed first, and for its minimum at least; what is left, charges and principal that was carried,
 * is asked for with the oldest, and so is penalty that is not posted yet. No bill takes what older ones must have for
 * their minimums. Credit counts as paid.
 */
function obligationsOf(life: Life, penaltyFen: Fen): Obligation[] {
  const bills = askingBills(life);
  let leftFen = Math.max(0, billedOwedFen(life) - life.creditFen);
  let olderMinimumsFen = bills.reduce((sum, { missingFen }) => sum + missingFen, 0);
  const shares = bills.toReversed().map(({ number, dueDate, missingFen }, index) => {
    const older = bills[bills.length - 2 - index];
    olderMinimumsFen -= missingFen;
    const firstBilledFen = sumLayers(life, (layer) => layer.number > (older?.number ?? 0) && layer.number <= number);
    const wantedFen = Math.max(missingFen, Math.min(firstBilledFen, leftFen - olderMinimumsFen));
    const shareFen = older ? Math.min(leftFen, wantedFen) : leftFen;
    leftFen -= shareFen;
    const owedFen = older ? shareFen : shareFen + penaltyFen - life.penaltyFen;
    return { number, dueDate, owedFen, minimumFen: Math.min(missingFen, owedFen) };
  });
  let penaltyLeftFen = penaltyFen;
  return shares.toReversed().flatMap(({ number, dueDate, ...share }): Obligation[] => {
    if (share.owedFen === 0) return [];
    const ownPenaltyFen = Math.min(penaltyLeftFen, share.owedFen);
    penaltyLeftFen -= ownPenaltyFen;
    const key = `statement-${number}`;
    return [{ key, dueDate, lateFrom: addDays(dueDate, 1), ...share, penaltyFen: ownPenaltyFen }];
  });
}

function sumLayers(life: Life, include: (layer: Layer) => boolean): Fen {
  return life.layers.reduce((sum, layer) => (include(layer) ? sum + layer.principalFen : sum), 0);
}
