/** What the parts of a debit lane's sweep hand to each other, and what an incident leaves out of it. */

import type { DebitRequest } from '../../adapters/rails/port';
import { type DebitRow, pauseDueDebits } from '../../db/debits/plannedDebits';
import type { Client } from '../../db/transaction';
import type { MeasuresInForce } from '../../domain/incidents/incidents';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import type { BookDependencies } from '../bookDependencies';
import type { AccountPayments } from '../credit/accountDependencies';
import type { RailDependencies } from './debitDependencies';

export type DebitDependencies = Pick<BookDependencies, 'pool' | 'policies'> &
  RailDependencies &
  AccountPayments & {
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
export type DebitDisposition = 'settled' | 'refused' | 'cancelled' | 'open';

/** What an incident stops is looked at again so much later, unless its lane is rung: a lost ring costs no more. */
export const PAUSED_FOR_MS = 15 * MINUTE_MS;

/** In one statement for each incident, however many are due: a long incident must not cost a step for each debit. */
export async function pauseStopped(
  client: Client,
  { tenantId, lane, asOfMs }: SweepInput,
  inForce: readonly MeasuresInForce[],
): Promise<void> {
  const untilMs = asOfMs + PAUSED_FOR_MS;
  for (const { measures, scope, exemptBorrowerIds } of inForce) {
    if (!measures.includes('auto-debit')) continue;
    const { product } = scope;
    await pauseDueDebits(client, { tenantId, lane, asOfMs, untilMs, product, exceptBorrowerIds: exemptBorrowerIds });
  }
}
