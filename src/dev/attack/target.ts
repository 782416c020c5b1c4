/**
 * The system that is attacked: servers of its own on free ports, PostgreSQL and Temporal with their state on disk, the
 * API and the worker as processes that are started again, as `npm start` does it. Each can be killed at any moment.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'pg';
import { SCOPES } from '../../api/http/authentication';
import { createKey } from '../../api/operations/keys';
import { localSecrets, secretsFile } from '../../cli/operations/localSecrets';
import { searchAttributes } from '../../contracts/names';
import { createNoticeCodes, type NoticeCodes } from '../../db/messaging/codes/codeDrawing';
import { insertApiKey } from '../../db/operations/apiKeys';
import { databaseTypes } from '../../db/pool';
import { inTransaction } from '../../db/transaction';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import { SETTING_NAMES } from '../../platform/config/settings';
import {
  findTemporalCli,
  freePort,
  provisionOptions,
  type RunningPostgres,
  type RunningTemporal,
  startDevServer,
  startPostgres,
} from '../../platform/provision';
import { type RunningSystem, startSystem } from '../localSystem/system';
import { until, Wire } from './wire';

export const ATTACKED_TENANT = 'attacked';

export interface TargetOptions {
  projectDir: string;
  environment: NodeJS.ProcessEnv;
  report(line: string): void;
}

export type Killable = 'API' | 'worker' | 'PostgreSQL' | 'Temporal';

const OWNER_URL = 'DATABASE_OWNER_URL';
const API_URL = 'DATABASE_API_URL';
/** Callers with every scope: two-person rules and limits of a key need more than one. */
const FULL_KEYS = 6;
const BACK_WITHIN_MS = 60_000;

export class Target {
  system!: RunningSystem;
  wire!: Wire;
  /** Reads the books as an auditor, and is not the application. */
  reader!: Pool;
  /** One key for each scope alone, by the scope. */
  readonly keysByScope = new Map<string, string>();
  private postgres!: RunningPostgres;
  private temporal!: RunningTemporal;
  private ports!: { postgres: number; temporal: number; api: number };
  private executable = '';
  private readonly folder: string;
  private readonly applicationPassword = randomBytes(24).toString('base64url');
  private readonly apiPassword = randomBytes(24).toString('base64url');

  private constructor(private readonly options: TargetOptions) {
    this.folder = join(options.projectDir, '.creditloom', `attack-${process.pid}`);
  }

  static async begin(options: TargetOptions): Promise<Target> {
    const target = new Target(options);
    try {
      await target.start();
      return target;
    } catch (error) {
      await target.end();
      throw error;
    }
  }

  /** With the role that the application has: what its `DATABASE_URL` says. */
  get applicationUrl(): string {
    return this.databaseSettings().DATABASE_URL ?? this.postgres.url;
  }

  /** With the role that the API has. */
  get apiUrl(): string {
    return this.databaseSettings()[API_URL] ?? this.applicationUrl;
  }

  /** The owner's URL is another one where the application has a role of its own, which the start then makes. */
  private databaseSettings(): Record<string, string> {
    const owner = new URL(this.postgres.url);
    if (!(SETTING_NAMES as readonly string[]).includes(OWNER_URL)) return { DATABASE_URL: owner.href };
    const application = new URL(owner);
    application.username = 'creditloom_app';
    application.password = this.applicationPassword;
    const api = new URL(owner);
    api.username = 'creditloom_api';
    api.password = this.apiPassword;
    return { DATABASE_URL: application.href, [API_URL]: api.href, [OWNER_URL]: owner.href };
  }

  /** The seal of the attacked system's codes: to make it look as if texts had gone out. */
  noticeCodes(): NoticeCodes {
    const { codeKey } = localSecrets(secretsFile(join(this.folder, 'run')));
    return createNoticeCodes(Buffer.from(codeKey, 'hex'));
  }

  /** Options of commands that find the attacked system by its folder. */
  ofRun(): string[] {
    return ['--state', join(this.folder, 'run'), '--tenant', ATTACKED_TENANT];
  }

  private async start(): Promise<void> {
    const { projectDir, environment, report } = this.options;
    // As root, PostgreSQL runs as another user, who must be able to enter.
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    chmodSync(this.folder, 0o711);
    this.executable = await findTemporalCli(provisionOptions(projectDir, environment, report));
    this.ports = { postgres: await freePort(), temporal: await freePort(), api: await freePort() };
    await Promise.all([this.startPostgres(), this.startTemporal()]);
    this.system = await startSystem({
      stateDir: join(this.folder, 'run'),
      projectDir,
      settings: {
        ...this.databaseSettings(),
        TEMPORAL_ADDRESS: this.temporal.address,
        API_PORT: String(this.ports.api),
        // The attack says from which address each request comes.
        TRUSTED_PROXIES: '127.0.0.1',
        API_OPEN_DOCS: 'false',
      },
      environment,
      tenantId: ATTACKED_TENANT,
      policies: [defaultPolicy],
      speed: 1,
      startAtMs: undefined,
      report,
    });
    this.reader = new Pool({ connectionString: this.postgres.url, max: 4, types: databaseTypes });
    // A connection that was killed with its server is told by the next query.
    this.reader.on('error', () => undefined);
    this.wire = new Wire(this.ports.api, await this.makeKeys());
  }

  private async startPostgres(): Promise<void> {
    this.postgres = await startPostgres({
      dataDir: join(this.folder, 'postgres'),
      persistent: true,
      port: this.ports.postgres,
      report: this.options.report,
    });
  }

  private async startTemporal(): Promise<void> {
    this.temporal = await startDevServer({
      executable: this.executable,
      dbFile: join(this.folder, 'temporal.db'),
      logFile: join(this.folder, 'temporal.log'),
      port: this.ports.temporal,
      searchAttributes: Object.values(searchAttributes),
      headless: true,
    });
  }

  /** Keys as an operator makes them. Returns those with every scope. */
  private async makeKeys(): Promise<string[]> {
    const make = async (label: string, scopes: readonly string[]) => {
      const { key, keyHash } = createKey();
      const row = { tenantId: ATTACKED_TENANT, keyId: label, keyHash, scopes: [...scopes], label };
      await inTransaction(this.system.pool, (client) => insertApiKey(client, row));
      return key;
    };
    for (const scope of SCOPES) this.keysByScope.set(scope, await make(`only-${scope.replace(':', '-')}`, [scope]));
    return Promise.all(Array.from({ length: FULL_KEYS }, (_, at) => make(`all-${at + 1}`, SCOPES)));
  }

  /** SIGKILL, then up again: nothing is finished, nothing is told. Returns whether the part came back. */
  async kill(part: Killable): Promise<boolean> {
    if (part === 'API' || part === 'worker') return this.killChild(part);
    if (part === 'PostgreSQL') {
      const pidFile = join(this.folder, 'postgres', 'postmaster.pid');
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
      await this.postgres.exited;
      await this.startPostgres();
      return true;
    }
    process.kill(this.temporal.pid, 'SIGKILL');
    await this.temporal.exited;
    await this.startTemporal();
    return true;
  }

  private killChild(part: 'API' | 'worker'): Promise<boolean> {
    const which = part === 'API' ? 'api' : 'worker';
    const pid = this.system.pids()[which];
    process.kill(pid, 'SIGKILL');
    return until(async () => this.system.pids()[which] !== pid, BACK_WITHIN_MS);
  }

  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { rows } = await this.reader.query<Row>(sql, [...values]);
    return rows;
  }

  /** Ends whatever runs and removes it, but for the logs where they are to be read. */
  async end({ keepsLogs = false } = {}): Promise<void> {
    this.wire?.close();
    await this.reader?.end();
    await this.system?.stop();
    await this.temporal?.stop();
    await this.postgres?.stop();
    if (keepsLogs) {
      const kept = join(this.options.projectDir, '.creditloom', 'attack-logs');
      rmSync(kept, { recursive: true, force: true });
      renameSync(join(this.folder, 'run', 'logs'), kept);
      this.options.report(`logs of the API and the worker: ${kept}`);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
