/** Notices that the guard holds until a person releases them. */
import type { GuardRule } from '../../../domain/messaging/guard/guardEvidence';
import type { Client } from '../../transaction';

export interface NewHold {
  noticeId: string;
  rule: GuardRule;
  detail: string;
  incidentId: string;
}

/**
 * Holds planned notices: they stay planned until they are released, or until their time is over. Held again by the same
 * rule, nothing is added.
 */
export async function holdNotices(
  client: Client,
  { tenantId, atMs, holds }: { tenantId: string; atMs: number; holds: readonly NewHold[] },
): Promise<void> {
  if (holds.length === 0) return;
  await client.query(
    `with held as (
       select * from jsonb_to_recordset($3::jsonb)
         as hold("noticeId" uuid, rule text, detail text, "incidentId" text)
     ), put_off as (
       -- Expiry is judged when it is due: then it is cancelled, and nobody has to look at it in between.
       update notice set send_after_at_ms = greatest(send_after_at_ms, expires_at_ms), put_off_reason = 'held'
        where tenant_id = $1 and status = 'planned' and notice_id in (select "noticeId" from held)
     )
     insert into notice_hold (tenant_id, notice_id, rule, detail, incident_id, held_at_ms)
     select $1, "noticeId", rule, detail, "incidentId", $2 from held on conflict do nothing`,
    [tenantId, atMs, JSON.stringify(holds)],
  );
}

/**
 * Releases what an incident holds: due at once, and past the rules that held it, once. In the transaction that lifts
 * the incident, after the row says so; while it is in force the database refuses. A notice that another incident holds
 * too stays put off. Returns the lanes to ring.
 */
export async function releaseHeld(
  client: Client,
  { tenantId, incidentId, by, atMs }: { tenantId: string; incidentId: string; by: string; atMs: number },
): Promise<{ released: number; lanes: number[] }> {
  const freed = await client.query<{ noticeId: string }>(
    `update notice_hold set released_at_ms = $3, released_by = $4
      where tenant_id = $1 and incident_id = $2 and released_at_ms is null returning notice_id as "noticeId"`,
    [tenantId, incidentId, atMs, by],
  );
  const noticeIds = [...new Set(freed.rows.map(({ noticeId }) => noticeId))];
  const { rows } = await client.query<{ lane: number }>(
    `update notice set send_after_at_ms = $3, put_off_reason = 'released'
      where tenant_id = $1 and notice_id = any($2::uuid[]) and status = 'planned' and not exists (
        select from notice_hold open where open.tenant_id = notice.tenant_id and open.notice_id = notice.notice_id
          and open.released_at_ms is null)
     returning lane`,
    [tenantId, noticeIds, atMs],
  );
  return { released: rows.length, lanes: [...new Set(rows.map(({ lane }) => lane))].sort((one, other) => one - other) };
}
