/** The business clock of the deployment: segments of running time, so that it can pause while the system is down. */
import type { BusinessClock } from '../../domain/values/clock';
import type { Client, Reader } from '../transaction';

export interface ClockSegment {
  segment: number;
  clock: BusinessClock;
  /** Real time at which the segment was last seen running. */
  lastSeenRealMs: number;
  /** The business instant that the clock does not pass until it is raised; undefined where nobody bounds it. */
  limitMs: number | undefined;
}

/** The segment in force; undefined before the first start. */
export async function readClock(reader: Reader): Promise<ClockSegment | undefined> {
  const { rows } = await reader.query<
    BusinessClock & { segment: number; lastSeenRealMs: number; limitMs: number | null }
  >(
    `select segment, real_epoch_ms as "realEpochMs", business_epoch_ms as "businessEpochMs", speed,
       last_seen_real_ms as "lastSeenRealMs", limit_ms as "limitMs"
     from business_clock order by segment desc limit 1`,
  );
  const [row] = rows;
  if (!row) return undefined;
  const { segment, lastSeenRealMs, limitMs, ...clock } = row;
  return { segment, lastSeenRealMs, limitMs: limitMs ?? undefined, clock };
}

/** The business instant at which the first segment began; undefined before the first start. */
export async function readFirstInstant(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ startMs: number }>(
    'select business_epoch_ms as "startMs" from business_clock order by segment limit 1',
  );
  return rows[0]?.startMs;
}

/**
 * Begins the segment of that number and returns the clock in force: its own, or that of whoever began it first. Two
 * processes that start together go by one clock.
 */
export async function beginClockSegment(
  client: Client,
  { segment, clock }: { segment: number; clock: BusinessClock },
): Promise<ClockSegment> {
  await client.query(
    `insert into business_clock (segment, real_epoch_ms, business_epoch_ms, speed, last_seen_real_ms)
     values ($1, $2, $3, $4, $2) on conflict do nothing`,
    [segment, clock.realEpochMs, clock.businessEpochMs, clock.speed],
  );
  const inForce = await readClock(client);
  if (!inForce) throw new Error(`clock segment ${segment} was not begun`);
  return inForce;
}

/** Bounds the segment; a bound is never lowered, because others may have shown what lies between. */
export async function raiseClockLimit(
  client: Client,
  { segment, limitMs }: { segment: number; limitMs: number },
): Promise<void> {
  await client.query('update business_clock set limit_ms = greatest(limit_ms, $2) where segment = $1', [
    segment,
    limitMs,
  ]);
}

/** The name of the lock, when there is no row yet. */
const CLOCK_LOCK = 7_210_432;

/** Whoever changes the clock goes one after the other, until the end of the transaction; nobody notes it meanwhile. */
export async function lockClock(client: Client): Promise<void> {
  // A lock of the table needs the right to change all of it, which the application has not.
  await client.query('select pg_advisory_xact_lock($1)', [CLOCK_LOCK]);
  await client.query('select from business_clock order by segment for no key update');
}

/** Notes until when the system runs; the time of it never goes back. */
export async function touchClock(
  client: Client,
  { segment, realMs }: { segment: number; realMs: number },
): Promise<void> {
  await client.query(
    'update business_clock set last_seen_real_ms = greatest(last_seen_real_ms, $2) where segment = $1',
    [segment, realMs],
  );
}

/** Notes when the system stopped, which may be before the time that was noted ahead. */
export async function restClock(
  client: Client,
  { segment, realMs }: { segment: number; realMs: number },
): Promise<void> {
  await client.query('update business_clock set last_seen_real_ms = greatest(real_epoch_ms, $2) where segment = $1', [
    segment,
    realMs,
  ]);
}
