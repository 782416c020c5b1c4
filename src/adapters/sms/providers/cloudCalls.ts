/** What calls of both clouds have in common: how long they may take, dates of Beijing, and a missing template. */

import { HOUR_MS, MINUTE_MS } from '../../../domain/values/timeUnits';
import type { SendOutcome } from '../port';

export interface Timeouts {
  connectMs: number;
  readMs: number;
  /** Over everything, whatever the SDK waits for. */
  totalMs: number;
}

/** Aliyun asks for a second at least; what comes later than ten is asked about. */
export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 3000, readMs: 6000, totalMs: 10_000 };

const BEIJING_MS = 8 * HOUR_MS;
/** The provider's clock and ours, and a message that waited: near midnight both dates are looked at. */
const AROUND_MS = 10 * MINUTE_MS;

class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** The answer of a call, or a failure once its time is over; what comes after that is not heard. */
export async function withinBound<Answer>(call: Promise<Answer>, { totalMs }: Timeouts): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfTime('no answer in time')), totalMs);
  });
  try {
    return await Promise.race([call, bound]);
  } finally {
    clearTimeout(timer);
  }
}

/** The dates of Beijing that a message of this instant may be listed under, as YYYYMMDD. */
export function beijingDatesAround(atMs: number): string[] {
  return [...new Set([atMs - AROUND_MS, atMs + AROUND_MS].map(beijingDate))];
}

function beijingDate(atMs: number): string {
  return new Date(atMs + BEIJING_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Both send registered templates alone: without one nothing is called. */
export function noTemplate(provider: string): SendOutcome {
  return {
    status: 'refused',
    failure: 'config-bug',
    code: 'NO_TEMPLATE',
    detail: `${provider} sends registered templates alone, and the message has none`,
  };
}
