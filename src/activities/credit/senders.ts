/** Who sent what arrived at an account: the signature of each message, checked where the secret is. */
import { type Arrival, sentAs } from '../../contracts/credit/arrivals';
import { workflowIdOfAccount, workflowIds } from '../../contracts/names';
import type { AccountRow } from '../../db/credit/accounts';
import { type ActorSeals, withoutActor } from '../../db/evidence/actorSeals';
import { type Acted, UNVERIFIED } from '../../domain/values/principals';

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

export interface Sent {
  /** As it is recorded: without its signature. */
  arrival: Arrival;
  /** Null: from before principals were kept, or nobody's. */
  principal: string | null;
}

/** The opening is the act of whoever accepted the offer; everything else says by itself who sent it. */
export function sentBy(actors: ActorSeals | undefined, account: AccountRow, arrival: Arrival): Sent {
  const { field, name } = sentAs(arrival) ?? {};
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
  return { arrival: { ...arrival, [field]: withoutActor(message) }, principal };
}
