/**
 * The life of a cash loan. What each step decides is in `domain/cashLoan.ts`; here is only when.
 *
 *     paid out → current ⇄ overdue → write-off review → written off
 *                   └────────┴──────────────┴────────→ settled
 */
import type { AccountInput, AccountResult } from '../../contracts/credit/account';
import type { OpenStage } from '../../domain/credit/accountStages';
import { AccountHost } from './accountWorkflow';
import { pursue, reviewForWriteOff } from './overdue';

/** What it goes through while it is open; a stage without its part does not compile. */
const LIFE: Record<OpenStage, (loan: AccountHost) => Promise<void>> = {
  current: collectInstalments,
  overdue: pursue,
  'write-off-review': reviewForWriteOff,
};

export async function cashLoan(input: AccountInput): Promise<AccountResult> {
  const loan = new AccountHost(input, 'cash-loan');
  await loan.payOut();
  do {
    for (let stage = loan.openStage; stage !== undefined; stage = loan.openStage) await LIFE[stage](loan);
  } while (!(await loan.closes()));
  return loan.result;
}

/**
 * Instalment by instalment, each reminded of ahead, until the last one is paid or the whole is prepaid. The day after a
 * due date that was not met, the loan is overdue.
 */
async function collectInstalments(loan: AccountHost): Promise<void> {
  while (loan.stage === 'current') await loan.nextStep();
}
