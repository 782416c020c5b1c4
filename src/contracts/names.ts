/** Names that cross the boundary to Temporal: workflow ids, task queues, search attributes, failure types. */
export { searchAttributes } from './searchAttributes';
export { workflowIdOfAccount, workflowIds } from './workflowTypes';

export const TASK_QUEUE = 'creditloom';

/** Keys of the facts that messages become, from the ids of the upstream: a second arrival of a key is the same fact. */
export const factKeys = {
  payment: (paymentId: string) => `payment/${paymentId}`,
  /** Of the payment that a debit of ours brought. */
  debit: (reference: string) => `payment/debit:${reference}`,
  reversal: (reversalId: string) => `reversal/${reversalId}`,
  refund: (refundId: string) => `refund/${refundId}`,
  purchase: (purchaseId: string) => `purchase/${purchaseId}`,
  confirmation: (confirmationId: string) => `confirmation/${confirmationId}`,
  instalmentPlan: (planId: string) => `instalment/${planId}`,
  instalmentSettlement: (settlementId: string) => `instalment-settlement/${settlementId}`,
  creditReturn: (returnId: string) => `credit-return/${returnId}`,
  restructuring: (restructuringId: string) => `restructuring/${restructuringId}`,
  /** No facts, but what is asked for: keys of the answers. */
  restructuringApproval: (restructuringId: string) => `restructuring-approval/${restructuringId}`,
  writeOffWord: (messageId: string) => `write-off-word/${messageId}`,
};

/**
 * Beginnings of ids that are ours where callers give ids as well: a payment that one of our debits brought, and a change
 * of the mandate that the rail made. Refused wherever a caller gives such an id; who names what is there may use it.
 */
export const RESERVED_BEGINNINGS = { payment: 'debit:', mandateChange: 'rail:' } as const;

/**
 * Beginning of the keys that the API gives to a request that it judges anew: names of updates, and keys of acceptances. A
 * caller's own key in this form could be the name of another one's request.
 */
const JUDGED_ANEW = /^again-\d+-/;

export function isOurKey(key: string): boolean {
  return JUDGED_ANEW.test(key);
}

/** What a request of a caller's key is called when it is judged for the `tries`-th time. */
export function keyJudgedAnew(tries: number, hashOfKey: string): string {
  return `again-${tries}-${hashOfKey}`;
}

/** Beginning of the names of updates that the API and the command line send. */
export const OUR_UPDATES = 'api:';

/** The debit's reference, of a payment's id in the form that is ours; undefined of any other. */
export function debitReferenceOf(paymentId: unknown): string | undefined {
  const { payment } = RESERVED_BEGINNINGS;
  return typeof paymentId === 'string' && paymentId.startsWith(payment) ? paymentId.slice(payment.length) : undefined;
}

/** Key of a person's word for a purchase, which is no fact of the account's fold either. */
export const purchaseApprovalKey = (approvalId: string) => `purchase-approval/${approvalId}`;

/** `ApplicationFailure.type` of the failures that a caller can act on. */
export const failureTypes = {
  /** The input breaks the contract; the message names the field. Not retried. */
  invalidInput: 'InvalidInput',
  /** What is named does not exist. Not retried. */
  notFound: 'NotFound',
  /** The same business key came with other content. Not retried. */
  conflict: 'Conflict',
} as const;

/**
 * `ApplicationFailure.type` of an update that a validator refuses: it breaks the contract, or comes at the wrong time.
 * Nothing happened, and nothing is in the history. Whatever else fails an update says nothing about what became of it.
 */
export const UPDATE_REFUSED = 'UpdateRefused';
