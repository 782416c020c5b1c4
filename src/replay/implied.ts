/**
 * What the bills and payments of a card account imply: in each month, how much was bought, or given back. Pure.
 *
 * A bill is the one before it, less what was paid since, plus what was bought since. So what was bought is the bill
 * plus what was paid less the bill before; where that is negative, as much was given back. Nothing is known from before
 * the first month, so its bill counts from nothing.
 */
import type { Fen } from '../domain/money';
import type { CardAccount, Month } from './cardFile';

export interface ImpliedMonth {
  month: Month;
  paidFen: Fen;
  purchasedFen: Fen;
  refundedFen: Fen;
  /** What the bill at the month's end must be. */
  billFen: Fen;
  /** The issuer's code of delinquency. */
  status: number;
}

export function impliedMonths({ months }: CardAccount): ImpliedMonth[] {
  return months.map(({ month, billFen, paidFen, status }, at) => {
    const billBeforeFen = months[at - 1]?.billFen ?? 0;
    const boughtFen = billFen + paidFen - billBeforeFen;
    return {
      month,
      paidFen,
      purchasedFen: Math.max(0, boughtFen),
      refundedFen: Math.max(0, -boughtFen),
      billFen,
      status,
    };
  });
}
