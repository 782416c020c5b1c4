/** Disbursement (放款): the principal of a cash loan is paid out to the borrower, whole, on the first date of its terms. */

import { post } from '../../ledger/postings';
import type { CashLoanTerms } from '../account';
import type { Disbursed } from '../facts';
import type { CashLoanState } from './cashLoanState';

/** The fact that a cash loan begins with. */
export function disbursementOf({ startDate, principalFen }: CashLoanTerms): Disbursed {
  return { kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen };
}

export function disburse(state: CashLoanState, { key, valueDate, amountFen }: Disbursed): void {
  post(state, {
    key,
    kind: 'disbursement',
    valueDate,
    lines: [
      { account: 'principal-receivable', amountFen },
      { account: 'funding', amountFen: -amountFen },
    ],
  });
}
