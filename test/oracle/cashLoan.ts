/**
 * The oracle's cash loan: one day after the other from the start to the date asked for. Written from docs/ledger.md
 * alone, and slow on purpose: it must not share an idea, let alone code, with the fold that it judges.
 */
import type { CashLoanTerms } from '../../src/domain/credit/account';
import type { Fact, Restructured } from '../../src/domain/credit/facts';
import type { CashLoanPolicy } from '../../src/domain/policy/lendingPolicy';
import { book, type Lines } from './books';
import { isInCoolingOff, pay, settleDue, settlesWith } from './cashLoanPayments';
import {
  accrueDay,
  bearsPenalty,
  type Charge,
  daysPastDueOf,
  debtsOf,
  dueAtOnce,
  end,
  type Instalment,
  isOpen,
  type Loan,
  openLoan,
  owedFen,
  pendingPenaltyFen,
  planAnew,
  postPenalty,
  wholeInterestFen,
} from './cashLoanState';
import { monthsLater, toDay, toIso } from './civilDates';
import { toFen } from './exactAmounts';
import { factsByDay } from './factsOfDay';
import { figuresOfLoan, type OracleFigures } from './figures';
import { freezeOrLift } from './freezes';

export interface OracleBalances {
  principalFen: number;
  interestFen: number;
  penaltyFen: number;
  feeFen: number;
  creditFen: number;
}

export interface OracleRow {
  number: number;
  dueDate: string;
  principalFen: number;
  /** Undefined where it was never charged: of instalments that a write-off ended. */
  interestFen: number | undefined;
  owedFen: number;
}

export interface OracleCashLoan {
  balances: OracleBalances;
  daysPastDue: number;
  isClosed: boolean;
  recoverableFen: number;
  /** Reasons for which new credit is stopped, sorted. */
  freezes: string[];
  /** What would settle everything today. */
  payoffFen: number;
  rows: OracleRow[];
  entries: Map<string, Lines>;
}

/** What the loan is at the end of `asOf`. */
export function cashLoanAt(
  terms: CashLoanTerms,
  facts: readonly Fact[],
  policy: CashLoanPolicy,
  asOf: string,
): OracleCashLoan & { figures: OracleFigures } {
  const loan = loanAt(terms, facts, policy, toDay(asOf));
  // Living on to the next deadline comes last.
  return { ...resultOf(loan), figures: figuresOfLoan(loan, facts) };
}

/** The loan itself, which can go on from there. */
export function loanAt(terms: CashLoanTerms, facts: readonly Fact[], policy: CashLoanPolicy, asOfDay: number): Loan {
  const loan = openLoan(terms, policy, lateDaysOf(terms, facts, policy, asOfDay));
  const byDay = factsByDay(facts, asOfDay);
  for (const fact of byDay.get(loan.today) ?? []) take(loan, fact);
  passDays(loan, asOfDay, byDay);
  return loan;
}

/**
 * A prepayment that bounced makes nobody late on what was paid as told: instalments that fell due from its day on and before
 * the reversal's, and of which nothing was owed on the day before that, are late from the reversal's day.
 */
function lateDaysOf(
  terms: CashLoanTerms,
  facts: readonly Fact[],
  policy: CashLoanPolicy,
  asOfDay: number,
): (dueDay: number) => number {
  const moves: ((dueDay: number) => number)[] = [];
  for (const paid of facts) {
    if (paid.kind !== 'paid' || paid.intent === 'instalment') continue;
    const reversals = facts.filter((fact) => fact.kind === 'reversed' && fact.reverses === paid.key);
    const bouncedDay = Math.min(...reversals.map(({ valueDate }) => toDay(valueDate)));
    const paidDay = toDay(paid.valueDate);
    if (bouncedDay > asOfDay || bouncedDay <= paidDay) continue;
    const before = loanAt(terms, facts, policy, bouncedDay - 1);
    const open = new Set(before.instalments.flatMap((each) => (each.isDue && isOpen(each) ? [each.dueDay] : [])));
    moves.push((dueDay) => (dueDay >= paidDay && dueDay < bouncedDay && !open.has(dueDay) ? bouncedDay : dueDay));
  }
  return (dueDay) => Math.max(dueDay, ...moves.map((move) => move(dueDay)));
}

/** One day after the other: first what the calendar brings, then the facts of the day. */
export function passDays(loan: Loan, untilDay: number, byDay: ReadonlyMap<number, Fact[]>): void {
  while (loan.today < untilDay) {
    loan.today++;
    if (loan.isPaidOut && !loan.isWrittenOff) bringCalendar(loan);
    for (const fact of byDay.get(loan.today) ?? []) take(loan, fact);
  }
}

/** The day's interest and penalty, then a due date, or after the last one the monthly posting of penalty. */
function bringCalendar(loan: Loan): void {
  accrueDay(loan);
  const due = loan.instalments.filter(({ dueDay, isDue }) => dueDay === loan.today && !isDue);
  for (const instalment of due) fallDue(loan, instalment);
  const isMonthDay = loan.today === loan.nextMonthDay;
  if (isMonthDay) loan.nextMonthDay = monthsLater(loan.countsMonthsFrom, ++loan.monthsPassed + 1);
  if (due.length > 0 || (loan.today > loan.lastDueDay && isMonthDay)) {
    if (bearsPenalty(loan)) loan.penaltyDays++;
    postPenalty(loan);
  }
  if (due.length > 0) applyCredit(loan, due);
}

/** Interest of the instalment is posted, unless it was paid early, and its principal is due. */
function fallDue(loan: Loan, instalment: Instalment): void {
  instalment.isDue = true;
  if (instalment.isPaidEarly) return;
  const interestFen = wholeInterestFen(loan, instalment);
  book(loan.books, `interest/${instalment.number}`, {
    'interest-receivable': interestFen,
    'interest-income': -interestFen,
  });
  instalment.interestFen = interestFen;
  instalment.owed.interest += interestFen;
  loan.accruedInterest = 0n;
  loan.chargedUntilDay = Math.max(loan.chargedUntilDay, loan.today);
}

function applyCredit(loan: Loan, due: readonly Instalment[]): void {
  const settled = settlesWith(loan, loan.creditFen, (pool) => settleDue(loan, pool, undefined));
  const usedFen = loan.creditFen - settled.leftFen;
  loan.creditFen = settled.leftFen;
  book(loan.books, `credit-applied/${due[0]?.number}`, { 'borrower-credit': usedFen, ...settled.lines });
}

/** What a fact of today does. */
export function take(loan: Loan, fact: Fact): void {
  if (fact.kind === 'disbursed') payOut(loan, fact.key, fact.amountFen);
  else if (fact.kind === 'rate-corrected' && fact.dailyRate !== undefined)
    loan.rates.push({ fromDay: loan.today, dailyRate: fact.dailyRate });
  else if (fact.kind === 'paid') {
    if (loan.isWrittenOff) recover(loan, fact.key, fact.amountFen);
    else pay(loan, fact);
  } else if (fact.kind === 'restructured') restructure(loan, fact);
  else if (fact.kind === 'credit-returned') returnCredit(loan, fact.key, fact.amountFen);
  else if (fact.kind === 'written-off') writeOff(loan, fact.key);
  else freezeOrLift(loan.freezes, fact);
}

function payOut(loan: Loan, key: string, amountFen: number): void {
  loan.isPaidOut = true;
  book(loan.books, key, { 'principal-receivable': amountFen, funding: -amountFen });
}

/** A new level schedule for all principal; what else is owed is due with its first instalment. */
function restructure(loan: Loan, fact: Restructured): void {
  if (loan.isWrittenOff || !debtsOf(loan).some(isOpen)) return;
  postPenalty(loan);
  const carried: Record<Charge, number> = { fee: 0, penalty: 0, interest: toFen(loan.accruedInterest) };
  book(loan.books, `interest/${fact.key}`, {
    'interest-receivable': carried.interest,
    'interest-income': -carried.interest,
  });
  let principalFen = 0;
  for (const { owed } of debtsOf(loan)) {
    principalFen += owed.principal;
    carried.fee += owed.fee;
    carried.penalty += owed.penalty;
    carried.interest += owed.interest;
  }
  loan.restructuredDay = loan.today;
  loan.rates.push({ fromDay: loan.today, dailyRate: fact.dailyRate });
  loan.method = 'level';
  loan.countsMonthsFrom = loan.today;
  loan.monthsPassed = 0;
  loan.nextMonthDay = monthsLater(loan.today, 1);
  const dueDays = Array.from({ length: fact.months }, (_, index) => monthsLater(loan.today, index + 1));
  loan.instalments = loan.instalments.filter((each) => !isOpen(each) && (each.isDue || each.isPaidEarly));
  loan.returned = [];
  // The due date of an instalment that was paid early has passed with the plan that it belonged to.
  for (const settled of loan.instalments) settled.isDue = true;
  planAnew(loan, {
    fromDay: Math.max(loan.today, loan.chargedUntilDay),
    principalFen,
    dueDays,
    firstNumber: loan.highestNumber + 1,
    carried,
  });
}

function returnCredit(loan: Loan, key: string, amountFen: number): void {
  const creditFen = Math.min(loan.creditFen, amountFen);
  loan.creditFen -= creditFen;
  if (amountFen > creditFen) loan.returned.push(dueAtOnce(loan, amountFen - creditFen));
  book(loan.books, key, {
    'borrower-credit': creditFen,
    'principal-receivable': amountFen - creditFen,
    funding: -amountFen,
  });
}

function writeOff(loan: Loan, key: string): void {
  // What was settled meanwhile is not written off.
  if (loan.isWrittenOff || !debtsOf(loan).some(isOpen)) return;
  postPenalty(loan);
  const accruedFen = toFen(loan.accruedInterest);
  book(loan.books, `interest/${key}`, { 'interest-receivable': accruedFen, 'interest-income': -accruedFen });
  const sums = { fee: 0, penalty: 0, interest: accruedFen, principal: 0 };
  for (const { owed } of debtsOf(loan)) {
    for (const component of ['fee', 'penalty', 'interest', 'principal'] as const) sums[component] += owed[component];
  }
  const lossFen = sums.fee + sums.penalty + sums.interest + sums.principal;
  book(loan.books, key, {
    'write-off-loss': lossFen,
    'fee-receivable': -sums.fee,
    'penalty-receivable': -sums.penalty,
    'interest-receivable': -sums.interest,
    'principal-receivable': -sums.principal,
  });
  loan.isWrittenOff = true;
  loan.recoverableFen = lossFen;
  loan.returned = [];
  loan.accruedInterest = 0n;
  for (const instalment of loan.instalments) end(instalment);
}

function recover(loan: Loan, key: string, amountFen: number): void {
  const recoveredFen = Math.min(amountFen, loan.recoverableFen);
  loan.recoverableFen -= recoveredFen;
  // Then debts that arose since; the rest is credit.
  const { leftFen, lines } = settlesWith(loan, amountFen - recoveredFen, (pool) => settleDue(loan, pool, undefined));
  loan.creditFen += leftFen;
  book(loan.books, key, {
    collections: amountFen,
    'recovery-income': -recoveredFen,
    ...lines,
    'borrower-credit': -leftFen,
  });
}

export function resultOf(loan: Loan): OracleCashLoan {
  const balances: OracleBalances = {
    principalFen: 0,
    interestFen: toFen(loan.accruedInterest),
    penaltyFen: 0,
    feeFen: 0,
    creditFen: loan.creditFen,
  };
  for (const instalment of debtsOf(loan)) {
    balances.principalFen += instalment.owed.principal;
    balances.interestFen += instalment.owed.interest;
    balances.penaltyFen += instalment.owed.penalty + pendingPenaltyFen(instalment);
    balances.feeFen += instalment.owed.fee;
  }
  const isSettled = loan.isPaidOut && !debtsOf(loan).some(isOpen);
  return {
    balances,
    daysPastDue: daysPastDueOf(loan),
    isClosed: loan.isWrittenOff || isSettled,
    recoverableFen: loan.recoverableFen,
    freezes: [...loan.freezes].sort(),
    payoffFen: payoffFen(loan, balances),
    rows: loan.instalments.map((instalment) => rowOf(loan, instalment)),
    // Living on books more.
    entries: new Map(loan.books.entries),
  };
}

/** What would settle everything today: credit pays as well, and in the cooling-off time the days so far are free. */
function payoffFen(loan: Loan, balances: OracleBalances): number {
  const freeFen = isInCoolingOff(loan) ? toFen(loan.accruedInterest) : 0;
  const { principalFen, interestFen, penaltyFen, feeFen, creditFen } = balances;
  return Math.max(0, principalFen + interestFen - freeFen + penaltyFen + feeFen - creditFen);
}

function rowOf(loan: Loan, instalment: Instalment): OracleRow {
  const isToCome = !instalment.isDue && !instalment.isPaidEarly;
  const toComeFen = isToCome ? wholeInterestFen(loan, instalment) : 0;
  return {
    number: instalment.number,
    dueDate: toIso(instalment.isDue && isOpen(instalment) ? instalment.lateDay : instalment.dueDay),
    principalFen: instalment.principalFen,
    interestFen: isToCome ? toComeFen : instalment.interestFen,
    owedFen: owedFen(instalment) + pendingPenaltyFen(instalment) + toComeFen,
  };
}
