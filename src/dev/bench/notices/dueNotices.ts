/**
 * Notices a second from the due row to the receipt that ends it, through the real sweep, provider and callback route.
 * The API has a pool of its own, as in production; the lanes are swept without Temporal.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createNoticeActivities } from '../../../activities/messaging/notices';
import { callbacksOf } from '../../../adapters/sms/callbacks';
import type { SmsProvider } from '../../../adapters/sms/port';
import { createProviderPool } from '../../../adapters/sms/providerPool';
import { createHttpGateway } from '../../../adapters/sms/providers/httpGateway';
import { callbackPaths } from '../../../api/messaging/callbackAccess';
import { createServer } from '../../../api/server';
import type { NoticeActivities } from '../../../contracts/activities';
import { createActorSeals } from '../../../db/evidence/actorSeals';
import { createNoticeCodes } from '../../../db/messaging/codes/codeDrawing';
import { createWordingSeals } from '../../../db/messaging/templates/wordingSeals';
import { ensureBorrower } from '../../../db/origination/borrowers';
import { saveIdentity } from '../../../db/origination/identities';
import { createPolicyReader } from '../../../db/policy/policyReader';
import { createPool } from '../../../db/pool';
import { inTransaction } from '../../../db/transaction';
import { createVault } from '../../../db/vault';
import { type BusinessClock, businessTimeMs, SHANGHAI } from '../../../domain/values/clock';
import { MINUTE_MS } from '../../../domain/values/timeUnits';
import { createLogger } from '../../../platform/logging';
import type { TemporalGateway } from '../../../platform/temporalGateway';
import { createInbox } from '../../../platform/wiring/appInbox';
import { recordShippedReviews } from '../../../platform/wiring/noticeGuardSetup';
import { advanceOn, forEach, LOAN_TERMS, noonOf, openBenchAccount, seedLedger, TENANT } from '../ledger/openAccounts';
import { BENCH_GUARD } from '../opening';
import { apiUrlOf, BOOKS, type Database, learnTables, POOL_SIZE } from '../servers';
import { secondsSince } from '../stopwatch';
import { PASSWORD, SENDER, USERNAME } from './kannel';
import type { Message } from './kannelAlone';

/** As in production by default (NOTICE_LANES). */
export const LANES = 4;
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
const STATEMENT_TIMEOUT_MS = 10_000;
/** More than Kannel takes: the pace of a contract is not what is measured. */
const PER_SECOND = 100_000;
const SECRET = 'of a benchmark only';
const NO_TEMPORAL = new Proxy({} as TemporalGateway, {
  get: () => () => Promise.reject(new Error('receipts do not ask Temporal')),
});

export class DueNotices {
  private readonly vault = createVault({ keyId: 'bench', key: Buffer.alloc(32, 7) });
  private readonly codes = createNoticeCodes(Buffer.alloc(32, 7));
  private readonly seals = createWordingSeals(Buffer.alloc(32, 7));
  /** Real time from the day of the loans on: every notice about them is due. */
  private readonly clock: BusinessClock = {
    realEpochMs: Date.now(),
    businessEpochMs: noonOf(LOAN_TERMS.startDate) + MINUTE_MS,
    speed: 1,
  };
  /** What the last turn gave to the provider. */
  sent: Message[] = [];
  private opened = 0;
  private sweepLane: NoticeActivities['sweepLane'] | undefined;
  private readonly stops: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly database: Database,
    private readonly sendsmsUrl: string,
  ) {}

  static async start(database: Database, sendsmsUrl: string): Promise<DueNotices> {
    const notices = new DueNotices(database, sendsmsUrl);
    try {
      await notices.prepare();
      return notices;
    } catch (error) {
      await notices.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const each of this.stops.splice(0).reverse()) await each();
  }

  /** Opens so many loans, each with a notice that is due, has them sent, and waits until each has its final receipt. */
  async measure(count: number): Promise<number> {
    const accountIds = await this.open(count);
    await learnTables(this.database.pool);
    this.sent = [];
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: LANES }, (_, lane) => this.empty(lane)));
    await this.untilTold(accountIds);
    const seconds = secondsSince(startedAt);
    await this.checkAttempts(accountIds);
    return count / seconds;
  }

  private async prepare(): Promise<void> {
    const { pool, ownerUrl } = this.database;
    await seedLedger(pool);
    await recordShippedReviews(pool, this.seals, { tenantId: TENANT, atMs: 0 });
    const apiPool = createPool({
      connectionString: apiUrlOf(ownerUrl),
      max: POOL_SIZE,
      applicationName: 'creditloom-bench-api',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      books: BOOKS,
    });
    this.stops.push(() => apiPool.end());
    const api = await this.createApi(apiPool);
    this.stops.push(() => api.close());
    const origin = await api.listen({ host: '127.0.0.1', port: 0 });
    const gateway = createHttpGateway({
      url: this.sendsmsUrl,
      username: USERNAME,
      password: PASSWORD,
      from: SENDER,
      perSecond: PER_SECOND,
      callbackUrl: `${origin}${callbackPaths(SECRET, 'http-gateway').receipts}`,
    });
    this.sweepLane = createNoticeActivities({
      pool,
      policies: createPolicyReader(),
      vault: this.vault,
      codes: this.codes,
      guard: { seals: this.seals, policy: BENCH_GUARD },
      inbox: createInbox(pool, TENANT),
      providers: createProviderPool([this.noting(gateway)]),
      heartbeat: () => undefined,
    }).sweepLane;
  }

  private createApi(pool: Pool): ReturnType<typeof createServer> {
    return createServer({
      pool,
      vault: this.vault,
      gateway: NO_TEMPORAL,
      clock: () => this.clock,
      now: () => Date.now(),
      tenantId: TENANT,
      zone: SHANGHAI,
      logger: createLogger('error', 'api'),
      receiptSecret: SECRET,
      callbacks: { secret: SECRET, addresses: {}, providers: callbacksOf() },
      // Nothing is sent to Temporal here.
      actors: createActorSeals(SECRET),
      codes: this.codes,
      trustedProxies: [],
      openDocs: false,
    });
  }

  private noting(provider: SmsProvider): SmsProvider {
    return {
      ...provider,
      send: (message) => {
        this.sent.push({ phone: message.phone, text: message.text });
        return provider.send(message);
      },
    };
  }

  private async open(count: number): Promise<string[]> {
    const { pool } = this.database;
    const advance = advanceOn(pool, LANES);
    const first = this.opened;
    this.opened += count;
    const numbers = Array.from({ length: count }, (_, at) => first + at);
    const idOf = (number: number) => `notice-loan-${number}`;
    await forEach(numbers, POOL_SIZE, async (number) => {
      const borrower = { tenantId: TENANT, borrowerId: idOf(number) };
      const identity = { name: '样例', phone: `199${String(number).padStart(8, '0')}` };
      await inTransaction(pool, async (client) => {
        await ensureBorrower(client, borrower);
        const origin = { source: 'application' as const, sourceId: idOf(number), recordedBy: 'bench', atMs: 0 };
        await saveIdentity(client, this.vault, { ...borrower, identity, origin });
      });
      await openBenchAccount(pool, advance, idOf(number), LOAN_TERMS);
    });
    return numbers.map(idOf);
  }

  /** Sweeps a lane until nothing in it is due, as its workflow would. */
  private async empty(lane: number): Promise<void> {
    const sweep = this.sweepLane;
    if (!sweep) throw new Error('the sweep was not made yet');
    for (;;) {
      const asOfMs = businessTimeMs(this.clock, Date.now());
      const { nextDueAtMs } = await sweep({ tenantId: TENANT, lane, asOfMs });
      if (nextDueAtMs === undefined || nextDueAtMs > asOfMs) return;
    }
  }

  private async untilTold(accountIds: readonly string[]): Promise<void> {
    const giveUpAtMs = Date.now() + WITHIN_MS;
    for (;;) {
      const counts = await this.countsOf(accountIds);
      if (counts.delivered === accountIds.length) return;
      if (Date.now() > giveUpAtMs) throw new Error(`no end of all notices: ${JSON.stringify(counts)}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  private async countsOf(accountIds: readonly string[]): Promise<Record<string, number>> {
    const { rows } = await this.database.pool.query<{ status: string; count: number }>(
      `select status, count(*) as count from notice
        where tenant_id = $1 and account_id = any($2) and kind = 'loan-disbursed' group by status`,
      [TENANT, accountIds],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  /** Throws unless each notice was attempted once, and its attempt delivered. */
  private async checkAttempts(accountIds: readonly string[]): Promise<void> {
    const { rows } = await this.database.pool.query<{ attempts: number; notices: number; delivered: number }>(
      `select count(*) as attempts, count(distinct notice_id) as notices,
         count(*) filter (where attempt.status = 'delivered') as delivered
         from notice_attempt attempt join notice using (tenant_id, notice_id)
        where tenant_id = $1 and account_id = any($2)`,
      [TENANT, accountIds],
    );
    const [found] = rows;
    const count = accountIds.length;
    if (found?.attempts !== count || found.notices !== count || found.delivered !== count) {
      throw new Error(`${count} notices were not attempted and delivered once each: ${JSON.stringify(found)}`);
    }
  }
}
