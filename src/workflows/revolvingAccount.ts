/**
 * The life of a revolving account, for as long as it is open. What each step decides is in `domain/revolving.ts`; here
 * is only when.
 *
 *     opened → current ⇄ overdue → write-off review → written off
 */
import type { AccountInput, AccountResult } from '../contracts/account';
import { AccountLife } from './accountLife';
import { pursue, reviewForWriteOff } from './overdue';

export async function revolvingAccount(input: AccountInput): Promise<AccountResult> {
  const account = new AccountLife(input, 'revolving');
  await account.openLimit();
  do {
    if (account.stage === 'current') await billAndCollect(account);
    if (account.stage === 'overdue') await pursue(account);
    if (account.stage === 'write-off-review') await reviewForWriteOff(account);
  } while (account.isOpen || !(await account.closes()));
  return account.result;
}

/**
 * Purchases and refunds as they come, a bill each month, its minimum or the whole paid by its due date. The day after a
 * due date without the minimum, the account is overdue.
 */
async function billAndCollect(account: AccountLife): Promise<void> {
  while (account.stage === 'current') await account.nextStep();
}
