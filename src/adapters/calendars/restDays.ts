/**
 * Rest days of mainland China: public holidays, and weekends that are not worked in exchange for one. From the tables
 * of `chinese-days`, which hold what the State Council has announced: holidays of a year are known from the autumn
 * before it, later dates rest on weekends only.
 */
import calendar from 'chinese-days/dist/chinese-days.json';
import { type IsoDate, toEpochDay } from '../../domain/values/calendar';

const DAYS_OF_A_WEEK = 7;
/** 1970-01-01, day 0, was a Thursday: from Monday on, it is day 3. */
const THURSDAY = 3;
const SATURDAY = 5;

/**
 * Whether nobody is expected to pay on the date. The package's own functions are not asked: they count weekdays in the
 * time zone of the machine, and west of Greenwich take Saturday for a working day.
 */
export function isRestDay(date: IsoDate): boolean {
  if (Object.hasOwn(calendar.holidays, date)) return true;
  return isWeekend(date) && !Object.hasOwn(calendar.workdays, date);
}

/** A holiday of every year since 1949. The table of a year may begin in the December before, so no other day tells. */
const NATIONAL_DAY = '-10-01';

/**
 * The last date whose rest days the table knows: the end of the last year that was announced. Throws `RangeError` for a
 * table without a year.
 */
export function lastKnownOf({ holidays }: { holidays: Readonly<Record<IsoDate, unknown>> }): IsoDate {
  const years = Object.keys(holidays).flatMap((date) => (date.endsWith(NATIONAL_DAY) ? [date.slice(0, 4)] : []));
  const last = years.sort().at(-1);
  if (last === undefined) throw new RangeError('the table of rest days has no whole year');
  return `${last}-12-31`;
}

export const REST_DAYS_KNOWN_UNTIL: IsoDate = lastKnownOf(calendar);

function isWeekend(date: IsoDate): boolean {
  const sinceMonday = toEpochDay(date) + THURSDAY;
  return ((sinceMonday % DAYS_OF_A_WEEK) + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK >= SATURDAY;
}
