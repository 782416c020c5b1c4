/**
 * The life of a revolving account, for as long as it is open. What each step decides is in `domain/revolving.ts`; here
 * is only when.
 *
 *     opened → current ⇄ overdue → write-off review → written off
 */
import type { AccountInput, AccountResult } from '../../contracts/credit/account';
import type { OpenStage } from '../../domain/credit/accountStages';
import { AccountHost } from './accountWorkflow';
import { pursue, reviewForWriteOff } from './overdue';

/** What it goes through while it is open; a stage without its part does not compile. */
const LIFE: Record<OpenStage, (account: AccountHost) => Promise<void>> = {
  current: billAndCollect,
  overdue: pursue,
  'write-off-review': reviewForWriteOff,
};

export async function revolvingAccount(input: AccountInput): Promise<AccountResult> {
  const account = new AccountHost(input, 'revolving');
  await account.openLimit();
  do {
    for (let stage = account.openStage; stage !== undefined; stage = account.openStage) await LIFE[stage](account);
  } while (!(await account.closes()));
  return account.result;
}

/**
 * Purchases and refunds as they come, a bill each month, its minimum or the whole paid by its due date. The day after a
 * due date without the minimum, the account is overdue.
 */
async function billAndCollect(account: AccountHost): Promise<void> {
  while (account.stage === 'current') await account.nextStep();
}
