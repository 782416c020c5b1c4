/** The client of an incident's workflow. */
import type { UpdateDefinition } from '@temporalio/common';
import type { UpdateOutcome, WorkflowGateway } from '../gateway';
import { workflowIds } from '../workflowTypes';
import { type IncidentAnswer, type IncidentInput, type IncidentState, incidentState } from './incident';

export interface IncidentClient {
  /** `key`: of the request; sent again, it is answered as before. */
  update<Message>(
    definition: UpdateDefinition<IncidentAnswer, [Message]>,
    message: Message,
    key: string,
  ): Promise<UpdateOutcome<IncidentAnswer>>;
  state(): Promise<IncidentState | undefined>;
}

/** A second start, even after its review, changes nothing; one that was terminated is started again. */
export function startIncident(gateway: WorkflowGateway, input: IncidentInput): Promise<void> {
  return gateway.start('incident', input);
}

/**
 * Starts what no workflow has taken up: incidents that were opened inside another transaction, or while Temporal was
 * away. What they stop is stopped meanwhile; only their deadlines wait.
 */
export async function startIncidents(
  gateway: WorkflowGateway,
  { incidentIds, ...input }: Omit<IncidentInput, 'incidentId' | 'opening'> & { incidentIds: readonly string[] },
): Promise<void> {
  await Promise.all(incidentIds.map((incidentId) => startIncident(gateway, { ...input, incidentId })));
}

export function incidentClient(
  gateway: WorkflowGateway,
  { tenantId, incidentId }: Pick<IncidentInput, 'tenantId' | 'incidentId'>,
): IncidentClient {
  const workflowId = workflowIds.incident(tenantId, incidentId);
  return {
    update: (definition, message, key) => gateway.update(workflowId, definition, message, key),
    state: () => gateway.query(workflowId, incidentState),
  };
}
