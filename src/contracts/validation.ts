/**
 * The contract's own checks, for callers that speak Temporal instead of HTTP. Each returns undefined or one sentence
 * that names the field, the fault and the fix. All of it is said in the schemas, which serve HTTP as well.
 */

import type {
  AccountInput,
  CreditReturn,
  Payment,
  PaymentReversal,
  Purchase,
  PurchaseApproval,
  PurchaseConfirmation,
  Refund,
  Restructuring,
  RestructuringApproval,
  SettledDebit,
  WriteOffDecision,
} from './credit/account';
import * as account from './credit/accountSchemas';
import type { InstalmentSettlement, InstalmentStart } from './credit/instalments';
import type { DebitLaneInput } from './debits/debitLane';
import type { EndOfDayInput } from './ledger/endOfDay';
import type { NoticeLaneInput } from './messaging/noticeLane';
import type { HousekeepingInput } from './operations/housekeeping';
import type { Acceptance, ApplicationInput, Objection, ReferralDecision } from './origination/application';
import { acceptanceSchemaOf, applicationInput, objection, referralDecision } from './origination/applicationSchemas';
import { accountInput, debitLaneInput, endOfDayInput, housekeepingInput, noticeLaneInput } from './runSchemas';
import type { Field } from './schema';
import { newSentenceOf, sentenceOf } from './schemaJudge';

/** Undefined, or one sentence that names the field, the fault and the fix. */
export type Fault = string | undefined;

const invalid =
  <Message>(schema: Field) =>
  (message: Message): Fault =>
    sentenceOf(schema, message);

/** As runs and money of before were judged: what starts or signals were taken for must go on. */
const invalidBefore =
  <Message>(schema: Field) =>
  (message: Message): Fault =>
    sentenceOf(schema, message, 'before');

/** Told by a signal: workers of before told of our own debits under ids that are ours, which the step looks up. */
export const invalidPayment = invalidBefore<Payment>(account.payment);
export const invalidSettledDebit = invalid<SettledDebit>(account.settledDebit);
export const invalidPaymentReversal = invalid<PaymentReversal>(account.paymentReversal);
export const invalidRefund = invalid<Refund>(account.refund);
export const invalidPurchase = invalid<Purchase>(account.purchase);
export const invalidPurchaseApproval = invalid<PurchaseApproval>(account.purchaseApproval);
export const invalidPurchaseConfirmation = invalid<PurchaseConfirmation>(account.purchaseConfirmation);
export const invalidCreditReturn = invalid<CreditReturn>(account.creditReturn);
export const invalidRestructuring = invalid<Restructuring>(account.restructuring);
export const invalidRestructuringApproval = invalid<RestructuringApproval>(account.restructuringApproval);
export const invalidWriteOffDecision = invalid<WriteOffDecision>(account.writeOffDecision);
export const invalidInstalmentStart = invalid<InstalmentStart>(account.instalmentStart);
export const invalidInstalmentSettlement = invalid<InstalmentSettlement>(account.instalmentSettlement);

export const invalidReferralDecision = invalid<ReferralDecision>(referralDecision);
export const invalidObjection = invalid<Objection>(objection);
export const invalidAcceptance = (acceptance: Acceptance): Fault =>
  sentenceOf(acceptanceSchemaOf(acceptance), acceptance);

export const invalidApplicationInput = invalidBefore<ApplicationInput>(applicationInput);
/** What was not asked of applications before, so that those of before go on: see `newlyRefused` of the workflows. */
export const unacceptableApplication = (input: ApplicationInput): Fault => newSentenceOf(applicationInput, input);
export const invalidAccountInput = invalidBefore<AccountInput>(accountInput);
export const invalidHousekeepingInput = invalidBefore<HousekeepingInput>(housekeepingInput);
export const invalidEndOfDayInput = invalidBefore<EndOfDayInput>(endOfDayInput);
export const invalidDebitLaneInput = invalidBefore<DebitLaneInput>(debitLaneInput);
export const invalidNoticeLaneInput = invalidBefore<NoticeLaneInput>(noticeLaneInput);
