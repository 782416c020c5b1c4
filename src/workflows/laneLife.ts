/**
 * What lanes share: a sweep, then sleep until the next of the outbox is due, until the lane is rung, or until it looks
 * by itself. A borrower belongs to one lane, so two things for one person never race.
 */
import {
  allHandlersFinished,
  type SignalDefinition,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { clockMoved } from '../contracts/clock';
import type { NoticeLaneInput } from '../contracts/noticeLane';
import type { BusinessClock } from '../domain/clock';
import { BusinessTime } from './businessTime';
import { tryOrRest } from './proxies';

const EVENTS_PER_RUN = 400;

/** Every lane is given the same. */
type LaneInput = Omit<NoticeLaneInput, 'totals'>;

export interface LaneWork<Sweep extends { nextDueAtMs?: number | undefined }> {
  /** For the log of a failure. */
  what: string;
  rung: SignalDefinition;
  sweep(at: { tenantId: string; lane: number; asOfMs: number }): Promise<Sweep>;
  /** Counts what a sweep did; returns the line that operators see. */
  count(sweep: Sweep): string;
}

/** Sweeps until the run is long, and returns the clock that the next run goes on with. */
export async function sweepByTurns<Sweep extends { nextDueAtMs?: number | undefined }>(
  input: LaneInput,
  { what, rung, sweep, count }: LaneWork<Sweep>,
): Promise<BusinessClock> {
  const time = new BusinessTime(input.clock);
  let isRung = false;
  let nextMs: number | undefined;
  setHandler(rung, () => {
    isRung = true;
  });
  setHandler(clockMoved, (clock) => time.move(clock));

  while (workflowInfo().historyLength < EVENTS_PER_RUN || isRung || !allHandlersFinished()) {
    isRung = false;
    const { tenantId, lane } = input;
    // What is due within the shortest wait is due now: by an instant before it the lane would look again and again.
    const asOfMs = time.stepInstant(nextMs);
    const swept = await tryOrRest(what, () => sweep({ tenantId, lane, asOfMs }));
    if (!swept) continue;
    const details = count(swept.result);
    const lookAtMs = asOfMs + input.lookEveryMs;
    nextMs = Math.min(swept.result.nextDueAtMs ?? lookAtMs, lookAtMs);
    setCurrentDetails(details);
    await time.waitFor(() => isRung, nextMs);
  }
  return time.clock;
}
