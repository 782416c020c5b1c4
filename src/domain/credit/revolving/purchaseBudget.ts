/** What was bought on a day without a person's approval, and whether a purchase has one. */
import type { Fen } from '../../values/money';

/** An approval is of one purchase with its amount. */
export interface ApprovedPurchase {
  purchaseId: string;
  amountFen: Fen;
}

export interface ArrivedPurchase {
  /** `purchase/` and its id. */
  key: string;
  amountFen: Fen;
  arrivedAtMs: number;
}

export function isApproved(
  { key, amountFen }: Pick<ArrivedPurchase, 'key' | 'amountFen'>,
  approvals: readonly ApprovedPurchase[],
): boolean {
  return approvals.some((each) => `purchase/${each.purchaseId}` === key && each.amountFen === amountFen);
}

/** By purchases that arrived from an instant on and that nobody approved. */
export function boughtUnapprovedFen(
  purchases: readonly ArrivedPurchase[],
  approvals: readonly ApprovedPurchase[],
  sinceMs: number,
): Fen {
  return purchases
    .filter((each) => each.arrivedAtMs >= sinceMs && !isApproved(each, approvals))
    .reduce((sum, { amountFen }) => sum + amountFen, 0);
}
