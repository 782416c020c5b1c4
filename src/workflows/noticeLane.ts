/**
 * A notice lane: sends what is due to its borrowers, then sleeps until the next notice is due, until it is rung, or
 * until it looks by itself. A borrower belongs to one lane, so two notices to one person never race.
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { clockMoved } from '../contracts/clock';
import { failureTypes } from '../contracts/names';
import { type LaneTotals, laneRung, laneTotals, type NoticeLaneInput } from '../contracts/noticeLane';
import { invalidNoticeLaneInput } from '../contracts/validation';
import { BusinessTime } from './businessTime';
import { notices, tryOrRest } from './proxies';

const EVENTS_PER_RUN = 400;

export async function noticeLane(input: NoticeLaneInput): Promise<void> {
  const fault = invalidNoticeLaneInput(input);
  if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
  const time = new BusinessTime(input.clock);
  const totals: LaneTotals = input.totals ?? { sent: 0, cancelled: 0, failed: 0, sweeps: 0 };
  let isRung = false;
  let nextMs: number | undefined;
  setHandler(laneRung, () => {
    isRung = true;
  });
  setHandler(clockMoved, (clock) => time.move(clock));
  setHandler(laneTotals, () => totals);

  while (workflowInfo().historyLength < EVENTS_PER_RUN || isRung || !allHandlersFinished()) {
    isRung = false;
    const { tenantId, lane } = input;
    // What is due within the shortest wait is due now: by an instant before it the lane would look again and again.
    const asOfMs = time.stepInstant(nextMs);
    const swept = await tryOrRest('sweeping the lane', () => notices.sweepLane({ tenantId, lane, asOfMs }));
    if (!swept) continue;
    const sweep = swept.result;
    totals.sent += sweep.sent;
    totals.cancelled += sweep.cancelled;
    totals.failed += sweep.failed;
    totals.sweeps += 1;
    const lookAtMs = asOfMs + input.lookEveryMs;
    nextMs = Math.min(sweep.nextDueAtMs ?? lookAtMs, lookAtMs);
    setCurrentDetails(`sent ${totals.sent}, cancelled ${totals.cancelled}, failed ${totals.failed}`);
    await time.waitFor(() => isRung, nextMs);
  }
  await continueAsNew<typeof noticeLane>({ ...input, clock: time.clock, totals });
}
