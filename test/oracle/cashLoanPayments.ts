/** What a payment of a cash loan settles: docs/ledger.md, What a payment settles, points 1 to 4. */
import type { Paid } from '../../src/domain/credit/facts';
import type { Component } from '../../src/domain/policy/lendingPolicy';
import { book, type Lines } from './books';
import {
  comingOf,
  comingPrincipalFen,
  daysPastDueOf,
  debtsOf,
  end,
  type Instalment,
  isOpen,
  type Loan,
  owedFen,
  planAnew,
  postPenalty,
  wholeInterestFen,
} from './cashLoanState';
import { toFen } from './exactAmounts';

const COMPONENTS: Component[] = ['fee', 'penalty', 'interest', 'principal'];

/** What is left of the money, and the receivables' lines of what it settled. */
export function settlesWith(
  loan: Loan,
  moneyFen: number,
  settle: (moneyFen: number) => number,
): { leftFen: number; lines: Lines } {
  const before = owedByComponent(loan);
  const leftFen = settle(moneyFen);
  const after = owedByComponent(loan);
  const lines = COMPONENTS.map((name) => [`${name}-receivable`, after[name] - before[name]] as const);
  return { leftFen, lines: Object.fromEntries(lines) };
}

function owedByComponent(loan: Loan): Record<Component, number> {
  const sums = { fee: 0, penalty: 0, interest: 0, principal: 0 };
  for (const { owed } of debtsOf(loan)) for (const name of COMPONENTS) sums[name] += owed[name];
  return sums;
}

/** Pays components of one instalment in an order; returns the money that is left. */
function settle(instalment: Instalment, order: readonly Component[], moneyFen: number): number {
  let leftFen = moneyFen;
  for (const component of order) {
    const paidFen = Math.min(leftFen, instalment.owed[component]);
    instalment.owed[component] -= paidFen;
    leftFen -= paidFen;
  }
  // A settled accrual starts again from zero, with its own rounding.
  if (owedFen(instalment) === 0 || (instalment.owed.penalty === 0 && instalment.penaltyPostedFen > 0)) {
    instalment.penalty = 0n;
    instalment.penaltyPostedFen = 0;
  }
  return leftFen;
}

/** Due instalments, the designated one first and then the oldest; the money that is left. */
export function settleDue(loan: Loan, moneyFen: number, designated: number | undefined): number {
  const due = debtsOf(loan).filter((instalment) => instalment.isDue && isOpen(instalment));
  due.sort((one, other) => one.lateDay - other.lateDay || one.dueDay - other.dueDay);
  const order = loan.policy.allocationOrder;
  let leftFen = moneyFen;
  const fromDays = loan.policy.principalFirstFromDaysPastDue;
  const first = due.filter(({ number }) => number === designated);
  const inOrder = [...first, ...due.filter(({ number }) => number !== designated)];
  if (fromDays !== undefined && daysPastDueOf(loan) >= fromDays) {
    for (const instalment of inOrder) leftFen = settle(instalment, ['principal'], leftFen);
  }
  for (const instalment of inOrder) leftFen = settle(instalment, order, leftFen);
  return leftFen;
}

/** A payment: penalty up to the date, what is due, then by its intent; the rest is credit. */
export function pay(loan: Loan, fact: Paid): void {
  postPenalty(loan);
  const moneyFen = fact.amountFen + loan.creditFen;
  const { leftFen, lines } = settlesWith(loan, moneyFen, (pool) => {
    const restFen = settleDue(loan, pool, fact.designatedInstalment);
    return settleComing(loan, fact, restFen);
  });
  // Interest that the payment brought in was added and paid between the two counts: it is a line as well.
  const receivedFen = moneyFen - leftFen + Object.values(lines).reduce((sum, line) => sum + line, 0);
  lines['interest-receivable'] = (lines['interest-receivable'] ?? 0) - receivedFen;
  book(loan.books, fact.key, {
    collections: fact.amountFen,
    ...lines,
    'borrower-credit': loan.creditFen - leftFen,
  });
  loan.creditFen = leftFen;
}

/** By the payment's intent, with what is left after everything due; returns the rest. */
function settleComing(loan: Loan, fact: Paid, restFen: number): number {
  const coming = comingOf(loan);
  if (coming.length === 0) return restFen;
  if (fact.intent !== 'instalment') {
    const interestFen = isInCoolingOff(loan) ? 0 : toFen(loan.accruedInterest);
    const owed = coming.reduce((sum, instalment) => sum + owedFen(instalment), 0);
    if (restFen >= owed + interestFen) return payOff(loan, fact.key, interestFen, restFen - owed - interestFen);
    return fact.intent === 'payoff' ? restFen : prepay(loan, fact, restFen);
  }
  return payNext(loan, restFen);
}

export function isInCoolingOff(loan: Loan): boolean {
  const { coolingOffDays } = loan.policy;
  return coolingOffDays !== undefined && loan.today - loan.startDay <= coolingOffDays;
}

/** Everything is settled: no coming instalment is left. */
function payOff(loan: Loan, key: string, interestFen: number, leftFen: number): number {
  bookInterest(loan, `interest/${key}`, interestFen);
  // What was charged is in the schedule with the first of them.
  for (const [index, instalment] of comingOf(loan).entries()) {
    instalment.interestFen = index === 0 ? interestFen : 0;
    end(instalment);
  }
  loan.accruedInterest = 0n;
  loan.chargedUntilDay = loan.today;
  return leftFen;
}

/** The next instalment with its whole interest, when the money covers it in full. */
function payNext(loan: Loan, restFen: number): number {
  const next = comingOf(loan)[0];
  if (!next) return restFen;
  const interestFen = wholeInterestFen(loan, next);
  const wholeFen = owedFen(next) + interestFen;
  if (restFen < wholeFen) return restFen;
  bookInterest(loan, `interest/${next.number}`, interestFen);
  next.interestFen = interestFen;
  end(next);
  loan.accruedInterest = 0n;
  loan.chargedUntilDay = Math.max(loan.chargedUntilDay, next.dueDay);
  return restFen - wholeFen;
}

/** Interest for actual days is settled, what is left reduces the principal, and the rest is planned anew from today. */
function prepay(loan: Loan, fact: Paid, restFen: number): number {
  const interestFen = toFen(loan.accruedInterest);
  const coming = comingOf(loan);
  const next = coming[0];
  if (!next || restFen <= interestFen) return restFen;
  bookInterest(loan, `interest/${fact.key}`, interestFen);
  const reducedFen = Math.min(restFen - interestFen, comingPrincipalFen(loan));
  const principalFen = comingPrincipalFen(loan) - reducedFen;
  // Without principal there is nothing to plan; what a restructuring carried over stays due on the first date.
  const dueDays = coming.map(({ dueDay }) => dueDay).slice(0, principalFen === 0 ? 1 : coming.length);
  const { fee, penalty, interest } = next.owed;
  loan.instalments = loan.instalments.filter((instalment) => !coming.includes(instalment));
  // An instalment that was paid early has its interest up to its due date: those days are not charged twice.
  const fromDay = Math.max(loan.today, loan.chargedUntilDay);
  const carried = { fee, penalty, interest };
  const plan = { fromDay, principalFen, dueDays, firstNumber: next.number, carried, endsWhenRepaid: true };
  if (loan.method === 'level-monthly') loan.method = 'level';
  const isShorter = fact.intent === 'prepay-shorter-term';
  planAnew(loan, isShorter ? { ...plan, keepsPaymentFen: loan.paymentFen } : plan);
  return restFen - interestFen - reducedFen;
}

function bookInterest(loan: Loan, key: string, interestFen: number): void {
  book(loan.books, key, { 'interest-receivable': interestFen, 'interest-income': -interestFen });
}
