/** What an incident stops, asked inside the transaction of what it would stop: nothing that is read here is kept. */
import { measuresInForce } from '../../db/incidents/incidents';
import type { Reader } from '../../db/transaction';
import { type GuardedAction, type Restriction, restrictionOf } from '../../domain/incidents/incidents';

/** What whoever is refused is told; undefined when nothing stops it. */
export async function restrictionNow(
  reader: Reader,
  { tenantId, ...action }: GuardedAction & { tenantId: string },
): Promise<Restriction | undefined> {
  const found = restrictionOf(await measuresInForce(reader, { tenantId }), action);
  return found && { incidentId: found.incidentId, remedyChannel: found.remedyChannel };
}
