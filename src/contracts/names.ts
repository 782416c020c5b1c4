/** Names that cross the boundary to Temporal: workflow ids, task queues, search attributes, failure types. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const TASK_QUEUE = 'creditloom';

/** Workflow ids are built from business identity, so that starting the same credit twice is refused by Temporal. */
export const workflowIds = {
  application: (tenantId: string, applicationId: string) => `application/${tenantId}/${applicationId}`,
  cashLoan: (tenantId: string, accountId: string) => `cash-loan/${tenantId}/${accountId}`,
  revolvingAccount: (tenantId: string, accountId: string) => `revolving/${tenantId}/${accountId}`,
  noticeLane: (tenantId: string, lane: number) => `notice-lane/${tenantId}/${lane}`,
  debitLane: (tenantId: string, lane: number) => `debit-lane/${tenantId}/${lane}`,
  incident: (tenantId: string, incidentId: string) => `incident/${tenantId}/${incidentId}`,
  templateReview: (tenantId: string, kind: string, version: number) => `template-review/${tenantId}/${kind}/${version}`,
};

/** Of an account of a product. */
export function workflowIdOfAccount(
  product: 'cash-loan' | 'revolving',
  { tenantId, accountId }: { tenantId: string; accountId: string },
): string {
  const idOf = product === 'cash-loan' ? workflowIds.cashLoan : workflowIds.revolvingAccount;
  return idOf(tenantId, accountId);
}

/** Keys of the facts that messages become, from the ids of the upstream: a second arrival of a key is the same fact. */
export const factKeys = {
  payment: (paymentId: string) => `payment/${paymentId}`,
  reversal: (reversalId: string) => `reversal/${reversalId}`,
  refund: (refundId: string) => `refund/${refundId}`,
  purchase: (purchaseId: string) => `purchase/${purchaseId}`,
  confirmation: (confirmationId: string) => `confirmation/${confirmationId}`,
  instalmentPlan: (planId: string) => `instalment/${planId}`,
  instalmentSettlement: (settlementId: string) => `instalment-settlement/${settlementId}`,
  creditReturn: (returnId: string) => `credit-return/${returnId}`,
  rateCorrection: (correctionId: string) => `rate-correction/${correctionId}`,
  restructuring: (restructuringId: string) => `restructuring/${restructuringId}`,
  /** No facts, but what is asked for: keys of the answers. */
  restructuringApproval: (restructuringId: string) => `restructuring-approval/${restructuringId}`,
  writeOffWord: (messageId: string) => `write-off-word/${messageId}`,
};

/** Key of a change of the mandate, which is no fact of the account's fold. */
export const mandateKey = (changeId: string) => `mandate/${changeId}`;

/** What operators filter and sort by in the Temporal Web UI. */
export const searchAttributes = {
  tenant: defineSearchAttributeKey('CreditloomTenant', SearchAttributeType.KEYWORD),
  product: defineSearchAttributeKey('CreditloomProduct', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('CreditloomStage', SearchAttributeType.KEYWORD),
  bucket: defineSearchAttributeKey('CreditloomBucket', SearchAttributeType.KEYWORD),
  nextDeadline: defineSearchAttributeKey('CreditloomNextDeadline', SearchAttributeType.DATETIME),
  amountBand: defineSearchAttributeKey('CreditloomAmountBand', SearchAttributeType.KEYWORD),
};

/** `ApplicationFailure.type` of the failures that a caller can act on. */
export const failureTypes = {
  /** The input breaks the contract; the message names the field. Not retried. */
  invalidInput: 'InvalidInput',
  /** What is named does not exist. Not retried. */
  notFound: 'NotFound',
  /** The same business key came with other content. Not retried. */
  conflict: 'Conflict',
} as const;
