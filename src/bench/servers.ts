/** Servers of a benchmark, its own alone: a Temporal dev server in memory, and PostgreSQL in a folder of the run. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Pool } from 'pg';
import type { GivenSettings } from '../config/config';
import { searchAttributes } from '../contracts/names';
import { migrate } from '../db/migrate';
import { createPool } from '../db/pool';
import { findTemporalCli, provisionOptions, startDevServer, startPostgres } from '../provision';
import { connectClient, connectWorker } from '../temporalConnection';

export interface Servers {
  client: Client;
  connection: NativeConnection;
  pool: Pool;
  stop(): Promise<void>;
}

export interface ServersOptions {
  projectDir: string;
  settings: GivenSettings;
  childEnv: NodeJS.ProcessEnv;
  report(line: string): void;
}

/** Connections of the worker's pool; the default of DATABASE_POOL_SIZE. */
const POOL_SIZE = 10;
const STATEMENT_TIMEOUT_MS = 8_000;

/** Starts them; when one fails, those before it are stopped again. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const folder = join(options.projectDir, '.creditloom', `bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const { report } = options;
    const executable = await findTemporalCli(provisionOptions(options.projectDir, options.childEnv, report));
    const temporal = await startDevServer({
      executable,
      logFile: join(folder, 'temporal.log'),
      searchAttributes: Object.values(searchAttributes),
      headless: true,
      report,
    });
    stops.push(() => temporal.stop());
    // Durable, as in production: what a commit costs is part of a month.
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), persistent: true, report });
    stops.push(() => postgres.stop());
    await migrate(postgres.url);
    const pool = createPool({
      connectionString: postgres.url,
      max: POOL_SIZE,
      applicationName: 'creditloom-bench',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    stops.push(() => pool.end());
    const address = { address: temporal.address, namespace: 'default', apiKey: undefined };
    const client = await connectClient(address);
    stops.push(() => client.connection.close());
    const connection = await connectWorker(address);
    stops.push(() => connection.close());
    return { client, connection, pool, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
