/** What a driver waits for that must not outrun the books: facts that are recorded, and notices that have had their time. */

import type { FactKind } from '../../domain/credit/facts';
import type { IsoDate } from '../../domain/values/calendar';
import type { Reader } from '../transaction';

/** Facts of these kinds from a day on. */
export async function countFactsSince(
  reader: Reader,
  { tenantId, kinds, from }: { tenantId: string; kinds: readonly FactKind[]; from: IsoDate },
): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    'select count(*) as count from account_fact where tenant_id = $1 and kind = any($2) and value_date >= $3',
    [tenantId, kinds, from],
  );
  return rows[0]?.count ?? 0;
}

/** Notices that are due before the instant and that no lane has looked at. */
export async function countWaitingNotices(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    `select count(*) as count from notice where tenant_id = $1 and status = 'planned' and send_after_at_ms < $2`,
    [tenantId, beforeMs],
  );
  return rows[0]?.count ?? 0;
}
