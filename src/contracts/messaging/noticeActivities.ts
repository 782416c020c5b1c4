/** Messaging: what a notice lane asks of activities. The signatures, and nothing of how. */
import type { LaneTotals } from './noticeLane';

export interface NoticeActivities {
  /** Sends, defers or cancels what is due in a lane; returns counts and when the next one is due. */
  sweepLane(input: { tenantId: string; lane: number; asOfMs: number }): Promise<SweepResult>;
}

export interface SweepResult extends Omit<LaneTotals, 'sweeps'> {
  /** Business instant of the next planned notice of the lane; undefined when there is none. */
  nextDueAtMs?: number | undefined;
}
