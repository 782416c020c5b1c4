/** Applications of which a consent was withdrawn. */
import type { Reader } from '../transaction';

export async function readWithdrawn(reader: Reader, { tenantId }: { tenantId: string }): Promise<ReadonlySet<string>> {
  const { rows } = await reader.query<{ applicationId: string }>(
    `select distinct application_id as "applicationId" from consent
     where tenant_id = $1 and withdrawn_at_ms is not null`,
    [tenantId],
  );
  return new Set(rows.map(({ applicationId }) => applicationId));
}
