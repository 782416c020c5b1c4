/** The debit lane: one workflow per lane debits what is due from the borrowers of that lane who gave a mandate. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { BusinessClock } from '../../domain/values/clock';

export interface DebitLaneInput {
  tenantId: string;
  lane: number;
  clock: BusinessClock;
  /** The lane looks by itself at least this often, so that a lost ring loses nothing; a business day. */
  lookEveryMs: number;
  /** Counts carried over from the run before. */
  totals?: DebitTotals | undefined;
}

export interface DebitTotals {
  settled: number;
  refused: number;
  cancelled: number;
  sweeps: number;
}

/** A debit was planned: look when it is due. Sent by the winner of the lane's doorbell only. */
export const debitLaneRung = defineSignal('debitLaneRung');
export const debitTotals = defineQuery<DebitTotals>('debitTotals');
