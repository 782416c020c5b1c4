/** What follows a missed due date, for both products: the ladder of reminders, then the review for write-off. */
import type { AccountHost } from './accountWorkflow';

/**
 * Rung by rung of the ladder and bucket by bucket, M1 to M7, with new credit restricted, until what is overdue is paid
 * or the debt is old enough for a review.
 */
export async function pursue(account: AccountHost): Promise<void> {
  while (account.stage === 'overdue') await account.nextStep();
}

/** Two different people write the debt off, one keeps it, or a payment brings the account back. */
export async function reviewForWriteOff(account: AccountHost): Promise<void> {
  while (account.stage === 'write-off-review') await account.nextStep();
  account.endReview();
}
