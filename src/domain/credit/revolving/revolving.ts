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

import type { IsoDate } from '../../values/calendar';
import type { DerivedAccount, RevolvingInput } from '../account';
import { applyFact } from '../factRules';
import { countsFrom, factsInForce } from '../facts';
import type { Remark } from '../references';
import { nextBillDate } from './billing';
import { billParts } from './instalmentPlans';
import { minimumPaymentFen, wasMinimumOnly } from './minimumPayment';
import { describeRevolving } from './revolvingFigures';
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
 * What a revolving account is at `asOf`, with every bill and journal entry so far; of one that goes on
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
  const state = openRevolvingAccount(input, from && unpackState(from));
  let snapshot: CachedAccountState | undefined;
  const moveTo = (date: IsoDate) => {
    if (keepThrough !== undefined && !snapshot && state.at <= keepThrough && keepThrough < date) {
      passCalendar(state, keepThrough);
      passTime(state, keepThrough);
      snapshot = packState(keptStateOf(state), keepThrough);
    }
    passCalendar(state, date);
    passTime(state, date);
  };
  for (const fact of factsInForce(input.facts, input.asOf)) {
    moveTo(countsFrom(fact));
    applyFact('revolving', state, fact);
  }
  moveTo(input.asOf);
  return { account: describeRevolving(state), snapshot, remarks: state.remarks };
}

/** Bills and due dates up to and with a date; on one date they come before its facts. */
function passCalendar(state: RevolvingState, through: IsoDate): void {
  for (let date = nextCalendarDate(state); date <= through; date = nextCalendarDate(state)) {
    passTime(state, date);
    if (date === state.dueAhead) state.dueAhead = undefined;
    if (date !== state.nextBill.date) continue;
    issueBill(state, state.nextBill.number);
    state.dueAhead = dueDateOfNextBill(state);
    state.nextBill = { number: state.nextBill.number + 1, date: nextBillDate(date, state.input.policy.billDay) };
  }
}

/** The bill: charges are posted, purchases and parts of plans become billed principal, the minimum is set. */
function issueBill(state: RevolvingState, number: number): void {
  if (state.isWrittenOff) return;
  const { policy, issued } = state.input;
  postPenalty(state);
  postInterest(state);
  const partsFen = billParts(state);
  applyCredit(state);
  judgePreviousBill(state);
  const billDate = state.at;
  const dueDate = dueDateOfNextBill(state);
  const layerFen = state.unbilledFen;
  if (layerFen > 0) state.layers.push({ number, dueDate, principalFen: layerFen });
  state.unbilledFen = 0;
  const principalFen = billedPrincipalFen(state);
  const totalFen = billedOwedFen(state) - state.creditFen;
  const unmetMinimumFen = state.minimums.reduce((sum, minimum) => sum + minimum.missingFen, 0);
  const instalmentFen = Math.min(partsFen, layerFen);
  const newChargesFen = Math.min(state.chargedSinceBillFen, state.feeFen + state.interestFen + state.penaltyFen);
  const billed = { principalFen, instalmentFen, newChargesFen, unmetMinimumFen, totalFen };
  const minimumFen = minimumPaymentFen(billed, policy);
  const statement = issued.find((earlier) => earlier.number === number) ?? {
    number,
    billDate,
    dueDate,
    totalFen,
    minimumPaymentFen: minimumFen,
    principalFen,
    interestFen: state.interestFen,
    penaltyFen: state.penaltyFen,
    feeFen: state.feeFen,
  };
  state.statements.push(statement);
  state.lastStatement = statement;
  // What became known after the bill can lower what must be paid of it, and never raise it.
  const missingFen = Math.max(0, Math.min(statement.minimumPaymentFen, minimumFen) - unmetMinimumFen);
  if (missingFen > 0) state.minimums.push({ number, dueDate, missingFen });
  capMinimums(state);
  state.paidSinceBillFen = 0;
  state.chargedSinceBillFen = 0;
}

function judgePreviousBill(state: RevolvingState): void {
  const previous = state.lastStatement;
  if (!previous) return;
  const isMet = !state.minimums.some((minimum) => minimum.number === previous.number);
  const isMinimumOnly = wasMinimumOnly(previous, state.paidSinceBillFen, isMet);
  state.minimumOnlyStreak = isMinimumOnly ? state.minimumOnlyStreak + 1 : 0;
}
