/** The borrower's credit is paid back. What was not there any more of it is owed. */

import { postCreditReturn } from '../../ledger/postings';
import type { Fen } from '../../values/money';
import type { DerivedAccount } from '../account';
import { takeCreditReturn } from '../cashLoan/cashLoanPayments';
import type { CreditReturned } from '../facts';
import type { ChangeRefusal } from '../references';
import type { FactRule } from './factRule';

export const creditReturnRule = {
  folds: {
    'cash-loan': takeCreditReturn,
    revolving: (state, fact) => {
      // Owed like a purchase.
      state.unbilledFen += postCreditReturn(state, fact);
    },
  },
  refusals: 'by-step',
} as const satisfies FactRule<'credit-returned'>;

/**
 * Only credit is given back, of closed accounts too. Judged by the account with the return against the one without: on
 * its own date the credit may not have been there yet, or may be used by now.
 */
export function refusalsOfReturn(
  without: DerivedAccount,
  withReturn: DerivedAccount,
  { key, amountFen }: CreditReturned,
): ChangeRefusal[] {
  const entry = withReturn.entries.find((each) => each.key === key);
  const isFromCredit = entry?.lines.every(({ account }) => account !== 'principal-receivable') ?? false;
  const takenFen = without.balances.creditFen - withReturn.balances.creditFen;
  const isCovered = isFromCredit && takenFen === amountFen && owedFen(without) === owedFen(withReturn);
  return isCovered ? [] : ['ABOVE_CREDIT'];
}

function owedFen({ balances }: DerivedAccount): Fen {
  return balances.principalFen + balances.interestFen + balances.penaltyFen + balances.feeFen;
}
