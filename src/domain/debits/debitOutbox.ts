/**
 * The outbox of debits: what is planned once, what is taken back because it is not in the plan any more, what a lane has
 * to do, and which changes of a debit there are. The statements of `db` decide the same, under locks and by indices.
 */

import type { Product } from '../policy/lendingPolicy';
import type { Fen } from '../values/money';
import type { DebitStatus } from './debitStatuses';

/** A debit as the rules of the outbox see it. */
export interface OutboxDebit {
  reference: string;
  obligationKey: string;
  /** From 1 on. */
  attempt: number;
  status: DebitStatus;
  dueAtMs: number;
  /** When its lane looks at it next; null once nothing is left to do. */
  nextAtMs: number | null;
}

/**
 * Of the wanted debits those to be planned, each with the number of its attempt: an obligation has one, unless all of its
 * own were taken back. A refusal is followed up by who heard it.
 */
export function newDebits<Wanted extends { obligationKey: string }>(
  wanted: readonly Wanted[],
  ofAccount: readonly Pick<OutboxDebit, 'obligationKey' | 'status'>[],
): (Wanted & { attempt: number })[] {
  return wanted.flatMap((debit) => {
    const earlier = ofAccount.filter(({ obligationKey }) => obligationKey === debit.obligationKey);
    const isFree = earlier.every(({ status }) => status === 'cancelled');
    return isFree ? [{ ...debit, attempt: earlier.length + 1 }] : [];
  });
}

/** Whether a debit is taken back: planned still, and of an obligation that is not in the plan any more. */
export function isDebitTakenBack(
  { status, obligationKey }: Pick<OutboxDebit, 'status' | 'obligationKey'>,
  keepObligationKeys: readonly string[],
): boolean {
  return status === 'planned' && !keepObligationKeys.includes(obligationKey);
}

/** What became of a debit, as somebody says it. */
export type DebitEvent = 'attempted' | 'settled' | 'refused' | 'pending' | 'unknown' | 'cancelled';

const TAKEN_UP: readonly DebitStatus[] = ['attempted', 'pending', 'unknown'];
/** From which statuses each follows; from any other nothing happens. A rail itself may say that it never took one. */
const FOLLOWS: Readonly<Record<DebitEvent, readonly DebitStatus[]>> = {
  attempted: ['planned'],
  settled: TAKEN_UP,
  refused: TAKEN_UP,
  pending: TAKEN_UP,
  unknown: TAKEN_UP,
  cancelled: ['planned', ...TAKEN_UP],
};

/** The status after an event. */
export function debitAfter(status: DebitStatus, event: DebitEvent): DebitStatus {
  return FOLLOWS[event].includes(status) ? event : status;
}

/** What a lane has to look at by an instant, longest due first. */
export function dueDebits<Item extends OutboxDebit>(
  ofLane: readonly Item[],
  { asOfMs, limit }: { asOfMs: number; limit: number },
): Item[] {
  const nextOf = ({ nextAtMs }: OutboxDebit) => nextAtMs ?? Number.POSITIVE_INFINITY;
  return ofLane
    .filter((debit) => nextOf(debit) <= asOfMs)
    .sort((one, other) => nextOf(one) - nextOf(other) || (one.reference < other.reference ? -1 : 1))
    .slice(0, limit);
}

/** When a lane of debits has to look next. */
export function nextDebitLookAtMs(ofLane: readonly OutboxDebit[]): number | undefined {
  const instantsMs = ofLane.flatMap(({ nextAtMs }) => nextAtMs ?? []);
  return instantsMs.length === 0 ? undefined : Math.min(...instantsMs);
}

/** The payment that a debit becomes. */
export function paymentKeyOfDebit(reference: string): string {
  return `payment/debit:${reference}`;
}

/** A fact of a debit's account: a payment by its key. */
export interface BookedPayment {
  key: string;
  amountFen: Fen;
}

/** Whether money that a debit moved is booked: under its reference, and with its amount. */
export function isDebitBooked(
  { reference, amountFen }: { reference: string; amountFen: Fen | null },
  facts: readonly BookedPayment[],
): boolean {
  return facts.some(({ key, amountFen: booked }) => key === paymentKeyOfDebit(reference) && booked === amountFen);
}

/** Not over: planned, under way or in doubt, or settled and not booked with its amount. */
export function isUnfinished(
  debit: Pick<OutboxDebit, 'status' | 'reference'> & { amountFen: Fen | null },
  facts: readonly BookedPayment[],
): boolean {
  if (debit.status === 'settled') return !isDebitBooked(debit, facts);
  return debit.status !== 'refused' && debit.status !== 'cancelled';
}

/** Whether an incident puts off a debit that is due: of a product or of all, but for exempt borrowers. */
export function isDebitPaused(
  debit: Pick<OutboxDebit, 'status' | 'nextAtMs'> & { product: Product; borrowerId: string },
  stopped: { asOfMs: number; product?: Product | undefined; exceptBorrowerIds: readonly string[] },
): boolean {
  const isDue = debit.status === 'planned' && debit.nextAtMs !== null && debit.nextAtMs <= stopped.asOfMs;
  const isNamed = stopped.product === undefined || stopped.product === debit.product;
  return isDue && isNamed && !stopped.exceptBorrowerIds.includes(debit.borrowerId);
}

/** When a debit that was put off is looked at again: from its own time on, so that all go on in the order they fell due. */
export function resumedAtMs({ status, dueAtMs, nextAtMs }: OutboxDebit): number | null {
  return status === 'planned' && nextAtMs !== null && nextAtMs > dueAtMs ? dueAtMs : nextAtMs;
}

/** Behind: its lane should have looked at it before the instant, or it had settled by then and is not booked. */
export function isDebitMissed(
  debit: Pick<OutboxDebit, 'status' | 'reference' | 'nextAtMs'> & { amountFen: Fen | null; outcomeAtMs: number | null },
  { beforeMs, facts }: { beforeMs: number; facts: readonly BookedPayment[] },
): boolean {
  if (debit.nextAtMs !== null && debit.nextAtMs < beforeMs) return true;
  const isSettled = debit.status === 'settled' && debit.outcomeAtMs !== null && debit.outcomeAtMs < beforeMs;
  return isSettled && !isDebitBooked(debit, facts);
}
