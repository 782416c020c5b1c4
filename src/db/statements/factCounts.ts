/** How many facts are in the books from a day on: what a driver waits for that must not outrun them. */
import type { IsoDate } from '../../domain/calendar';
import type { FactKind } from '../../domain/facts';
import type { Reader } from '../transaction';

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
