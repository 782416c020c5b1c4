/** What the parts of a debit lane's sweep hand to each other. */
import type { DebitRow } from '../db/statements/plannedDebits';
import type { LendingPolicy } from '../domain/products';
import type { DebitRequest } from '../rails/port';
import type { ActivityDependencies } from './dependencies';

export type DebitDependencies = Pick<ActivityDependencies, 'pool' | 'policies' | 'rail' | 'pause' | 'tellPayment'> & {
  /** Tells Temporal that the sweep is alive. */
  heartbeat(): void;
};

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

/** A debit that was committed as attempted, and how the rail is asked for it, the first time and any other. */
export interface AskedOf {
  debit: DebitRow;
  request: DebitRequest;
  /** First instant of the attempt. */
  attemptedAtMs: number;
  policy: LendingPolicy;
}

/** `open`: something is left to do for it. */
export type DebitFate = 'settled' | 'refused' | 'cancelled' | 'open';
