/**
 * Numbers of resident identity cards (GB 11643-1999): six digits of the area, the birth date, three digits of a serial
 * number, and a check digit. Areas are not judged: they come and go, and invented people have the area 000000.
 */
import { addDays, type IsoDate, isIsoDate } from './calendar';

/** `birth-date`: it is no real date of a person. Whether it has come is for who knows today. */
export type ResidentIdFault = 'form' | 'birth-date' | 'check-digit';

const FORM = /^\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dXx]$/;
const DIGITS_BEFORE_CHECK = 17;
/** By the weighted sum of the digits before it, modulo 11. */
const CHECK_DIGITS = '10X98765432';
/** The standard's own example was born in 1880. */
const FIRST_BIRTH_DATE = '1800-01-01';

/** What is wrong with a number of 18 characters, whose last may be `X` or `x`; undefined when nothing is. */
export function residentIdFault(idNumber: string): ResidentIdFault | undefined {
  const birthDate = birthDateOf(idNumber);
  if (birthDate === undefined) return 'form';
  if (!isIsoDate(birthDate) || birthDate < FIRST_BIRTH_DATE) return 'birth-date';
  return idNumber.slice(-1).toUpperCase() === checkDigitOf(idNumber) ? undefined : 'check-digit';
}

/** As it stands in the number, real or not; undefined when the number has not the form of one. */
export function birthDateOf(idNumber: string): IsoDate | undefined {
  const [, year, month, day] = FORM.exec(idNumber) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/** Of the first 17 digits: their weights are 2^17 down to 2^1, modulo 11. */
function checkDigitOf(idNumber: string): string {
  let sum = 0;
  for (let place = 0; place < DIGITS_BEFORE_CHECK; place += 1) {
    sum += Number(idNumber[place]) * (2 ** (DIGITS_BEFORE_CHECK - place) % 11);
  }
  return CHECK_DIGITS[sum % 11] ?? '';
}

/** A right number of nobody: area 000000, another one for each serial from 0 to 9,999,999. */
export function inventedResidentId(serial: number): string {
  const born = addDays('1970-01-01', Math.floor(serial / 1000)).replaceAll('-', '');
  const digits = `000000${born}${String(serial % 1000).padStart(3, '0')}`;
  return `${digits}${checkDigitOf(digits)}`;
}
