/** The clients of the lanes: to ring one, which starts it where it does not run. */
import { DAY_MS } from '../../domain/values/timeUnits';
import { type DebitLaneInput, debitLaneRung } from '../debits/debitLane';
import type { WorkflowGateway } from '../gateway';
import { laneRung, type NoticeLaneInput } from './noticeLane';

type Lanes<Input extends { lane: number; totals?: unknown }> = Omit<Input, 'lane' | 'totals'>;

/** In real time: on a fast clock a business day is shorter than the work of a look. */
const LEAST_LOOK_MS = 5_000;

/**
 * How often a lane looks by itself, in business milliseconds: each business day, and on an accelerated clock not more
 * often than every five seconds of real time. What is due and what is planned wakes it whenever it comes.
 */
export function laneLooksEveryMs({ speed }: { speed: number }): number {
  return Math.max(DAY_MS, LEAST_LOOK_MS * speed);
}

export function wakeLane(gateway: WorkflowGateway, input: NoticeLaneInput): Promise<void> {
  return gateway.signalWithStart({ type: 'noticeLane', input }, laneRung);
}

/**
 * Rings every lane, at the start of each worker. A ring that was lost leaves its bell turned, so that nobody rings
 * again: a lane that runs looks by itself in time, but one that never ran would never begin.
 */
export async function wakeLanes(
  gateway: WorkflowGateway,
  { lanes, ...input }: Lanes<NoticeLaneInput> & { lanes: number },
): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, (_, lane) => wakeLane(gateway, { ...input, lane })));
}

export function wakeDebitLane(gateway: WorkflowGateway, input: DebitLaneInput): Promise<void> {
  return gateway.signalWithStart({ type: 'debitLane', input }, debitLaneRung);
}

/** The same for lanes that debit, where something is planned: one that never had a mandate need not run. */
export async function wakeDebitLanes(
  gateway: WorkflowGateway,
  { lanes, ...input }: Lanes<DebitLaneInput> & { lanes: readonly number[] },
): Promise<void> {
  await Promise.all(lanes.map((lane) => wakeDebitLane(gateway, { ...input, lane })));
}
