/** The minimum payment of a bill: what of it must be paid at least. Source: facts 1.1, 4.3 V8. */

import type { RevolvingPolicy } from '../../policy/lendingPolicy';
import { type Fen, shareFen } from '../../values/money';
import type { Bill } from '../account';

export interface BilledAmounts {
  /** All billed principal that is unpaid, carried and new. */
  principalFen: Fen;
  /** Of that, parts of instalment plans that come with this bill: due in full. */
  instalmentFen: Fen;
  /** Interest, penalty and fees billed now for the first time. */
  newChargesFen: Fen;
  /** Minimums of earlier bills that were not met. */
  unmetMinimumFen: Fen;
  totalFen: Fen;
}

/**
 * Minimum payment: the ratio of the billed principal, all of its instalment parts, all new charges, and all that was
 * missed of earlier minimums; never more than the bill. What a bill asks for anew is left out while it is below the
 * smallest minimum of the policy: nothing so small is asked for, or counted as late.
 */
export function minimumPaymentFen(billed: BilledAmounts, policy: RevolvingPolicy): Fen {
  const { principalFen, instalmentFen } = billed;
  const shareOfPrincipalFen = shareFen(Math.max(0, principalFen - instalmentFen), policy.minimumPaymentRatio);
  const wantedFen = shareOfPrincipalFen + instalmentFen + billed.newChargesFen + billed.unmetMinimumFen;
  const minimumFen = Math.max(0, Math.min(billed.totalFen, wantedFen));
  const isTooSmall = minimumFen - billed.unmetMinimumFen < (policy.smallestMinimumFen ?? 0);
  return isTooSmall ? Math.min(minimumFen, billed.unmetMinimumFen) : minimumFen;
}

/** Whether a bill was paid with at least its minimum and less than its total: the sign of a strained borrower. */
export function wasMinimumOnly(statement: Bill, paidSinceFen: Fen, isMinimumMet: boolean): boolean {
  const { totalFen, minimumPaymentFen: askedFen } = statement;
  return totalFen > 0 && askedFen > 0 && isMinimumMet && paidSinceFen < totalFen;
}
