/**
 * Whether the rates of a policy can make a credit dearer than its cost cap (facts 2.5). The cap is held against the
 * cost of whole months, where a month of 31 days costs more than a twelfth of a year, and against the cost of days,
 * where 30 days' worth in February do: a rate that keeps to the cap by its 365 days can pass it in a short loan. So the
 * dearest start is looked for.
 */

import type { CashLoanTerms } from '../credit/account';
import { type IsRestDay, shiftedDueDates } from '../credit/cashLoan/dueDateShift';
import { monthlyDueDates } from '../credit/cashLoan/schedule';
import { cappedFigureOf, costDisclosureOf } from '../origination/costDisclosure';
import { COST_CAP, COST_TOLERANCE, withinCostCap } from '../origination/trueCost';
import { addDays, addMonthsClamped, dayOfMonth, type IsoDate, periodsOf } from '../values/calendar';
import { type DecimalRate, scaleRate } from '../values/money';
import type { LendingPolicy } from './lendingPolicy';
import type { PolicyFault } from './policyFault';

/** The cap of a policy, and what rounding may add to it. */
export function capOf({ cost }: LendingPolicy): { annualCap: DecimalRate; tolerance: DecimalRate } {
  return cost ?? { annualCap: COST_CAP, tolerance: COST_TOLERANCE };
}

/** In so many months every length of month has come, the leap day included. */
const MONTHS_OF_ALL_LENGTHS = 48;
/** Up to the 28th, every day of a month has the same schedule. */
const DAYS_THAT_DIFFER = [1, 29, 30, 31];
/** What a month of `level-monthly` counts as. */
const DAYS_OF_A_RATE_MONTH = 30;

/** Expects fields that are right by themselves. At most one fault, of the first schedule that is too dear. */
export function scheduleCostFaults(policy: LendingPolicy, isRestDay: IsRestDay): PolicyFault[] {
  const { termsMonths, methods, interestFirstMaxMonths, dueDateShift } = policy.cashLoan;
  const starts = dueDateShift === 'next-working-day' ? everyStart(policy) : differentStarts(policy);
  for (const startDate of starts) {
    const months = Math.max(...termsMonths);
    const dueDates =
      shiftedDueDates(startDate, months, policy.cashLoan, isRestDay) ?? monthlyDueDates(startDate, months);
    for (const months of termsMonths) {
      const loan = { startDate, months, dueDates: dueDates.slice(0, months) };
      if (keepsToCapSurely(loan, policy)) continue;
      for (const method of methods) {
        if (method === 'interest-first' && months > interestFirstMaxMonths) continue;
        const fault = costFault({ ...loan, method }, policy);
        if (fault) return [fault];
      }
    }
  }
  return [];
}

type Loan = Pick<CashLoanTerms, 'months' | 'method' | 'startDate'> & { dueDates: IsoDate[] };

/**
 * No month costs more than the longest period, and no day more than one of the shortest with a month's worth: where
 * twelve of those and 365 of these keep to the cap, nothing has to be computed.
 */
function keepsToCapSurely({ startDate, dueDates }: Omit<Loan, 'method'>, policy: LendingPolicy): boolean {
  const days = periodsOf(startDate, dueDates);
  const longest = BigInt(Math.max(...days, DAYS_OF_A_RATE_MONTH));
  const shortest = BigInt(Math.min(...days));
  const rate = scaleRate(policy.cashLoan.dailyRate.max);
  const cap = scaleRate(capOf(policy).annualCap);
  return rate * longest * 12n <= cap && rate * BigInt(DAYS_OF_A_RATE_MONTH) * 365n <= cap * shortest;
}

/** At the highest rate, of the largest amount, where rounding weighs least. */
function costFault(loan: Loan, policy: LendingPolicy): PolicyFault | undefined {
  const { principalFen, dailyRate } = policy.cashLoan;
  const { annualCap, tolerance } = capOf(policy);
  const terms = { product: 'cash-loan' as const, principalFen: principalFen.max, dailyRate: dailyRate.max, ...loan };
  const annualRate = Number(cappedFigureOf(costDisclosureOf(terms, policy).annualised));
  if (withinCostCap(annualRate, annualCap, tolerance)) return undefined;
  const percent = `${(annualRate * 100).toFixed(2)} %`;
  const which = `${loan.months} months ${loan.method} from ${loan.startDate}`;
  const message = `is ${dailyRate.max} a day, ${percent} a year for ${which}, above ${annualCap} (facts 2.5): lower it`;
  return { path: 'cashLoan.dailyRate.max', message };
}

function differentStarts({ effectiveFrom }: LendingPolicy): IsoDate[] {
  return Array.from({ length: MONTHS_OF_ALL_LENGTHS }, (_, month) =>
    DAYS_THAT_DIFFER.map((day) => dayOfMonth(effectiveFrom, day, month)),
  ).flat();
}

/** Which dates rest differs from year to year: so each day is tried, as far as the holidays of the next years reach. */
function everyStart({ effectiveFrom }: LendingPolicy): IsoDate[] {
  const end = addMonthsClamped(effectiveFrom, MONTHS_OF_ALL_LENGTHS);
  const starts: IsoDate[] = [];
  for (let date = effectiveFrom; date < end; date = addDays(date, 1)) starts.push(date);
  return starts;
}
