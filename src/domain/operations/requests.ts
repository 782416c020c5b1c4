/** Requests by their idempotency key, and how long what callers make without end is kept. */
import { DAY_MS, HOUR_MS } from '../values/timeUnits';

const FIRST_REFUSAL = 400;

export interface KnownRequest {
  /** Null: it was begun and has no answer. */
  responseStatus: number | null;
  /** Real time, as is the next; null of those from before it was kept. */
  answeredAtMs: number | null;
  createdAtMs: number;
}

/** A refusal answers for its key so long; then the request is begun anew. What was done answers for ever. */
export function isRefusalOver(
  { responseStatus, answeredAtMs, createdAtMs }: KnownRequest,
  { nowMs, refusalsStandHours }: { nowMs: number; refusalsStandHours: number },
): boolean {
  if (responseStatus === null || responseStatus < FIRST_REFUSAL) return false;
  return (answeredAtMs ?? createdAtMs) < nowMs - refusalsStandHours * HOUR_MS;
}

/** Whoever asks to remove them, none that is younger goes: days by what the rows are. */
export const KEPT_AT_LEAST_DAYS = { requests: 30, checks: 60, reports: 180, troubles: 30 } as const;

/** Whether a row is old enough to be removed; of a request its answer counts as well. */
export function isOldRow(
  kind: keyof typeof KEPT_AT_LEAST_DAYS,
  row: { atMs: number; answeredAtMs?: number | null | undefined },
  { nowMs, keptDays }: { nowMs: number; keptDays: number },
): boolean {
  const beforeMs = nowMs - Math.max(keptDays, KEPT_AT_LEAST_DAYS[kind]) * DAY_MS;
  return row.atMs < beforeMs && (row.answeredAtMs ?? row.atMs) < beforeMs;
}

/** The use of a key is noted at most once a minute, so that reads cost no write each. */
export function isUseNoted(lastUsedAtMs: number | null, nowMs: number): boolean {
  return lastUsedAtMs === null || lastUsedAtMs <= nowMs - 60_000;
}
