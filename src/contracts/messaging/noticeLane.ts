/** The notice lane: one workflow per lane sends what is due to the borrowers of that lane. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { BusinessClock } from '../../domain/values/clock';

export interface NoticeLaneInput {
  tenantId: string;
  lane: number;
  clock: BusinessClock;
  /** The lane looks by itself at least this often, so that a lost ring loses nothing; a business day. */
  lookEveryMs: number;
  /** Counts carried over from the run before. */
  totals?: LaneTotals | undefined;
}

export interface LaneTotals {
  sent: number;
  cancelled: number;
  failed: number;
  sweeps: number;
}

/** Something was planned: look now. Sent by the winner of the lane's doorbell only. */
export const laneRung = defineSignal('laneRung');
export const laneTotals = defineQuery<LaneTotals>('laneTotals');
