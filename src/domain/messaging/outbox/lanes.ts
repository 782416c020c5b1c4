/** Which lane a borrower's notices go through: always the same, so that two notices to one person never race. */
export function laneOf(borrowerId: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (const character of borrowerId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % lanes;
}

/** How a lane sleeps: until it is woken, or until what it knows of is due. */
export interface SleepingLane {
  /** Its wake-up is pending: whoever made it pending signals it, and nobody else need. */
  isRung: boolean;
  /** What it knows of and finds by itself; null: nothing, or it is looking right now. */
  nextDueAtMs: number | null;
}

/**
 * Whether a lane has to be woken for what is due at an instant. One that looks in time by itself need not be; one that
 * should have looked already is woken, because its own wake-up may have been lost. A lane that was never seen is undefined.
 */
export function needsWaking(
  lane: SleepingLane | undefined,
  { dueAtMs, asOfMs }: { dueAtMs: number; asOfMs: number },
): boolean {
  if (!lane) return true;
  if (lane.isRung) return false;
  return lane.nextDueAtMs === null || lane.nextDueAtMs > dueAtMs || lane.nextDueAtMs < asOfMs;
}
