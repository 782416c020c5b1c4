/** Each worker looks, from its start on, for incidents that no workflow has taken up, and starts them. */
import type { Pool } from 'pg';
import type { WorkflowGateway } from '../../contracts/gateway';
import { startIncidents } from '../../contracts/incidents/incidentClient';
import { incidentsWithoutWorkflow } from '../../db/incidents/incidents';
import type { BusinessClock } from '../../domain/values/clock';
import { keepDoing } from '../keepDoing';

/** Real time. What an incident stops is stopped without it; its first deadline is a quarter of an hour away. */
const LOOK_EVERY_MS = 5_000;

export function keepIncidents(
  pool: Pool,
  gateway: WorkflowGateway,
  { tenantId, clock, everyMs = LOOK_EVERY_MS }: { tenantId: string; clock: BusinessClock; everyMs?: number },
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const check = async () => {
    const incidentIds = await incidentsWithoutWorkflow(pool, { tenantId });
    await startIncidents(gateway, { tenantId, clock, incidentIds });
  };
  return keepDoing(check, everyMs, onError);
}
