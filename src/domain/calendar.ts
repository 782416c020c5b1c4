/**
 * Dates as business days of an account: ISO strings, which compare as text, and whole-day arithmetic.
 * No clock and no time zone here; `clock.ts` turns instants into dates and back.
 */

/** `YYYY-MM-DD`, a real date of the Gregorian calendar. */
export type IsoDate = string;

const DAY_MS = 86_400_000;
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

/** The date that many days after 1970-01-01. */
export function fromEpochDay(epochDay: number): IsoDate {
  return Number.isInteger(epochDay) ? new Date(epochDay * DAY_MS).toISOString().slice(0, 10) : 'not a date';
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
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
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

/** The earliest of the dates, and at least the day after `date`; undefined when there are none. */
export function earliestAfter(date: IsoDate, dates: readonly IsoDate[]): IsoDate | undefined {
  const first = earliest(dates);
  return first === undefined ? undefined : maxDate(addDays(date, 1), first);
}

function dateInMonth(year: number, month: number, day: number): IsoDate {
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(Math.min(day, lastDay)).padStart(2, '0')}`;
}
