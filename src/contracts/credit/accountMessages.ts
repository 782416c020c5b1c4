/**
 * What can be told to an account, one row each. The handlers of its workflow, what arrives at a step, whose signature is
 * checked under which name, the key of an answer and the words of operators follow this table, and a step that takes no
 * arrival of a row does not compile. docs/adding-a-message.md shows one from end to end.
 */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { debitMandateChange, mandateKey, setDebitMandate } from '../debits/debitMandate';
import { factKeys, purchaseApprovalKey } from '../names';
import type { Field as MessageSchema } from '../schema';
import {
  approvePurchase,
  approveRestructuring,
  authorisePurchase,
  type ChangeResult,
  correctRate,
  debitSettled,
  type PurchaseResult,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
  restructureLoan,
  returnCredit,
  type WriteOffProgress,
} from './account';
import * as messages from './accountSchemas';
import { type InstalmentResult, settleInstalments, startInstalments } from './instalments';

/** What an upstream tells accounts: the messages that have files of their own. */
export * from '../debits/debitMandate';
export * from './instalments';

/** The answer to what somebody asked for. */
export type MessageAnswer = PurchaseResult | ChangeResult | InstalmentResult | WriteOffProgress;

/** Reads an id of a message that nobody may have judged before: what should be one may be anything. */
export type ReadId = (name: string) => string;

interface Common<Field extends string> {
  /** Name of the message within its arrival, in histories for ever. */
  field: Field;
  /** In the Temporal Web UI: what it is for. */
  description: string;
  /** In the summary of the step that takes it. */
  words(id: ReadId): string;
}

/** A signal: taken as it comes, and judged by the step. */
function signalled<Message, Field extends string, IsFact extends boolean>(
  definition: SignalDefinition<[Message]>,
  row: Common<Field> & { isFact: IsFact },
) {
  return { form: 'signal', definition, ...row } as const;
}

/** An update: refused by its validator, or answered by the step that takes it. */
function asked<Result extends MessageAnswer, Message, Field extends string, IsFact extends boolean>(
  definition: UpdateDefinition<Result, [Message]>,
  row: Common<Field> & {
    isFact: IsFact;
    /** Of its answer, since before answers belonged to arrivals. */
    keyOf(message: Message): string;
    /** Judges it at the validator, and wherever else it comes in. */
    schema: MessageSchema;
  },
) {
  return { form: 'update', definition, ...row } as const;
}

/**
 * By the kind of arrival that a message becomes, which histories and refusals name: neither kind nor field changes.
 * `isFact`: it becomes a fact of the fold, by `factOf`. New rows come last in their form: handlers are registered in
 * this order, and what waited for them is taken in it.
 */
export const accountMessages = {
  payment: signalled(paymentReceived, {
    field: 'payment',
    isFact: true,
    description: 'Money from the borrower, booked by the next step',
    words: (id) => `payment ${id('paymentId')}`,
  }),
  debit: signalled(debitSettled, {
    field: 'debit',
    isFact: false,
    description: 'Money of our own automatic debit, booked as the books of debits have it; not for callers',
    words: (id) => `debit ${id('reference')} settled`,
  }),
  reversal: signalled(paymentReversed, {
    field: 'reversal',
    isFact: true,
    description: 'A payment bounced: it counts as never made',
    words: (id) => `payment ${id('paymentId')} bounced`,
  }),
  refund: signalled(refundReceived, {
    field: 'refund',
    isFact: true,
    description: 'Money for goods that were given back',
    words: (id) => `refund ${id('refundId')}`,
  }),
  confirmation: signalled(purchaseConfirmed, {
    field: 'confirmation',
    isFact: true,
    description: 'The goods of a purchase were received: it is posted',
    words: (id) => `goods of ${id('purchaseId')} received`,
  }),
  purchase: asked(authorisePurchase, {
    field: 'purchase',
    isFact: true,
    keyOf: ({ purchaseId }) => purchaseId,
    schema: messages.purchase,
    description: 'Asks whether a purchase can be made now',
    words: (id) => `purchase ${id('purchaseId')}`,
  }),
  'purchase-approval': asked(approvePurchase, {
    field: 'approval',
    isFact: false,
    keyOf: ({ approvalId }) => purchaseApprovalKey(approvalId),
    schema: messages.purchaseApproval,
    description: 'A person approves a purchase that is far above the limit; it is asked for again afterwards',
    words: (id) => `purchase ${id('purchaseId')} approved by ${id('decidedBy')}`,
  }),
  'credit-return': asked(returnCredit, {
    field: 'creditReturn',
    isFact: true,
    keyOf: ({ returnId }) => factKeys.creditReturn(returnId),
    schema: messages.creditReturn,
    description: "The borrower's credit, or a part of it, was paid back",
    words: (id) => `credit paid back, ${id('returnId')}`,
  }),
  'rate-correction': asked(correctRate, {
    field: 'correction',
    isFact: true,
    keyOf: ({ correctionId }) => factKeys.rateCorrection(correctionId),
    schema: messages.rateCorrection,
    description: 'Another rate from a date on; needs a person',
    words: (id) => `rate corrected, ${id('correctionId')}`,
  }),
  restructuring: asked(restructureLoan, {
    field: 'restructuring',
    isFact: true,
    keyOf: ({ restructuringId }) => factKeys.restructuring(restructuringId),
    schema: messages.restructuring,
    description: 'Proposes another schedule for what is left of a loan; another principal approves it',
    words: (id) => `restructuring ${id('restructuringId')}`,
  }),
  'restructuring-approval': asked(approveRestructuring, {
    field: 'approval',
    isFact: false,
    keyOf: ({ restructuringId }) => factKeys.restructuringApproval(restructuringId),
    schema: messages.restructuringApproval,
    description: 'Approves a proposed restructuring, as another principal: needs the API',
    words: (id) => `restructuring ${id('restructuringId')} approved`,
  }),
  mandate: asked(setDebitMandate, {
    field: 'mandate',
    isFact: false,
    keyOf: ({ changeId }) => mandateKey(changeId),
    schema: debitMandateChange,
    description: 'Gives, changes or ends the mandate for automatic debits',
    words: (id) => `debit mandate, ${id('changeId')}`,
  }),
  // A cash loan, which has its instalments from the beginning, refuses these two as it refuses purchases.
  'instalment-start': asked(startInstalments, {
    field: 'start',
    isFact: false,
    keyOf: ({ planId }) => factKeys.instalmentPlan(planId),
    schema: messages.instalmentStart,
    description: 'Splits a bill or purchases in parts',
    words: (id) => `instalment plan ${id('planId')}`,
  }),
  'instalment-settlement': asked(settleInstalments, {
    field: 'settlement',
    isFact: false,
    keyOf: ({ settlementId }) => factKeys.instalmentSettlement(settlementId),
    schema: messages.instalmentSettlement,
    description: 'All coming parts of a plan come with the next bill',
    words: (id) => `instalment plan ${id('planId')} settled early`,
  }),
};
