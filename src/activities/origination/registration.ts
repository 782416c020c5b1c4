/** Whose an application is: its row, and whether the books let a run have it. */
import type { AssessApplication } from '../../contracts/activities';
import { workflowIds } from '../../contracts/names';
import { contentHash } from '../../db/contentHash';
import type { ActorSeals } from '../../db/evidence/actorSeals';
import { type ApplicationRow, insertApplication, lockApplication } from '../../db/origination/applications';
import { ensureBorrower } from '../../db/origination/borrowers';
import type { Client } from '../../db/transaction';
import { isOver } from '../../domain/origination/applicationStages';
import { sentToApplication } from '../credit/senders';
import { notFound } from '../failures';
import { knownApplication } from './knownApplication';

/** The application's row; an upstream that came through Temporal alone gets it made here. */
export async function registered(
  actors: ActorSeals | undefined,
  client: Client,
  { asOfMs, ...input }: AssessApplication,
): Promise<ApplicationRow> {
  const { tenantId, applicationId, borrowerId, product, requestedFen, facts } = input;
  const found = await lockApplication(client, { tenantId, applicationId });
  if (found) return found;
  if (!facts) {
    throw notFound(
      `application ${applicationId} of tenant ${tenantId} is not stored: send it over HTTP, or give facts`,
    );
  }
  await ensureBorrower(client, { tenantId, borrowerId });
  await insertApplication(client, {
    tenantId,
    applicationId,
    borrowerId,
    product,
    requestedFen,
    facts,
    receivedAtMs: asOfMs,
    principal: sentToApplication(actors, input, 'application', input),
  });
  return knownApplication(client, { tenantId, applicationId });
}

/**
 * Why the books do not let this run have the application: undefined where they do. A run of Temporal is kept for a time,
 * and its id is free again after it; the books are kept.
 */
export function refusedRun(row: ApplicationRow, input: AssessApplication): string | undefined {
  const { tenantId, applicationId, workflowId, lifeId, asOfMs } = input;
  const id = `application ${applicationId} of tenant ${tenantId}`;
  const expected = workflowIds.application(tenantId, applicationId);
  if (workflowId !== undefined && workflowId !== expected) return `${id} lives as ${expected}: start it under that id`;
  const asked = ({ borrowerId, product, requestedFen, facts }: Omit<AssessApplication, 'clock'> | ApplicationRow) =>
    contentHash({ borrowerId, product, requestedFen, facts: input.facts && facts });
  if (asked(row) !== asked(input)) return `${id} was received before with other content: send a new applicationId`;
  // Without its life on record a declined one cannot be told from this run's own: the answer is the same.
  const isOwn = row.lifeId === (lifeId ?? null) || (row.lifeId === null && row.stage === 'declined');
  return isOver(row, asOfMs) && !isOwn ? `${id} is ${row.stage} already: send a new applicationId` : undefined;
}
