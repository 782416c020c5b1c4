/** Whether a purchase may be made: refused in the open, with reason codes (docs/reason-codes.md). */

import type { RevolvingPolicy } from '../../policy/lendingPolicy';
import { type Fen, RATE_ONE, scaleRate } from '../../values/money';
import type { DerivedAccount, StoppedBy } from '../account';

export type PurchaseRefusal = StoppedBy | 'ABOVE_AVAILABLE_LIMIT';

/** Reasons against the purchase, most important first; none means that it is approved. */
export function purchaseRefusalsOf(
  account: DerivedAccount,
  amountFen: Fen,
  policy: RevolvingPolicy,
): PurchaseRefusal[] {
  const isAbove = policy.declineOverLimit && amountFen > account.unusedLimitFen;
  return [...account.stoppedBy, ...(isAbove ? (['ABOVE_AVAILABLE_LIMIT'] as const) : [])];
}

/** Of a policy that says nothing of it. */
const DAILY_PURCHASES_OF_LIMIT = '2';

/**
 * Whether what is bought on one day is far above the limit, which only credit of the borrower can pay for: so much money
 * leaves with a person's word alone.
 */
export function needsPerson(
  { boughtFen, limitFen }: { boughtFen: Fen; limitFen: Fen },
  { declineOverLimit, dailyPurchasesOfLimit = DAILY_PURCHASES_OF_LIMIT }: RevolvingPolicy,
): boolean {
  return declineOverLimit && BigInt(boughtFen) * RATE_ONE > BigInt(limitFen) * scaleRate(dailyPurchasesOfLimit);
}
