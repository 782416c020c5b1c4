/** Debits: what a debit lane asks of activities. The signatures, and nothing of how. */
import type { DebitTotals } from './debitLane';

export interface DebitActivities {
  /** Debits what is due in a lane, and follows up what is in doubt; returns counts and when to look again. */
  sweepDebits(input: { tenantId: string; lane: number; asOfMs: number }): Promise<DebitSweepResult>;
}

export interface DebitSweepResult extends Omit<DebitTotals, 'sweeps'> {
  /** Business instant at which the lane has something to do next; undefined when there is nothing. */
  nextDueAtMs?: number | undefined;
}
