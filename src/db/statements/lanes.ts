/** The doorbells of notice lanes: after a surge of planned notices one caller wakes the lane, not all of them. */
import type { Client } from '../transaction';

/**
 * Rings a lane; true for the one caller that turned it, who signals the lane after its commit. Of a bell that is rung
 * already no row is locked, so the steps of a surge do not queue up behind each other here. An upsert would lock it.
 */
export async function ringLane(client: Client, tenantId: string, lane: number): Promise<boolean> {
  const { rows } = await client.query<{ won: boolean }>(
    `with turned as (
       update notice_lane set rung = true where tenant_id = $1 and lane = $2 and not rung returning lane
     ), hung as (
       insert into notice_lane (tenant_id, lane, rung)
       select $1, $2, true where not exists (select from notice_lane where tenant_id = $1 and lane = $2)
       on conflict do nothing returning lane
     )
     select exists (select from turned) or exists (select from hung) as won`,
    [tenantId, lane],
  );
  return rows[0]?.won === true;
}

/**
 * Silences the bell, at the start of a sweep and committed before it looks: what is planned from then on rings again.
 * Returns whether it was rung.
 */
export async function answerRing(client: Client, tenantId: string, lane: number): Promise<boolean> {
  const { rowCount } = await client.query(
    'update notice_lane set rung = false where tenant_id = $1 and lane = $2 and rung',
    [tenantId, lane],
  );
  return rowCount === 1;
}
