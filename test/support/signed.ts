/** Messages as the API would send them for a principal, for stories that speak to Temporal themselves. */
import { randomUUID } from 'node:crypto';
import { ACTORS } from './deployment';

/** Options of an update that the principal has signed. */
export function signedBy<Message extends object>(
  principal: string,
  { workflowId }: { workflowId: string },
  { name }: { name: string },
  message: Message,
  updateId: string = randomUUID(),
): { args: [Message]; updateId: string } {
  const sender = { principal, issuedAtMs: 1, messageId: updateId };
  return { args: [ACTORS.signed({ workflowId, name, message }, sender)], updateId };
}
