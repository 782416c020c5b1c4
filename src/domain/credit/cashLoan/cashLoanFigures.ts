/** What the state of a cash loan comes to: its figures, its schedule and what is due. Rules: docs/ledger.md. */

import { addDays, type IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { CashLoanTerms, DerivedAccount, Obligation, ScheduleRow } from '../account';
import { unpostedFen } from '../accrual';
import { type Owed, sumOwed, totalOwedFen } from '../allocation';
import { countsFrom } from '../facts';
import { accountFigures } from '../figures';
import { freezesInForce } from '../freezes';
import { payoffOn } from './cashLoanPayments';
import {
  accruedInterestFen,
  type CashLoanState,
  currentRate,
  type Instalment,
  interestOf,
  nextPostingDate,
} from './cashLoanState';

export function describeCashLoan(state: CashLoanState): DerivedAccount {
  const { asOf, facts, policy, terms } = state.input;
  const owedNow = state.instalments.map(({ owed, penalty }) => ({
    ...owed,
    penalty: owed.penalty + unpostedFen(penalty),
  }));
  const sum = sumOwed(owedNow);
  const unpostedPenaltyFen = state.instalments.reduce((total, { penalty }) => total + unpostedFen(penalty), 0);
  const obligations = state.closed ? [] : obligationsOf(state, owedNow);
  const unpostedInterestFen = state.closed ? 0 : accruedInterestFen(state, asOf);
  const balances = {
    principalFen: sum.principal,
    interestFen: sum.interest + unpostedInterestFen,
    penaltyFen: sum.penalty,
    feeFen: sum.fee,
    creditFen: state.creditFen,
  };
  const freezes = freezesInForce(facts, asOf);
  const figures = accountFigures({
    asOf,
    closed: state.closed,
    obligations,
    balances,
    freezes,
    settlesFen: state.closed ? totalOwedFen(sum) : payoffOn(state, asOf) + unpostedPenaltyFen,
    unpostedInterestFen,
    unpostedPenaltyFen,
    recoverableFen: state.recoverableFen,
    // It is drawn at once.
    unusedLimitFen: 0,
    stopsWhenPastDue: true,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    restructuredOn: state.restructuredOn,
    rungDays: state.input.rungDays ?? [],
    changesOn: changesOf(state),
  });
  return {
    product: 'cash-loan',
    asOf,
    terms: termsInForce(state),
    balances,
    obligations,
    freezes,
    ...figures,
    comingFeeFen: 0,
    limitFen: terms.principalFen,
    statements: [],
    schedule: scheduleOf(state, owedNow),
    recoverableFen: state.recoverableFen,
    minimumOnlyStreak: 0,
    entries: state.entries,
  };
}

/** After a restructuring the new schedule's, and always the rate of now. */
function termsInForce(state: CashLoanState): CashLoanTerms {
  const { terms } = state.input;
  return { ...(state.restructuredTerms ?? terms), dailyRate: currentRate(state) };
}

/** A debt that is no instalment has no row. */
function scheduleOf(state: CashLoanState, owedNow: readonly Owed[]): ScheduleRow[] {
  const rows = state.instalments.map((instalment, index) => rowOf(state, instalment, owedNow[index]));
  // By number, not by due date: what is missing of a debt may be due later than the one after it.
  return rows.filter(({ number }) => number > 0).sort((one, other) => one.number - other.number);
}

function rowOf(state: CashLoanState, instalment: Instalment, owed: Owed | undefined): ScheduleRow {
  const { number, dueDate, days, principalFen } = instalment.plan;
  const interestFen = interestOf(state, instalment);
  return { number, dueDate, days, principalFen, interestFen, owedFen: grossFen(state, instalment, owed) };
}

/** What is owed of an instalment, its interest counted in full before it is posted; nothing once the loan is closed. */
function grossFen(state: CashLoanState, instalment: Instalment, owed: Owed | undefined): Fen {
  if (!owed || state.closed) return 0;
  return totalOwedFen(owed) + (instalment.isPosted ? 0 : interestOf(state, instalment));
}

/** Overdue instalments that are owed, and the next one that is not due yet; its credit counts as paid. */
function obligationsOf(state: CashLoanState, owedNow: readonly Owed[]): Obligation[] {
  const { asOf, policy } = state.input;
  const obligations: Obligation[] = [];
  for (const [index, instalment] of state.instalments.entries()) {
    const { dueDate } = instalment.plan;
    const isComing = dueDate >= asOf;
    const creditFen = isComing && !instalment.isPosted ? state.creditFen : 0;
    const owedFen = Math.max(0, grossFen(state, instalment, owedNow[index]) - creditFen);
    if (owedFen > 0) {
      obligations.push({
        key: instalment.key,
        dueDate,
        lateFrom: addDays(dueDate, (policy.graceDays ?? 0) + 1),
        owedFen,
        minimumFen: owedFen,
        penaltyFen: owedNow[index]?.penalty ?? 0,
      });
    }
    if (isComing && (owedFen > 0 || !instalment.isPosted)) break;
  }
  return obligations.sort((a, b) => (a.dueDate < b.dueDate ? -1 : a.dueDate > b.dueDate ? 1 : 0));
}

/**
 * Due dates, on which interest is posted, and with something late the penalty so far; after the last one the monthly
 * postings of penalty; facts whose date has not come.
 */
function changesOf(state: CashLoanState): IsoDate[] {
  const { facts } = state.input;
  const factsToCome = facts.map(countsFrom);
  if (state.closed) return factsToCome;
  const isLate = state.instalments.some(({ isPosted, owed, penalty }) => {
    // Also what accrued before the rate became nothing is still to be posted.
    return (isPosted && owed.principal > 0 && penalty.rate.numerator > 0n) || unpostedFen(penalty) > 0;
  });
  const coming = state.instalments.filter(({ isDue, isPosted }) => !isDue && (isLate || !isPosted));
  const dueDates = coming.map(({ plan }) => plan.dueDate);
  const hasPassed = state.instalments.every(({ isDue }) => isDue);
  return [...factsToCome, ...dueDates, ...(hasPassed && isLate ? [nextPostingDate(state)] : [])];
}
