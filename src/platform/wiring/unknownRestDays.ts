/** Tells at a start that the calendar of rest days ends before the accounts do. */

import { REST_DAYS_KNOWN_UNTIL } from '../../adapters/calendars/restDays';
import { readBillsAhead, readLoansAhead } from '../../db/credit/dueDatesAhead';
import type { Reader } from '../../db/transaction';
import { beyondRestDays, dueBeyond, lastDueDateOf } from '../../domain/credit/cashLoan/restDayHorizon';
import type { IsoDate } from '../../domain/values/calendar';

/** One line for operators; undefined while every open account is due within what is known. */
export async function tellUnknownRestDays(
  reader: Reader,
  { tenantId, knownUntil = REST_DAYS_KNOWN_UNTIL }: { tenantId: string; knownUntil?: IsoDate },
): Promise<string | undefined> {
  const loans = await readLoansAhead(reader, { tenantId });
  const bills = await readBillsAhead(reader, { tenantId });
  const ahead = [...loans.map((alike) => ({ accounts: alike.accounts, last: lastDueDateOf(alike) })), ...bills];
  const beyond = dueBeyond(ahead, knownUntil);
  return beyond && beyondRestDays(beyond, knownUntil);
}
