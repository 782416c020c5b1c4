/** Servers of a benchmark, its own alone: a Temporal dev server in memory, and PostgreSQL in a folder of the run. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Pool } from 'pg';
import { searchAttributes } from '../../contracts/names';
import { createPool, withPool } from '../../db/pool';
import { prepareDatabase } from '../../db/roles/prepareDatabase';
import type { GivenSettings } from '../../platform/config/settings';
import { findTemporalCli, provisionOptions, startDevServer, startPostgres } from '../../platform/provision';
import { makeStateFolder } from '../../platform/provision/privateFiles';
import { connectClient, connectWorker } from '../../platform/temporalConnection';

export interface Database {
  /** With its password: not to be printed. */
  url: string;
  /** Of a superuser, likewise. */
  ownerUrl: string;
  pool: Pool;
  /** For files of the run; removed at the end. */
  folder: string;
  stop(): Promise<void>;
}

export interface Servers extends Database {
  client: Client;
  connection: NativeConnection;
}

export interface ServersOptions {
  projectDir: string;
  settings: GivenSettings;
  childEnv: NodeJS.ProcessEnv;
  report(line: string): void;
}

/** Connections of the worker's pool; the default of DATABASE_POOL_SIZE. */
export const POOL_SIZE = 10;
const STATEMENT_TIMEOUT_MS = 8_000;
const OWNER = { applicationName: 'creditloom-bench', max: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
/** Of data that is removed with the run. */
export const BOOKS = { keyId: 'bench', key: Buffer.alloc(32, 5) };

/** PostgreSQL alone, migrated; when something fails, what was started is stopped again. */
export async function startDatabase(
  { projectDir, report }: Pick<ServersOptions, 'projectDir' | 'report'>,
  connections = POOL_SIZE,
): Promise<Database> {
  const folder = join(projectDir, '.creditloom', `bench-${process.pid}`);
  makeStateFolder(folder);
  const { stops, stop } = stack();
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  return orStop(stop, async () => {
    // Durable, as in production: what a commit costs is part of a month.
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), persistent: true, report });
    stops.push(() => postgres.stop());
    const url = await prepareForBench(postgres.url);
    const settings = { applicationName: 'creditloom-bench', statementTimeoutMs: STATEMENT_TIMEOUT_MS, books: BOOKS };
    const pool = createPool({ ...settings, connectionString: url, max: connections });
    stops.push(() => pool.end());
    return { url, ownerUrl: postgres.url, pool, folder, stop };
  });
}

/** The schema, the roles, and what a run does besides; returns the application's URL. */
export async function prepareForBench(ownerUrl: string): Promise<string> {
  const applicationUrl = applicationUrlOf(ownerUrl);
  await prepareDatabase({ ownerUrl, applicationUrl, apiUrl: apiUrlOf(ownerUrl) });
  // The run puts its own tenant in place and learns the tables, by the same pool.
  await asOwner(ownerUrl, [
    'grant maintain on all tables in schema public to creditloom_app',
    'grant insert on tenant, policy_version to creditloom_app',
  ]);
  return applicationUrl;
}

export function asOwner(ownerUrl: string, statements: readonly string[]): Promise<void> {
  return withPool({ ...OWNER, connectionString: ownerUrl }, async (owner) => {
    for (const statement of statements) await owner.query(statement);
  });
}

/** What is measured works as the application does: with its rights alone, and signing what it books. */
function applicationUrlOf(ownerUrl: string): string {
  return asRole(ownerUrl, 'creditloom_app');
}

/** The same database as the API works with it. */
export function apiUrlOf(ownerUrl: string): string {
  return asRole(ownerUrl, 'creditloom_api');
}

function asRole(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  return url.href;
}

/** Both; when one fails, those before it are stopped again. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { stops, stop } = stack();
  return orStop(stop, async () => {
    const { projectDir, childEnv, report } = options;
    const executable = await findTemporalCli(provisionOptions(projectDir, childEnv, report));
    const database = await startDatabase(options);
    stops.push(() => database.stop());
    const temporal = await startDevServer({
      executable,
      logFile: join(database.folder, 'temporal.log'),
      searchAttributes: Object.values(searchAttributes),
      headless: true,
      report,
    });
    stops.push(() => temporal.stop());
    const address = { address: temporal.address, namespace: 'default', apiKey: undefined };
    const client = await connectClient(address);
    stops.push(() => client.connection.close());
    const connection = await connectWorker(address);
    stops.push(() => connection.close());
    return { ...database, client, connection, stop };
  });
}

/**
 * Lets PostgreSQL count its tables and plan anew. A database that is a minute old is not what is measured: plans that
 * connections keep from when the tables were empty read all of them, until autovacuum comes by.
 */
export async function learnTables(pool: Pool): Promise<void> {
  await pool.query('vacuum analyze');
}

/** What was started last is stopped first, and each once. */
function stack(): { stops: (() => Promise<void>)[]; stop: () => Promise<void> } {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  return { stops, stop };
}

async function orStop<Started>(stop: () => Promise<void>, start: () => Promise<Started>): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }
}
