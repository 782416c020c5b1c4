/** What comes to an account at its next deadline, in the words of the credit: `instalment 2 due 15 Mar`. */

import { noticeKind } from '../messaging/outbox/noticeKinds';
import type { LendingPolicy } from '../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../policy/products';
import { addDays, type IsoDate } from '../values/calendar';
import { dayWords } from '../values/dateWords';
import type { DerivedAccount, Obligation } from './account';
import { bucketOf, daysPastDue, isWorse } from './delinquency';
import { oldestOverdue } from './obligations';

/** Everything of that date that concerns the borrower; without any, that the account looks at itself. No figures. */
export function deadlineWords(account: DerivedAccount, policy: LendingPolicy, on: IsoDate): string {
  const words = [...arrearsWords(account, policy, on), ...dueWords(account, on), ...billWords(account, policy, on)];
  return words.length > 0 ? words.join(', ') : `next look on ${dayWords(on)}`;
}

/** An obligation that is late from the date on was due the day before, or before its days of grace. */
function dueWords({ obligations }: DerivedAccount, on: IsoDate): string[] {
  return obligations
    .filter(({ dueDate, lateFrom }) => dueDate === on || lateFrom === on || addDays(dueDate, 1) === on)
    .map((obligation) => `${nameOf(obligation)} due ${dayWords(obligation.dueDate)}`);
}

function arrearsWords(account: DerivedAccount, policy: LendingPolicy, on: IsoDate): string[] {
  const oldest = oldestOverdue(account);
  if (!oldest) return [];
  const days = daysPastDue(oldest.dueDate, on);
  const bucket = bucketOf(days);
  const { writeOffReviewDaysPastDue } = policy[PRODUCT_TABLE[account.product].policySection];
  const rung = policy.notices.afterDue.find((each) => each.daysPastDue === days);
  const events = [
    ...(rung ? [noticeKind(rung.kind).reminder ?? rung.kind] : []),
    ...(days === writeOffReviewDaysPastDue ? ['review for write-off'] : []),
  ];
  if (events.length > 0) return [`${bucket}: ${events.join(', ')}`];
  return account.bucket !== undefined && isWorse(bucket, account.bucket) ? [`${bucket} begins`] : [];
}

function billWords({ product, stage }: DerivedAccount, { revolving }: LendingPolicy, on: IsoDate): string[] {
  const isBilled =
    PRODUCT_TABLE[product].isBilled && stage !== 'written-off' && Number(on.slice(8, 10)) === revolving.billDay;
  return isBilled ? [`bill of ${dayWords(on)}`] : [];
}

/** `instalment-3` is instalment 3, `statement-7` is bill 7. */
function nameOf({ key }: Obligation): string {
  return key.replace('statement', 'bill').replace('-', ' ');
}
