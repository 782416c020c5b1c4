/** Composition root of the worker process: configuration → pool, vault, provider → activities → Worker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { DefaultLogger, type LogEntry, Runtime, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import type pino from 'pino';
import { createActivities } from './activities';
import type { ProviderPool } from './adapters/sms/port';
import { createProviderPool } from './adapters/sms/providerPool';
import { startSinkReceipts } from './adapters/sms/providers/sinkReceipts';
import type { TemplateRegistrar } from './adapters/sms/registrar';
import type { DataSources } from './adapters/sources/port';
import { debitSettled } from './contracts/credit/account';
import { accountClient } from './contracts/credit/accountClient';
import type { WorkflowGateway } from './contracts/gateway';
import { startEndOfDay } from './contracts/ledger/endOfDayClient';
import {
  laneLooksEveryMs,
  wakeDebitLane,
  wakeDebitLanes,
  wakeLane,
  wakeLanes,
} from './contracts/messaging/laneClients';
import { TASK_QUEUE } from './contracts/names';
import { startHousekeeping } from './contracts/operations/housekeepingClient';
import { lanesWithDebits } from './db/debits/plannedDebits';
import { createActorSeals } from './db/evidence/actorSeals';
import { createNoticeCodes } from './db/messaging/codes/codeDrawing';
import { createWordingSeals } from './db/messaging/templates/wordingSeals';
import { createPolicyReader } from './db/policy/policyReader';
import { createPool } from './db/pool';
import { refuseTooMuchPower } from './db/roles/rolePower';
import { createVault, type Vault } from './db/vault';
import { type BusinessClock, businessTimeMs } from './domain/values/clock';
import { OWN_PRINCIPAL } from './domain/values/principals';
import { followClock, keepClock, notBeforeTheirTime } from './platform/businessClock';
import { readChannels } from './platform/config/channels';
import { type Config, processEnvironment, readConfig } from './platform/config/config';
import { DOES_WITHOUT } from './platform/config/settings';
import { readSmsProviders } from './platform/config/smsProviders';
import { endWhenUnhandled, endWithError } from './platform/endWithError';
import { createLogger } from './platform/logging';
import { keepFilesPrivate } from './platform/provision/privateFiles';
import { actingAs } from './platform/signedGateway';
import { stopOnSignal } from './platform/stopOnSignal';
import { connectClient, connectWorker } from './platform/temporalConnection';
import { createTemporalGateway } from './platform/temporalGateway';
import { keepAccountsLooking } from './platform/wiring/accountLooks';
import { createInbox } from './platform/wiring/appInbox';
import { suppliedSources } from './platform/wiring/dataSources';
import { keepIncidents } from './platform/wiring/incidentKeeper';
import { createNoticeChannels, type NoticeChannels } from './platform/wiring/noticeChannels';
import { guardPolicyFor, recordShippedReviews } from './platform/wiring/noticeGuardSetup';
import { keepMovingIdentities } from './platform/wiring/oldIdentities';
import { createPaymentRail } from './platform/wiring/paymentRail';
import { createSinkReceiptStore } from './platform/wiring/sinkStores';
import { createSmsProviders, createTemplateRegistrars } from './platform/wiring/smsProviders';
import { tellUnknownRestDays } from './platform/wiring/unknownRestDays';
import { CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, workerOptions } from './platform/workerOptions';

/**
 * A worker that died leaves its workflows pinned to it: a message waits so long for it before another worker has it. A
 * caller waits 10 s for an answer, which is also what the SDK pins for.
 */
const STICKY_WITHIN = '2 seconds';
/** How often the sink looks for due receipts; real time. */
const SINK_LOOK_MS = 200;

async function main(): Promise<void> {
  const config = readConfig(processEnvironment(), DOES_WITHOUT.worker);
  const logger = createLogger(config.logLevel, 'worker');
  installTemporalLogger(logger);
  const pool = openPool(config);
  await refuseTooMuchPower(pool, 'worker');
  const follower = await followClock(pool, (error) => logger.warn({ err: error }, 'business clock could not be read'));
  const { clock } = follower;
  const begins = { tenantId: config.tenantId, atMs: businessTimeMs(clock, Date.now()) };
  await recordShippedReviews(pool, createWordingSeals(config.vault.key), begins);
  const sources = await suppliedSources(pool, config, begins.atMs);
  const client = await connectClient(config.temporal);
  const gateway = createTemporalGateway(client);
  const connection = await connectWorker(config.temporal);
  const vault = createVault(config.vault);
  const parts = { pool, vault, tenantId: config.tenantId, clock, logger };
  const smsSettings = readSmsProviders(config.smsProvidersFile);
  const providers = createProviderPool(createSmsProviders(smsSettings, parts));
  const registrars = createTemplateRegistrars(smsSettings);
  const channels = createNoticeChannels(readChannels(config.channelsFile));
  const ofActivities = { pool, gateway, clock, vault, providers, registrars, channels, sources };
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: TASK_QUEUE,
    ...workerOptions(config.databasePoolSize),
    activities: createWorkerActivities(config, ofActivities),
    stickyQueueScheduleToStartTimeout: STICKY_WITHIN,
    shutdownGraceTime: '5 seconds',
  });
  const keeper = keepClock(pool, (error) => logger.warn({ err: error }, 'business clock could not be stored'));
  const receipts = startReceipts(config, pool, clock, logger);
  const { tenantId, noticeLanes: lanes } = config;
  const incidents = keepIncidents(pool, gateway, { tenantId, clock }, (error) =>
    logger.warn({ err: error }, 'incident workflows could not be started'),
  );
  const accountWaker = keepAccountsLooking(pool, gateway, { tenantId }, (error) =>
    logger.warn({ err: error }, 'accounts could not be woken'),
  );
  const identities = keepMovingIdentities(pool, vault, { tenantId }, (error) =>
    logger.warn({ err: error }, 'identities of earlier releases could not be migrated'),
  );
  const run = async () => {
    await worker.run();
    await providers.close();
    await receipts?.stop();
    await incidents.stop();
    await accountWaker.stop();
    await identities.stop();
    await follower.stop();
    await keeper.stop();
    await connection.close();
    await client.connection.close();
    await pool.end();
  };
  const finished = run();
  stopOnSignal(async () => {
    worker.shutdown();
    await finished;
  });
  await wakeEveryLane(gateway, pool, { tenantId, lanes, clock });
  await startHousekeeping(gateway, { tenantId });
  await startEndOfDay(gateway, { tenantId, clock });
  const detail = await tellUnknownRestDays(pool, { tenantId });
  if (detail !== undefined) logger.warn({ detail }, 'rest days unknown for due dates to come');
  logger.info({ taskQueue: TASK_QUEUE, speed: clock.speed }, 'worker started');
  process.send?.('ready');
  await finished;
}

async function wakeEveryLane(
  gateway: WorkflowGateway,
  pool: Pool,
  { tenantId, lanes, clock }: { tenantId: string; lanes: number; clock: BusinessClock },
): Promise<void> {
  const each = { tenantId, clock, lookEveryMs: laneLooksEveryMs(clock) };
  await wakeLanes(gateway, { ...each, lanes });
  await wakeDebitLanes(gateway, { ...each, lanes: await lanesWithDebits(pool, { tenantId }) });
}

function openPool({ databaseUrl, databasePoolSize, books }: Config): Pool {
  return createPool({
    connectionString: databaseUrl,
    max: databasePoolSize,
    applicationName: 'creditloom-worker',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    books,
  });
}

interface WorkerParts {
  pool: Pool;
  gateway: WorkflowGateway;
  clock: BusinessClock;
  vault: Vault;
  providers: ProviderPool;
  registrars: TemplateRegistrar[];
  channels: NoticeChannels;
  sources: DataSources;
}

function createWorkerActivities(config: Config, parts: WorkerParts) {
  const { officialNumbers, remedyChannel } = config;
  const { pool, gateway, clock, vault, providers, registrars, channels, sources } = parts;
  const lookEveryMs = laneLooksEveryMs(clock);
  const actors = createActorSeals(config.actorSecret);
  const own = actingAs({ gateway, actors, principal: OWN_PRINCIPAL, now: () => Date.now() });
  const activities = createActivities({
    pool,
    vault,
    actors,
    codes: createNoticeCodes(config.codeKey),
    policies: createPolicyReader(),
    guard: {
      seals: createWordingSeals(config.vault.key),
      policy: guardPolicyFor(clock, { officialNumbers, remedyChannel }),
    },
    officialNumbers,
    inbox: createInbox(pool, config.tenantId),
    ...channels,
    sources,
    providers,
    registrars,
    lanes: config.noticeLanes,
    kept: config.retention,
    closeWaitsHours: config.closeWaitsHours,
    startAccount: (account) => accountClient(gateway, account).start(),
    wakeLane: (tenantId, lane) => wakeLane(gateway, { tenantId, lane, clock, lookEveryMs }),
    wakeDebitLane: (tenantId, lane) => wakeDebitLane(gateway, { tenantId, lane, clock, lookEveryMs }),
    rail: createPaymentRail(config, { pool, clock }),
    pause: (ms) => sleep(ms),
    tellPayment: (account, debit) => accountClient(own, { ...account, clock }).signal(debitSettled, debit),
    heartbeat: () => heartbeat(),
  });
  return notBeforeTheirTime(clock, activities, () => activityInfo().workflowExecution?.workflowId ?? '');
}

function startReceipts(config: Config, pool: Pool, clock: BusinessClock, logger: pino.Logger) {
  if (config.sinkCallbackUrl === undefined) return undefined;
  return startSinkReceipts({
    store: createSinkReceiptStore(pool, config.tenantId),
    callbackUrl: config.sinkCallbackUrl,
    secret: config.receiptSecret,
    now: () => businessTimeMs(clock, Date.now()),
    everyMs: SINK_LOOK_MS,
    onError: (error) => logger.warn({ err: error }, 'delivery receipts of the sink could not be posted'),
  });
}

function installTemporalLogger(logger: pino.Logger): void {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  const log = (entry: LogEntry) => logger[levels[entry.level]]({ ...entry.meta }, entry.message);
  Runtime.install({ logger: new DefaultLogger('INFO', log), shutdownSignals: [] });
}

keepFilesPrivate();
endWhenUnhandled();
main().catch(endWithError);
