/** Removing what is older than the deployment keeps (docs/operations.md). */
import type { HousekeepingActivities } from '../../contracts/activities';
import { purgeAllOldRows } from '../../db/operations/purge';
import type { BookDependencies } from '../bookDependencies';
import type { KeepingDependencies } from './housekeepingDependencies';

type HousekeepingDependencies = Pick<BookDependencies, 'pool'> & KeepingDependencies & { heartbeat(): void };

export function createHousekeepingActivities({
  pool,
  kept,
  heartbeat,
}: HousekeepingDependencies): HousekeepingActivities {
  return {
    // Safe to retry: what is gone is gone, and the rest is still old.
    async purgeOldRows({ tenantId }) {
      if (kept === undefined) return { requests: 0, checks: 0, reports: 0, troubles: 0 };
      return purgeAllOldRows(pool, { tenantId, kept }, heartbeat);
    },
  };
}
