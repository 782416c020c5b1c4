/**
 * Business time of a benchmark. Months must pass as fast as the servers take them, so no loan waits for a calendar: the
 * instant of each step is the one at which it would have come (its payment, its deadline, its reminder), and a deadline
 * that is waited for comes at once. The workflows and the activities are the product's own; only instants differ.
 */
import { type BusinessClock, businessTimeMs } from '../../domain/values/clock';

/** Business time of the workflows runs faster, so that the shortest timer they start (1 s) takes 10 ms. */
const SPEED = 100;
const SOON_MS = 2_000;

export function startCalendar(): BusinessClock {
  const nowMs = Date.now();
  return { realEpochMs: nowMs, businessEpochMs: nowMs, speed: SPEED };
}

/** A deadline that a workflow has a timer for, and that comes as soon as timers can. */
export function soon(clock: BusinessClock): number {
  return businessTimeMs(clock, Date.now()) + SOON_MS;
}
