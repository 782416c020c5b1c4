/** What the routes are built from: the parts of each subject, and what all of them have. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { ActorSeals } from '../db/evidence/actorSeals';
import type { Vault } from '../db/vault';
import type { TemporalGateway } from '../platform/temporalGateway';
import type { BusinessTimeContext } from './http/businessTime';
import type { CallerContext } from './http/callerContext';
import type { ReceiptContext, WordingContext } from './messaging/receiptContext';

export { businessNowMs, businessToday, dateOfInstant, refuseFuture } from './http/businessTime';

export interface ApiContext extends BusinessTimeContext, CallerContext, ReceiptContext, WordingContext {
  pool: Pool;
  vault: Vault;
  gateway: TemporalGateway;
  /** Signs who sends each message. */
  actors: ActorSeals;
  /** Whose receipts come in: providers have no key that would tell. */
  tenantId: string;
  logger: Logger;
}
