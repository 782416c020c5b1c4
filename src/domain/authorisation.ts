/** Whether a purchase may be made: refused in the open, with reason codes (docs/reason-codes.md). */
import type { DerivedAccount, StoppedBy } from './account';
import type { Fen } from './money';
import type { RevolvingPolicy } from './products';

export type Refusal = StoppedBy | 'ABOVE_AVAILABLE_LIMIT';

/** Reasons against the purchase, most important first; none means that it is approved. */
export function refusalsOf(account: DerivedAccount, amountFen: Fen, policy: RevolvingPolicy): Refusal[] {
  const isAbove = policy.declineOverLimit && amountFen > account.unusedLimitFen;
  return [...account.stoppedBy, ...(isAbove ? (['ABOVE_AVAILABLE_LIMIT'] as const) : [])];
}
