/** What is known of a notice before it is sent: planned in the transaction that decides, sent by its lane. */
import type { Stage } from '../../credit/account';
import type { NoticeKind } from '../../policy/lendingPolicy';
import type { IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';

export type { CancelReason, NoticeStatus } from './noticeStatuses';

export interface PlannedNotice {
  kind: NoticeKind;
  /** Identity within the account: a promise is planned once, whatever happens twice. */
  dedupeKey: string;
  /** The obligation it speaks of (`instalment-3`), or undefined for one about the account as a whole. */
  obligationKey: string | undefined;
  sendAfterMs: number;
  expiresAtMs: number;
  /** What the step knew, to be compared with the books when it is sent; absent for one that names no figure. */
  plannedOn?: PlannedOn | undefined;
  /** Of a notice to one version of the borrower's phone. */
  toPhoneVersion?: number | undefined;
  /** Lower goes first when the borrower's budget is short: statutory 0, due today 1, overdue 2, courtesy 3. */
  priority: number;
}

/** Figures and stage of an account at the step that planned a notice. */
export interface PlannedOn {
  stage: Stage;
  amountFen?: Fen | undefined;
  dueDate?: IsoDate | undefined;
}

/**
 * A notice that was planned before, and whether it was taken back because nothing was asked for any more: what it spoke
 * of was paid, its minimum was met, or too little was left. Should that change, it is promised again.
 */
export interface PastPromise {
  dedupeKey: string;
  isPaidAway: boolean;
}

const RENEWED = /#\d+$/;

/** What a notice promises, without the count of its renewals: `due-soon/instalment-2/3` of `due-soon/instalment-2/3#2`. */
export function promiseOf(dedupeKey: string): string {
  return dedupeKey.replace(RENEWED, '');
}

/** Key of the same promise made for the n-th time: it is made again only after it was taken back as paid. */
export function renewedKey(promise: string, times: number): string {
  return times === 1 ? promise : `${promise}#${times}`;
}

/** What thanks for a payment promise; the key of its entry is that of the payment. */
export function paymentKey({ key }: { key: string }): string {
  return `payment-received/${key}`;
}

/** What tells a phone of a change promises, by the versions of the new phone and of the one that is told. */
export function phoneChangeKey({ version, toVersion }: { version: number; toVersion: number }): string {
  return `phone-changed/${version}/${toVersion}`;
}
