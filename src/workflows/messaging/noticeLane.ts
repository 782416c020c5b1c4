/** A notice lane: sends what is due to its borrowers. When it looks is told by `laneLife.ts`. */
import { continueAsNew, setHandler } from '@temporalio/workflow';
import { type LaneTotals, laneRung, laneTotals, type NoticeLaneInput } from '../../contracts/messaging/noticeLane';
import { noticeLaneInput } from '../../contracts/runSchemas';
import { sweepByTurns } from '../laneLife';
import { judgeOwnStart } from '../newlyRefused';
import { notices } from '../proxies';

export async function noticeLane(input: NoticeLaneInput): Promise<void> {
  judgeOwnStart(noticeLaneInput, input);
  const totals: LaneTotals = input.totals ?? { sent: 0, cancelled: 0, failed: 0, sweeps: 0 };
  setHandler(laneTotals, () => totals, { description: 'Notices sent, cancelled and failed' });
  const clock = await sweepByTurns(input, {
    what: 'sweeping the lane',
    of: 'notices',
    rung: laneRung,
    sweep: (at, summary) => notices.sweepLane.executeWithOptions({ summary }, [at]),
    count: (sweep) => {
      totals.sent += sweep.sent;
      totals.cancelled += sweep.cancelled;
      totals.failed += sweep.failed;
      totals.sweeps += 1;
      return `sent ${totals.sent}, cancelled ${totals.cancelled}, failed ${totals.failed}`;
    },
  });
  await continueAsNew<typeof noticeLane>({ ...input, clock, totals });
}
