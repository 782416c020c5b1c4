/**
 * What can be told to an account, one row each. The handlers of its workflow, what arrives at a step, whose signature is
 * checked under which name, the key of an answer and the words of operators follow this table, and a step that takes no
 * arrival of a row does not compile. docs/adding-a-message.md shows one from end to end.
 */
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { UndatedFact } from '../../domain/credit/factKinds';
import { debitMandateChange, mandateKey, setDebitMandate } from '../debits/debitMandate';
import { factKeys, purchaseApprovalKey } from '../names';
import type { Field as MessageSchema } from '../schema';
import {
  approvePurchase,
  approveRestructuring,
  authorisePurchase,
  type ChangeResult,
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
import { correctRate, rateCorrectedBy, rateCorrection } from './rateCorrection';

/** What an upstream tells accounts: the messages that have files of their own. */
export * from '../debits/debitMandate';
export * from './instalments';
export * from './rateCorrection';

/** The answer to what somebody asked for. */
export type MessageAnswer = PurchaseResult | ChangeResult | InstalmentResult | WriteOffProgress;

/** Reads an id of a message that nobody may have judged before: what should be one may be anything. */
export type ReadId = (name: string) => string;

/** How a message becomes a fact of the fold. */
interface Becoming<Message> {
  /** The field with the date that the fact counts from. */
  date: keyof Message & string;
  /**
   * People decided it: its date is not moved into the life of the account but refused, and who decided is on record as a
   * decision.
   */
  isDecision?: true;
  /** Asked of what nobody may have judged yet. */
  fact(message: Message): UndatedFact;
}

interface Row<Message> {
  /** Name of the message within its arrival, in histories for ever. */
  field: string;
  /** In the Temporal Web UI: what it is for. */
  description: string;
  /** In the summary of the step that takes it. */
  words(id: ReadId): string;
  becomes?: Becoming<Message>;
}

/** A signal: taken as it comes, and judged by the step. */
function signalled<Message, const Said extends Row<Message> & { schema: MessageSchema }>(
  definition: SignalDefinition<[Message]>,
  row: Said,
) {
  return { form: 'signal', definition, ...row } as const;
}

interface AskedRow<Message> extends Row<Message> {
  /** Of its answer, since before answers belonged to arrivals. */
  keyOf(message: Message): string;
  /** Judges it at the validator, and wherever else it comes in. */
  schema: MessageSchema;
}

/** An update: refused by its validator, or answered by the step that takes it. */
function asked<Result extends MessageAnswer, Message, const Said extends AskedRow<Message>>(
  definition: UpdateDefinition<Result, [Message]>,
  row: Said,
) {
  return { form: 'update', definition, ...row } as const;
}

/**
 * By the kind of arrival that a message becomes, which histories and refusals name: neither kind nor field changes.
 * One that `becomes` a fact of the fold needs no more to be taken. New rows come last in their form: handlers are
 * registered in this order, and what waited for them is taken in it.
 */
export const accountMessages = {
  payment: signalled(paymentReceived, {
    field: 'payment',
    schema: messages.payment,
    becomes: {
      date: 'paidOn',
      fact: ({ paymentId, amountFen, intent, designatedInstalment }) => {
        return { kind: 'paid', key: factKeys.payment(paymentId), amountFen, intent, designatedInstalment };
      },
    },
    description: 'Money from the borrower, booked by the next step',
    words: (id) => `payment ${id('paymentId')}`,
  }),
  debit: signalled(debitSettled, {
    field: 'debit',
    schema: messages.settledDebit,
    description: 'Money of our own automatic debit, booked as the books of debits have it; not for callers',
    words: (id) => `debit ${id('reference')} settled`,
  }),
  reversal: signalled(paymentReversed, {
    field: 'reversal',
    schema: messages.paymentReversal,
    becomes: {
      date: 'reversedOn',
      fact: ({ reversalId, paymentId }) => {
        return { kind: 'reversed', key: factKeys.reversal(reversalId), reverses: factKeys.payment(paymentId) };
      },
    },
    description: 'A payment bounced: it counts as never made',
    words: (id) => `payment ${id('paymentId')} bounced`,
  }),
  refund: signalled(refundReceived, {
    field: 'refund',
    schema: messages.refund,
    becomes: {
      date: 'refundedOn',
      fact: ({ refundId, amountFen, purchaseId }) => {
        const purchaseKey = purchaseId === undefined ? undefined : factKeys.purchase(purchaseId);
        return { kind: 'refunded', key: factKeys.refund(refundId), amountFen, purchaseKey };
      },
    },
    description: 'Money for goods that were given back',
    words: (id) => `refund ${id('refundId')}`,
  }),
  confirmation: signalled(purchaseConfirmed, {
    field: 'confirmation',
    schema: messages.purchaseConfirmation,
    becomes: {
      date: 'confirmedOn',
      fact: ({ confirmationId, purchaseId }) => {
        const key = factKeys.confirmation(confirmationId);
        return { kind: 'confirmed', key, purchaseKey: factKeys.purchase(purchaseId) };
      },
    },
    description: 'The goods of a purchase were received: it is posted',
    words: (id) => `goods of ${id('purchaseId')} received`,
  }),
  purchase: asked(authorisePurchase, {
    field: 'purchase',
    becomes: {
      date: 'purchasedOn',
      fact: ({ purchaseId, amountFen, posting }) => {
        const held = posting === 'at-confirmation' ? ({ awaitsConfirmation: true } as const) : {};
        return { kind: 'purchased', key: factKeys.purchase(purchaseId), amountFen, ...held };
      },
    },
    keyOf: ({ purchaseId }) => purchaseId,
    schema: messages.purchase,
    description: 'Asks whether a purchase can be made now',
    words: (id) => `purchase ${id('purchaseId')}`,
  }),
  'purchase-approval': asked(approvePurchase, {
    field: 'approval',
    keyOf: ({ approvalId }) => purchaseApprovalKey(approvalId),
    schema: messages.purchaseApproval,
    description: 'A person approves a purchase that is far above the limit; it is asked for again afterwards',
    words: (id) => `purchase ${id('purchaseId')} approved by ${id('decidedBy')}`,
  }),
  'credit-return': asked(returnCredit, {
    field: 'creditReturn',
    becomes: {
      date: 'returnedOn',
      fact: ({ returnId, amountFen }) => ({ kind: 'credit-returned', key: factKeys.creditReturn(returnId), amountFen }),
    },
    keyOf: ({ returnId }) => factKeys.creditReturn(returnId),
    schema: messages.creditReturn,
    description: "The borrower's credit, or a part of it, was paid back",
    words: (id) => `credit paid back, ${id('returnId')}`,
  }),
  'rate-correction': asked(correctRate, {
    field: 'correction',
    becomes: { date: 'from', isDecision: true, fact: rateCorrectedBy },
    keyOf: (correction) => rateCorrectedBy(correction).key,
    schema: rateCorrection,
    description: 'Another rate from a date on; needs a person',
    words: (id) => `rate corrected, ${id('correctionId')}`,
  }),
  restructuring: asked(restructureLoan, {
    field: 'restructuring',
    becomes: {
      date: 'agreedOn',
      isDecision: true,
      fact: ({ restructuringId, months, dailyRate }) => {
        return { kind: 'restructured', key: factKeys.restructuring(restructuringId), months, dailyRate };
      },
    },
    keyOf: ({ restructuringId }) => factKeys.restructuring(restructuringId),
    schema: messages.restructuring,
    description: 'Proposes another schedule for what is left of a loan; another principal approves it',
    words: (id) => `restructuring ${id('restructuringId')}`,
  }),
  'restructuring-approval': asked(approveRestructuring, {
    field: 'approval',
    keyOf: ({ restructuringId }) => factKeys.restructuringApproval(restructuringId),
    schema: messages.restructuringApproval,
    description: 'Approves a proposed restructuring, as another principal: needs the API',
    words: (id) => `restructuring ${id('restructuringId')} approved`,
  }),
  mandate: asked(setDebitMandate, {
    field: 'mandate',
    keyOf: ({ changeId }) => mandateKey(changeId),
    schema: debitMandateChange,
    description: 'Gives, changes or ends the mandate for automatic debits',
    words: (id) => `debit mandate, ${id('changeId')}`,
  }),
  // A cash loan, which has its instalments from the beginning, refuses these two as it refuses purchases.
  'instalment-start': asked(startInstalments, {
    field: 'start',
    keyOf: ({ planId }) => factKeys.instalmentPlan(planId),
    schema: messages.instalmentStart,
    description: 'Splits a bill or purchases in parts',
    words: (id) => `instalment plan ${id('planId')}`,
  }),
  'instalment-settlement': asked(settleInstalments, {
    field: 'settlement',
    keyOf: ({ settlementId }) => factKeys.instalmentSettlement(settlementId),
    schema: messages.instalmentSettlement,
    description: 'All coming parts of a plan come with the next bill',
    words: (id) => `instalment plan ${id('planId')} settled early`,
  }),
};
