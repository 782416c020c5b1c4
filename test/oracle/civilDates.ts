/**
 * Dates of the oracle: the days of the years from 2020 to 2044, written down one after the other by the plain rules
 * of the calendar, and numbered. Its own, so that a fault of the calendar of `src/domain` cannot hide here as well,
 * and a list, because each day of each life looks things up in it.
 */

interface Civil {
  iso: string;
  year: number;
  month: number;
  dayOfMonth: number;
}

const FIRST_YEAR = 2020;
const LAST_YEAR = 2044;

const DAYS: Civil[] = [];
const DAY_OF = new Map<string, number>();
/** Day number before the first of each month, months counted from the first year's January. */
const BEFORE_MONTH: number[] = [];

for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
  for (let month = 1; month <= 12; month++) {
    BEFORE_MONTH.push(DAYS.length - 1);
    for (let dayOfMonth = 1; dayOfMonth <= monthLength(year, month); dayOfMonth++) {
      const iso = `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
      DAY_OF.set(iso, DAYS.length);
      DAYS.push({ iso, year, month, dayOfMonth });
    }
  }
}

function monthLength(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function civilOf(day: number): Civil {
  const civil = DAYS[day];
  if (!civil) throw new RangeError(`day ${day} is outside the oracle's calendar`);
  return civil;
}

/** `2026-03-01` as a day number. */
export function toDay(isoDate: string): number {
  const day = DAY_OF.get(isoDate);
  if (day === undefined) throw new RangeError(`${isoDate} is outside the oracle's calendar`);
  return day;
}

/** A day number as `2026-03-01`. */
export function toIso(day: number): string {
  return civilOf(day).iso;
}

/** So many months later, on the same day of the month or on the month's last day where there is no such day. */
export function monthsLater(day: number, months: number): number {
  const { year, month, dayOfMonth } = civilOf(day);
  return onDayOfMonth((year - FIRST_YEAR) * 12 + month - 1 + months, dayOfMonth);
}

/** The first day after `day` that has this day of the month (or is the month's last, where it has none such). */
export function nextDayOfMonth(day: number, dayOfMonth: number): number {
  const { year, month } = civilOf(day);
  const monthIndex = (year - FIRST_YEAR) * 12 + month - 1;
  const here = onDayOfMonth(monthIndex, dayOfMonth);
  return here > day ? here : onDayOfMonth(monthIndex + 1, dayOfMonth);
}

function onDayOfMonth(monthIndex: number, dayOfMonth: number): number {
  const before = BEFORE_MONTH[monthIndex];
  const next = BEFORE_MONTH[monthIndex + 1];
  if (before === undefined || next === undefined) throw new RangeError('outside the calendar of the oracle');
  return before + Math.min(dayOfMonth, next - before);
}
