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
import type { NoticeLaneInput } from '../contracts/messaging/noticeLane';
import type { TooEarly } from '../contracts/operations/clock';
import { type BusinessClock, SHANGHAI } from '../domain/values/clock';
import { instantWords } from '../domain/values/dateWords';
import { BusinessTime } from './businessTime';
import { attemptOnce } from './proxies';

const EVENTS_PER_RUN = 400;

/** Every lane is given the same. */
type LaneInput = Omit<NoticeLaneInput, 'totals'>;

export interface LaneWork<Sweep extends { nextDueAtMs?: number | undefined }> {
  /** For the log of a failure. */
  what: string;
  /** What it sweeps, for people: `notices`. */
  of: string;
  rung: SignalDefinition;
  /** `summary` says in the history what it is. */
  sweep(at: { tenantId: string; lane: number; asOfMs: number }, summary: string): Promise<Sweep | TooEarly>;
  /** Counts what a sweep did; returns the line that operators see. */
  count(sweep: Sweep): string;
}

/** Sweeps until the run is long, and returns the clock that the next run goes on with. */
export async function sweepByTurns<Sweep extends { nextDueAtMs?: number | undefined }>(
  input: LaneInput,
  { what, of, rung, sweep, count }: LaneWork<Sweep>,
): Promise<BusinessClock> {
  const time = new BusinessTime(input.clock);
  let isRung = false;
  let nextMs: number | undefined;
  const ring = () => {
    isRung = true;
  };
  setHandler(rung, ring, { description: `Something was planned: look at what ${of} are due` });
  time.followClock();

  while (workflowInfo().historyLength < EVENTS_PER_RUN || isRung || !allHandlersFinished()) {
    isRung = false;
    const { tenantId, lane } = input;
    // What is due within the shortest wait is due now: by an instant before it the lane would look again and again.
    const asOfMs = time.stepInstant(nextMs);
    const summary = `${of} due by ${instantWords(asOfMs, SHANGHAI)}`;
    const swept = await attemptOnce(what, () => sweep({ tenantId, lane, asOfMs }, summary));
    if (!swept || time.isEarly(swept.result)) continue;
    const details = count(swept.result);
    const lookAtMs = asOfMs + input.lookEveryMs;
    nextMs = Math.min(swept.result.nextDueAtMs ?? lookAtMs, lookAtMs);
    const next = instantWords(nextMs, SHANGHAI);
    setCurrentDetails(
      `**${of} of lane ${lane}** · ${details}\n\nswept ${instantWords(asOfMs, SHANGHAI)} · sweeps again ${next}, or when it is woken`,
    );
    const isDue = swept.result.nextDueAtMs !== undefined && nextMs === swept.result.nextDueAtMs;
    await time.waitFor(() => isRung, nextMs, isDue ? `next of the ${of} ${next}` : `sweeps by itself ${next}`);
  }
  return time.clock;
}
