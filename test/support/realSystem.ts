/**
 * The real processes of a deployment, for one test: a Temporal dev server, the worker of dist/ as a child process, and
 * an accelerated business clock that is opened and goes on as `npm start` does it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { prepareDeployment } from '../../src/cli/operations/prepareDeployment';
import { searchAttributes } from '../../src/contracts/names';
import { createPool } from '../../src/db/pool';
import { type RunningChild, startChild } from '../../src/dev/localSystem/childProcess';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../src/domain/policy/lendingPolicy';
import type { IsoDate } from '../../src/domain/values/calendar';
import { type BusinessClock, businessTimeMs, dateAt, SHANGHAI } from '../../src/domain/values/clock';
import type { OpenedClock } from '../../src/platform/businessClock';
import { processEnvironment } from '../../src/platform/config/config';
import { freePort, type RunningTemporal, startDevServer } from '../../src/platform/provision';
import { connectClient } from '../../src/platform/temporalConnection';
import { BOOKS, BOOKS_KEY, createTestDatabase, type TestDatabase, testEnvironment } from '../setup/environment';

export const TENANT = 'test';
export const VAULT_KEY = '07'.repeat(32);
export const CALLBACK_SECRET = 'another secret, of the callbacks of the tests';
export const ACTOR_SECRET = 'ab'.repeat(32);
export const CODE_KEY = 'cd'.repeat(32);
export const RECEIPT_SECRET = 'a secret of the tests only';

const WORKER = resolve(__dirname, '../../dist/worker.js');

export interface RealSystemOptions {
  speed: number;
  /** Business instant of the first start. */
  startAtMs: number;
  /** The clock stands at its start until the test lets it go. */
  isBounded?: boolean;
  /** The default policy unless given. */
  policy?: LendingPolicy;
  /** Keeps the dev server's state in a file, so that it survives the server. */
  inFile?: boolean;
  /** The first key of the tenant, with every scope. */
  apiKey?: string;
}

export class RealSystem {
  temporal!: RunningTemporal;
  client!: Client;
  pool!: Pool;
  /** Of an API that a test puts before it. */
  apiPool!: Pool;
  owner!: Pool;
  clock!: BusinessClock;
  private worker: RunningChild | undefined;
  /** Where business time stands while no worker runs. */
  private pausedAtMs: number | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'creditloom-real-'));
  private database!: TestDatabase;
  private temporalPort!: number;

  private constructor(private readonly options: RealSystemOptions) {}

  /** Servers and clients; the worker is started by the test. */
  static async begin(options: RealSystemOptions): Promise<RealSystem> {
    const system = new RealSystem(options);
    try {
      system.temporalPort = await freePort();
      [system.database] = await Promise.all([createTestDatabase(), system.startTemporal()]);
      system.pool = createPool({
        connectionString: system.database.url,
        max: 8,
        applicationName: 'creditloom-test',
        statementTimeoutMs: 20_000,
        books: BOOKS,
      });
      system.apiPool = createPool({
        connectionString: system.database.apiUrl,
        max: 8,
        applicationName: 'creditloom-test-api',
        statementTimeoutMs: 20_000,
        books: BOOKS,
      });
      system.owner = createPool({
        connectionString: system.database.ownerUrl,
        max: 2,
        applicationName: 'creditloom-test',
        statementTimeoutMs: 20_000,
        books: BOOKS,
      });
      system.client = await connectClient({
        address: system.temporal.address,
        namespace: 'default',
        apiKey: undefined,
      });
      return system;
    } catch (error) {
      await system.end();
      throw error;
    }
  }

  /** Business time, which stands still while the worker is down. */
  nowMs(): number {
    return this.pausedAtMs ?? businessTimeMs(this.clock, Date.now());
  }

  today(): IsoDate {
    return dateAt(this.nowMs(), SHANGHAI);
  }

  async startTemporal(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    this.temporal = await startDevServer({
      executable: testEnvironment().temporalCli,
      logFile: join(this.folder, 'temporal.log'),
      searchAttributes: Object.values(searchAttributes),
      dbFile: this.options.inFile ? join(this.folder, 'temporal.db') : undefined,
      port: this.temporalPort,
      headless: true,
    });
  }

  /** Opens the clock or lets it go on; a worker must not run before every workflow was told. */
  async openClock(): Promise<OpenedClock> {
    const { apiKey, speed, startAtMs, isBounded = false, policy = defaultPolicy } = this.options;
    const opened = await prepareDeployment({
      pool: this.pool,
      ownerPool: this.owner,
      temporal: this.client,
      tenantId: TENANT,
      policies: [policy],
      ...(apiKey === undefined ? {} : { apiKey }),
      clock: { speed, startAtMs, isBounded },
      report: () => undefined,
    });
    this.clock = opened.clock;
    return opened;
  }

  async startWorker(settings: Record<string, string> = {}): Promise<void> {
    const env = {
      ...processEnvironment(),
      TEMPORAL_ADDRESS: this.temporal.address,
      DATABASE_URL: this.database.url,
      TENANT_ID: TENANT,
      VAULT_KEY,
      RECEIPT_SECRET,
      CALLBACK_SECRET,
      ACTOR_SECRET,
      CODE_KEY,
      BOOKS_KEY,
      LOG_LEVEL: 'warn',
      ...settings,
    };
    this.worker = await startChild('the worker', WORKER, env, join(this.folder, 'worker.log'));
    this.pausedAtMs = undefined;
  }

  /** SIGKILL: nothing is finished, nothing is told. */
  async killWorker(): Promise<void> {
    if (!this.worker) throw new Error('no worker runs');
    process.kill(this.worker.pid, 'SIGKILL');
    this.pausedAtMs = this.nowMs();
    await this.worker.exited;
    this.worker = undefined;
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.pausedAtMs = this.nowMs();
    this.worker = undefined;
  }

  async killTemporal(): Promise<void> {
    process.kill(this.temporal.pid, 'SIGKILL');
    await this.temporal.exited;
  }

  /** Ends whatever runs. */
  async end(): Promise<void> {
    await this.worker?.stop();
    await this.client?.connection.close();
    await this.pool?.end();
    await this.apiPool?.end();
    await this.owner?.end();
    await this.temporal?.stop();
    await this.database?.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
