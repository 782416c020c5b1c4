/** Composition root of the API process: configuration → pool, vault, Temporal client → the API. */

import { callbacksOf } from './adapters/sms/callbacks';
import { createServer } from './api/server';
import { createActorSeals } from './db/evidence/actorSeals';
import { createNoticeCodes } from './db/messaging/codes/codeDrawing';
import { createPool } from './db/pool';
import { refuseTooMuchPower } from './db/roles/rolePower';
import { createVault } from './db/vault';
import { SHANGHAI } from './domain/values/clock';
import { followClock } from './platform/businessClock';
import { readConfig } from './platform/config/config';
import { endWhenUnhandled, endWithError } from './platform/endWithError';
import { createLogger } from './platform/logging';
import { keepFilesPrivate } from './platform/provision/privateFiles';
import { stopOnSignal } from './platform/stopOnSignal';
import { connectClient } from './platform/temporalConnection';
import { createTemporalGateway } from './platform/temporalGateway';

/** A request that waits longer for the database is refused rather than left hanging. */
const STATEMENT_TIMEOUT_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel, 'api');
  const pool = createPool({
    connectionString: config.databaseUrl,
    max: config.databasePoolSize,
    applicationName: 'creditloom-api',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    books: config.books,
  });
  await refuseTooMuchPower(pool, 'api');
  const follower = await followClock(pool, (error) => logger.warn({ err: error }, 'business clock could not be read'));
  const { clock } = follower;
  const temporal = await connectClient(config.temporal);
  const api = await createServer({
    pool,
    vault: createVault(config.vault),
    gateway: createTemporalGateway(temporal),
    actors: createActorSeals(config.actorSecret),
    clock: () => clock,
    now: () => Date.now(),
    tenantId: config.tenantId,
    zone: SHANGHAI,
    logger,
    receiptSecret: config.receiptSecret,
    receipts: config.receipts,
    callbacks: { ...config.callbacks, providers: callbacksOf() },
    codes: createNoticeCodes(config.codeKey),
    officialNumbers: config.officialNumbers,
    trustedProxies: config.trustedProxies,
    rates: config.api.rates,
    openDocs: config.api.openDocs,
    refusalsStandHours: config.retention.refusalsHours,
  });
  await api.listen({ host: config.api.host, port: config.api.port });
  stopOnSignal(async () => {
    await api.close();
    await follower.stop();
    await temporal.connection.close();
    await pool.end();
  });
  logger.info({ port: config.api.port }, 'API started');
  process.send?.('ready');
}

keepFilesPrivate();
endWhenUnhandled();
main().catch(endWithError);
