/** Whether a purchase may be made: refused in the open, with reason codes (docs/reason-codes.md). */
import type { DerivedAccount } from './account';
import type { Fen } from './money';
import type { RevolvingPolicy } from './products';

export type Refusal = 'ACCOUNT_CLOSED' | 'ACCOUNT_OVERDUE' | 'NEW_CREDIT_FROZEN' | 'ABOVE_AVAILABLE_LIMIT';

/** Reasons against the purchase, most important first; none means that it is approved. */
export function refusalsOf(account: DerivedAccount, amountFen: Fen, policy: RevolvingPolicy): Refusal[] {
  const refusals: Refusal[] = [];
  if (account.stage === 'settled' || account.stage === 'written-off') refusals.push('ACCOUNT_CLOSED');
  if (policy.declineWhenOverdue && account.daysPastDue > 0) refusals.push('ACCOUNT_OVERDUE');
  if (account.freezes.length > 0) refusals.push('NEW_CREDIT_FROZEN');
  if (policy.declineOverLimit && amountFen > account.availableFen) refusals.push('ABOVE_AVAILABLE_LIMIT');
  return refusals;
}
