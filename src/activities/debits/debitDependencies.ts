/** What debits need: the rail, and the lanes that debit. */
import type { PaymentRail } from '../../adapters/rails/port';

export interface RailDependencies {
  /** Where debits go. */
  rail: PaymentRail;
  /** Waits that many milliseconds of real time. */
  pause(ms: number): Promise<void>;
}

export interface DebitLaneDependencies {
  /** Wakes a lane that debits after commit; only the winner of its doorbell calls. */
  wakeDebitLane(tenantId: string, lane: number): Promise<void>;
}
