/** What the oracle knows of a revolving account: its debts, its accruals, and what is missing of its bills. */
import type { RevolvingTerms } from '../../src/domain/credit/account';
import type { Component, RevolvingPolicy } from '../../src/domain/policy/lendingPolicy';
import { type Books, book, emptyBooks } from './books';
import { nextDayOfMonth, toDay, toIso } from './civilDates';
import { type Exact, interestOf, rateOf, toFen } from './exactAmounts';

export type Charge = Exclude<Component, 'principal'>;
export const CHARGES: Charge[] = ['fee', 'penalty', 'interest'];

/** Principal that one bill took up: purchases, and parts of instalment plans. */
interface Layer {
  number: number;
  dueDay: number;
  principalFen: number;
}

interface Bill {
  number: number;
  billDay: number;
  dueDay: number;
  totalFen: number;
  minimumFen: number;
  principalFen: number;
  charges: Record<Charge, number>;
  /** What is missing of the minimum: less with every payment, and never more than what is owed of bills. */
  missingFen: number;
}

/** Coming parts of an instalment plan, the next first. */
interface Plan {
  key: string;
  parts: { principalFen: number; feeFen: number }[];
}

/** Exact growth since it began, and what of it was posted. */
export interface Accrual {
  exact: Exact;
  postedFen: number;
}

export interface Account {
  policy: RevolvingPolicy;
  books: Books;
  today: number;
  openDay: number;
  dueDayOfMonth: number;
  nextBillDay: number;
  isWrittenOff: boolean;
  rates: { fromDay: number; revolvingDailyRate: string; overdueDailyRate: string }[];
  unbilledFen: number;
  layers: Layer[];
  plans: Plan[];
  bills: Bill[];
  /** Charges that are posted and owed. */
  owed: Record<Charge, number>;
  /** Charges that were posted since the last bill. */
  newCharges: Record<Charge, number>;
  interest: Accrual;
  penalty: Accrual;
  creditFen: number;
  /** What is left of purchases whose goods were not confirmed, by key. */
  heldFen: Map<string, number>;
  recoverableFen: number;
  freezes: Set<string>;
}

export function openAccount(terms: RevolvingTerms, policy: RevolvingPolicy): Account {
  const openDay = toDay(terms.openDate);
  const { revolvingDailyRate, overdueDailyRate } = policy;
  return {
    policy,
    books: emptyBooks(),
    today: openDay,
    openDay,
    dueDayOfMonth: terms.dueDay,
    nextBillDay: nextDayOfMonth(openDay, policy.billDay),
    isWrittenOff: false,
    rates: [{ fromDay: openDay, revolvingDailyRate, overdueDailyRate }],
    unbilledFen: 0,
    layers: [],
    plans: [],
    bills: [],
    owed: { fee: 0, penalty: 0, interest: 0 },
    newCharges: { fee: 0, penalty: 0, interest: 0 },
    interest: { exact: 0n, postedFen: 0 },
    penalty: { exact: 0n, postedFen: 0 },
    creditFen: 0,
    heldFen: new Map(),
    recoverableFen: 0,
    freezes: new Set(),
  };
}

export function billedFen(account: Account): number {
  return account.layers.reduce((sum, { principalFen }) => sum + principalFen, 0);
}

export function comingPartsFen(account: Account): number {
  return account.plans.flatMap(({ parts }) => parts).reduce((sum, { principalFen }) => sum + principalFen, 0);
}

/** All billed debts as one: principal of every bill, and the charges that are posted. */
export function billedDebtsFen(account: Account): number {
  return billedFen(account) + CHARGES.reduce((sum, name) => sum + account.owed[name], 0);
}

/** Lowers what is missing of minimums by what was paid, and to what is left of bills, however that came. */
export function lowerMinimums(account: Account, paidFen: number): void {
  const debtsFen = billedDebtsFen(account);
  for (const bill of account.bills) bill.missingFen = Math.max(0, Math.min(bill.missingFen - paidFen, debtsFen));
}

/** One night's interest on billed principal past its due date; penalty instead while a minimum is missing. */
export function accrueDay(account: Account): void {
  const yesterday = account.today - 1;
  const pastDue = account.layers.filter(({ dueDay }) => dueDay <= yesterday);
  const principalFen = pastDue.reduce((sum, layer) => sum + layer.principalFen, 0);
  if (principalFen === 0) return;
  const isMissed = account.bills.some((bill) => bill.dueDay <= yesterday && bill.missingFen > 0);
  const rates = account.rates.findLast(({ fromDay }) => fromDay <= yesterday) ?? account.rates[0];
  if (!rates) throw new Error('an account without rates');
  if (isMissed) account.penalty.exact += interestOf(principalFen, rateOf(rates.overdueDailyRate));
  else account.interest.exact += interestOf(principalFen, rateOf(rates.revolvingDailyRate));
}

export function pendingFen(accrual: Accrual): number {
  return toFen(accrual.exact) - accrual.postedFen;
}

/** Posts what has accrued of interest or penalty. */
export function postAccrual(account: Account, name: 'interest' | 'penalty'): void {
  const amountFen = pendingFen(account[name]);
  account[name].postedFen += amountFen;
  postCharge(account, name, amountFen, `${name}/${toIso(account.today)}`);
}

export function postCharge(account: Account, name: Charge, amountFen: number, key: string): void {
  account.owed[name] += amountFen;
  account.newCharges[name] += amountFen;
  book(account.books, key, { [`${name}-receivable`]: amountFen, [`${name}-income`]: -amountFen });
}
