/** The two account workflows: what goes in, what can be told to them while they live, what they answer. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Stage } from '../domain/account';
import type { IsoDate } from '../domain/calendar';
import type { BusinessClock } from '../domain/clock';
import type { Fen } from '../domain/money';
import type { Bucket, Product } from '../domain/products';

export { clockMoved } from './clock';

/** Input of `cashLoan` and `revolvingAccount`: the account was opened in the books when its offer was accepted. */
export interface AccountInput {
  tenantId: string;
  accountId: string;
  clock: BusinessClock;
  /** Where a continued run goes on; absent in the first run. */
  resumed?: { state: AccountState; approvals: string[] } | undefined;
}

/** Money from the borrower. Never refused: money that arrived is booked, at worst as the borrower's credit. */
export interface Payment {
  /** The payment's id at the upstream: sent twice, it counts once. */
  paymentId: string;
  amountFen: Fen;
  paidOn: IsoDate;
  /** `payoff` settles a cash loan early when it covers the payoff amount of `paidOn`. */
  intent: 'instalment' | 'payoff';
}

export interface Refund {
  refundId: string;
  amountFen: Fen;
  refundedOn: IsoDate;
}

export interface Purchase {
  purchaseId: string;
  amountFen: Fen;
  purchasedOn: IsoDate;
}

export type PurchaseResult =
  | { status: 'approved'; availableFen: Fen }
  | { status: 'declined'; reasonCodes: string[]; availableFen: Fen };

/** One of the two people that writing an account off needs. */
export interface WriteOffDecision {
  decision: 'write-off' | 'keep';
  decidedBy: string;
}

export type WriteOffProgress = {
  status: 'needs-second-person' | 'written-off' | 'kept' | 'same-person' | 'not-in-review';
};

/** What an account's workflow knows and shows; amounts in detail are in the books, not here. */
export interface AccountState {
  product: Product;
  stage: Stage;
  bucket: Bucket;
  daysPastDue: number;
  amountBand: string;
  /** When the account wakes by itself; undefined once it is closed. */
  nextDeadlineAtMs: number | undefined;
  /** One line for operators. */
  summary: string;
}

export interface AccountResult {
  stage: Stage;
  closedOn: IsoDate;
}

export const paymentReceived = defineSignal<[Payment]>('paymentReceived');
export const refundReceived = defineSignal<[Refund]>('refundReceived');
export const authorisePurchase = defineUpdate<PurchaseResult, [Purchase]>('authorisePurchase');
export const decideWriteOff = defineUpdate<WriteOffProgress, [WriteOffDecision]>('decideWriteOff');
export const accountState = defineQuery<AccountState>('accountState');
