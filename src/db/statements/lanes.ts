/** The doorbells of notice lanes: whoever plans a notice that a lane would not find in time wakes it, once. */
import type { Client, Reader } from '../transaction';

export interface LaneRef {
  tenantId: string;
  lane: number;
}

/**
 * Rings a lane for a notice that is due at an instant; true for the one caller that turned the bell, who signals the
 * lane. To be called after the notice is committed: a sweep that begins later sees it, and one that had begun before
 * has taken the lane's next look away, so that this rings.
 *
 * A lane that looks in time by itself is not rung, and its row not locked: the steps of a surge do not queue up here.
 * An upsert would lock it. A lane that should have looked already is rung: it may have been lost.
 */
export async function ringLane(
  database: Reader,
  { tenantId, lane, dueAtMs, asOfMs }: LaneRef & { dueAtMs: number; asOfMs: number },
): Promise<boolean> {
  const { rows } = await database.query<{ won: boolean }>(
    `with turned as (
       update notice_lane set rung = true
        where tenant_id = $1 and lane = $2 and not rung
          and (next_due_at_ms is null or next_due_at_ms > $3 or next_due_at_ms < $4)
       returning lane
     ), hung as (
       insert into notice_lane (tenant_id, lane, rung)
       select $1, $2, true where not exists (select from notice_lane where tenant_id = $1 and lane = $2)
       on conflict do nothing returning lane
     )
     select exists (select from turned) or exists (select from hung) as won`,
    [tenantId, lane, dueAtMs, asOfMs],
  );
  return rows[0]?.won === true;
}

/**
 * Silences the bell, at the start of a sweep and committed before it looks: what is planned from then on rings again.
 * Returns whether it was rung.
 */
export async function answerRing(client: Client, { tenantId, lane }: LaneRef): Promise<boolean> {
  const { rows } = await client.query<{ wasRung: boolean }>(
    `update notice_lane set rung = false, next_due_at_ms = null from notice_lane as before
      where notice_lane.tenant_id = $1 and notice_lane.lane = $2
        and before.tenant_id = notice_lane.tenant_id and before.lane = notice_lane.lane
     returning before.rung as "wasRung"`,
    [tenantId, lane],
  );
  return rows[0]?.wasRung === true;
}

/** Ends a sweep: notes and returns when the next planned notice of the lane is due; undefined when there is none. */
export async function noteNextDue(database: Reader, { tenantId, lane }: LaneRef): Promise<number | undefined> {
  const { rows } = await database.query<{ atMs: number | null }>(
    `insert into notice_lane (tenant_id, lane, rung, next_due_at_ms)
     select $1, $2, false, (
       select min(send_after_at_ms) from notice where tenant_id = $1 and lane = $2 and status = 'planned')
     on conflict (tenant_id, lane) do update set next_due_at_ms = excluded.next_due_at_ms
     returning next_due_at_ms as "atMs"`,
    [tenantId, lane],
  );
  return rows[0]?.atMs ?? undefined;
}
