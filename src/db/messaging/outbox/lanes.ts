/** The doorbells of lanes: whoever plans what a lane would not find in time wakes it, once. */
import type { Client, Reader } from '../../transaction';

interface LaneRef {
  tenantId: string;
  lane: number;
}

export interface LaneWakeUps {
  /**
   * Rings a lane for what is due at an instant; true for the one caller that turned the bell, who signals the lane. To
   * be called after what is due is committed: a sweep that begins later sees it, and one that had begun before has
   * taken the lane's next look away, so that this rings.
   *
   * A lane that looks in time by itself is not rung, and its row not locked: the steps of a surge do not queue up here.
   * An upsert would lock it. A lane that should have looked already is rung: it may have been lost.
   */
  ring(database: Reader, due: LaneRef & { dueAtMs: number; asOfMs: number }): Promise<boolean>;
  /**
   * Silences the bell, at the start of a sweep and committed before it looks: what is planned from then on rings again.
   * Returns whether it was rung.
   */
  answer(client: Client, ref: LaneRef): Promise<boolean>;
  /** Ends a sweep: notes and returns when the next of the lane's outbox is due; undefined when there is none. */
  noteNextDue(database: Reader, ref: LaneRef): Promise<number | undefined>;
}

/** Of lanes with a table of their own and the outbox that they empty; `nextDue` selects from it for $1, $2. */
function doorbellsOf({ lanes, nextDue }: { lanes: 'notice_lane' | 'debit_lane'; nextDue: string }): LaneWakeUps {
  return {
    async ring(database, { tenantId, lane, dueAtMs, asOfMs }) {
      const { rows } = await database.query<{ won: boolean }>(
        `with turned as (
           update ${lanes} set rung = true
            where tenant_id = $1 and lane = $2 and not rung
              and (next_due_at_ms is null or next_due_at_ms > $3 or next_due_at_ms < $4)
           returning lane
         ), hung as (
           insert into ${lanes} (tenant_id, lane, rung)
           select $1, $2, true where not exists (select from ${lanes} where tenant_id = $1 and lane = $2)
           on conflict do nothing returning lane
         )
         select exists (select from turned) or exists (select from hung) as won`,
        [tenantId, lane, dueAtMs, asOfMs],
      );
      return rows[0]?.won === true;
    },

    async answer(client, { tenantId, lane }) {
      const { rows } = await client.query<{ wasRung: boolean }>(
        `update ${lanes} as silenced set rung = false, next_due_at_ms = null from ${lanes} as before
          where silenced.tenant_id = $1 and silenced.lane = $2
            and before.tenant_id = silenced.tenant_id and before.lane = silenced.lane
         returning before.rung as "wasRung"`,
        [tenantId, lane],
      );
      return rows[0]?.wasRung === true;
    },

    async noteNextDue(database, { tenantId, lane }) {
      const { rows } = await database.query<{ atMs: number | null }>(
        `insert into ${lanes} (tenant_id, lane, rung, next_due_at_ms) select $1, $2, false, (${nextDue})
         on conflict (tenant_id, lane) do update set next_due_at_ms = excluded.next_due_at_ms
         returning next_due_at_ms as "atMs"`,
        [tenantId, lane],
      );
      return rows[0]?.atMs ?? undefined;
    },
  };
}

export const {
  ring: claimWakeUp,
  answer: answerRing,
  noteNextDue,
} = doorbellsOf({
  lanes: 'notice_lane',
  // What is accepted and waits for its receipt only is found by the lane's own daily look.
  nextDue: `select least(
    (select min(send_after_at_ms) from notice where tenant_id = $1 and lane = $2 and status = 'planned'),
    (select min(next_look_at_ms) from notice
      where tenant_id = $1 and lane = $2 and next_look_at_ms is not null and status = 'unknown'))`,
});

/** The same for lanes that debit. */
export const debitLanes = doorbellsOf({
  lanes: 'debit_lane',
  nextDue: 'select min(next_at_ms) from planned_debit where tenant_id = $1 and lane = $2 and next_at_ms is not null',
});
