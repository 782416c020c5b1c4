/** Objections to declines that no person made: received once, reviewed by a person, who is called where it takes too long. */
import type { AssessmentOutcome, ObjectionRefused, ReceiveObjection } from '../../contracts/activities';
import { objectToDecision } from '../../contracts/origination/application';
import type { ActorSeals } from '../../db/evidence/actorSeals';
import { openForOverdueObjection } from '../../db/incidents/ruleIncidents';
import type { ApplicationRow, ObjectionRow } from '../../db/origination/applications';
import type { Client } from '../../db/transaction';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { BookDependencies } from '../bookDependencies';
import { sentToApplication } from '../credit/senders';
import { conclude, judgementOf, known } from './conclusion';
import { knownApplication } from './knownApplication';
import { admitFacts } from './sourceFacts';

/** Safe to retry: an objection is one by its key, and a repeat is told how the application stands. */
export async function receiveObjection(
  client: Client,
  { policies, actors }: { policies: BookDependencies['policies']; actors: ActorSeals | undefined },
  { tenantId, applicationId, asOfMs, receivedAtMs, objection: said }: ReceiveObjection,
): Promise<AssessmentOutcome | ObjectionRefused> {
  const row = await knownApplication(client, { tenantId, applicationId });
  if (row.objection?.key === said.key && row.stage === 'referred') return known(policies, client, row, asOfMs);
  const { objectUntilMs } = row;
  const isOpen = row.stage === 'declined' && row.objection === null && objectUntilMs !== null;
  if (!isOpen || receivedAtMs >= objectUntilMs) return { reasonCodes: ['OBJECTION_NOT_OPEN'] };
  const policy = await policies.version(client, tenantId, row.assessment?.policyVersion ?? '');
  const principal = sentToApplication(actors, { tenantId, applicationId }, objectToDecision.name, said);
  const { key, objectedBy, reason, figuresId } = said;
  const objection: ObjectionRow = { key, objectedBy, reason, figuresId, principal, atMs: receivedAtMs };
  return toPerson(client, row, { policy, asOfMs, by: 'objection', decidedBy: principal, objection });
}

/** Nobody is declined because nobody looked: an incident calls a person, and the review goes on for a day. */
export async function callForReview(
  client: Client,
  row: ApplicationRow,
  { policies, policy, asOfMs }: { policies: BookDependencies['policies']; policy: LendingPolicy; asOfMs: number },
): Promise<AssessmentOutcome> {
  const { tenantId, applicationId, decideByMs } = row;
  // Called for already: the answer was lost.
  if (decideByMs !== null && asOfMs < decideByMs) return known(policies, client, row, asOfMs);
  const found = [{ applicationId, decideByMs }];
  await openForOverdueObjection(client, { tenantId, atMs: asOfMs, openedBy: 'objections', found });
  return toPerson(client, row, { policy, asOfMs, by: 'review-deadline', decidedBy: 'deadline' });
}

interface ToPerson {
  policy: LendingPolicy;
  asOfMs: number;
  by: 'objection' | 'review-deadline';
  decidedBy: string;
  objection?: ObjectionRow | undefined;
}

/** With what is known of the applicant, so that what would change the answer is told of the review too. */
async function toPerson(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs, by, decidedBy, objection }: ToPerson,
): Promise<AssessmentOutcome> {
  const admitted = await admitFacts(client, row, { policy, asOfMs });
  const judgement = await judgementOf(client, row, { policy, decider: { by }, admitted });
  return conclude(client, row, judgement, { policy, asOfMs, decidedBy, objection, admitted });
}
