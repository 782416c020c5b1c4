/** What a run is checked by: accounts that should have woken and did not. */
import type { Reader } from '../transaction';

/** Open accounts whose next deadline lies before the instant: their workflow is behind, or stuck. */
export async function readMissedDeadlines(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<string[]> {
  const { rows } = await reader.query<{ accountId: string }>(
    `select account_id as "accountId" from credit_account
      where tenant_id = $1 and stage not in ('settled', 'written-off')
        and (next_deadline_at_ms < $2 or advanced_at_ms is null)
      order by account_id`,
    [tenantId, beforeMs],
  );
  return rows.map(({ accountId }) => accountId);
}

/** Every account of a tenant, by id. */
export async function listAccountIds(reader: Reader, { tenantId }: { tenantId: string }): Promise<string[]> {
  const { rows } = await reader.query<{ accountId: string }>(
    'select account_id as "accountId" from credit_account where tenant_id = $1 order by account_id',
    [tenantId],
  );
  return rows.map(({ accountId }) => accountId);
}
