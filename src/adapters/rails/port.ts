/**
 * The one way to a borrower's bank account: a debit under a mandate that the borrower signed. A rail is told once per
 * reference; it answers honestly, and an answer that it did not get is `unknown`, because the money may have moved
 * (docs/payment-rail.md). Callers go through `debitOnce.ts`, which never tries an unknown one again blindly.
 */
import type { DebitRefusalClass } from '../../domain/debits/debitStatuses';

export interface DebitRequest {
  /**
   * Ours, unique for each attempt at an obligation, and the idempotency key at the rail: sent twice, it moves money
   * once. 1 to 100 letters, digits or `._:-`.
   */
  reference: string;
  /** The mandate as the rail knows it; same form as a reference. It stands for a bank account: never a card number. */
  mandateId: string;
  /** Whole fen above 0. */
  amountFen: number;
  /** The business date on which the debit is due, `YYYY-MM-DD`. */
  businessDate: string;
}

/** Why a rail did not debit, in one vocabulary for all rails. */
export type RefusalClass = DebitRefusalClass;

export type DebitOutcome =
  /** The money moved. The amount is what the rail says it moved: book that one, not the one that was asked for. */
  | { status: 'settled'; railId: string; amountFen: number; settledOn: string }
  /** No money moved, and none will under this reference. `code` is the rail's own, without anything personal. */
  | { status: 'refused'; refusalClass: RefusalClass; code: string }
  /** The rail took it and will settle or refuse it; `inquire` tells which. */
  | { status: 'pending'; railId: string }
  /** No answer, or none that can be trusted: the money may have moved. The detail holds no mandate and no secret. */
  | { status: 'unknown'; detail: string };

/** `not-found`: the rail itself says that it never took this reference. Nothing else may be read as that. */
export type DebitInquiryOutcome = DebitOutcome | { status: 'not-found' };

export interface PaymentRail {
  readonly name: string;
  /**
   * Asks for one debit, once, with no retry of its own. Whatever fails on the way is `unknown`. Throws
   * `InvalidDebitError` alone, before anything is sent.
   */
  debit(request: DebitRequest): Promise<DebitOutcome>;
  /** Asks what became of a reference; moves nothing. `unknown`: the rail could not be asked. Throws as `debit` does. */
  inquire(reference: string): Promise<DebitInquiryOutcome>;
}
