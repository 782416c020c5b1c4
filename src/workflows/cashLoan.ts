/**
 * The life of a cash loan. What each step decides is in `domain/cashLoan.ts`; here is only when.
 *
 *     paid out → current ⇄ overdue → write-off review → written off
 *                   └────────┴──────────────┴────────→ settled
 */
import type { AccountInput, AccountResult } from '../contracts/account';
import { AccountLife } from './accountLife';
import { pursue, reviewForWriteOff } from './overdue';

export async function cashLoan(input: AccountInput): Promise<AccountResult> {
  const loan = new AccountLife(input, 'cash-loan');
  await loan.payOut();
  do {
    if (loan.stage === 'current') await collectInstalments(loan);
    if (loan.stage === 'overdue') await pursue(loan);
    if (loan.stage === 'write-off-review') await reviewForWriteOff(loan);
  } while (loan.isOpen || !(await loan.closes()));
  return loan.result;
}

/**
 * Instalment by instalment, each reminded of ahead, until the last one is paid or the whole is prepaid. The day after a
 * due date that was not met, the loan is overdue.
 */
async function collectInstalments(loan: AccountLife): Promise<void> {
  while (loan.stage === 'current') await loan.nextStep();
}
