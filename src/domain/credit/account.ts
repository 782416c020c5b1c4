/**
 * What an account is at a date: the result of the fold of its facts. The folds are `cashLoan.ts` and `revolving.ts`;
 * this file holds what both results share, so that everything after the fold (notices, monitoring, workflows, the
 * API) reads one shape.
 */

import type { JournalEntry } from '../ledger/journal';
import type { AssetClass, Bucket, CashLoanPolicy, RepaymentMethod, RevolvingPolicy } from '../policy/lendingPolicy';
import { byProduct, type Product } from '../policy/products';
import type { IsoDate } from '../values/calendar';
import type { DecimalRate, Fen } from '../values/money';
import type { Stage } from './accountStages';
import type { Fact } from './facts';

export type { Stage } from './accountStages';

/** What was agreed with the borrower. */
export interface CashLoanTerms {
  product: 'cash-loan';
  principalFen: Fen;
  /** Daily rate; for `level-monthly` the monthly rate is 30 x daily (facts 4.1). */
  dailyRate: DecimalRate;
  months: number;
  method: RepaymentMethod;
  startDate: IsoDate;
  /** The due dates, where the policy moved some off rest days; otherwise each month's day, clamped. */
  dueDates?: IsoDate[] | undefined;
}

export interface RevolvingTerms {
  product: 'revolving';
  limitFen: Fen;
  openDate: IsoDate;
  dueDay: number;
}

export type Terms = CashLoanTerms | RevolvingTerms;

/** The first date of an account: nothing counts before it. */
export function startOf(terms: Terms): IsoDate {
  return byProduct(terms, { 'cash-loan': ({ startDate }) => startDate, revolving: ({ openDate }) => openDate });
}

/** What an account takes up of its offer. */
export function drawnBy(terms: Terms): Fen {
  return byProduct(terms, { 'cash-loan': ({ principalFen }) => principalFen, revolving: ({ limitFen }) => limitFen });
}

/** The terms of an account that has bills. */
export function billedTerms(terms: Terms): RevolvingTerms | undefined {
  return byProduct(terms, { 'cash-loan': () => undefined, revolving: (billed) => billed });
}

/** A bill as it was issued; it is never changed, the next one corrects. */
export interface Bill {
  number: number;
  billDate: IsoDate;
  dueDate: IsoDate;
  /** All that is owed on the bill date; negative is the borrower's credit. */
  totalFen: Fen;
  minimumPaymentFen: Fen;
  principalFen: Fen;
  interestFen: Fen;
  penaltyFen: Fen;
  /** Absent on bills from before there were instalment plans. */
  feeFen?: Fen | undefined;
}

/** Something to be paid by a date: an instalment, or a bill. */
export interface Obligation {
  /** `instalment-3` or `statement-7`. */
  key: string;
  dueDate: IsoDate;
  /** From this date on it is overdue while its minimum is missing: the day after the due date, or after the grace. */
  lateFrom: IsoDate;
  /**
   * What of the account's debt it asks for, penalty to the date included, net of the borrower's credit. No fen is in
   * two obligations.
   */
  owedFen: Fen;
  /** What must be paid of it at least, so that it is not late: all of an instalment; never above `owedFen`. */
  minimumFen: Fen;
  /** The part of `owedFen` that is penalty, to the date. */
  penaltyFen: Fen;
}

/** Amounts owed, by component; posted and accrued together, at the date of the fold. */
export interface Balances {
  principalFen: Fen;
  interestFen: Fen;
  penaltyFen: Fen;
  feeFen: Fen;
  /** Owed to the borrower. */
  creditFen: Fen;
}

/** An instalment of a cash loan as it is planned now, and what is still owed of it. */
export interface ScheduleRow {
  number: number;
  dueDate: IsoDate;
  days: number;
  principalFen: Fen;
  interestFen: Fen;
  /** Principal, interest, penalty and fee together; interest of an instalment that is not due counts in full. */
  owedFen: Fen;
}

/** Coming parts of an instalment plan, the next one first: each comes with a bill. */
export interface ComingPlan {
  /** Key of the fact that started it. */
  key: string;
  principalParts: Fen[];
  feeParts: Fen[];
}

/** What of a revolving account is repaid in instalments, or could be. */
interface InstalmentState {
  /** Principal that came with the last bill and is owed. */
  lastBillFen: Fen;
  /** Purchases that are owed and in no bill yet; held ones are not among them. */
  unbilledFen: Fen;
  plans: ComingPlan[];
}

/** Why new credit is stopped; the reason codes of docs/reason-codes.md. */
export type StoppedBy = 'ACCOUNT_CLOSED' | 'ACCOUNT_OVERDUE' | 'NEW_CREDIT_FROZEN';

export interface Figures {
  stage: Stage;
  daysPastDue: number;
  /** The due date from which days past due are counted; undefined while nothing is past due. */
  pastDueSince: IsoDate | undefined;
  /** None of an account that is closed: it is neither in order nor in arrears. */
  bucket: Bucket | undefined;
  assetClass: AssetClass;
  /** More than 90 days past due: a mark for the accountants. */
  isNonAccrual: boolean;
  /** Past due: all that is owed of obligations whose late date has come. Never above what settles. */
  overdueFen: Fen;
  /** Of `overdueFen`, what is booked: it stays true until the next deadline. */
  overdueBookedFen: Fen;
  /** All that is owed as the books have it, without what accrues from day to day. */
  bookedFen: Fen;
  /** The least that brings days past due to 0 (补足金额); for a loan the same as `overdueFen`. */
  minimumOverdueFen: Fen;
  /** Past due, and the obligation that comes next. */
  dueFen: Fen;
  /** Of `dueFen`, the least that keeps the account current until the next bill or instalment. */
  minimumDueFen: Fen;
  /** What settles everything on the date, net of the borrower's credit (facts 4.3 V4, V5). */
  payoffFen: Fen;
  /** All that the lender still claims: `payoffFen`, and what was written off and not recovered. */
  claimedFen: Fen;
  unusedLimitFen: Fen;
  /** What can be spent now: 0 while anything stops new credit. */
  availableFen: Fen;
  stoppedBy: StoppedBy[];
  /** The next date on which the account changes without a new fact; undefined when there is none. */
  nextChangeOn: IsoDate | undefined;
}

/** The fold of an account as of one date; its figures are reckoned by `accountFigures`. */
export interface DerivedAccount extends Figures {
  product: Product;
  asOf: IsoDate;
  /** The terms in force: after a corrected rate or a restructuring others than were agreed first. */
  terms: Terms;
  balances: Balances;
  /** Unmet and coming obligations, oldest due date first: at most one that is not due yet. */
  obligations: Obligation[];
  /** Fees of instalment plans that an early settlement would still owe. */
  comingFeeFen: Fen;
  limitFen: Fen;
  /** Reasons for which new credit is stopped, in force at the date. */
  freezes: string[];
  /** Bills issued so far, oldest first; empty for a cash loan. */
  statements: Bill[];
  /** Instalments as planned now, settled ones included; empty for a revolving account. */
  schedule: ScheduleRow[];
  /** Absent for a cash loan. */
  instalments?: InstalmentState | undefined;
  /** Written off and not recovered yet: the debt survives. */
  recoverableFen: Fen;
  /** Bills in a row, up to now, on which at least the minimum but less than all was paid. */
  minimumOnlyStreak: number;
  /** Everything the books must hold at the date, in the order of the life. */
  entries: JournalEntry[];
}

export interface CashLoanInput {
  terms: CashLoanTerms;
  facts: readonly Fact[];
  policy: CashLoanPolicy;
  asOf: IsoDate;
  /** Days past due at which a rung of the reminder ladder stands: deadlines as well. */
  rungDays?: readonly number[] | undefined;
}

export interface RevolvingInput {
  terms: RevolvingTerms;
  facts: readonly Fact[];
  /** Bills that were issued already: their totals and minimums stand, whatever became known later. */
  issued: readonly Bill[];
  policy: RevolvingPolicy;
  asOf: IsoDate;
  /** As in `CashLoanInput`. */
  rungDays?: readonly number[] | undefined;
}
