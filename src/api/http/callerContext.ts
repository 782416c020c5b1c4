/** How callers are let in, and how long what they were told stands. */
import type { Rates } from './rates';

export interface CallerContext {
  /** Addresses and networks of our own proxies. */
  trustedProxies: readonly string[];
  /** How much each key, and each address without one, may ask of this process; absent: as much as they like. */
  rates?: Rates | undefined;
  /** How long a refusal answers for its Idempotency-Key; a day unless it says otherwise. */
  refusalsStandHours?: number | undefined;
  /** Serves /docs without a key: for a trial on one's own machine. */
  openDocs: boolean;
}
