/** Old rows of what callers make without end. What may be removed, and from when on, the database itself says. */
import type { Reader } from '../transaction';

export interface KeptDays {
  requestsDays: number;
  checksDays: number;
  reportsDays: number;
  troublesDays: number;
}

/** How many rows were removed. */
export interface RemovedRows {
  requests: number;
  checks: number;
  reports: number;
  troubles: number;
}

/** At most `most` rows of each kind, the oldest first, so that no lock is held for long. Safe to repeat. */
export async function purgeOldRows(
  database: Reader,
  { tenantId, kept, most }: { tenantId: string; kept: KeptDays; most: number },
): Promise<RemovedRows> {
  const { requestsDays, checksDays, reportsDays, troublesDays } = kept;
  const { rows } = await database.query<{ what: keyof RemovedRows; removed: number }>(
    'select what, removed from purge_old_rows($1, $2, $3, $4, $5, $6)',
    [tenantId, requestsDays, checksDays, reportsDays, troublesDays, most],
  );
  const purged: RemovedRows = { requests: 0, checks: 0, reports: 0, troubles: 0 };
  for (const { what, removed } of rows) purged[what] = removed;
  return purged;
}

/** Until nothing is left that is old enough; `onBatch` is told of each, such as to say that the work goes on. */
export async function purgeAllOldRows(
  database: Reader,
  { tenantId, kept }: { tenantId: string; kept: KeptDays },
  onBatch: () => void = () => undefined,
): Promise<RemovedRows> {
  const total: RemovedRows = { requests: 0, checks: 0, reports: 0, troubles: 0 };
  for (;;) {
    const batch = await purgeOldRows(database, { tenantId, kept, most: BATCH });
    onBatch();
    for (const what of Object.keys(total) as (keyof RemovedRows)[]) total[what] += batch[what];
    if (Object.values(batch).every((removed) => removed < BATCH)) return total;
  }
}

/** Some tens of milliseconds on a busy server. */
const BATCH = 1_000;
