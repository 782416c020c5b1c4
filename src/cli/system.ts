/**
 * A whole running system from one command: Temporal, PostgreSQL, worker and API, either the ones that the environment
 * names or ones of its own, with the policies, templates and keys that a first start needs.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { openBusinessClock } from '../businessClock';
import { searchAttributes } from '../contracts/names';
import { migrate } from '../db/migrate';
import { createPool } from '../db/pool';
import type { BusinessClock } from '../domain/clock';
import type { LendingPolicy } from '../domain/products';
import { findTemporalCli, freePort, provisionOptions, startDevServer, startPostgres } from '../provision';
import { connectClient } from '../temporalConnection';
import { type RunningChild, startChild } from './childProcess';
import { localSecrets } from './localSecrets';
import { moveClocks } from './moveClocks';
import { registerSearchAttributes } from './searchAttributes';
import { seedTenant } from './seed';

export interface SystemOptions {
  /** Where data, logs and secrets of this run live; kept between starts. */
  stateDir: string;
  /** The project's folder: its cache of servers, and the tool module that builds one. */
  projectDir: string;
  env: NodeJS.ProcessEnv;
  tenantId: string;
  policies: LendingPolicy[];
  speed: number;
  startAtMs: number | undefined;
  report(line: string): void;
}

export interface RunningSystem {
  tenantId: string;
  apiUrl: string;
  apiKey: string;
  /** Undefined where Temporal is not ours: its UI is wherever its operator put it. */
  temporalUiUrl: string | undefined;
  temporalAddress: string;
  clock: BusinessClock;
  resumedAtMs: number | undefined;
  pool: Pool;
  temporal: Client;
  /** Settles when a part ended that should run; says which. */
  broken: Promise<string>;
  stop(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 15_000;

/** Starts every part in order; when one fails, those before it are stopped again. */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const stops: { what: string; stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of stops.splice(0).reverse()) {
      options.report(`stopping ${part.what}`);
      await part.stop();
    }
  };
  try {
    mkdirSync(options.stateDir, { recursive: true });
    const secrets = localSecrets(join(options.stateDir, 'secrets.json'));
    const temporal = await ensureTemporal(options);
    if (temporal.stop) stops.push({ what: 'Temporal', stop: temporal.stop });
    const database = await ensurePostgres(options);
    if (database.stop) stops.push({ what: 'PostgreSQL', stop: database.stop });

    options.report('migrating the database');
    await migrate(database.url);
    const pool = createPool({
      connectionString: database.url,
      max: 4,
      applicationName: 'creditloom-cli',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    stops.push({ what: 'the database pool', stop: () => pool.end() });
    await seedTenant(pool, {
      tenantId: options.tenantId,
      policies: options.policies,
      apiKeyHash: createHash('sha256').update(secrets.apiKey).digest('hex'),
    });
    const namespace = options.env.TEMPORAL_NAMESPACE ?? 'default';
    const client = await connectClient({ address: temporal.address, namespace, apiKey: options.env.TEMPORAL_API_KEY });
    stops.push({ what: 'the Temporal client', stop: () => client.connection.close() });
    await registerSearchAttributes(client);

    const wish = { speed: options.speed, startAtMs: options.startAtMs };
    const { clock, resumedAtMs } = await openBusinessClock(pool, wish, Date.now());
    // Before the worker runs: a workflow must know the clock that goes on before it sees that its timer fired.
    if (resumedAtMs !== undefined) await moveClocks(client, clock, options.report);

    const apiPort = Number(options.env.API_PORT ?? (await freePort()));
    const childEnv = {
      ...options.env,
      TEMPORAL_ADDRESS: temporal.address,
      DATABASE_URL: database.url,
      TENANT_ID: options.tenantId,
      VAULT_KEY: options.env.VAULT_KEY ?? secrets.vaultKey,
      RECEIPT_SECRET: options.env.RECEIPT_SECRET ?? secrets.receiptSecret,
      API_PORT: String(apiPort),
      API_OPEN_DOCS: options.env.API_OPEN_DOCS ?? 'true',
      SINK_CALLBACK_URL: options.env.SINK_CALLBACK_URL ?? `http://127.0.0.1:${apiPort}/v1/receipts/sink`,
      CLOCK_SPEED: String(options.speed),
      LOG_LEVEL: options.env.LOG_LEVEL ?? 'warn',
    };
    const children: RunningChild[] = [];
    for (const [name, module] of [
      ['the API', '../api/main.js'],
      ['the worker', '../worker.js'],
    ] as const) {
      options.report(`starting ${name}`);
      const logFile = join(options.stateDir, 'logs', `${name.split(' ').at(-1)}.log`);
      const child = await startChild(name, join(__dirname, module), childEnv, logFile);
      children.push(child);
      stops.push({ what: name, stop: () => child.stop() });
    }
    const broken = Promise.race([
      ...children.map(async (child) => `${child.name} ended: ${await child.exited}`),
      ...temporal.exited,
      ...database.exited,
    ]);
    return {
      tenantId: options.tenantId,
      apiUrl: `http://127.0.0.1:${apiPort}`,
      apiKey: secrets.apiKey,
      temporalUiUrl: temporal.uiUrl,
      temporalAddress: temporal.address,
      clock,
      resumedAtMs,
      pool,
      temporal: client,
      broken,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Part {
  exited: Promise<string>[];
  stop?: () => Promise<void>;
}

async function ensureTemporal(options: SystemOptions): Promise<Part & { address: string; uiUrl?: string | undefined }> {
  const named = options.env.TEMPORAL_ADDRESS;
  if (named) {
    options.report(`using the Temporal server at ${named}`);
    return { address: named, exited: [] };
  }
  const provision = provisionOptions(options.projectDir, options.env, options.report);
  const executable = await findTemporalCli(provision);
  options.report('starting a Temporal dev server with its Web UI');
  const server = await startDevServer({
    executable,
    dbFile: join(options.stateDir, 'temporal.db'),
    logFile: join(options.stateDir, 'logs', 'temporal.log'),
    searchAttributes: Object.values(searchAttributes),
  });
  return { address: server.address, uiUrl: server.uiUrl, exited: [server.exited], stop: server.stop };
}

async function ensurePostgres(options: SystemOptions): Promise<Part & { url: string }> {
  const named = options.env.DATABASE_URL;
  if (named) {
    options.report('using the PostgreSQL server of DATABASE_URL');
    return { url: named, exited: [] };
  }
  options.report('starting an embedded PostgreSQL server');
  const server = await startPostgres({
    dataDir: join(options.stateDir, 'postgres'),
    persistent: true,
    report: options.report,
  });
  return { url: server.url, exited: [server.exited], stop: server.stop };
}
