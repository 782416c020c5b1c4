/**
 * Rest days of mainland China: public holidays, and weekends that are not worked in exchange for one. From the tables
 * of `chinese-days`, which hold what the State Council has announced: holidays of a year are known from the autumn
 * before it, later dates rest on weekends only.
 */
import calendar from 'chinese-days/dist/chinese-days.json';
import { type IsoDate, toEpochDay } from '../domain/calendar';

const HOLIDAYS = new Set(Object.keys(calendar.holidays));
/** Weekends on which people work, because a holiday was made longer. */
const WORKED_WEEKENDS = new Set(Object.keys(calendar.workdays));

const DAYS_OF_A_WEEK = 7;
/** 1970-01-01, day 0, was a Thursday: from Monday on, it is day 3. */
const THURSDAY = 3;
const SATURDAY = 5;

/**
 * Whether nobody is expected to pay on the date. The package's own functions are not asked: they count weekdays in the
 * time zone of the machine, and west of Greenwich take Saturday for a working day.
 */
export function isRestDay(date: IsoDate): boolean {
  if (HOLIDAYS.has(date)) return true;
  return isWeekend(date) && !WORKED_WEEKENDS.has(date);
}

function isWeekend(date: IsoDate): boolean {
  const sinceMonday = toEpochDay(date) + THURSDAY;
  return ((sinceMonday % DAYS_OF_A_WEEK) + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK >= SATURDAY;
}
