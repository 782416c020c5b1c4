/** Notices of an account as the database holds them. */
import type { Pool } from 'pg';
import { type Credit, until } from './credits';
import { TENANT } from './deployment';

export interface NoticeLine {
  kind: string;
  status: string;
  cancelReason: string | null;
  dedupeKey: string;
  text: string | null;
  attemptedAtMs: number | null;
}

export async function noticesOf(pool: Pool, tenantId: string, accountId: string): Promise<NoticeLine[]> {
  const { rows } = await pool.query<NoticeLine>(
    `select kind, status, cancel_reason as "cancelReason", dedupe_key as "dedupeKey", text,
       attempted_at_ms as "attemptedAtMs"
     from notice where tenant_id = $1 and account_id = $2 order by send_after_at_ms, dedupe_key`,
    [tenantId, accountId],
  );
  return rows;
}

/** Waits until the account's notice of a promise has come to a status. */
export async function untilStatus(credit: Credit, key: string, status: string): Promise<void> {
  await until(async () => {
    const notices = await noticesOf(credit.deployment.pool, TENANT, credit.accountId);
    return notices.find(({ dedupeKey }) => dedupeKey === key)?.status === status;
  });
}
