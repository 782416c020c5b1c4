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

import { postCreditReturn } from '../../ledger/postings';
import type { IsoDate } from '../../values/calendar';
import type { DerivedAccount, RevolvingInput } from '../account';
import { countsFrom, type Fact, factsInForce } from '../facts';
import type { Remark } from '../references';
import { minimumPaymentFen, nextBillDate, wasMinimumOnly } from './billing';
import { billParts, settlePlan, startPlan } from './instalmentPlans';
import { describeRevolving } from './revolvingFigures';
import { changeRates, confirm, takePayment, takePurchase, takeRefund, writeOff } from './revolvingMovements';
import {
  applyCredit,
  billedOwedFen,
  billedPrincipalFen,
  capMinimums,
  dueDateOfNextBill,
  keptStateOf,
  nextCalendarDate,
  openRevolvingAccount,
  passTime,
  postInterest,
  postPenalty,
  type RevolvingState,
} from './revolvingState';
import { type CachedAccountState, packState, unpackState } from './revolvingStateCache';

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
  { from, keepThrough }: { from?: CachedAccountState | undefined; keepThrough?: IsoDate | undefined } = {},
): { account: DerivedAccount; snapshot: CachedAccountState | undefined; remarks: Remark[] } {
  const life = openRevolvingAccount(input, from && unpackState(from));
  let snapshot: CachedAccountState | undefined;
  const moveTo = (date: IsoDate) => {
    if (keepThrough !== undefined && !snapshot && life.at <= keepThrough && keepThrough < date) {
      passCalendar(life, keepThrough);
      passTime(life, keepThrough);
      snapshot = packState(keptStateOf(life), keepThrough);
    }
    passCalendar(life, date);
    passTime(life, date);
  };
  for (const fact of factsInForce(input.facts, input.asOf)) {
    moveTo(countsFrom(fact));
    applyFact(life, fact);
  }
  moveTo(input.asOf);
  return { account: describeRevolving(life), snapshot, remarks: life.remarks };
}

/** Bills and due dates up to and with a date; on one date they come before its facts. */
function passCalendar(life: RevolvingState, through: IsoDate): void {
  for (let date = nextCalendarDate(life); date <= through; date = nextCalendarDate(life)) {
    passTime(life, date);
    if (date === life.dueAhead) life.dueAhead = undefined;
    if (date !== life.nextBill.date) continue;
    issueBill(life, life.nextBill.number);
    life.dueAhead = dueDateOfNextBill(life);
    life.nextBill = { number: life.nextBill.number + 1, date: nextBillDate(date, life.input.policy.billDay) };
  }
}

function applyFact(life: RevolvingState, fact: Fact): void {
  switch (fact.kind) {
    case 'purchased':
      takePurchase(life, fact);
      break;
    case 'confirmed':
      confirm(life, fact);
      break;
    case 'refunded':
      takeRefund(life, fact);
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
      life.unbilledFen += postCreditReturn(life, fact);
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

/** The bill: charges are posted, purchases and parts of plans become billed principal, the minimum is set. */
function issueBill(life: RevolvingState, number: number): void {
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

function judgePreviousBill(life: RevolvingState): void {
  const previous = life.lastStatement;
  if (!previous) return;
  const isMet = !life.minimums.some((minimum) => minimum.number === previous.number);
  const isMinimumOnly = wasMinimumOnly(previous, life.paidSinceBillFen, isMet);
  life.minimumOnlyStreak = isMinimumOnly ? life.minimumOnlyStreak + 1 : 0;
}
