/**
 * A debit lane: debits what is due from its borrowers, asks what became of debits in doubt, and tells accounts of the
 * money; then sleeps until the next of it, until it is rung, or until it looks by itself. As `noticeLane.ts`.
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
import { type DebitLaneInput, type DebitTotals, debitLaneRung, debitTotals } from '../contracts/debitLane';
import { failureTypes } from '../contracts/names';
import { invalidDebitLaneInput } from '../contracts/validation';
import { BusinessTime } from './businessTime';
import { debits, tryOrRest } from './proxies';

const EVENTS_PER_RUN = 400;

export async function debitLane(input: DebitLaneInput): Promise<void> {
  const fault = invalidDebitLaneInput(input);
  if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
  const time = new BusinessTime(input.clock);
  const totals: DebitTotals = input.totals ?? { settled: 0, refused: 0, cancelled: 0, sweeps: 0 };
  let isRung = false;
  let nextMs: number | undefined;
  setHandler(debitLaneRung, () => {
    isRung = true;
  });
  setHandler(clockMoved, (clock) => time.move(clock));
  setHandler(debitTotals, () => totals);

  while (workflowInfo().historyLength < EVENTS_PER_RUN || isRung || !allHandlersFinished()) {
    isRung = false;
    const { tenantId, lane } = input;
    const asOfMs = time.stepInstant(nextMs);
    const swept = await tryOrRest('sweeping the debit lane', () => debits.sweepDebits({ tenantId, lane, asOfMs }));
    if (!swept) continue;
    const sweep = swept.result;
    totals.settled += sweep.settled;
    totals.refused += sweep.refused;
    totals.cancelled += sweep.cancelled;
    totals.sweeps += 1;
    const lookAtMs = asOfMs + input.lookEveryMs;
    nextMs = Math.min(sweep.nextDueAtMs ?? lookAtMs, lookAtMs);
    setCurrentDetails(`settled ${totals.settled}, refused ${totals.refused}, cancelled ${totals.cancelled}`);
    await time.waitFor(() => isRung, nextMs);
  }
  await continueAsNew<typeof debitLane>({ ...input, clock: time.clock, totals });
}
