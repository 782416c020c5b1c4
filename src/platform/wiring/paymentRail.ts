/** The payment rail that the configuration chooses, with what it needs: the rails know neither settings nor database. */
import type { Pool } from 'pg';
import { createHttpRail } from '../../adapters/rails/httpRail';
import type { PaymentRail } from '../../adapters/rails/port';
import { createSandboxRail } from '../../adapters/rails/sandboxRail';
import { type BusinessClock, businessTimeMs, dateAt, SHANGHAI } from '../../domain/values/clock';
import type { Config } from '../config/config';
import { createSandboxRailStore } from './sandboxRailStore';

export interface PaymentRailParts {
  pool: Pool;
  /** The deployment's business clock: the sandbox settles by it. A real rail lives in real time. */
  clock: BusinessClock;
}

export function createPaymentRail(
  { paymentRail, tenantId }: Pick<Config, 'paymentRail' | 'tenantId'>,
  { pool, clock }: PaymentRailParts,
): PaymentRail {
  if (paymentRail.kind === 'sandbox') {
    return createSandboxRail({
      store: createSandboxRailStore(pool, tenantId),
      today: () => dateAt(businessTimeMs(clock, Date.now()), SHANGHAI),
    });
  }
  const { url, keyId, secret } = paymentRail;
  return createHttpRail({ url, keyId, secret, now: () => Date.now() });
}
