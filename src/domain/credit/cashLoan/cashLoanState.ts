/**
 * The state of a cash loan while its facts are folded, and the postings that every event of its life is made of. What
 * payments do is in `cashLoanPayments.ts`; the fold itself is `cashLoan.ts`. Rules: docs/ledger.md.
 */

import type { JournalEntry } from '../../ledger/journal';
import { chargeLines, post } from '../../ledger/postings';
import { COMPONENTS, type Component, type RepaymentMethod } from '../../policy/lendingPolicy';
import { addMonthsClamped, daysBetween, type IsoDate, maxDate } from '../../values/calendar';
import { accrualFen, type DecimalRate, type Fen, scaleRate } from '../../values/money';
import type { CashLoanInput, CashLoanTerms } from '../account';
import type { ClosedStage } from '../accountStages';
import { type ExactRate, settleAccrual, startAccrual } from '../accrual';
import { allocate, type Owed, totalOwedFen } from '../allocation';
import type { Remark } from '../references';
import { type Deferral, lateDateOf } from './bouncedPrepayments';
import { accruePenalties, type LateDebt, penaltyRate } from './lateInterest';
import { monthlyRateOf, type Plan, type PlannedInstalment, planLoan } from './schedule';

export interface Instalment extends LateDebt {
  /** `instalment-3`; or the key of the fact that made the debt, for a credit returned that was not owed. */
  key: string;
  /** Of the schedule; else a debt that bears nothing when it is late, as a credit returned that was not owed. */
  isOfSchedule: boolean;
  plan: PlannedInstalment;
  /** From which date its interest counts. */
  fromDate: IsoDate;
  /** Whether the calendar has passed its due date. */
  isDue: boolean;
  /** Whether its interest is posted: it is due, or was paid early. */
  isPosted: boolean;
}

export interface CashLoanState {
  input: CashLoanInput;
  deferrals: readonly Deferral[];
  instalments: Instalment[];
  /** The rates in force, each from its date on; the first is the contract's. */
  rates: { from: IsoDate; dailyRate: DecimalRate }[];
  /** That of the last rate: every plan anew starts with it. */
  penaltyRate: ExactRate;
  method: RepaymentMethod;
  /** The level payment of the plan in force. */
  paymentFen: Fen;
  /** The highest number that an instalment ever had: none is used twice. */
  lastNumber: number;
  /** The due dates and the postings after the last of them are so many months after this date. */
  anchor: IsoDate;
  anchorMonth: number;
  /** The last monthly posting of penalty after the last due date. */
  postedOn: IsoDate;
  /** Up to which date interest on the coming principal is posted. */
  interestThrough: IsoDate;
  creditFen: Fen;
  /** Written off and not recovered yet. */
  recoverableFen: Fen;
  restructuredOn: IsoDate | undefined;
  /** What the last restructuring agreed. */
  restructuredTerms: CashLoanTerms | undefined;
  remarks: Remark[];
  entries: JournalEntry[];
  closed: ClosedStage | undefined;
}

const NO_RATE: ExactRate = { numerator: 0n, denominator: 1n };

export function openCashLoan(input: CashLoanInput, deferrals: readonly Deferral[]): CashLoanState {
  const { terms } = input;
  const state: CashLoanState = {
    input,
    deferrals,
    instalments: [],
    rates: [{ from: terms.startDate, dailyRate: terms.dailyRate }],
    penaltyRate: penaltyRate(terms.dailyRate, input.policy),
    method: terms.method,
    paymentFen: 0,
    lastNumber: 0,
    anchor: terms.startDate,
    anchorMonth: 1,
    postedOn: terms.startDate,
    interestThrough: terms.startDate,
    creditFen: 0,
    recoverableFen: 0,
    restructuredOn: undefined,
    restructuredTerms: undefined,
    remarks: [],
    entries: [],
    closed: undefined,
  };
  takePlan(state, planLoan(terms), terms.startDate);
  return state;
}

/** Replaces what is not posted yet by the instalments of a plan. */
export function takePlan(state: CashLoanState, plan: Plan, fromDate: IsoDate): void {
  const kept = state.instalments.filter(({ isPosted }) => isPosted);
  const planned = plan.instalments.map((row, index): Instalment => {
    const lateDate = lateDateOf(row.dueDate, state.deferrals);
    return {
      key: `instalment-${row.number}`,
      isOfSchedule: true,
      plan: row,
      fromDate: maxDate(plan.instalments[index - 1]?.dueDate ?? fromDate, fromDate),
      isDue: false,
      isPosted: false,
      owed: { fee: 0, penalty: 0, interest: 0, principal: row.principalFen },
      lateDate,
      penalty: startAccrual(state.penaltyRate),
      penaltyThrough: lateDate,
      graceRateDays: 0n,
    };
  });
  state.instalments = [...kept, ...planned];
  state.paymentFen = plan.paymentFen;
  state.lastNumber = Math.max(state.lastNumber, ...planned.map(({ plan: { number } }) => number));
}

/** A debt that is due at once and bears no penalty; among the instalments it has the place of its date. */
export function addDebt(state: CashLoanState, key: string, date: IsoDate, principalFen: Fen): void {
  const later = state.instalments.findIndex(({ plan }) => plan.dueDate > date);
  state.instalments.splice(later < 0 ? state.instalments.length : later, 0, {
    key,
    isOfSchedule: false,
    plan: { number: 0, dueDate: date, days: 0, principalFen, interestFen: 0, balanceFen: 0 },
    fromDate: date,
    isDue: true,
    isPosted: true,
    owed: { fee: 0, penalty: 0, interest: 0, principal: principalFen },
    lateDate: date,
    penalty: startAccrual(NO_RATE),
    penaltyThrough: date,
    graceRateDays: 0n,
  });
}

export function currentRate(state: CashLoanState): DecimalRate {
  return state.rates.at(-1)?.dailyRate ?? state.input.terms.dailyRate;
}

/** Instalments that are not posted yet, the next one first. */
export function comingInstalments(state: CashLoanState): Instalment[] {
  return state.instalments.filter(({ isPosted }) => !isPosted);
}

/** What is due and owed, oldest first: by the date from which it counts as due. */
export function dueInstalments(state: CashLoanState): Instalment[] {
  return state.instalments
    .filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) > 0)
    .sort((one, other) => daysBetween(other.lateDate, one.lateDate));
}

/** Another contract rate from a date on: interest and penalty up to it stay as they accrued. */
export function changeRate(state: CashLoanState, from: IsoDate, dailyRate: DecimalRate): void {
  accruePenalties(state, from);
  for (const instalment of state.instalments) {
    const days = daysBetween(instalment.penaltyThrough, from);
    if (days <= 0) continue;
    instalment.graceRateDays += BigInt(days) * instalment.penalty.rate.numerator;
    instalment.penaltyThrough = from;
  }
  state.rates.push({ from, dailyRate });
  state.penaltyRate = penaltyRate(dailyRate, state.input.policy);
  for (const { isOfSchedule, penalty } of state.instalments) {
    // The denominator is that of every penalty rate, so what has accrued stays as it is.
    if (isOfSchedule) penalty.rate = state.penaltyRate;
  }
}

/** The whole interest of an instalment at the rates of its days; by month, at the rate of the period's start. */
export function interestOf(state: CashLoanState, { plan, fromDate, isPosted }: Instalment): Fen {
  const openingFen = plan.principalFen + plan.balanceFen;
  if (isPosted || state.rates.length === 1) return plan.interestFen;
  if (state.method !== 'level-monthly') return interestFen(state, openingFen, fromDate, plan.dueDate);
  const { dailyRate } = state.rates.findLast(({ from }) => from <= fromDate) ?? { dailyRate: currentRate(state) };
  return accrualFen(BigInt(openingFen) * monthlyRateOf(dailyRate));
}

/** Interest on a principal over actual days, each at its rate, rounded once. */
function interestFen(state: CashLoanState, principalFen: Fen, from: IsoDate, to: IsoDate): Fen {
  let exact = 0n;
  for (const [index, { from: rateFrom, dailyRate }] of state.rates.entries()) {
    const end = state.rates[index + 1]?.from ?? to;
    const days = daysBetween(maxDate(from, rateFrom), end < to ? end : to);
    if (days > 0) exact += BigInt(days) * scaleRate(dailyRate);
  }
  return accrualFen(BigInt(principalFen) * exact);
}

/** Interest on the principal that is not due yet, for actual days since interest was last posted. */
export function accruedInterestFen(state: CashLoanState, date: IsoDate): Fen {
  const comingFen = comingInstalments(state).reduce((sum, { owed }) => sum + owed.principal, 0);
  return date <= state.interestThrough ? 0 : interestFen(state, comingFen, state.interestThrough, date);
}

export function postInstalmentInterest(state: CashLoanState, instalment: Instalment, date: IsoDate): void {
  if (instalment.isPosted) return;
  const amountFen = interestOf(state, instalment);
  instalment.isPosted = true;
  // What was charged stands, whatever rate is found to hold later.
  instalment.plan = { ...instalment.plan, interestFen: amountFen };
  instalment.owed.interest += amountFen;
  state.interestThrough = maxDate(state.interestThrough, instalment.plan.dueDate);
  post(state, {
    key: `interest/${instalment.plan.number}`,
    kind: 'interest',
    valueDate: date,
    lines: chargeLines('interest', amountFen),
  });
}

/** Due dates of the instalments that are due and owed. */
export function openDueDatesOf(state: CashLoanState): IsoDate[] {
  return dueInstalments(state).flatMap(({ plan }) => (plan.number > 0 ? [plan.dueDate] : []));
}

/** What is missing of instalments whose prepayment bounced is due on the day of the reversal, as it is told from then on. */
export function moveDueDates(state: CashLoanState): void {
  for (const instalment of dueInstalments(state)) {
    instalment.plan = { ...instalment.plan, dueDate: instalment.lateDate };
  }
  if (state.deferrals.length === 0) return;
  const daysAfter = (one: Instalment, other: Instalment) => daysBetween(other.plan.dueDate, one.plan.dueDate);
  state.instalments.sort(daysAfter);
}

/** Settles debts in their order; a penalty that is paid in full starts anew with its own rounding. */
export function settleInstalmentDebt(
  instalments: readonly Instalment[],
  fundsFen: Fen,
  order: readonly Component[],
): { parts: Owed[]; settledFen: Fen } {
  const allocation = allocate(
    fundsFen,
    instalments.map(({ owed }) => owed),
    order,
  );
  for (const [index, instalment] of instalments.entries()) {
    const part = allocation.settled[index];
    if (!part) continue;
    for (const component of COMPONENTS) instalment.owed[component] -= part[component];
    if (part.penalty > 0 && instalment.owed.penalty === 0) settleAccrual(instalment.penalty);
  }
  return { parts: allocation.settled, settledFen: allocation.settledFen };
}

export function closeWhenSettled(state: CashLoanState): void {
  // An instalment that only carries charges over has nothing left to post.
  const isEmpty = ({ principalFen, balanceFen }: PlannedInstalment) => principalFen + balanceFen === 0;
  const isMet = ({ isPosted, plan, owed }: Instalment) => totalOwedFen(owed) === 0 && (isPosted || isEmpty(plan));
  if (state.instalments.every(isMet)) state.closed = 'settled';
}

/** The month's day after the last due date and the last posting. */
export function nextPostingDate(state: CashLoanState): IsoDate {
  const last = state.instalments.at(-1)?.plan.dueDate ?? state.anchor;
  const after = maxDate(last, state.postedOn);
  while (addMonthsClamped(state.anchor, state.anchorMonth) <= after) state.anchorMonth += 1;
  return addMonthsClamped(state.anchor, state.anchorMonth);
}
