/**
 * Dates as business days of an account: ISO strings, which compare as text, and whole-day arithmetic.
 * No clock and no time zone here; `clock.ts` turns instants into dates and back.
 */

/** `YYYY-MM-DD`, a real date of the Gregorian calendar. */
export type IsoDate = string;

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the text is a real date: `2026-02-29` is not. */
export function isIsoDate(text: string): text is IsoDate {
  const match = ISO_DATE.exec(text);
  return match !== null && fromEpochDay(toEpochDay(text)) === text;
}

/**
 * Days since 1970-01-01. Expects a date that `isIsoDate` accepts. By arithmetic, because a fold asks for it hundreds of
 * times: years are counted from March, so that the leap day is the last of a year and of each 400-year era.
 */
export function toEpochDay(date: IsoDate): number {
  const { year, month, day } = partsOf(date);
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date that many days after 1970-01-01; the inverse of {@link toEpochDay}, by the same arithmetic. */
export function fromEpochDay(epochDay: number): IsoDate {
  if (!Number.isInteger(epochDay)) return 'not a date';
  const day = epochDay + 719_468;
  const era = Math.floor(day / 146_097);
  const dayOfEra = day - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return isoDate(year, month, dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1);
}

export function addDays(date: IsoDate, days: number): IsoDate {
  return fromEpochDay(toEpochDay(date) + days);
}

/** Whole days from the first date to the second; negative when the second is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return toEpochDay(to) - toEpochDay(from);
}

/**
 * Adds whole months and clamps to the month's last day, always from the original date: 31 January plus one month
 * is 28 February, plus two months is 31 March (facts 4.1).
 */
export function addMonthsClamped(original: IsoDate, months: number): IsoDate {
  const { year, month, day } = partsOf(original);
  const index = year * 12 + (month - 1) + months;
  return dateInMonth(Math.floor(index / 12), (index % 12) + 1, day);
}

/** The date with this day in the month of `date` plus `months`, clamped to the month's end. */
export function dayOfMonth(date: IsoDate, day: number, months = 0): IsoDate {
  const { year, month } = partsOf(date);
  const index = year * 12 + (month - 1) + months;
  return dateInMonth(Math.floor(index / 12), (index % 12) + 1, day);
}

/** Year, month (1 to 12) and day of a date. */
export function partsOf(date: IsoDate): { year: number; month: number; day: number } {
  return { year: numberIn(date, 0, 4), month: numberIn(date, 5, 7), day: numberIn(date, 8, 10) };
}

const ZERO = 48;

/** The digits from one place until another as a number; without a text between, because folds ask so often. */
function numberIn(date: IsoDate, from: number, until: number): number {
  let number = 0;
  for (let place = from; place < until; place++) number = 10 * number + date.charCodeAt(place) - ZERO;
  return number;
}

/** Days of the period before each date: from the date before it, or from the start. */
export function periodsOf(start: IsoDate, dates: readonly IsoDate[]): number[] {
  return dates.map((date, index) => daysBetween(dates[index - 1] ?? start, date));
}

export function minDate(first: IsoDate, second: IsoDate): IsoDate {
  return first < second ? first : second;
}

export function maxDate(first: IsoDate, second: IsoDate): IsoDate {
  return first > second ? first : second;
}

/** The earliest of the dates; undefined when there are none. */
export function earliest(dates: readonly IsoDate[]): IsoDate | undefined {
  const [first, ...rest] = dates;
  return first === undefined ? undefined : rest.reduce(minDate, first);
}

function dateInMonth(year: number, month: number, day: number): IsoDate {
  return isoDate(year, month, Math.min(day, lastDayOf(year, month)));
}

function lastDayOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isoDate(year: number, month: number, day: number): IsoDate {
  const text = year >= 1000 ? String(year) : String(year).padStart(4, '0');
  return `${text}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}
