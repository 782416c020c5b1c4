/**
 * What a credit would cost, before there is one: its payments and its true cost. The figures are those that an account
 * with the same terms gets. Source: facts 4.1, 2.5; worked examples 4.3 V1, V3, V4, V6, V11.
 */

import { hasEmptyInstalment, monthlyRateOf, planMonthlySchedule, planSchedule } from '../credit/cashLoan/schedule';
import { type InstalmentTerms, splitIntoInstalments } from '../credit/revolving/instalmentFees';
import type { RepaymentMethod } from '../policy/lendingPolicy';
import { addMonthsClamped, daysBetween, type IsoDate } from '../values/calendar';
import { type DecimalRate, type Fen, formatYuan, scaleRate } from '../values/money';
import { type TrueCost, trueCostOf } from './trueCost';

/** A rate with its period; what is given by month stays so, because a month's rate is seldom a whole daily rate. */
export type QuotedRate = { daily: DecimalRate } | { monthly: DecimalRate };

export interface LoanQuestion {
  principalFen: Fen;
  months: number;
  method: RepaymentMethod;
  rate: QuotedRate;
  /** Needed where interest counts days: for every method but `level-monthly`. */
  startDate?: IsoDate | undefined;
}

export interface Charges {
  /** Kept back from the principal when it is paid out. */
  upfrontFeeFen: Fen;
  /** Paid with every instalment. */
  monthlyFeeFen: Fen;
}

export interface QuotedInstalment {
  /** From 1. */
  number: number;
  /** Null where no start was given. */
  dueDate: IsoDate | null;
  days: number | null;
  /** All that is paid: principal, interest and fee. */
  paymentFen: Fen;
  principalFen: Fen;
  interestFen: Fen;
  feeFen: Fen;
  /** Principal still to come after it. */
  balanceFen: Fen;
}

export interface Quote {
  instalments: QuotedInstalment[];
  receivedFen: Fen;
  totalInterestFen: Fen;
  /** What was kept back included. */
  totalFeeFen: Fen;
  cost: TrueCost;
}

export const NO_CHARGES: Charges = { upfrontFeeFen: 0, monthlyFeeFen: 0 };

/**
 * Throws `RangeError` where a start is missing, an instalment would carry nothing, nothing would be received, or the cost
 * is above 100 % a month.
 */
export function quoteLoan(question: LoanQuestion, charges: Charges): Quote {
  const { principalFen } = question;
  const feeFen = charges.monthlyFeeFen;
  const rows = plannedRows(question);
  const instalments = rows.map((row) => ({
    ...row,
    paymentFen: row.principalFen + row.interestFen + feeFen,
    feeFen,
  }));
  const quote = quoteOf(instalments, principalFen - charges.upfrontFeeFen, charges.upfrontFeeFen);
  refuseEmpty(rows, question);
  return quote;
}

/** Of an instalment plan as the borrower sees it: a fee that the merchant pays is in none of its figures. */
export function quoteInstalmentPlan(terms: InstalmentTerms): Quote {
  const instalments = splitIntoInstalments(terms).parts.map((part) => ({
    ...part,
    dueDate: null,
    days: null,
    paymentFen: part.principalFen + part.feeFen,
    interestFen: 0,
  }));
  refuseEmpty(instalments, terms);
  return quoteOf(instalments, terms.principalFen, 0);
}

function refuseEmpty(
  rows: readonly Pick<QuotedInstalment, 'principalFen' | 'interestFen'>[],
  { principalFen, months, method }: { principalFen: Fen; months: number; method?: RepaymentMethod },
): void {
  if (!hasEmptyInstalment(rows, method)) return;
  const what = `${months} months are too many for ${formatYuan(principalFen)}`;
  throw new RangeError(`${what}: some instalments would carry nothing`);
}

/** Undefined where a payment has no date. */
function periodDaysOf(instalments: readonly QuotedInstalment[]): number[] | undefined {
  const days = instalments.flatMap((row) => row.days ?? []);
  return days.length === instalments.length ? days : undefined;
}

type PlannedRow = Omit<QuotedInstalment, 'paymentFen' | 'feeFen'>;

function plannedRows({ principalFen, months, method, rate, startDate }: LoanQuestion): PlannedRow[] {
  if (method === 'level-monthly') {
    const scaled = 'monthly' in rate ? scaleRate(rate.monthly) : monthlyRateOf(rate.daily);
    const rows = planMonthlySchedule(principalFen, months, scaled);
    return rows.map((row) => ({ ...row, ...datesOf(startDate, row.number) }));
  }
  if ('monthly' in rate) throw new RangeError(`${method} counts days, so it needs a daily rate`);
  if (startDate === undefined) throw new RangeError(`${method} counts days, so it needs a start`);
  return planSchedule({ product: 'cash-loan', principalFen, dailyRate: rate.daily, months, method, startDate });
}

function datesOf(startDate: IsoDate | undefined, number: number): Pick<PlannedRow, 'dueDate' | 'days'> {
  if (startDate === undefined) return { dueDate: null, days: null };
  const dueDate = addMonthsClamped(startDate, number);
  return { dueDate, days: daysBetween(addMonthsClamped(startDate, number - 1), dueDate) };
}

function quoteOf(instalments: QuotedInstalment[], receivedFen: Fen, upfrontFeeFen: Fen): Quote {
  const sum = (amountOf: (row: QuotedInstalment) => Fen) =>
    instalments.reduce((total, row) => total + amountOf(row), 0);
  return {
    instalments,
    receivedFen,
    totalInterestFen: sum(({ interestFen }) => interestFen),
    totalFeeFen: upfrontFeeFen + sum(({ feeFen }) => feeFen),
    cost: trueCostOf({
      receivedFen,
      paymentsFen: instalments.map(({ paymentFen }) => paymentFen),
      periodDays: periodDaysOf(instalments),
    }),
  };
}
