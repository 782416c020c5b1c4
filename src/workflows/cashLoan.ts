/**
 * The life of a cash loan. What each step decides is in `domain/cashLoan.ts`; here is only when.
 *
 *     paid out → current ⇄ overdue → write-off review → written off
 *                   └────────┴──────────────┴────────→ settled
 */
import type { AccountInput, AccountResult } from '../contracts/account';
import { AccountLife } from './accountLife';

export async function cashLoan(input: AccountInput): Promise<AccountResult> {
  const loan = new AccountLife(input, 'cash-loan');
  await loan.payOut();
  while (loan.isOpen) {
    // Current: a payment, or the day after the due date. Overdue: a payment, the next rung, bucket or due date.
    // In review: a payment, or the word of two people.
    await loan.nextStep();
    await loan.renewWhenLong();
  }
  return loan.close();
}
