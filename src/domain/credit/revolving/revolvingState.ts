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

/** Everything of a life that goes on: plain data, so that it can be kept and resumed. */
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

/** What goes on of a life. */
export function keptStateOf(life: RevolvingState): KeptRevolvingState {
  const { input: _input, statements: _statements, entries: _entries, remarks: _remarks, ...state } = life;
  return state;
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
export function passTime(life: RevolvingState, date: IsoDate): void {
  const days = daysBetween(life.at, date);
  if (days <= 0) return;
  const pastDueFen = life.layers.reduce((sum, layer) => (layer.dueDate <= life.at ? sum + layer.principalFen : sum), 0);
  const isOverdue = life.minimums.some((minimum) => minimum.dueDate <= life.at);
  if (pastDueFen > 0) accrueDays(isOverdue ? life.penalty : life.interest, pastDueFen, days);
  life.at = date;
}

export function billedPrincipalFen(life: KeptRevolvingState): Fen {
  return life.layers.reduce((sum, { principalFen }) => sum + principalFen, 0);
}

/** All principal: billed, not billed yet, and the coming parts of instalment plans. */
export function allPrincipalFen(life: KeptRevolvingState): Fen {
  return billedPrincipalFen(life) + life.unbilledFen + life.plans.reduce((sum, plan) => sum + comingFen(plan), 0);
}

export function comingFen({ principalParts }: OpenInstalmentPlan): Fen {
  return principalParts.reduce((sum, part) => sum + part, 0);
}

export function heldFen(life: KeptRevolvingState): Fen {
  return life.held.reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** What is owed of bills. */
export function billedOwedFen(life: KeptRevolvingState): Fen {
  return life.feeFen + life.penaltyFen + life.interestFen + billedPrincipalFen(life);
}

/** Settles charges and principal by the policy's order, and with what it settles of bills, their minimums. */
export function settleOldestDebts(life: RevolvingState, amountFen: Fen): Owed {
  const billed: Owed = {
    fee: life.feeFen,
    penalty: life.penaltyFen,
    interest: life.interestFen,
    principal: billedPrincipalFen(life),
  };
  const unbilled: Owed = { fee: 0, penalty: 0, interest: 0, principal: life.unbilledFen };
  const { settled } = allocate(amountFen, [billed, unbilled], life.input.policy.allocationOrder);
  const ofBills = settled[0] ?? billed;
  const ofUnbilledFen = settled[1]?.principal ?? 0;
  life.feeFen -= ofBills.fee;
  life.penaltyFen -= ofBills.penalty;
  life.interestFen -= ofBills.interest;
  life.unbilledFen -= ofUnbilledFen;
  if (ofBills.penalty > 0 && life.penaltyFen === 0) settleAccrual(life.penalty);
  reduceLayers(life, ofBills.principal);
  meetMinimums(life, totalOwedFen(ofBills));
  return { ...ofBills, principal: ofBills.principal + ofUnbilledFen };
}

/** Takes billed principal away, oldest first; returns what was more than there is. */
export function reduceLayers(life: RevolvingState, amountFen: Fen): Fen {
  let leftFen = amountFen;
  for (const layer of life.layers) {
    const partFen = Math.min(leftFen, layer.principalFen);
    layer.principalFen -= partFen;
    leftFen -= partFen;
  }
  life.layers = life.layers.filter((layer) => layer.principalFen > 0);
  return leftFen;
}

function meetMinimums(life: RevolvingState, amountFen: Fen): void {
  let leftFen = amountFen;
  for (const minimum of life.minimums) {
    const partFen = Math.min(leftFen, minimum.missingFen);
    minimum.missingFen -= partFen;
    leftFen -= partFen;
  }
  capMinimums(life);
}

/** No more can be missing of minimums than is owed of bills; what is met is forgotten. */
export function capMinimums(life: RevolvingState): void {
  let owedFen = billedOwedFen(life);
  for (const minimum of life.minimums) {
    minimum.missingFen = Math.min(minimum.missingFen, owedFen);
    owedFen -= minimum.missingFen;
  }
  life.minimums = life.minimums.filter((minimum) => minimum.missingFen > 0);
}

/** Credit that waited settles what is owed now; principal it would have settled when it came. */
export function applyCredit(life: RevolvingState): void {
  if (life.creditFen === 0) return;
  const settled = settleOldestDebts(life, life.creditFen);
  const usedFen = totalOwedFen(settled);
  life.creditFen -= usedFen;
  post(life, {
    key: `credit-applied/${life.at}`,
    kind: 'credit-applied',
    valueDate: life.at,
    lines: [{ account: 'borrower-credit', amountFen: usedFen }, ...receivableLines(settled)],
  });
}

export function postInterest(life: RevolvingState): void {
  const amountFen = postAccrual(life.interest);
  settleAccrual(life.interest);
  life.interestFen += amountFen;
  life.chargedSinceBillFen += amountFen;
  post(life, {
    key: `interest/${life.at}`,
    kind: 'interest',
    valueDate: life.at,
    lines: chargeLines('interest', amountFen),
  });
}

export function postPenalty(life: RevolvingState): void {
  const amountFen = postAccrual(life.penalty);
  life.penaltyFen += amountFen;
  life.chargedSinceBillFen += amountFen;
  post(life, {
    key: `penalty/${life.at}`,
    kind: 'penalty',
    valueDate: life.at,
    lines: chargeLines('penalty', amountFen),
  });
}

/** What the calendar brings next: a bill, or the due date of the last one. */
export function nextCalendarDate(life: RevolvingState): IsoDate {
  const { dueAhead, nextBill } = life;
  return dueAhead !== undefined && dueAhead < nextBill.date ? dueAhead : nextBill.date;
}

export function dueDateOfNextBill(life: RevolvingState): IsoDate {
  return dueDateOf(life.nextBill.date, life.input.terms);
}
