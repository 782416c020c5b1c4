/** Who sent a message to an incident: its signature, checked where the secret is. */
import type { AdvanceIncident, IncidentMessage } from '../../contracts/activities';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  changeMeasures,
  note,
  recordReview,
} from '../../contracts/incidents/incident';
import { workflowIds } from '../../contracts/names';
import type { Acted } from '../../contracts/operations/actor';
import { type ActorSeals, withoutActor } from '../../db/evidence/actorSeals';
import { UNVERIFIED } from '../../domain/values/principals';

/** `by`: the principal. `saidBy`: the name that was said, where it is another one. */
type Verified<Message> = Message extends { by: string }
  ? Omit<Message, 'actor'> & { saidBy?: string | undefined }
  : Message;

/** A message as it is decided on: by its principal. */
export type SentIncidentMessage = {
  [Kind in IncidentMessage['kind']]: {
    [Field in keyof Extract<IncidentMessage, { kind: Kind }>]: Verified<
      Extract<IncidentMessage, { kind: Kind }>[Field]
    >;
  };
}[IncidentMessage['kind']];

/** Where the message of each kind is, and by which update it was sent; an opening comes with the start. */
const MESSAGES: Record<IncidentMessage['kind'], readonly [field: string, name: string]> = {
  start: ['opening', 'incident'],
  acknowledgement: ['acknowledgement', acknowledge.name],
  'measures-change': ['change', changeMeasures.name],
  'resume-approval': ['approval', approveResume.name],
  appeal: ['appeal', appeal.name],
  'appeal-answer': ['answer', answerAppeal.name],
  note: ['note', note.name],
  review: ['review', recordReview.name],
};

/**
 * The step's message by who sent it. What was signed for another update is not this one: an approval that was withdrawn
 * must not be given again by whoever can read it in the history.
 */
export function incidentSentBy(
  actors: ActorSeals | undefined,
  { message, ...input }: AdvanceIncident,
): Omit<AdvanceIncident, 'message'> & { message?: SentIncidentMessage | undefined } {
  if (message === undefined) return input;
  const [field, name] = MESSAGES[message.kind];
  const sent = (message as unknown as Record<string, (Acted & { by: string }) | undefined>)[field];
  if (sent === undefined) return { ...input, message: message };
  const workflowId = workflowIds.incident(input.tenantId, input.incidentId);
  const messageId = message.kind === 'start' ? undefined : message.key;
  const by = actors?.principalOf({ workflowId, name, message: sent }, messageId) ?? UNVERIFIED;
  const saidBy = sent.by === by ? undefined : sent.by;
  const verified = { ...withoutActor(sent), by, saidBy };
  return { ...input, message: { ...message, [field]: verified } };
}
