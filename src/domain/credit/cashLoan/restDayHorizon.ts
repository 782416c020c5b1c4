/** Due dates beyond the last year whose rest days are known: nobody can tell yet which of them are holidays. */

import { type IsoDate, maxDate } from '../../values/calendar';
import type { CashLoanTerms } from '../account';
import { monthlyDueDates } from './schedule';

/** Open accounts that are due alike. */
export interface DueAhead {
  accounts: number;
  /** The last due date that is known of them. */
  last: IsoDate;
}

/** As it was agreed: what a restructuring made later is not looked up. */
export function lastDueDateOf({
  startDate,
  months,
  dueDates,
}: Pick<CashLoanTerms, 'startDate' | 'months' | 'dueDates'>) {
  return (dueDates ?? monthlyDueDates(startDate, months)).at(-1) ?? startDate;
}

/** All that are due after the date as one; undefined where none is. */
export function dueBeyond(ahead: readonly DueAhead[], knownUntil: IsoDate): DueAhead | undefined {
  const beyond = ahead.filter(({ last }) => last > knownUntil);
  if (beyond.length === 0) return undefined;
  return {
    accounts: beyond.reduce((sum, { accounts }) => sum + accounts, 0),
    last: beyond.reduce((latest, { last }) => maxDate(latest, last), knownUntil),
  };
}

/** One line for operators. */
export function beyondRestDays({ accounts, last }: DueAhead, knownUntil: IsoDate): string {
  const who = accounts === 1 ? '1 open account is' : `${accounts} open accounts are`;
  return (
    `rest days are known until ${knownUntil}, and ${who} due after it, up to ${last}: ` +
    'once the next year is announced, install a version that has it'
  );
}
