/**
 * The state of a revolving account while its facts are folded, and the postings that every event of its life is made
 * of. The fold itself is `revolving.ts`. Rules: docs/ledger.md.
 */

import type { JournalEntry } from '../../ledger/journal';
import { chargeLines, post, receivableLines } from '../../ledger/postings';
import { daysBetween, type IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { Bill, RevolvingInput } from '../account';
import { type Accrual, accrueDays, exactRate, postAccrual, settleAccrual, startAccrual } from '../accrual';
import { allocate, type Owed, totalOwedFen } from '../allocation';
import type { Remark } from '../references';
import { dueDateOf, nextBillDate } from './billing';

/** Principal of one bill that is not paid yet. */
export interface Layer {
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

/** Coming parts of an instalment plan, the next one first. */
export interface OpenInstalmentPlan {
  key: string;
  principalParts: Fen[];
  feeParts: Fen[];
}

/** Everything of a state that goes on: plain data, so that it can be kept and resumed. */
export interface KeptRevolvingState {
  /** The date that has been reached. */
  at: IsoDate;
  nextBill: { number: number; date: IsoDate };
  /** The due date of the last bill, until time has passed it: the accrual changes there. */
  dueAhead: IsoDate | undefined;
  layers: Layer[];
  minimums: Minimum[];
  plans: OpenInstalmentPlan[];
  /** Purchases that wait for the confirmation of their receipt. */
  held: { key: string; amountFen: Fen }[];
  unbilledFen: Fen;
  feeFen: Fen;
  interestFen: Fen;
  penaltyFen: Fen;
  creditFen: Fen;
  /** Written off and not recovered yet. */
  recoverableFen: Fen;
  interest: Accrual;
  penalty: Accrual;
  lastStatement: Bill | undefined;
  paidSinceBillFen: Fen;
  chargedSinceBillFen: Fen;
  minimumOnlyStreak: number;
  freezes: string[];
  isWrittenOff: boolean;
}

export interface RevolvingState extends KeptRevolvingState {
  input: RevolvingInput;
  /** Bills, entries and remarks of this fold. */
  statements: Bill[];
  entries: JournalEntry[];
  remarks: Remark[];
}

export function openRevolvingAccount(input: RevolvingInput, resumed?: KeptRevolvingState): RevolvingState {
  return { ...(resumed ?? openingState(input)), input, statements: [], entries: [], remarks: [] };
}

/** What goes on of a state. */
export function keptStateOf(state: RevolvingState): KeptRevolvingState {
  const { input: _input, statements: _statements, entries: _entries, remarks: _remarks, ...kept } = state;
  return kept;
}

function openingState({ terms, policy }: RevolvingInput): KeptRevolvingState {
  return {
    at: terms.openDate,
    nextBill: { number: 1, date: nextBillDate(terms.openDate, policy.billDay) },
    dueAhead: undefined,
    layers: [],
    minimums: [],
    plans: [],
    held: [],
    unbilledFen: 0,
    feeFen: 0,
    interestFen: 0,
    penaltyFen: 0,
    creditFen: 0,
    recoverableFen: 0,
    interest: startAccrual(exactRate(policy.revolvingDailyRate)),
    penalty: startAccrual(exactRate(policy.overdueDailyRate)),
    lastStatement: undefined,
    paidSinceBillFen: 0,
    chargedSinceBillFen: 0,
    minimumOnlyStreak: 0,
    freezes: [],
    isWrittenOff: false,
  };
}

/** Accrues from the last event to this one; nothing that decides the rate changes in between. */
export function passTime(state: RevolvingState, date: IsoDate): void {
  const days = daysBetween(state.at, date);
  if (days <= 0) return;
  const pastDueFen = state.layers.reduce(
    (sum, layer) => (layer.dueDate <= state.at ? sum + layer.principalFen : sum),
    0,
  );
  const isOverdue = state.minimums.some((minimum) => minimum.dueDate <= state.at);
  if (pastDueFen > 0) accrueDays(isOverdue ? state.penalty : state.interest, pastDueFen, days);
  state.at = date;
}

export function billedPrincipalFen(state: KeptRevolvingState): Fen {
  return state.layers.reduce((sum, { principalFen }) => sum + principalFen, 0);
}

/** All principal: billed, not billed yet, and the coming parts of instalment plans. */
export function allPrincipalFen(state: KeptRevolvingState): Fen {
  return billedPrincipalFen(state) + state.unbilledFen + state.plans.reduce((sum, plan) => sum + comingFen(plan), 0);
}

export function comingFen({ principalParts }: OpenInstalmentPlan): Fen {
  return principalParts.reduce((sum, part) => sum + part, 0);
}

export function heldFen(state: KeptRevolvingState): Fen {
  return state.held.reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** What is owed of bills. */
export function billedOwedFen(state: KeptRevolvingState): Fen {
  return state.feeFen + state.penaltyFen + state.interestFen + billedPrincipalFen(state);
}

/** Settles charges and principal by the policy's order, and with what it settles of bills, their minimums. */
export function settleOldestDebts(state: RevolvingState, amountFen: Fen): Owed {
  const billed: Owed = {
    fee: state.feeFen,
    penalty: state.penaltyFen,
    interest: state.interestFen,
    principal: billedPrincipalFen(state),
  };
  const unbilled: Owed = { fee: 0, penalty: 0, interest: 0, principal: state.unbilledFen };
  const { settled } = allocate(amountFen, [billed, unbilled], state.input.policy.allocationOrder);
  const ofBills = settled[0] ?? billed;
  const ofUnbilledFen = settled[1]?.principal ?? 0;
  state.feeFen -= ofBills.fee;
  state.penaltyFen -= ofBills.penalty;
  state.interestFen -= ofBills.interest;
  state.unbilledFen -= ofUnbilledFen;
  if (ofBills.penalty > 0 && state.penaltyFen === 0) settleAccrual(state.penalty);
  reduceLayers(state, ofBills.principal);
  meetMinimums(state, totalOwedFen(ofBills));
  return { ...ofBills, principal: ofBills.principal + ofUnbilledFen };
}

/** Takes billed principal away, oldest first; returns what was more than there is. */
export function reduceLayers(state: RevolvingState, amountFen: Fen): Fen {
  let leftFen = amountFen;
  for (const layer of state.layers) {
    const partFen = Math.min(leftFen, layer.principalFen);
    layer.principalFen -= partFen;
    leftFen -= partFen;
  }
  state.layers = state.layers.filter((layer) => layer.principalFen > 0);
  return leftFen;
}

function meetMinimums(state: RevolvingState, amountFen: Fen): void {
  let leftFen = amountFen;
  for (const minimum of state.minimums) {
    const partFen = Math.min(leftFen, minimum.missingFen);
    minimum.missingFen -= partFen;
    leftFen -= partFen;
  }
  capMinimums(state);
}

/** No more can be missing of minimums than is owed of bills; what is met is forgotten. */
export function capMinimums(state: RevolvingState): void {
  let owedFen = billedOwedFen(state);
  for (const minimum of state.minimums) {
    minimum.missingFen = Math.min(minimum.missingFen, owedFen);
    owedFen -= minimum.missingFen;
  }
  state.minimums = state.minimums.filter((minimum) => minimum.missingFen > 0);
}

/** Credit that waited settles what is owed now; principal it would have settled when it came. */
export function applyCredit(state: RevolvingState): void {
  if (state.creditFen === 0) return;
  const settled = settleOldestDebts(state, state.creditFen);
  const usedFen = totalOwedFen(settled);
  state.creditFen -= usedFen;
  post(state, {
    key: `credit-applied/${state.at}`,
    kind: 'credit-applied',
    valueDate: state.at,
    lines: [{ account: 'borrower-credit', amountFen: usedFen }, ...receivableLines(settled)],
  });
}

export function postInterest(state: RevolvingState): void {
  const amountFen = postAccrual(state.interest);
  settleAccrual(state.interest);
  state.interestFen += amountFen;
  state.chargedSinceBillFen += amountFen;
  post(state, {
    key: `interest/${state.at}`,
    kind: 'interest',
    valueDate: state.at,
    lines: chargeLines('interest', amountFen),
  });
}

export function postPenalty(state: RevolvingState): void {
  const amountFen = postAccrual(state.penalty);
  state.penaltyFen += amountFen;
  state.chargedSinceBillFen += amountFen;
  post(state, {
    key: `penalty/${state.at}`,
    kind: 'penalty',
    valueDate: state.at,
    lines: chargeLines('penalty', amountFen),
  });
}

/** What the calendar brings next: a bill, or the due date of the last one. */
export function nextCalendarDate(state: RevolvingState): IsoDate {
  const { dueAhead, nextBill } = state;
  return dueAhead !== undefined && dueAhead < nextBill.date ? dueAhead : nextBill.date;
}

export function dueDateOfNextBill(state: RevolvingState): IsoDate {
  return dueDateOf(state.nextBill.date, state.input.terms);
}
