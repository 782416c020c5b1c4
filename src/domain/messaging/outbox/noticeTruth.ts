/**
 * Whether a planned notice is still true, asked just before it is sent: nobody is reminded of what was paid or of what
 * may wait, a late notice gives way to the one after it, and while something is past due nothing is said of an
 * obligation alone. Source: facts 5.2 (every step re-checks).
 */
import type { DerivedAccount, Obligation } from '../../credit/account';
import { isAskedFor, owedOf } from '../../credit/figures';
import { oldestOverdue } from '../../credit/obligations';
import type { NoticePolicy } from '../../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../policy/products';
import { daysBetween } from '../../values/calendar';
import type { Fen } from '../../values/money';
import { noticeKind } from './noticeKinds';
import { type CancelReason, type PlannedNotice, type PlannedOn, paymentKey, promiseOf } from './notices';
import { type NoticeFigures, newestPayment } from './noticeText';

export type Verdict = { send: true } | { send: false; reason: CancelReason };

/** What of the policy the truth of a notice depends on. */
type Ladder = Pick<NoticePolicy, 'beforeDue' | 'afterDue' | 'toleranceFen'>;
type NoticeInQuestion = Pick<PlannedNotice, 'kind' | 'obligationKey' | 'expiresAtMs' | 'dedupeKey'>;

/**
 * The account must be folded as of now. With the ladder's policy a notice whose next rung has been reached is
 * superseded; without it that is not judged.
 */
export function isStillTrue(
  notice: NoticeInQuestion,
  account: DerivedAccount,
  nowMs: number,
  policy?: Ladder,
): Verdict {
  const reason = untrueBecause(notice, account, policy) ?? (nowMs >= notice.expiresAtMs ? 'expired' : undefined);
  return reason === undefined ? { send: true } : { send: false, reason };
}

function untrueBecause(
  notice: NoticeInQuestion,
  account: DerivedAccount,
  policy: Ladder | undefined,
): CancelReason | undefined {
  const { claim } = noticeKind(notice.kind);
  if (claim === 'borrower') return undefined;
  if (account.stage === 'written-off') return 'written-off';
  // A settlement that a later fact undid is no settlement any more.
  if (notice.kind === 'account-settled') return account.stage === 'settled' ? undefined : 'superseded';
  if (account.stage === 'settled') return 'settled';
  // Its text names the newest payment: one that bounced, or that another came after, is not thanked for.
  if (notice.kind === 'payment-received') {
    const payment = newestPayment(account);
    return payment && promiseOf(notice.dedupeKey) === paymentKey(payment) ? undefined : 'superseded';
  }
  if (claim === 'account' || notice.obligationKey === undefined) return undefined;
  const obligation = account.obligations.find(({ key }) => key === notice.obligationKey);
  if (!obligation || obligation.minimumFen <= 0) return metBecause(account);
  // Another obligation is past due as well, or the due date of this one has moved.
  if (claim === 'overdue' && oldestOverdue(account)?.key !== obligation.key) return 'superseded';
  if (!policy) return undefined;
  const isPastDue = isAskedFor(account, policy);
  if (claim === 'overdue' && !isPastDue) return 'too-small';
  if (claim === 'owed' && isPastDue && notice.kind !== 'bill-issued') return 'superseded';
  return isSuperseded(notice, obligation, { account, isPastDue }, policy) ? 'superseded' : undefined;
}

/** Why an obligation asks for nothing any more. Paying the minimum is not overdue (facts 1.1). */
export function metBecause(account: DerivedAccount): 'paid' | 'minimum-met' {
  return owedOfBillsFen(account) > 0 ? 'minimum-met' : 'paid';
}

/** What is owed of bills, whether or not a bill asks for it now; 0 for a loan. Net of credit. */
function owedOfBillsFen({ product, balances, instalments }: DerivedAccount): Fen {
  if (!PRODUCT_TABLE[product].isBilled) return 0;
  const inPlansFen = (instalments?.plans ?? []).flatMap(({ principalParts }) => principalParts);
  const unbilledFen = inPlansFen.reduce((sum, part) => sum + part, instalments?.unbilledFen ?? 0);
  return Math.max(0, owedOf(balances) - unbilledFen - balances.creditFen);
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
  { account, isPastDue }: { account: DerivedAccount; isPastDue: boolean },
  policy: Ladder,
): boolean {
  // A bill's first word says less than the reminder after it; while something is past due there is none.
  if (notice.kind === 'bill-issued') {
    const daysAhead = daysBetween(account.asOf, obligation.dueDate);
    return daysAhead < 0 || (!isPastDue && policy.beforeDue.some((rung) => rung.daysBefore >= daysAhead));
  }
  const promise = promiseOf(notice.dedupeKey);
  const own = Number(promise.slice(promise.lastIndexOf('/') + 1));
  if (!Number.isInteger(own)) return false;
  const daysPast = daysBetween(obligation.dueDate, account.asOf);
  if (noticeKind(notice.kind).claim === 'overdue') {
    return policy.afterDue.some((rung) => rung.daysPastDue > own && rung.daysPastDue <= daysPast);
  }
  return policy.beforeDue.some(
    (rung) => rung.daysBefore < own && rung.daysBefore >= Math.max(0, -daysPast) && daysPast <= 0,
  );
}
