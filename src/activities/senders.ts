/** Who sent what arrived at an account: the signature of each message, checked where the secret is. */
import {
  approvePurchase,
  approveRestructuring,
  authorisePurchase,
  correctRate,
  debitSettled,
  decideWriteOff,
  paymentReceived,
  paymentReversed,
  purchaseConfirmed,
  refundReceived,
  restructureLoan,
  returnCredit,
  setDebitMandate,
} from '../contracts/account';
import type { Arrival } from '../contracts/activities';
import { settleInstalments, startInstalments } from '../contracts/instalments';
import { workflowIdOfAccount, workflowIds } from '../contracts/names';
import { type ActorSeals, withoutActor } from '../db/actorSeals';
import type { AccountRow } from '../db/statements/accounts';
import { type Acted, UNVERIFIED } from '../domain/principals';

/** Who sent a message to an application's workflow. */
export function sentToApplication(
  actors: ActorSeals | undefined,
  { tenantId, applicationId }: { tenantId: string; applicationId: string },
  name: string,
  message: Acted,
): string {
  const workflowId = workflowIds.application(tenantId, applicationId);
  return actors?.principalOf({ workflowId, name, message }) ?? UNVERIFIED;
}

/** Where the message of an arrival is, and by which name it was sent; undefined: nobody sent it as a message. */
const MESSAGES: Record<Arrival['kind'], readonly [field: string, name: string] | undefined> = {
  payment: ['payment', paymentReceived.name],
  reversal: ['reversal', paymentReversed.name],
  refund: ['refund', refundReceived.name],
  purchase: ['purchase', authorisePurchase.name],
  confirmation: ['confirmation', purchaseConfirmed.name],
  'credit-return': ['creditReturn', returnCredit.name],
  'rate-correction': ['correction', correctRate.name],
  restructuring: ['restructuring', restructureLoan.name],
  'restructuring-approval': ['approval', approveRestructuring.name],
  'write-off-word': ['word', decideWriteOff.name],
  mandate: ['mandate', setDebitMandate.name],
  debit: ['debit', debitSettled.name],
  'purchase-approval': ['approval', approvePurchase.name],
  'instalment-start': ['start', startInstalments.name],
  'instalment-settlement': ['settlement', settleInstalments.name],
  opening: undefined,
  look: undefined,
  'write-off': undefined,
  'set-aside': undefined,
};

export interface Sent {
  /** As it is recorded: without its signature. */
  arrival: Arrival;
  /** Null: from before principals were kept, or nobody's. */
  principal: string | null;
}

/** The opening is the act of whoever accepted the offer; everything else says by itself who sent it. */
export function sentBy(actors: ActorSeals | undefined, account: AccountRow, arrival: Arrival): Sent {
  const [field, name] = MESSAGES[arrival.kind] ?? [];
  const message = field === undefined ? undefined : (arrival as unknown as Record<string, Acted>)[field];
  if (
    field === undefined ||
    name === undefined ||
    typeof message !== 'object' ||
    message === null ||
    Array.isArray(message)
  ) {
    return { arrival, principal: arrival.kind === 'opening' ? account.openedBy : UNVERIFIED };
  }
  const workflowId = workflowIdOfAccount(account.product, account);
  // A word of a review that was ended must not be given again by whoever can read it in the history.
  const messageId = arrival.kind === 'write-off-word' ? arrival.key : undefined;
  const principal = actors?.principalOf({ workflowId, name, message }, messageId) ?? UNVERIFIED;
  return { arrival: { ...arrival, [field]: withoutActor(message) } as Arrival, principal };
}
