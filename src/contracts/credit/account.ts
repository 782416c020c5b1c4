/** The two account workflows: what goes in, what can be told to them while they live, what they answer. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Stage } from '../../domain/credit/account';
import type { PaymentIntent } from '../../domain/credit/facts';
import type { Restriction } from '../../domain/incidents/incidents';
import type { Bucket, Product } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import type { BusinessClock } from '../../domain/values/clock';
import type { DecimalRate, Fen } from '../../domain/values/money';
import type { Acted } from '../operations/actor';
import type { Datable } from './datable';

export { clockMoved } from '../operations/clock';

/** Input of `cashLoan` and `revolvingAccount`: the account was opened in the books when its offer was accepted. */
export interface AccountInput {
  tenantId: string;
  accountId: string;
  clock: BusinessClock;
  /** Where a continued run goes on; absent in the first run. */
  resumed?: { state: AccountState; approvals: string[]; voices?: WriteOffApproval[] | undefined } | undefined;
}

/** Money from the borrower. Never refused: money that arrived is booked, at worst as the borrower's credit. */
export interface Payment extends Acted, Datable {
  /** The payment's id at the upstream: sent twice, it counts once. */
  paymentId: string;
  amountFen: Fen;
  paidOn: IsoDate;
  /**
   * `payoff` settles the account, plans included, when it covers the payoff amount of `paidOn`. The two prepayments,
   * of cash loans only, reduce what is not due yet: by fewer instalments, or by lower ones.
   */
  intent: PaymentIntent;
  /** The due instalment of a cash loan that the debtor wants settled first (Civil Code art. 560). */
  designatedInstalment?: number | undefined;
}

/**
 * Money that one of our own debits brought, told by its lane. Not for callers: the step looks the debit up, and books
 * what the books of debits say of it.
 */
export interface SettledDebit extends Acted {
  reference: string;
  amountFen: Fen;
  settledOn: IsoDate;
}

/** A payment bounced: from its date on it counts as never made. Refused when the payment is not known. */
export interface PaymentReversal extends Acted, Datable {
  reversalId: string;
  paymentId: string;
  reversedOn: IsoDate;
}

export interface Refund extends Acted, Datable {
  refundId: string;
  amountFen: Fen;
  refundedOn: IsoDate;
  /** The purchase that it undoes. Needed where that one still waits for its confirmation: its hold is released. */
  purchaseId?: string | undefined;
}

export const PURCHASE_POSTINGS = ['at-payment', 'at-confirmation'] as const;
export type PurchasePosting = (typeof PURCHASE_POSTINGS)[number];

export interface Purchase extends Acted, Datable {
  purchaseId: string;
  amountFen: Fen;
  purchasedOn: IsoDate;
  /**
   * When it is posted: `at-payment`, also when absent, at once; `at-confirmation` when the borrower has received the
   * goods (facts 1.1). Until then it only holds its part of the limit.
   */
  posting?: PurchasePosting | undefined;
}

/** A person's word for a purchase that is far above the limit; it is asked for again afterwards (docs/ledger.md). */
export interface PurchaseApproval extends Acted {
  approvalId: string;
  purchaseId: string;
  /** To the fen: another amount is another purchase. */
  amountFen: Fen;
  /** Staff identifier. */
  decidedBy: string;
  /** Without personal data. */
  reason: string;
}

/** The goods of a purchase that waited for it were received: what was not refunded of it is posted. */
export interface PurchaseConfirmation extends Acted, Datable {
  confirmationId: string;
  purchaseId: string;
  confirmedOn: IsoDate;
}

/** The borrower's credit, or a part of it, was paid back. */
export interface CreditReturn extends Acted, Datable {
  returnId: string;
  amountFen: Fen;
  returnedOn: IsoDate;
}

/** What is left of a cash loan is repaid by another schedule, agreed with the borrower (Civil Code art. 678). */
export interface Restructuring extends Acted, Datable {
  restructuringId: string;
  agreedOn: IsoDate;
  months: number;
  dailyRate: DecimalRate;
  /** Two names, in histories from before a restructuring was proposed by one and approved by another. */
  decidedBy?: [string, string] | undefined;
}

/** The second word for a restructuring, by another principal than who proposed it. */
export interface RestructuringApproval extends Acted {
  restructuringId: string;
}

/** What became of a change that somebody asked for. */
export type ChangeResult =
  | { status: 'accepted' }
  | { status: 'refused'; reasonCodes: string[] }
  /** A restructuring waits for another principal's approval, until this business instant. */
  | { status: 'proposed'; approveByMs: number };

export type PurchaseResult =
  | { status: 'approved'; availableFen: Fen }
  /** With `INCIDENT_MEASURE` it tells which incident stops it, and where to turn to. */
  | { status: 'declined'; reasonCodes: string[]; availableFen: Fen; restriction?: Restriction | undefined };

export const WRITE_OFF_DECISIONS = ['write-off', 'keep'] as const;

/** One of the two principals that writing an account off needs; `decidedBy` is a name beside the principal. */
export interface WriteOffDecision extends Acted {
  decision: (typeof WRITE_OFF_DECISIONS)[number];
  decidedBy: string;
  /** Of a write-off, why: without personal data. Absent in histories from before a reason was asked for. */
  reason?: string | undefined;
}

/** A word for the write-off that waits for another person's. */
export interface WriteOffApproval {
  /** The principal; in histories from before, a name. */
  decidedBy: string;
  /** Both absent of one that was given before they were kept. */
  reason?: string | undefined;
  saidAtMs?: number | undefined;
}

export type WriteOffProgress = {
  status:
    | 'needs-second-person'
    | 'written-off'
    | 'kept'
    | 'same-person'
    | 'not-in-review'
    /** A word for the write-off that no key signed: it counts for nothing. */
    | 'unverified';
};

/** What an account's workflow knows and shows; amounts in detail are in the books, not here. */
export interface AccountState {
  product: Product;
  stage: Stage;
  /** Absent once the account is closed. */
  bucket?: Bucket | undefined;
  /** At `asOf`, as everything here. */
  daysPastDue: number;
  /** The due date from which days past due are counted. */
  pastDueSince?: IsoDate | undefined;
  /** The business date of the step; absent before the first one, and in what older versions kept. */
  asOf?: IsoDate | undefined;
  amountBand: string;
  /** When the account wakes by itself; undefined once it is closed. */
  nextDeadlineAtMs: number | undefined;
  /** What comes then, in the words of the credit; absent in steps of histories from before it was told. */
  nextDeadlineFor?: string | undefined;
  /** One line for operators. */
  summary: string;
  /** In write-off review: who has said yes so far, and why. Absent: nobody. */
  writeOffVoices?: WriteOffApproval[] | undefined;
}

export interface AccountResult {
  stage: Stage;
  closedOn: IsoDate;
}

export const paymentReceived = defineSignal<[Payment]>('paymentReceived');
/** From our own debit lanes; what was told before there was this signal came as `paymentReceived`. */
export const debitSettled = defineSignal<[SettledDebit]>('debitSettled');
export const paymentReversed = defineSignal<[PaymentReversal]>('paymentReversed');
export const refundReceived = defineSignal<[Refund]>('refundReceived');
export const purchaseConfirmed = defineSignal<[PurchaseConfirmation]>('purchaseConfirmed');
/** What was set aside is taken again, where two people decided so; else nothing happens. Sent by the command. */
export const takeAgain = defineSignal<[{ asideId: number }]>('takeAgain');
/** Take a step now, whatever the deadline: told to open accounts when the rules of the fold have changed. */
export const lookAgain = defineSignal('lookAgain');
export const authorisePurchase = defineUpdate<PurchaseResult, [Purchase]>('authorisePurchase');
export const approvePurchase = defineUpdate<ChangeResult, [PurchaseApproval]>('approvePurchase');
export const returnCredit = defineUpdate<ChangeResult, [CreditReturn]>('returnCredit');
export const restructureLoan = defineUpdate<ChangeResult, [Restructuring]>('restructureLoan');
export const approveRestructuring = defineUpdate<ChangeResult, [RestructuringApproval]>('approveRestructuring');
export const decideWriteOff = defineUpdate<WriteOffProgress, [WriteOffDecision]>('decideWriteOff');
export const accountState = defineQuery<AccountState>('accountState');
