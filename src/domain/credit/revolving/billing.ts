/** When a revolving account is billed, and when its bills are due. Source: facts 1.1. */

import { dayOfMonth, type IsoDate } from '../../values/calendar';
import type { RevolvingTerms } from '../account';

/** The first bill day after a date. */
export function nextBillDate(after: IsoDate, billDay: number): IsoDate {
  const inThisMonth = dayOfMonth(after, billDay);
  return inThisMonth > after ? inThisMonth : dayOfMonth(after, billDay, 1);
}

/** The due date of the bill of a date: the due day of the same month. */
export function dueDateOf(billDate: IsoDate, terms: RevolvingTerms): IsoDate {
  return dayOfMonth(billDate, terms.dueDay);
}
