/**
 * A whole running system from one command: Temporal, PostgreSQL, worker and API, either the ones that the environment
 * names or ones of its own, with the policies, templates and keys that a first start needs.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { localUrls, placeOf } from '../../cli/operations/localDatabase';
import { type LocalSecrets, localSecrets, secretsFile } from '../../cli/operations/localSecrets';
import { prepareDeployment } from '../../cli/operations/prepareDeployment';
import { searchAttributes } from '../../contracts/names';
import { tellable } from '../../db/errorLine';
import { answers } from '../../db/operations/session';
import { createPool, type PoolSettings, withPool } from '../../db/pool';
import { prepareDatabase } from '../../db/roles/prepareDatabase';
import type { DatabaseUrls } from '../../db/roles/roles';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { BusinessClock } from '../../domain/values/clock';
import { followClock } from '../../platform/businessClock';
import { booksKeysOf, type GivenSettings, temporalOf } from '../../platform/config/config';
import { TEMPORAL_SETTINGS } from '../../platform/config/temporal';
import {
  assertPortIsFree,
  endStarted,
  findTemporalCli,
  freePort,
  NoServerError,
  provisionOptions,
  startDevServer,
  startNothingMore,
  startPostgres,
} from '../../platform/provision';
import { closeOldState, makePrivateFolder } from '../../platform/provision/privateFiles';
import { connectClient } from '../../platform/temporalConnection';
import { startChild } from './childProcess';
import { type FolderLock, lockFolder } from './folderLock';
import { type KeptChild, keepChild } from './keptChild';
import { keptPorts, type Ports, USUAL_PORTS } from './keptPorts';

export interface SystemOptions {
  /** Where data, logs and secrets of this run live; kept between starts. */
  stateDir: string;
  /** The project's folder: its cache of servers, and the tool module that builds one. */
  projectDir: string;
  /** The checked settings that are set; a server that they name is used and none is started. */
  settings: GivenSettings;
  /** The environment of the processes that are started. */
  environment: NodeJS.ProcessEnv;
  tenantId: string;
  policies: LendingPolicy[];
  speed: number;
  startAtMs: number | undefined;
  /** The usual ports, and from then on the same for the folder; free ones unless it says so. */
  hasFixedPorts?: boolean;
  /** Whether the business clock stands until {@link keepPace} lets it go. */
  isClockBounded?: boolean;
  /** Settles when the start is to be given up; what has been started by then is stopped. */
  stopped?: Promise<void>;
  report(line: string): void;
}

export interface RunningSystem {
  tenantId: string;
  apiUrl: string;
  apiKey: string;
  /** Undefined where Temporal is not ours: its UI is wherever its operator put it. */
  temporalUiUrl: string | undefined;
  temporalAddress: string;
  temporalNamespace: string;
  /** Goes on as it is held: the one object that everything here reads. */
  clock: BusinessClock;
  resumedAtMs: number | undefined;
  pool: Pool;
  temporal: Client;
  /** Of the API and the worker as they run now. */
  pids(): { api: number; worker: number };
  /** Settles when a part ended that should run, or ends whenever it is started again; says which. */
  broken: Promise<string>;
  stop(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 15_000;
/** What the API and the worker need to come up; more on a machine that is busy. */
const START_TAKES_MS = 5_000;

/** A person gave the start up. */
export class StartStopped extends Error {
  override readonly name = 'StartStopped';
}

/**
 * Starts every part in order; when one fails, those before it are stopped again. Throws {@link FolderInUse} before it
 * touches anything of a folder that another run holds, and {@link StartStopped} when it was given up.
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const parts = new Parts(options.report);
  const lock = await lockFolder(options.stateDir);
  parts.add(undefined, async () => lock.release());
  // Only a folder that a run has made its own: any other may be somebody else's.
  if (existsSync(secretsFile(options.stateDir))) closeOldState(options.stateDir);
  const starting = startParts(options, parts, lock);
  try {
    const stopped = options.stopped?.then(() => {
      throw new StartStopped('stopped while it was starting');
    });
    return await Promise.race(stopped === undefined ? [starting] : [starting, stopped]);
  } catch (error) {
    if (error instanceof StartStopped) startNothingMore();
    // What is on its way ends by itself or by us, and has nobody to tell.
    starting.catch(() => undefined);
    await parts.stop();
    if (error instanceof StartStopped) await endStarted();
    throw error;
  }
}

/** What runs, in the order of its start; stopped in the opposite order. */
class Parts {
  private readonly running: { what: string | undefined; stop(): Promise<unknown> }[] = [];

  constructor(private readonly report: (line: string) => void) {}

  /** Without a name it is stopped without a word. */
  add(what: string | undefined, stop: (() => Promise<unknown>) | undefined): void {
    if (stop) this.running.push({ what, stop });
  }

  async stop(): Promise<void> {
    for (const part of this.running.splice(0).reverse()) {
      if (part.what !== undefined) this.report(`stopping ${part.what}`);
      await part.stop();
    }
  }
}

async function startParts(options: SystemOptions, parts: Parts, lock: FolderLock): Promise<RunningSystem> {
  await checkNamedServers(options);
  makePrivateFolder(join(options.stateDir, 'logs'));
  const secrets = localSecrets(secretsFile(options.stateDir));
  const { API_PORT: namedPort } = options.settings;
  if (namedPort !== undefined) await assertPortIsFree('API_PORT', Number(namedPort));
  const executable = await temporalExecutable(options);
  // After what may take minutes: a port that is free now could be somebody else's by then.
  const ports = options.hasFixedPorts
    ? await keptPorts(join(options.stateDir, 'ports.json'), options.report, usualPorts(options))
    : {};
  const apiPort = ports.api ?? Number(namedPort ?? (await freePort()));
  const temporal = await ensureTemporal(options, executable, ports);
  parts.add('Temporal', temporal.stop);
  const database = await ensurePostgres(options, secrets);
  parts.add('PostgreSQL', database.stop);

  options.report('migrating the database');
  const { ownerUrl, applicationUrl, apiUrl } = database.urls;
  await prepareDatabase(database.urls);
  const books = booksKeysOf({ BOOKS_KEY: secrets.booksKey, ...options.settings });
  const pool = createPool({ ...poolSettings(applicationUrl, 4), books });
  parts.add('the database pool', () => pool.end());
  const client = await connectTo(options, temporal.address);
  parts.add('the Temporal client', () => client.connection.close());
  const { resumedAtMs } = await withPool({ ...poolSettings(ownerUrl, 2), books }, (ownerPool) =>
    prepareDeployment({
      pool,
      ownerPool,
      temporal: client,
      tenantId: options.tenantId,
      policies: options.policies,
      apiKey: secrets.apiKey,
      clock: {
        speed: options.speed,
        startAtMs: options.startAtMs,
        ...(options.isClockBounded ? { isBounded: true } : { standsForMs: START_TAKES_MS }),
      },
      report: options.report,
    }),
  );
  const follower = await followClock(pool, (error) =>
    options.report(`the clock could not be read: ${tellable(error)}`),
  );
  const { clock } = follower;
  parts.add(undefined, () => follower.stop());
  const env = childEnvironment(options, {
    temporalAddress: temporal.address,
    apiPort,
    secrets,
  });
  const children = await startChildren(options, env, { apiUrl, applicationUrl }, parts);
  const broken = Promise.race([
    ...children.map(({ gaveUp }) => gaveUp),
    ...temporal.exited.map(async (exited) => `Temporal ended: ${await exited}`),
    ...database.exited.map(async (exited) => `PostgreSQL ended: ${await exited}`),
  ]);
  const found = {
    tenantId: options.tenantId,
    apiUrl: `http://127.0.0.1:${apiPort}`,
    temporalUiUrl: temporal.uiUrl,
    temporalAddress: temporal.address,
    temporalNamespace: namespaceOf(options),
  };
  lock.tell({ ...found, databaseUrl: applicationUrl });
  return {
    ...found,
    apiKey: secrets.apiKey,
    clock,
    resumedAtMs,
    pool,
    temporal: client,
    pids: () => ({ api: children[0]?.pid() ?? 0, worker: children[1]?.pid() ?? 0 }),
    broken,
    stop: () => parts.stop(),
  };
}

interface Found {
  temporalAddress: string;
  apiPort: number;
  secrets: LocalSecrets;
}

/** The settings of the worker and the API: what is set stays, what is missing is what this start found or made. */
function childEnvironment(options: SystemOptions, { temporalAddress, apiPort, secrets }: Found) {
  const made: GivenSettings = {
    VAULT_KEY: secrets.vaultKey,
    RECEIPT_SECRET: secrets.receiptSecret,
    CALLBACK_SECRET: secrets.callbackSecret,
    ACTOR_SECRET: secrets.actorSecret,
    CODE_KEY: secrets.codeKey,
    BOOKS_KEY: secrets.booksKey,
    API_OPEN_DOCS: 'true',
    // The sample portfolio and a replay live years in minutes, all through one key.
    RATE_PER_KEY: '100000',
    SINK_CALLBACK_URL: `http://127.0.0.1:${apiPort}/v1/receipts/sink`,
    LOG_LEVEL: 'warn',
  };
  const fixed: GivenSettings = {
    TEMPORAL_ADDRESS: temporalAddress,
    // Each gets the URL of its own role alone.
    DATABASE_OWNER_URL: '',
    DATABASE_API_URL: '',
    DATABASE_READER_URL: '',
    TENANT_ID: options.tenantId,
    API_PORT: String(apiPort),
    CLOCK_SPEED: String(options.speed),
  };
  return { ...options.environment, ...made, ...options.settings, ...fixed, ...withoutTls(options) };
}

/** What leads to the Temporal that is named leads nowhere for one that was started here; nothing is as not set. */
function withoutTls({ settings }: SystemOptions): GivenSettings {
  if (settings.TEMPORAL_ADDRESS !== undefined) return {};
  const others = TEMPORAL_SETTINGS.filter((name) => name !== 'TEMPORAL_ADDRESS' && name !== 'TEMPORAL_NAMESPACE');
  return Object.fromEntries(others.map((name) => [name, '']));
}

async function startChildren(
  options: SystemOptions,
  shared: NodeJS.ProcessEnv,
  { apiUrl, applicationUrl }: Pick<DatabaseUrls, 'apiUrl' | 'applicationUrl'>,
  parts: Parts,
): Promise<KeptChild[]> {
  const children: KeptChild[] = [];
  for (const [name, module, databaseUrl] of [
    ['API', '../../api.js', apiUrl],
    ['worker', '../../worker.js', applicationUrl],
  ] as const) {
    options.report(`starting the ${name}`);
    const env = { ...shared, DATABASE_URL: databaseUrl };
    const logFile = join(options.stateDir, 'logs', `${name.toLowerCase()}.log`);
    const start = () => startChild(`the ${name}`, join(__dirname, module), env, logFile);
    const child = await keepChild({ start, report: options.report });
    children.push(child);
    parts.add(`the ${name}`, () => child.stop());
  }
  return children;
}

interface Part {
  exited: Promise<string>[];
  stop?: () => Promise<void>;
}

/** Found, downloaded or built; undefined where a setting names a server. */
async function temporalExecutable(options: SystemOptions): Promise<string | undefined> {
  if (options.settings.TEMPORAL_ADDRESS) return undefined;
  return findTemporalCli(provisionOptions(options.projectDir, options.environment, options.report));
}

async function ensureTemporal(
  options: SystemOptions,
  executable: string | undefined,
  ports: Partial<Ports>,
): Promise<Part & { address: string; uiUrl?: string | undefined }> {
  if (executable === undefined) {
    const named = String(options.settings.TEMPORAL_ADDRESS);
    options.report(`using the Temporal server at ${named}`);
    return { address: named, exited: [] };
  }
  options.report('starting a Temporal dev server with its Web UI');
  const server = await startDevServer({
    executable,
    dbFile: join(options.stateDir, 'temporal.db'),
    logFile: join(options.stateDir, 'logs', 'temporal.log'),
    port: ports.temporal,
    uiPort: ports.temporalUi,
    searchAttributes: Object.values(searchAttributes),
  });
  return { address: server.address, uiUrl: server.uiUrl, exited: [server.exited], stop: server.stop };
}

function connectTo(options: SystemOptions, address: string): Promise<Client> {
  // One that was started here has neither keys nor TLS.
  const isOurs = options.settings.TEMPORAL_ADDRESS === undefined;
  return connectClient(
    isOurs ? { address, namespace: namespaceOf(options), apiKey: undefined } : temporalOf(options.settings),
  );
}

function namespaceOf({ settings }: SystemOptions): string {
  return settings.TEMPORAL_NAMESPACE ?? 'default';
}

/** Only those that this start will use: what a setting names, or a server of others has, is not taken from anybody. */
function usualPorts({ settings }: SystemOptions): Partial<Ports> {
  const { api, ...ofTemporal } = USUAL_PORTS;
  return {
    ...(settings.TEMPORAL_ADDRESS === undefined ? ofTemporal : {}),
    ...(settings.API_PORT === undefined ? { api } : {}),
  };
}

/** A server that a setting names and that does not answer is told by the setting's name, before anything is started. */
async function checkNamedServers(options: SystemOptions): Promise<void> {
  const { TEMPORAL_ADDRESS: address, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl } = options.settings;
  const { DATABASE_API_URL: apiUrl } = options.settings;
  if (address !== undefined) {
    await mustAnswer('TEMPORAL_ADDRESS', address, async () => (await connectTo(options, address)).connection.close());
  }
  if (url === undefined) return;
  if (ownerUrl === undefined) {
    await mustAnswer('DATABASE_URL', placeOf(url), () => checkDatabase(url));
    throw new NoServerError(NO_OWNER_URL);
  }
  if (apiUrl === undefined) throw new NoServerError(NO_API_URL);
  // The application's role may not be there yet: it is made with the owner's URL.
  await mustAnswer('DATABASE_OWNER_URL', placeOf(ownerUrl), () => checkDatabase(ownerUrl));
}

async function mustAnswer(setting: string, server: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    const cause = tellable(error);
    throw new NoServerError(
      `${setting} names ${server}, which does not answer: ${cause}\n` +
        `start that server, or leave ${setting} out and one is started here`,
    );
  }
}

function checkDatabase(url: string): Promise<unknown> {
  return withPool(poolSettings(url, 1), answers);
}

function poolSettings(connectionString: string, max: number): PoolSettings {
  return { connectionString, max, applicationName: 'creditloom-cli', statementTimeoutMs: STATEMENT_TIMEOUT_MS };
}

/** With the owner's URL, which only this start uses. */
async function ensurePostgres(options: SystemOptions, secrets: LocalSecrets): Promise<Part & { urls: DatabaseUrls }> {
  const { DATABASE_URL: applicationUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_API_URL: apiUrl } = options.settings;
  const { DATABASE_READER_URL: readerUrl } = options.settings;
  if (applicationUrl) {
    options.report('using the PostgreSQL server of DATABASE_URL');
    if (!ownerUrl) throw new NoServerError(NO_OWNER_URL);
    if (!apiUrl) throw new NoServerError(NO_API_URL);
    return { urls: { ownerUrl, applicationUrl, apiUrl, readerUrl }, exited: [] };
  }
  options.report('starting an embedded PostgreSQL server');
  const server = await startPostgres({
    dataDir: join(options.stateDir, 'postgres'),
    persistent: true,
    report: options.report,
  });
  return { urls: { ...localUrls(server.url, secrets), readerUrl }, exited: [server.exited], stop: server.stop };
}

const NO_OWNER_URL =
  'DATABASE_URL is set and DATABASE_OWNER_URL is not: give the URL of the role that owns the tables, or of a ' +
  'superuser, which makes the role of DATABASE_URL; or leave both out and a server is started here';
const NO_API_URL =
  "DATABASE_URL is set and DATABASE_API_URL is not: give a URL of the API's own role in the same database, which the " +
  'owner makes; or leave DATABASE_URL out and a server is started here';
