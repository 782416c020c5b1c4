/** The life of a debit row, and why a rail did not debit: the one vocabulary of rails, books and reason codes. */
import type { ReasonCode } from '../policy/reasonCodes';
import { type NameOf, namesOf, namesWith } from '../values/tables';

interface StatusRow {
  /** The rail may have been told, and may move the money: it is asked. */
  isAtRail: boolean;
  /** What became of it is known. */
  isClosed: boolean;
}

export const DEBIT_STATUSES = {
  planned: { isAtRail: false, isClosed: false },
  /** Committed before the rail is called. */
  attempted: { isAtRail: true, isClosed: false },
  pending: { isAtRail: true, isClosed: false },
  unknown: { isAtRail: true, isClosed: false },
  settled: { isAtRail: false, isClosed: true },
  refused: { isAtRail: false, isClosed: true },
  cancelled: { isAtRail: false, isClosed: true },
} as const satisfies Record<string, StatusRow>;

export type DebitStatus = NameOf<typeof DEBIT_STATUSES>;
export const OPEN_DEBITS = namesWith(DEBIT_STATUSES, { isClosed: false });
export const DEBITS_AT_RAIL = namesWith(DEBIT_STATUSES, { isAtRail: true });

/** The last line against money that moves twice: the trigger of `planned_debit` refuses the same. */
export function debitMayBecome(from: DebitStatus, to: DebitStatus): boolean {
  if (DEBIT_STATUSES[from].isClosed) return false;
  return from === 'planned' ? to === 'attempted' || to === 'cancelled' : to !== 'planned';
}

interface RefusalRow {
  reasonCode: ReasonCode;
  /** The bank account cannot be debited under this mandate again. */
  endsMandate: boolean;
}

export const DEBIT_REFUSALS = {
  /** The account does not hold the amount. Another attempt, under another reference, may succeed. */
  'insufficient-funds': { reasonCode: 'DEBIT_INSUFFICIENT_FUNDS', endsMandate: false },
  /** The mandate is unknown, revoked or over. The borrower must sign another. */
  'mandate-invalid': { reasonCode: 'DEBIT_MANDATE_INVALID', endsMandate: true },
  /** The bank account is closed or frozen. */
  'account-closed': { reasonCode: 'DEBIT_ACCOUNT_CLOSED', endsMandate: true },
  /** Above what the mandate or the bank allows for one debit or one day. */
  limit: { reasonCode: 'DEBIT_ABOVE_LIMIT', endsMandate: false },
  /** The rail does not take it, for a reason of its own that its code names. */
  'rail-refused': { reasonCode: 'DEBIT_REFUSED_BY_RAIL', endsMandate: false },
} as const satisfies Record<string, RefusalRow>;

export type DebitRefusalClass = NameOf<typeof DEBIT_REFUSALS>;
export const DEBIT_REFUSAL_CLASSES = namesOf(DEBIT_REFUSALS);
