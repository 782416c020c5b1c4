/**
 * A whole deployment for one test: a time-skipping Temporal server, a database of its own, a worker with the real
 * activities and the `sink` provider. After the test the books are checked and every history is replayed.
 */
import { heartbeat } from '@temporalio/activity';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createActivities } from '../../src/activities';
import type { ActivityDependencies } from '../../src/activities/dependencies';
import { seedTenant } from '../../src/activities/operations/seedTenant';
import type { MailChannel, PushChannel } from '../../src/adapters/channels/port';
import type { PaymentRail } from '../../src/adapters/rails/port';
import { createSandboxRail } from '../../src/adapters/rails/sandboxRail';
import type { SmsProvider } from '../../src/adapters/sms/port';
import { createProviderPool } from '../../src/adapters/sms/providerPool';
import { createSinkProvider } from '../../src/adapters/sms/providers/sink';
import type { TemplateRegistrar } from '../../src/adapters/sms/registrar';
import type { DataSources } from '../../src/adapters/sources/port';
import { registerSearchAttributes } from '../../src/cli/operations/searchAttributes';
import { debitSettled } from '../../src/contracts/credit/account';
import { accountClient } from '../../src/contracts/credit/accountClient';
import { startIncidents } from '../../src/contracts/incidents/incidentClient';
import { wakeDebitLane, wakeDebitLanes, wakeLane, wakeLanes } from '../../src/contracts/messaging/laneClients';
import { TASK_QUEUE } from '../../src/contracts/names';
import { lanesWithDebits } from '../../src/db/debits/plannedDebits';
import { createActorSeals } from '../../src/db/evidence/actorSeals';
import { incidentsWithoutWorkflow } from '../../src/db/incidents/incidents';
import { createNoticeCodes } from '../../src/db/messaging/codes/codeDrawing';
import { createWordingSeals } from '../../src/db/messaging/templates/wordingSeals';
import { createPolicyReader } from '../../src/db/policy/policyReader';
import { createPool } from '../../src/db/pool';
import { createVault } from '../../src/db/vault';
import { DEFAULT_CONTACT } from '../../src/domain/messaging/contact/contactRules';
import type { GuardPolicy } from '../../src/domain/messaging/guard/anomalyGuard';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../src/domain/policy/lendingPolicy';
import { atWallTimeMs, dateAt, REAL_TIME, SHANGHAI } from '../../src/domain/values/clock';
import { OWN_PRINCIPAL } from '../../src/domain/values/principals';
import { actingAs } from '../../src/platform/signedGateway';
import { createTemporalGateway } from '../../src/platform/temporalGateway';
import { createInbox } from '../../src/platform/wiring/appInbox';
import { recordShippedReviews } from '../../src/platform/wiring/noticeGuardSetup';
import { createSandboxRailStore } from '../../src/platform/wiring/sandboxRailStore';
import { createSinkStore } from '../../src/platform/wiring/sinkStores';
import { BOOKS, createTestDatabase, knowOwner, testEnvironment } from '../setup/environment';
import { expectSoundBooks } from './books';
import { expectSoundEvidence } from './evidence';
import { replayAll } from './replays';

export const TENANT = 'test';
export const DAY_MS = 86_400_000;
const LANES = 1;
const POOL_SIZE = 8;
/** The secret of the worker and the API of a story. */
export const ACTORS = createActorSeals('the secret of the actors of the tests');
const SEALS = createWordingSeals(Buffer.alloc(32, 8));

export interface Deployment {
  env: TestWorkflowEnvironment;
  pool: Pool;
  /** As the owner of the tables: for what a test writes past the program. */
  owner: Pool;
  /** Of the API's role, as which an API before it works. */
  apiUrl: string;
  policy: LendingPolicy;
  /** Ids of every workflow that was started; replayed afterwards. */
  started: Set<string>;
}

export type Activities = ReturnType<typeof createActivities>;

export interface DeploymentOptions {
  policy?: LendingPolicy;
  /** Where texts are registered beside the providers of free text. */
  registrars?: TemplateRegistrar[];
  /** How often a lane looks by itself; longer in tests of long lives, where the doorbell is what counts. */
  lookEveryMs?: number;
  provider?: (pool: Pool) => SmsProvider;
  /** Several, in the order of preference, instead of one. */
  providers?: SmsProvider[];
  /** Channels beside texts and the inbox; without them there are none. */
  mail?: MailChannel;
  push?: PushChannel;
  /** Judges notices before they leave; without it nothing is held. */
  guard?: GuardPolicy;
  /** Stands before the sandbox, by whose table money moves. */
  rail?: (sandbox: PaymentRail) => PaymentRail;
  /** Stands before the signal that tells an account of a debit. */
  tellPayment?: (real: ActivityDependencies['tellPayment']) => ActivityDependencies['tellPayment'];
  /** Who is asked about applicants; without them there is nobody. */
  sources?: DataSources;
  /** Puts something between the worker and its activities: an answer that is lost, an attempt that fails. */
  activities?: (real: Activities) => Partial<Activities>;
  /** How long what callers make is kept; without it for ever. */
  kept?: ActivityDependencies['kept'];
  /** While it says so, the doorbell is turned but its signal never arrives. */
  isRingLost?: () => boolean;
}

// What the core warns of is the test server's age, at every start of every story.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

/** Runs a test against a deployment of its own, then checks the books and replays every history. */
export async function withDeployment(
  run: (deployment: Deployment) => Promise<void>,
  options: DeploymentOptions = {},
): Promise<void> {
  const { timeSkippingServer, workflowBundle } = testEnvironment();
  const database = await createTestDatabase();
  const started = new Set<string>();
  const env = await startEnvironment(timeSkippingServer, started);
  await env.sleep(firstInstantAfter(await env.currentTimeMs()) - (await env.currentTimeMs()));
  const pool = createPool({
    connectionString: database.url,
    max: POOL_SIZE,
    applicationName: 'creditloom-test',
    statementTimeoutMs: 20_000,
    books: BOOKS,
  });
  const owner = createPool({
    connectionString: database.ownerUrl,
    max: 2,
    applicationName: 'creditloom-test',
    statementTimeoutMs: 20_000,
    books: BOOKS,
  });
  knowOwner(pool, owner);
  try {
    const policy = onAnyDay(options.policy ?? defaultPolicy);
    await seedTenant(owner, { tenantId: TENANT, policies: [policy] });
    await recordShippedReviews(pool, SEALS, { tenantId: TENANT, atMs: 0 });
    await registerSearchAttributes(env.client);
    const activities = activitiesOf({ env, pool }, options);
    const lookEveryMs = options.lookEveryMs ?? DAY_MS;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: workflowBundle },
      maxConcurrentLocalActivityExecutions: POOL_SIZE,
      activities: { ...activities, ...options.activities?.(activities) },
    });
    await worker.runUntil(async () => {
      // As every worker does at its start.
      const gateway = createTemporalGateway(env.client);
      await wakeLanes(gateway, { tenantId: TENANT, lanes: LANES, clock: REAL_TIME, lookEveryMs });
      const lanes = await lanesWithDebits(pool, { tenantId: TENANT });
      await wakeDebitLanes(gateway, { tenantId: TENANT, lanes, clock: REAL_TIME, lookEveryMs });
      const incidentIds = await incidentsWithoutWorkflow(pool, { tenantId: TENANT });
      await startIncidents(gateway, { tenantId: TENANT, incidentIds, clock: REAL_TIME });
      await run({ env, pool, owner, apiUrl: database.apiUrl, policy, started });
    });
    await expectSoundBooks(pool, TENANT);
    await expectSoundEvidence(pool, TENANT);
    await replayAll(env, started, workflowBundle);
  } finally {
    await pool.end();
    await owner.end();
    await env.teardown();
    await database.drop();
  }
}

/** Whoever starts a workflow, a test, an activity or the API: its histories are replayed afterwards. */
function notingStarts(started: Set<string>): WorkflowClientInterceptor {
  return {
    async startWithDetails(input, next) {
      const output = await next(input);
      started.add(input.options.workflowId);
      return output;
    },
    async signalWithStart(input, next) {
      const runId = await next(input);
      started.add(input.options.workflowId);
      return runId;
    },
  };
}

/**
 * Every story begins on a 3 March at 10:00, the next one: what it shows must not depend on the day and the hour at which
 * it is run.
 */
function firstInstantAfter(realMs: number): number {
  const year = Number(dateAt(realMs, SHANGHAI).slice(0, 4));
  const inYear = (of: number) => atWallTimeMs(`${of}-03-03`, '10:00', SHANGHAI);
  return inYear(year) > realMs ? inYear(year) : inYear(year + 1);
}

const STARTS = 3;

/** The SDK gives a new server five seconds to listen, which a machine that is busy elsewhere may not keep. */
async function startEnvironment(path: string, started: Set<string>): Promise<TestWorkflowEnvironment> {
  for (let start = 1; ; start++) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
        client: { interceptors: { workflow: [notingStarts(started)] } },
      });
    } catch (error) {
      if (start === STARTS || !String(error).includes('did not start within')) throw error;
    }
  }
}

function activitiesOf({ env, pool }: Pick<Deployment, 'env' | 'pool'>, options: DeploymentOptions): Activities {
  const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
  const providers = options.providers ?? [
    options.provider?.(pool) ?? createSinkProvider(createSinkStore(pool, vault, TENANT)),
  ];
  const lookEveryMs = options.lookEveryMs ?? DAY_MS;
  const sandbox = createSandboxRail({
    store: createSandboxRailStore(pool, TENANT),
    today: async () => dateAt(await env.currentTimeMs(), SHANGHAI),
  });
  const gateway = createTemporalGateway(env.client);
  const own = actingAs({ gateway, actors: ACTORS, principal: OWN_PRINCIPAL, now: () => Date.now() });
  const tell: ActivityDependencies['tellPayment'] = (account, debit) =>
    accountClient(own, { ...account, clock: REAL_TIME }).signal(debitSettled, debit);
  return createActivities({
    pool,
    vault,
    actors: ACTORS,
    codes: createNoticeCodes(Buffer.alloc(32, 9)),
    guard: options.guard && { seals: SEALS, policy: options.guard },
    inbox: createInbox(pool, TENANT),
    mail: options.mail,
    push: options.push,
    providers: createProviderPool(providers),
    policies: createPolicyReader(),
    registrars: options.registrars,
    lanes: LANES,
    kept: options.kept,
    sources: options.sources,
    heartbeat: () => heartbeat(),
    startAccount: (account) => accountClient(gateway, account).start(),
    async wakeLane(tenantId, lane) {
      if (options.isRingLost?.()) return;
      await wakeLane(gateway, { tenantId, lane, clock: REAL_TIME, lookEveryMs });
    },
    wakeDebitLane: (tenantId, lane) => wakeDebitLane(gateway, { tenantId, lane, clock: REAL_TIME, lookEveryMs }),
    rail: options.rail?.(sandbox) ?? sandbox,
    // The pauses before a rail is asked again are real time, and nobody here is slow.
    pause: async () => undefined,
    tellPayment: options.tellPayment?.(tell) ?? tell,
  });
}

export const { EventType } = temporal.api.enums.v1;

/**
 * Stories begin today, whatever day that is: without a word of the policy about it, a rest day is like any other and
 * bills go out at their time.
 */
function onAnyDay(policy: LendingPolicy): LendingPolicy {
  const contact = policy.notices.contact ?? { ...DEFAULT_CONTACT, restDaysFrom: null, billSpreadMinutes: 0 };
  return { ...policy, notices: { ...policy.notices, contact } };
}
