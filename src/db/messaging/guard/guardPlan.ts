/** What the guard counts by: the plan of a day, and messages that were let pass. */

import type { GuardMessage } from '../../../domain/messaging/guard/guardEvidence';
import type { IsoDate } from '../../../domain/values/calendar';
import type { Client } from '../../transaction';

/**
 * Takes what is planned until the end of a business day as its plan, once: what is put in for it later is not of it.
 * True when this call took it.
 */
export async function takeDayPlan(
  client: Client,
  {
    tenantId,
    businessDate,
    dayEndMs,
    atMs,
  }: { tenantId: string; businessDate: IsoDate; dayEndMs: number; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into guard_day (tenant_id, business_date, taken_at_ms) values ($1, $2, $3) on conflict do nothing`,
    [tenantId, businessDate, atMs],
  );
  if (rowCount !== 1) return false;
  await client.query(
    `insert into guard_plan (tenant_id, notice_id, business_date)
     select $1, notice_id, $2 from notice where tenant_id = $1 and status = 'planned' and send_after_at_ms < $3
     on conflict do nothing`,
    [tenantId, businessDate, dayEndMs],
  );
  return true;
}

export type PassedMessage = Pick<GuardMessage, 'noticeId' | 'kind' | 'recipient'> & { isPlanned: boolean };

/** Keeps that messages were let pass, and uses up what they were released by. In the transaction of their attempts. */
export async function recordPasses(
  client: Client,
  { tenantId, atMs, messages }: { tenantId: string; atMs: number; messages: readonly PassedMessage[] },
): Promise<void> {
  if (messages.length === 0) return;
  await client.query(
    `with passed as (
       insert into guard_pass (tenant_id, notice_id, at_ms, kind, recipient, is_planned)
       select $1, "noticeId", $2, kind, recipient, "isPlanned"
         from jsonb_to_recordset($3::jsonb)
           as message("noticeId" uuid, kind text, recipient text, "isPlanned" boolean)
       on conflict do nothing returning notice_id
     )
     update notice_hold set used_at_ms = $2 from passed
      where notice_hold.tenant_id = $1 and notice_hold.notice_id = passed.notice_id
        and released_at_ms is not null and used_at_ms is null`,
    [tenantId, atMs, JSON.stringify(messages)],
  );
}
