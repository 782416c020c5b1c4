/**
 * A debit lane: debits what is due from its borrowers, asks what became of debits in doubt, and tells accounts of the
 * money. When it looks is told by `laneLife.ts`.
 */
import { continueAsNew, setHandler } from '@temporalio/workflow';
import { type DebitLaneInput, type DebitTotals, debitLaneRung, debitTotals } from '../../contracts/debits/debitLane';
import { debitLaneInput } from '../../contracts/runSchemas';
import { sweepByTurns } from '../laneLife';
import { judgeOwnStart } from '../newlyRefused';
import { debits } from '../proxies';

export async function debitLane(input: DebitLaneInput): Promise<void> {
  judgeOwnStart(debitLaneInput, input);
  const totals: DebitTotals = input.totals ?? { settled: 0, refused: 0, cancelled: 0, sweeps: 0 };
  setHandler(debitTotals, () => totals, { description: 'Debits settled, refused and cancelled' });
  const clock = await sweepByTurns(input, {
    what: 'sweeping the debit lane',
    of: 'debits',
    rung: debitLaneRung,
    sweep: (at, summary) => debits.sweepDebits.executeWithOptions({ summary }, [at]),
    count: (sweep) => {
      totals.settled += sweep.settled;
      totals.refused += sweep.refused;
      totals.cancelled += sweep.cancelled;
      totals.sweeps += 1;
      return `settled ${totals.settled}, refused ${totals.refused}, cancelled ${totals.cancelled}`;
    },
  });
  await continueAsNew<typeof debitLane>({ ...input, clock, totals });
}
