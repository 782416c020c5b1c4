/**
 * The life of a revolving account: purchases and refunds as they come, a bill each month, its due date, and so on for
 * as long as the account lives. What each step decides is in `domain/revolving.ts`; here is only when.
 */
import type { AccountInput, AccountResult } from '../contracts/account';
import { AccountLife } from './accountLife';

export async function revolvingAccount(input: AccountInput): Promise<AccountResult> {
  const account = new AccountLife(input, 'revolving');
  await account.openLimit();
  while (account.isOpen) {
    // The next of: a purchase, refund or payment; the bill; the day after the due date; a rung or a bucket.
    await account.nextStep();
    await account.renewWhenLong();
  }
  return account.close();
}
