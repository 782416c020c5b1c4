/**
 * The state of a cash loan while its facts are folded, and the postings that every event of its life is made of. What
 * payments do is in `cashLoanPayments.ts`; the fold itself is `cashLoan.ts`. Rules: docs/ledger.md.
 */

import type { JournalEntry } from '../../ledger/journal';
import { chargeLines, post } from '../../ledger/postings';
import { COMPONENTS, type Component, type RepaymentMethod } from '../../policy/lendingPolicy';
import { addDays, addMonthsClamped, daysBetween, type IsoDate, maxDate } from '../../values/calendar';
import { accrualFen, type DecimalRate, type Fen, scaleRate } from '../../values/money';
import type { CashLoanInput, CashLoanTerms } from '../account';
import type { ClosedStage } from '../accountStages';
import {
  type Accrual,
  accrueDays,
  type ExactRate,
  penaltyRate,
  postAccrual,
  settleAccrual,
  startAccrual,
} from '../accrual';
import { allocate, type Owed, totalOwedFen } from '../allocation';
import type { Remark } from '../references';
import { type Deferral, lateDateOf } from './bouncedPrepayments';
import { monthlyRateOf, type Plan, type PlannedInstalment, planLoan } from './schedule';

export interface Instalment {
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
  /** What is still to be paid; its own interest is in it from the posting on. */
  owed: Owed;
  /** From which date on it counts as due for lateness: its due date, or the day on which a prepayment bounced. */
  lateDate: IsoDate;
  penalty: Accrual;
  penaltyThrough: IsoDate;
  /** Days of grace so far, each times its penalty rate: they count on what is left after the grace. */
  graceRateDays: bigint;
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
  const life: CashLoanState = {
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
  takePlan(life, planLoan(terms), terms.startDate);
  return life;
}

/** Replaces what is not posted yet by the instalments of a plan. */
export function takePlan(life: CashLoanState, plan: Plan, fromDate: IsoDate): void {
  const kept = life.instalments.filter(({ isPosted }) => isPosted);
  const planned = plan.instalments.map((row, index): Instalment => {
    const lateDate = lateDateOf(row.dueDate, life.deferrals);
    return {
      key: `instalment-${row.number}`,
      isOfSchedule: true,
      plan: row,
      fromDate: maxDate(plan.instalments[index - 1]?.dueDate ?? fromDate, fromDate),
      isDue: false,
      isPosted: false,
      owed: { fee: 0, penalty: 0, interest: 0, principal: row.principalFen },
      lateDate,
      penalty: startAccrual(life.penaltyRate),
      penaltyThrough: lateDate,
      graceRateDays: 0n,
    };
  });
  life.instalments = [...kept, ...planned];
  life.paymentFen = plan.paymentFen;
  life.lastNumber = Math.max(life.lastNumber, ...planned.map(({ plan: { number } }) => number));
}

/** A debt that is due at once and bears no penalty; among the instalments it has the place of its date. */
export function addDebt(life: CashLoanState, key: string, date: IsoDate, principalFen: Fen): void {
  const later = life.instalments.findIndex(({ plan }) => plan.dueDate > date);
  life.instalments.splice(later < 0 ? life.instalments.length : later, 0, {
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

export function currentRate(life: CashLoanState): DecimalRate {
  return life.rates.at(-1)?.dailyRate ?? life.input.terms.dailyRate;
}

/** Instalments that are not posted yet, the next one first. */
export function comingInstalments(life: CashLoanState): Instalment[] {
  return life.instalments.filter(({ isPosted }) => !isPosted);
}

/** What is due and owed, oldest first: by the date from which it counts as due. */
export function dueInstalments(life: CashLoanState): Instalment[] {
  return life.instalments
    .filter(({ isPosted, owed }) => isPosted && totalOwedFen(owed) > 0)
    .sort((one, other) => daysBetween(other.lateDate, one.lateDate));
}

/** Another contract rate from a date on: interest and penalty up to it stay as they accrued. */
export function changeRate(life: CashLoanState, from: IsoDate, dailyRate: DecimalRate): void {
  accruePenalties(life, from);
  for (const instalment of life.instalments) {
    const days = daysBetween(instalment.penaltyThrough, from);
    if (days <= 0) continue;
    instalment.graceRateDays += BigInt(days) * instalment.penalty.rate.numerator;
    instalment.penaltyThrough = from;
  }
  life.rates.push({ from, dailyRate });
  life.penaltyRate = penaltyRate(dailyRate, life.input.policy);
  for (const { isOfSchedule, penalty } of life.instalments) {
    // The denominator is that of every penalty rate, so what has accrued stays as it is.
    if (isOfSchedule) penalty.rate = life.penaltyRate;
  }
}

/** The whole interest of an instalment at the rates of its days; by month, at the rate of the period's start. */
export function interestOf(life: CashLoanState, { plan, fromDate, isPosted }: Instalment): Fen {
  const openingFen = plan.principalFen + plan.balanceFen;
  if (isPosted || life.rates.length === 1) return plan.interestFen;
  if (life.method !== 'level-monthly') return interestFen(life, openingFen, fromDate, plan.dueDate);
  const { dailyRate } = life.rates.findLast(({ from }) => from <= fromDate) ?? { dailyRate: currentRate(life) };
  return accrualFen(BigInt(openingFen) * monthlyRateOf(dailyRate));
}

/** Interest on a principal over actual days, each at its rate, rounded once. */
function interestFen(life: CashLoanState, principalFen: Fen, from: IsoDate, to: IsoDate): Fen {
  let exact = 0n;
  for (const [index, { from: rateFrom, dailyRate }] of life.rates.entries()) {
    const end = life.rates[index + 1]?.from ?? to;
    const days = daysBetween(maxDate(from, rateFrom), end < to ? end : to);
    if (days > 0) exact += BigInt(days) * scaleRate(dailyRate);
  }
  return accrualFen(BigInt(principalFen) * exact);
}

/** Interest on the principal that is not due yet, for actual days since interest was last posted. */
export function accruedInterestFen(life: CashLoanState, date: IsoDate): Fen {
  const comingFen = comingInstalments(life).reduce((sum, { owed }) => sum + owed.principal, 0);
  return date <= life.interestThrough ? 0 : interestFen(life, comingFen, life.interestThrough, date);
}

export function postInstalmentInterest(life: CashLoanState, instalment: Instalment, date: IsoDate): void {
  if (instalment.isPosted) return;
  const amountFen = interestOf(life, instalment);
  instalment.isPosted = true;
  // What was charged stands, whatever rate is found to hold later.
  instalment.plan = { ...instalment.plan, interestFen: amountFen };
  instalment.owed.interest += amountFen;
  life.interestThrough = maxDate(life.interestThrough, instalment.plan.dueDate);
  post(life, {
    key: `interest/${instalment.plan.number}`,
    kind: 'interest',
    valueDate: date,
    lines: chargeLines('interest', amountFen),
  });
}

/** Brings every overdue instalment's penalty up to the date, exactly; in its days of grace it bears none yet. */
export function accruePenalties(life: CashLoanState, date: IsoDate): void {
  const { graceDays = 0 } = life.input.policy;
  for (const instalment of life.instalments) {
    if (instalment.penaltyThrough >= date || instalment.owed.principal === 0) {
      instalment.penaltyThrough = maxDate(instalment.penaltyThrough, date);
      continue;
    }
    if (graceDays > 0 && date <= addDays(instalment.lateDate, graceDays)) continue;
    instalment.penalty.exact += BigInt(instalment.owed.principal) * instalment.graceRateDays;
    instalment.graceRateDays = 0n;
    accrueDays(instalment.penalty, instalment.owed.principal, daysBetween(instalment.penaltyThrough, date));
    instalment.penaltyThrough = date;
  }
}

export function postPenalties(life: CashLoanState, date: IsoDate): void {
  accruePenalties(life, date);
  let postedFen = 0;
  for (const instalment of life.instalments) {
    // Most have never been overdue.
    if (instalment.penalty.exact === 0n) continue;
    const amountFen = postAccrual(instalment.penalty);
    instalment.owed.penalty += amountFen;
    postedFen += amountFen;
  }
  post(life, { key: `penalty/${date}`, kind: 'penalty', valueDate: date, lines: chargeLines('penalty', postedFen) });
}

/** Due dates of the instalments that are due and owed. */
export function openDueDatesOf(life: CashLoanState): IsoDate[] {
  return dueInstalments(life).flatMap(({ plan }) => (plan.number > 0 ? [plan.dueDate] : []));
}

/** What is missing of instalments whose prepayment bounced is due on the day of the reversal, as it is told from then on. */
export function moveDueDates(life: CashLoanState): void {
  for (const instalment of dueInstalments(life)) {
    instalment.plan = { ...instalment.plan, dueDate: instalment.lateDate };
  }
  if (life.deferrals.length === 0) return;
  const daysAfter = (one: Instalment, other: Instalment) => daysBetween(other.plan.dueDate, one.plan.dueDate);
  life.instalments.sort(daysAfter);
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

export function closeWhenSettled(life: CashLoanState): void {
  // An instalment that only carries charges over has nothing left to post.
  const isEmpty = ({ principalFen, balanceFen }: PlannedInstalment) => principalFen + balanceFen === 0;
  const isMet = ({ isPosted, plan, owed }: Instalment) => totalOwedFen(owed) === 0 && (isPosted || isEmpty(plan));
  if (life.instalments.every(isMet)) life.closed = 'settled';
}

/** The month's day after the last due date and the last posting. */
export function nextPostingDate(life: CashLoanState): IsoDate {
  const last = life.instalments.at(-1)?.plan.dueDate ?? life.anchor;
  const after = maxDate(last, life.postedOn);
  while (addMonthsClamped(life.anchor, life.anchorMonth) <= after) life.anchorMonth += 1;
  return addMonthsClamped(life.anchor, life.anchorMonth);
}
