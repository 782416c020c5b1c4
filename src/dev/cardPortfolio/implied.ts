/**
 * What the bills and payments of a card account imply: in each month, how much was bought, or given back. Pure.
 *
 * A bill is the one before it, less what was paid since, plus what was bought since. So what was bought is the bill
 * plus what was paid less the bill before; where that is negative, as much was given back. Nothing is known from before
 * the first month, so its bill counts from nothing. No more is given back than was bought in the months that are known:
 * the rest came from elsewhere, and is told as money that came in.
 */
import type { Fen } from '../../domain/values/money';
import type { CardAccount, Month } from './cardFile';

export interface ImpliedMonth {
  month: Month;
  paidFen: Fen;
  purchasedFen: Fen;
  refundedFen: Fen;
  /** Given back for what was bought before the first month: nothing here that it could be a refund of. */
  creditedFen: Fen;
  /** What the bill at the month's end must be. */
  billFen: Fen;
  /** The issuer's code of delinquency. */
  status: number;
}

export function impliedMonths({ months }: CardAccount): ImpliedMonth[] {
  let refundableFen = 0;
  return months.map(({ month, billFen, paidFen, status }, at) => {
    const billBeforeFen = months[at - 1]?.billFen ?? 0;
    const boughtFen = billFen + paidFen - billBeforeFen;
    const backFen = Math.max(0, -boughtFen);
    const refundedFen = Math.min(backFen, refundableFen);
    refundableFen += Math.max(0, boughtFen) - refundedFen;
    return {
      month,
      paidFen,
      purchasedFen: Math.max(0, boughtFen),
      refundedFen,
      creditedFen: backFen - refundedFen,
      billFen,
      status,
    };
  });
}
