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

export function describeCashLoan(life: CashLoanState): DerivedAccount {
  const { asOf, facts, policy, terms } = life.input;
  const owedNow = life.instalments.map(({ owed, penalty }) => ({
    ...owed,
    penalty: owed.penalty + unpostedFen(penalty),
  }));
  const sum = sumOwed(owedNow);
  const unpostedPenaltyFen = life.instalments.reduce((total, { penalty }) => total + unpostedFen(penalty), 0);
  const obligations = life.closed ? [] : obligationsOf(life, owedNow);
  const unpostedInterestFen = life.closed ? 0 : accruedInterestFen(life, asOf);
  const balances = {
    principalFen: sum.principal,
    interestFen: sum.interest + unpostedInterestFen,
    penaltyFen: sum.penalty,
    feeFen: sum.fee,
    creditFen: life.creditFen,
  };
  const freezes = freezesInForce(facts, asOf);
  const figures = accountFigures({
    asOf,
    closed: life.closed,
    obligations,
    balances,
    freezes,
    settlesFen: life.closed ? totalOwedFen(sum) : payoffOn(life, asOf) + unpostedPenaltyFen,
    unpostedInterestFen,
    unpostedPenaltyFen,
    recoverableFen: life.recoverableFen,
    // It is drawn at once.
    unusedLimitFen: 0,
    stopsWhenPastDue: true,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    restructuredOn: life.restructuredOn,
    rungDays: life.input.rungDays ?? [],
    changesOn: changesOf(life),
  });
  return {
    product: 'cash-loan',
    asOf,
    terms: termsInForce(life),
    balances,
    obligations,
    freezes,
    ...figures,
    comingFeeFen: 0,
    limitFen: terms.principalFen,
    statements: [],
    schedule: scheduleOf(life, owedNow),
    recoverableFen: life.recoverableFen,
    minimumOnlyStreak: 0,
    entries: life.entries,
  };
}

/** After a restructuring the new schedule's, and always the rate of now. */
function termsInForce(life: CashLoanState): CashLoanTerms {
  const { terms } = life.input;
  return { ...(life.restructuredTerms ?? terms), dailyRate: currentRate(life) };
}

/** A debt that is no instalment has no row. */
function scheduleOf(life: CashLoanState, owedNow: readonly Owed[]): ScheduleRow[] {
  const rows = life.instalments.map((instalment, index) => rowOf(life, instalment, owedNow[index]));
  // By number, not by due date: what is missing of a debt may be due later than the one after it.
  return rows.filter(({ number }) => number > 0).sort((one, other) => one.number - other.number);
}

function rowOf(life: CashLoanState, instalment: Instalment, owed: Owed | undefined): ScheduleRow {
  const { number, dueDate, days, principalFen } = instalment.plan;
  const interestFen = interestOf(life, instalment);
  return { number, dueDate, days, principalFen, interestFen, owedFen: grossFen(life, instalment, owed) };
}

/** What is owed of an instalment, its interest counted in full before it is posted; nothing once the loan is closed. */
function grossFen(life: CashLoanState, instalment: Instalment, owed: Owed | undefined): Fen {
  if (!owed || life.closed) return 0;
  return totalOwedFen(owed) + (instalment.isPosted ? 0 : interestOf(life, instalment));
}

/** Overdue instalments that are owed, and the next one that is not due yet; its credit counts as paid. */
function obligationsOf(life: CashLoanState, owedNow: readonly Owed[]): Obligation[] {
  const { asOf, policy } = life.input;
  const obligations: Obligation[] = [];
  for (const [index, instalment] of life.instalments.entries()) {
    const { dueDate } = instalment.plan;
    const isComing = dueDate >= asOf;
    const creditFen = isComing && !instalment.isPosted ? life.creditFen : 0;
    const owedFen = Math.max(0, grossFen(life, instalment, owedNow[index]) - creditFen);
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
function changesOf(life: CashLoanState): IsoDate[] {
  const { facts } = life.input;
  const factsToCome = facts.map(countsFrom);
  if (life.closed) return factsToCome;
  const isLate = life.instalments.some(({ isPosted, owed, penalty }) => {
    // Also what accrued before the rate became nothing is still to be posted.
    return (isPosted && owed.principal > 0 && penalty.rate.numerator > 0n) || unpostedFen(penalty) > 0;
  });
  const coming = life.instalments.filter(({ isDue, isPosted }) => !isDue && (isLate || !isPosted));
  const dueDates = coming.map(({ plan }) => plan.dueDate);
  const hasPassed = life.instalments.every(({ isDue }) => isDue);
  return [...factsToCome, ...dueDates, ...(hasPassed && isLate ? [nextPostingDate(life)] : [])];
}
