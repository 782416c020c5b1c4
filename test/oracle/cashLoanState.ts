/** What the oracle knows of a cash loan, its accruals, and how its instalments are planned. */
import type { CashLoanTerms } from '../../src/domain/credit/account';
import type { CashLoanPolicy, Component, RepaymentMethod } from '../../src/domain/policy/lendingPolicy';
import { type Books, book, emptyBooks } from './books';
import { monthsLater, toDay, toIso } from './civilDates';
import { type Exact, interestOf, penaltyRateOf, rateOf, toFen } from './exactAmounts';
import { levelPaymentFen, MONTH_DAYS, type Period, partsOfInterestFirst, partsOfLevel } from './repaymentPlan';

export type Charge = Exclude<Component, 'principal'>;

export interface Instalment {
  number: number;
  fromDay: number;
  dueDay: number;
  /** Lateness and penalty count from here: the due day, or the day on which a prepayment of before it bounced. */
  lateDay: number;
  /** Interest is 30 days' worth, whatever the days of the period. */
  isByMonth: boolean;
  principalFen: number;
  /** Interest as it was posted. */
  interestFen: number | undefined;
  isDue: boolean;
  isPaidEarly: boolean;
  /** Posted and not paid. Principal is here from the start. */
  owed: Record<Component, number>;
  /** Exact penalty since the due date, or since its penalty was last paid in full. */
  penalty: Exact;
  /** Of that, posted. */
  penaltyPostedFen: number;
}

export interface Loan {
  policy: CashLoanPolicy;
  books: Books;
  today: number;
  isPaidOut: boolean;
  isWrittenOff: boolean;
  startDay: number;
  method: RepaymentMethod;
  /** Contract rates by the day from which each holds, oldest first. */
  rates: { fromDay: number; dailyRate: string }[];
  /** The level payment of the plan in force. */
  paymentFen: number;
  /** Due dates are so many months after this day, and so are the days on which penalty is posted after the last one. */
  countsMonthsFrom: number;
  monthsPassed: number;
  nextMonthDay: number;
  lastDueDay: number;
  instalments: Instalment[];
  highestNumber: number;
  /** Exact contract interest on what is not due, since `chargedUntilDay`. */
  accruedInterest: Exact;
  chargedUntilDay: number;
  creditFen: number;
  /** Credit that was returned and was not the borrower's: debts due at once, which bear no penalty. */
  returned: Instalment[];
  recoverableFen: number;
  restructuredDay: number | undefined;
  /** Days so far on which penalty was due to be posted of something late. */
  penaltyDays: number;
  freezes: Set<string>;
  /** The day from which an instalment of this due day is late. */
  lateDayOf: (dueDay: number) => number;
}

export function openLoan(terms: CashLoanTerms, policy: CashLoanPolicy, lateDayOf: (dueDay: number) => number): Loan {
  const startDay = toDay(terms.startDate);
  const loan: Loan = {
    policy,
    books: emptyBooks(),
    today: startDay,
    isPaidOut: false,
    isWrittenOff: false,
    startDay,
    method: terms.method,
    rates: [{ fromDay: startDay, dailyRate: terms.dailyRate }],
    paymentFen: 0,
    countsMonthsFrom: startDay,
    monthsPassed: 0,
    nextMonthDay: monthsLater(startDay, 1),
    lastDueDay: startDay,
    instalments: [],
    highestNumber: 0,
    accruedInterest: 0n,
    chargedUntilDay: startDay,
    creditFen: 0,
    returned: [],
    recoverableFen: 0,
    restructuredDay: undefined,
    penaltyDays: 0,
    freezes: new Set(),
    lateDayOf,
  };
  const dueDays = Array.from({ length: terms.months }, (_, index) => {
    const named = terms.dueDates?.[index];
    return named === undefined ? monthsLater(startDay, index + 1) : toDay(named);
  });
  const carried = { fee: 0, penalty: 0, interest: 0 };
  planAnew(loan, { fromDay: startDay, principalFen: terms.principalFen, dueDays, firstNumber: 1, carried });
  return loan;
}

export function owedFen({ owed }: Instalment): number {
  return owed.fee + owed.penalty + owed.interest + owed.principal;
}

/** Instalments, and what else is owed as one. */
export function debtsOf(loan: Loan): Instalment[] {
  return [...loan.instalments, ...loan.returned];
}

/** Principal that is due today and bears no penalty; it has no number. */
export function dueAtOnce(loan: Loan, principalFen: number): Instalment {
  return {
    number: 0,
    fromDay: loan.today,
    dueDay: loan.today,
    lateDay: loan.today,
    isByMonth: false,
    principalFen,
    interestFen: undefined,
    isDue: true,
    isPaidEarly: false,
    owed: { fee: 0, penalty: 0, interest: 0, principal: principalFen },
    penalty: 0n,
    penaltyPostedFen: 0,
  };
}

/** Nothing is owed of it any more, and nothing will be. */
export function end(instalment: Instalment): void {
  instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
  instalment.penalty = 0n;
  instalment.penaltyPostedFen = 0;
  if (!instalment.isDue) instalment.isPaidEarly = true;
}

/** Whether something of it is still to be paid: owed now, or to be charged with its due date. */
export function isOpen(instalment: Instalment): boolean {
  return owedFen(instalment) > 0;
}

/** Instalments that are neither due nor paid early, the next first. */
export function comingOf(loan: Loan): Instalment[] {
  return loan.instalments.filter((instalment) => !instalment.isDue && !instalment.isPaidEarly);
}

export function comingPrincipalFen(loan: Loan): number {
  return comingOf(loan).reduce((sum, { owed }) => sum + owed.principal, 0);
}

/** The contract rate that holds on a day: the last one from that day or before. */
function dailyRateOn(loan: Loan, day: number): string {
  const inForce = loan.rates.findLast(({ fromDay }) => fromDay <= day) ?? loan.rates[0];
  return inForce?.dailyRate ?? '0';
}

/** Interest and penalty of the night before today, on what stood at the end of yesterday, at yesterday's rate. */
export function accrueDay(loan: Loan): void {
  const yesterday = loan.today - 1;
  const dailyRate = dailyRateOn(loan, yesterday);
  if (yesterday >= loan.chargedUntilDay)
    loan.accruedInterest += interestOf(comingPrincipalFen(loan), rateOf(dailyRate));
  const { penaltyMultiplier, penaltyAnnualCap } = loan.policy;
  for (const instalment of loan.instalments) {
    if (!instalment.isDue || instalment.owed.principal === 0 || isInGrace(loan, instalment)) continue;
    // What is left when the grace is over bears the penalty of the days of grace as well.
    const isFirstNight = isInGrace(loan, instalment, yesterday);
    for (let night = isFirstNight ? instalment.lateDay : yesterday; night <= yesterday; night++) {
      const penaltyRate = penaltyRateOf(dailyRateOn(loan, night), penaltyMultiplier, penaltyAnnualCap);
      instalment.penalty += interestOf(instalment.owed.principal, penaltyRate);
    }
  }
}

/** Whether the day from which it is late has not come, or is today, or one of the days of grace after it is. */
export function isInGrace(loan: Loan, { lateDay }: Instalment, day = loan.today): boolean {
  return day - lateDay <= (loan.policy.graceDays ?? 0);
}

/** Whole days from the late day of the oldest debt that is owed after its days of grace. */
export function daysPastDueOf(loan: Loan): number {
  if (loan.isWrittenOff) return 0;
  const overdue = debtsOf(loan).filter((debt) => debt.isDue && isOpen(debt) && !isInGrace(loan, debt));
  return Math.max(0, ...overdue.map(({ lateDay }) => loan.today - lateDay));
}

/** Whether principal that is due is owed, and its rate is one, or what accrued before is still to be posted. */
export function bearsPenalty(loan: Loan): boolean {
  if (loan.instalments.some((instalment) => pendingPenaltyFen(instalment) > 0)) return true;
  const { penaltyMultiplier, penaltyAnnualCap } = loan.policy;
  if (penaltyRateOf(dailyRateOn(loan, loan.today), penaltyMultiplier, penaltyAnnualCap) === 0n) return false;
  return loan.instalments.some(({ isDue, owed }) => isDue && owed.principal > 0);
}

/** Penalty that has accrued and is not posted. */
export function pendingPenaltyFen(instalment: Instalment): number {
  return toFen(instalment.penalty) - instalment.penaltyPostedFen;
}

export function postPenalty(loan: Loan): void {
  let postedFen = 0;
  for (const instalment of loan.instalments) {
    const pendingFen = pendingPenaltyFen(instalment);
    instalment.penaltyPostedFen += pendingFen;
    instalment.owed.penalty += pendingFen;
    postedFen += pendingFen;
  }
  book(loan.books, `penalty/${toIso(loan.today)}`, { 'penalty-receivable': postedFen, 'penalty-income': -postedFen });
}

/** The interest of the next instalment, or of a later one that is as planned, at the rates known today. */
export function wholeInterestFen(loan: Loan, instalment: Instalment): number {
  const coming = comingOf(loan);
  const after = instalment.isDue ? coming : coming.filter(({ dueDay }) => dueDay > instalment.dueDay);
  const principalFen = instalment.owed.principal + after.reduce((sum, { owed }) => sum + owed.principal, 0);
  if (instalment.isByMonth)
    return toFen(interestOf(principalFen, rateOf(dailyRateOn(loan, instalment.fromDay)), MONTH_DAYS));
  const isNext = instalment.isDue || coming[0] === instalment;
  const fromDay = Math.max(isNext ? loan.today : instalment.fromDay, loan.chargedUntilDay);
  const toCome = interestOf(
    principalFen,
    rateOf(dailyRateOn(loan, loan.today)),
    Math.max(0, instalment.dueDay - fromDay),
  );
  return toFen((isNext ? loan.accruedInterest : 0n) + toCome);
}

export interface NewPlan {
  fromDay: number;
  principalFen: number;
  dueDays: number[];
  firstNumber: number;
  /** Owed already, and due with the first instalment. */
  carried: Record<Charge, number>;
  /** Pay this much in each until all is paid, instead of the payment that suits all due dates. */
  keepsPaymentFen?: number;
  /** No instalment comes after the one with the last of the principal. */
  endsWhenRepaid?: boolean;
}

/** Adds the instalments of a plan; its first period has the actual days from the day it begins. */
export function planAnew(loan: Loan, plan: NewPlan): void {
  const periods = plan.dueDays.map((dueDay, index): Period & { isByMonth: boolean } => {
    const fromDay = Math.max(plan.dueDays[index - 1] ?? plan.fromDay, plan.fromDay);
    const isByMonth = loan.method === 'level-monthly';
    return { fromDay, dueDay, days: isByMonth ? MONTH_DAYS : Math.max(0, dueDay - fromDay), isByMonth };
  });
  const dailyRate = dailyRateOn(loan, loan.today);
  const rate = rateOf(dailyRate);
  if (loan.method !== 'interest-first')
    loan.paymentFen = plan.keepsPaymentFen ?? levelPaymentFen(plan.principalFen, dailyRate, periods);
  const parts =
    loan.method === 'interest-first'
      ? partsOfInterestFirst(plan.principalFen, rate, periods)
      : partsOfLevel(plan.principalFen, loan.paymentFen, rate, periods);
  let leftFen = plan.principalFen;
  for (const [index, { principalFen }] of parts.entries()) {
    if (plan.endsWhenRepaid && leftFen === 0 && index > 0) break;
    leftFen -= principalFen;
    const period = periods[index];
    if (!period) throw new Error('a part without its period');
    const carried = index === 0 ? plan.carried : { fee: 0, penalty: 0, interest: 0 };
    loan.instalments.push({
      number: plan.firstNumber + index,
      fromDay: period.fromDay,
      dueDay: period.dueDay,
      lateDay: loan.lateDayOf(period.dueDay),
      isByMonth: period.isByMonth,
      principalFen,
      interestFen: undefined,
      isDue: false,
      isPaidEarly: false,
      owed: { ...carried, principal: principalFen },
      penalty: 0n,
      penaltyPostedFen: 0,
    });
  }
  loan.highestNumber = Math.max(loan.highestNumber, loan.instalments.at(-1)?.number ?? 0);
  loan.lastDueDay = loan.instalments.at(-1)?.dueDay ?? plan.fromDay;
  loan.accruedInterest = 0n;
  loan.chargedUntilDay = plan.fromDay;
}
