/** What is told to accounts over HTTP: the messages of the contracts, without what the path says or the API adds. */
import * as messages from '../../contracts/credit/accountSchemas';
import { date, personId } from '../../contracts/fields';
import { described, object, optional } from '../../contracts/schema';
import { bodyOf, fieldsOf, zodOf } from '../http/messageSchemas';

/** Beside the principal of the key, which is who acts. */
export const saidBy = zodOf(
  optional(
    described(
      personId,
      'A name of the person in your own system: recorded beside the principal of the key, and counts for nothing.',
    ),
  ),
);

/** A date that the API gives where it was left out. */
const onDate = zodOf(optional(described(date, 'Default: the business date of the first arrival of this request.')));

export const purchaseBody = bodyOf(messages.purchase, {
  ...fieldsOf(messages.purchase, 'purchaseId', 'amountFen', 'posting'),
  purchasedOn: onDate,
});
export const confirmationBody = bodyOf(messages.purchaseConfirmation, {
  ...fieldsOf(messages.purchaseConfirmation, 'confirmationId'),
  confirmedOn: onDate,
});
export const refundBody = bodyOf(messages.refund, {
  ...fieldsOf(messages.refund, 'refundId', 'amountFen', 'purchaseId'),
  refundedOn: onDate,
});
export const paymentBody = bodyOf(messages.payment, {
  ...fieldsOf(messages.payment, 'paymentId', 'amountFen', 'designatedInstalment'),
  intent: fieldsOf(messages.payment, 'intent').intent.default('instalment'),
  paidOn: onDate,
});
export const reversalBody = bodyOf(messages.paymentReversal, {
  ...fieldsOf(messages.paymentReversal, 'reversalId'),
  reversedOn: onDate,
});
export const creditReturnBody = bodyOf(messages.creditReturn, {
  ...fieldsOf(messages.creditReturn, 'returnId', 'amountFen'),
  returnedOn: onDate,
});
export const purchaseApprovalBody = bodyOf(messages.purchaseApproval, {
  ...fieldsOf(messages.purchaseApproval, 'approvalId', 'purchaseId', 'amountFen', 'reason'),
  decidedBy: saidBy,
});
export const restructuringBody = bodyOf(messages.restructuring, {
  ...fieldsOf(messages.restructuring, 'restructuringId', 'months', 'dailyRate'),
  agreedOn: onDate,
});
export const approvalBody = zodOf(object({}));
export const writeOffDecisionBody = bodyOf(messages.writeOffDecision, {
  ...fieldsOf(messages.writeOffDecision, 'decision', 'reason'),
  decidedBy: saidBy,
});

export const instalmentStartBody = bodyOf(messages.instalmentStart, {
  ...fieldsOf(
    messages.instalmentStart,
    ...(['planId', 'statementNumber', 'unbilled', 'principalFen', 'months', 'costSheet'] as const),
  ),
  feePayer: fieldsOf(messages.instalmentStart, 'feePayer').feePayer.default('borrower'),
  startedOn: onDate,
});
export const instalmentSettlementBody = bodyOf(messages.instalmentSettlement, {
  ...fieldsOf(messages.instalmentSettlement, 'settlementId'),
  settledOn: onDate,
});
