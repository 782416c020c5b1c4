/**
 * Whether a planned notice is still true, asked just before it is sent: nobody is reminded of what was paid, and a
 * late notice gives way to the one after it. Source: facts 5.2 (every step re-checks).
 */
import type { DerivedAccount, Obligation } from './account';
import { daysBetween } from './calendar';
import { type CancelReason, type PlannedNotice, type PlannedOn, paymentKey, promiseOf } from './notices';
import { type NoticeFigures, newestPayment } from './noticeText';
import { isOverdue } from './obligations';
import type { NoticeKind, NoticePolicy } from './products';

export type Verdict = { send: true } | { send: false; reason: CancelReason };

type NoticeInQuestion = Pick<PlannedNotice, 'kind' | 'obligationKey' | 'expiresAtMs' | 'dedupeKey'>;

/** What a notice claims: that something is owed, that it is overdue, or something about the account as a whole. */
const CLAIM: Record<NoticeKind, 'owed' | 'overdue' | 'account'> = {
  'bill-issued': 'owed',
  'due-soon': 'owed',
  'due-today': 'owed',
  'overdue-friendly': 'overdue',
  'overdue-factual': 'overdue',
  'overdue-formal': 'overdue',
  'overdue-final': 'overdue',
  'credit-report-warning': 'overdue',
  'loan-disbursed': 'account',
  'payment-received': 'account',
  'account-settled': 'account',
};

/**
 * The account must be folded as of now. With the ladder's policy a notice whose next rung has been reached is
 * superseded; without it that is not judged.
 */
export function isStillTrue(
  notice: NoticeInQuestion,
  account: DerivedAccount,
  nowMs: number,
  policy?: Pick<NoticePolicy, 'beforeDue' | 'afterDue'>,
): Verdict {
  const reason = untrueBecause(notice, account, policy) ?? (nowMs >= notice.expiresAtMs ? 'expired' : undefined);
  return reason === undefined ? { send: true } : { send: false, reason };
}

function untrueBecause(
  notice: NoticeInQuestion,
  account: DerivedAccount,
  policy: Pick<NoticePolicy, 'beforeDue' | 'afterDue'> | undefined,
): CancelReason | undefined {
  if (account.stage === 'written-off') return 'written-off';
  // A settlement that a later fact undid is no settlement any more.
  if (notice.kind === 'account-settled') return account.stage === 'settled' ? undefined : 'superseded';
  if (account.stage === 'settled') return 'settled';
  // Its text names the newest payment: one that bounced, or that another came after, is not thanked for.
  if (notice.kind === 'payment-received') {
    const payment = newestPayment(account);
    return payment && promiseOf(notice.dedupeKey) === paymentKey(payment) ? undefined : 'superseded';
  }
  const claim = CLAIM[notice.kind];
  if (claim === 'account' || notice.obligationKey === undefined) return undefined;
  const obligation = account.obligations.find(({ key }) => key === notice.obligationKey);
  if (!obligation || obligation.owedFen <= 0) return 'paid';
  // Paying the minimum is not overdue (facts 1.1).
  if (claim === 'overdue' && !isOverdue(obligation, account.asOf)) return 'paid';
  return policy && isSuperseded(notice, obligation, account, policy) ? 'superseded' : undefined;
}

/** Which figures of the text are others than the notice was planned on: it is rendered with those of now. */
export function movedSince(
  plannedOn: PlannedOn | undefined,
  { amountFen, dueDate }: Pick<NoticeFigures, 'amountFen' | 'dueDate'>,
): string[] {
  if (!plannedOn) return [];
  return [
    ...(plannedOn.amountFen === amountFen ? [] : ['amount']),
    ...(plannedOn.dueDate === dueDate ? [] : ['dueDate']),
  ];
}

/** Whether a rung nearer to now than the notice's own stands on a day that has come. */
function isSuperseded(
  notice: NoticeInQuestion,
  obligation: Obligation,
  account: DerivedAccount,
  policy: Pick<NoticePolicy, 'beforeDue' | 'afterDue'>,
): boolean {
  // A bill's first word says less than the reminder after it.
  if (notice.kind === 'bill-issued') {
    const daysAhead = daysBetween(account.asOf, obligation.dueDate);
    return daysAhead < 0 || policy.beforeDue.some((rung) => rung.daysBefore >= daysAhead);
  }
  const promise = promiseOf(notice.dedupeKey);
  const own = Number(promise.slice(promise.lastIndexOf('/') + 1));
  if (!Number.isInteger(own)) return false;
  const daysPast = daysBetween(obligation.dueDate, account.asOf);
  if (CLAIM[notice.kind] === 'overdue') {
    return policy.afterDue.some((rung) => rung.daysPastDue > own && rung.daysPastDue <= daysPast);
  }
  return policy.beforeDue.some(
    (rung) => rung.daysBefore < own && rung.daysBefore >= Math.max(0, -daysPast) && daysPast <= 0,
  );
}
