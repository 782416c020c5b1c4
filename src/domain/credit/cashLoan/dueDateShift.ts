/** Due dates that move off rest days, where the policy says so. Rules: docs/ledger.md, "Schedules". */

import type { CashLoanPolicy } from '../../policy/lendingPolicy';
import { addDays, type IsoDate } from '../../values/calendar';
import { monthlyDueDates } from './schedule';

/** Whether nobody is expected to pay on a date; which days those are is no rule of credit, so it is handed in. */
export type IsRestDay = (date: IsoDate) => boolean;

/** The longest run of rest days there is, with much room: more is a broken calendar, and must not loop for ever. */
const LONGEST_REST_DAYS = 31;

/**
 * The due dates of a loan where its policy moves some, or undefined where it moves none: then each is the month's day.
 * A moved date is the next working day, and later dates still count from the original day.
 */
export function shiftedDueDates(
  startDate: IsoDate,
  months: number,
  { dueDateShift }: Pick<CashLoanPolicy, 'dueDateShift'>,
  isRestDay: IsRestDay,
): IsoDate[] | undefined {
  if (dueDateShift !== 'next-working-day') return undefined;
  return monthlyDueDates(startDate, months).map((date) => nextWorkingDay(date, isRestDay));
}

/** The date itself when it is a working day. Throws `RangeError` when a month has none. */
export function nextWorkingDay(date: IsoDate, isRestDay: IsRestDay): IsoDate {
  for (let days = 0; days <= LONGEST_REST_DAYS; days++) {
    const candidate = addDays(date, days);
    if (!isRestDay(candidate)) return candidate;
  }
  throw new RangeError(`no working day within ${LONGEST_REST_DAYS} days after ${date}: the calendar cannot be right`);
}
