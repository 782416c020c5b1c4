/** Which obligation of an account notices and monitoring speak of. */

import type { IsoDate } from '../values/calendar';
import type { DerivedAccount, Obligation } from './account';

/** Overdue while the minimum is not met, from the day after the due date, or after the days of grace. */
export function isOverdue(obligation: Obligation, asOf: IsoDate): boolean {
  return asOf >= obligation.lateFrom && obligation.minimumFen > 0;
}

/** The obligation that an overdue episode is named after. */
export function oldestOverdue(account: DerivedAccount): Obligation | undefined {
  return account.obligations.find((obligation) => isOverdue(obligation, account.asOf));
}

/** The obligation that comes next and is still owed, its due date included. */
export function upcoming(account: DerivedAccount): Obligation | undefined {
  return account.obligations.find(({ dueDate, owedFen }) => dueDate >= account.asOf && owedFen > 0);
}
