/** The database that a command reads: the one of `DATABASE_URL`, or the one that `npm start` keeps on this machine. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GivenSettings } from '../config/config';
import { tellable } from '../db/errorLine';
import { migrate } from '../db/migrate';
import { type PoolSettings, withPool } from '../db/pool';
import { findRunningPostgres, startPostgres } from '../provision';
import { ArgumentError } from './arguments';
import { findLocalRun } from './folderLock';

/** Where `npm start` keeps its state unless it is told otherwise. */
export const STATE_DIR = resolve(__dirname, '../../.creditloom/run');
/** One statement reads every posting of a large ledger. */
const STATEMENT_TIMEOUT_MS = 600_000;

/**
 * Settings for a command beside a running `npm start`: where none names a server, those of the run that holds the folder.
 * Never a mixture: a Temporal of one and a database of another would tell each other's accounts apart by nothing.
 */
export async function withLocalRun(given: GivenSettings, stateDir = STATE_DIR): Promise<GivenSettings> {
  if (given.DATABASE_URL !== undefined || given.TEMPORAL_ADDRESS !== undefined) return given;
  const run = await findLocalRun(stateDir);
  if (!run) return given;
  return {
    TENANT_ID: run.tenantId,
    ...given,
    DATABASE_URL: run.databaseUrl,
    TEMPORAL_ADDRESS: run.temporalAddress,
    TEMPORAL_NAMESPACE: run.temporalNamespace,
  };
}

export interface FoundDatabase {
  settings: PoolSettings;
  stop(): Promise<void>;
}

/**
 * A running server is used as it is; one of `npm start` that stands still is started for the command, migrated, and
 * stopped after it. Throws {@link ArgumentError} when there is neither, or when the named one does not answer.
 */
export async function findDatabase(
  { DATABASE_URL: named }: GivenSettings,
  { stateDir = STATE_DIR, report }: { stateDir?: string | undefined; report(line: string): void },
): Promise<FoundDatabase> {
  if (named !== undefined) {
    await mustAnswer(named);
    return { settings: settingsOf(named), stop: async () => undefined };
  }
  const dataDir = join(stateDir, 'postgres');
  if (!existsSync(dataDir)) {
    throw new ArgumentError(
      'DATABASE_URL is not set, and `npm start` keeps no database here: ' +
        'set DATABASE_URL, such as postgres://creditloom:secret@127.0.0.1:5432/creditloom',
    );
  }
  const running = await findRunningPostgres(dataDir);
  if (running !== undefined) return { settings: settingsOf(running), stop: async () => undefined };
  const server = await startPostgres({ dataDir, persistent: true, report });
  try {
    await migrate(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { settings: settingsOf(server.url), stop: server.stop };
}

async function mustAnswer(url: string): Promise<void> {
  try {
    await withPool({ ...settingsOf(url), max: 1 }, (pool) => pool.query('select 1'));
  } catch (error) {
    throw new ArgumentError(`DATABASE_URL names ${placeOf(url)}, which does not answer: ${tellable(error)}`);
  }
}

/** Where a database is, without user and password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'no address that can be read';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

function settingsOf(connectionString: string): PoolSettings {
  return { connectionString, max: 2, applicationName: 'creditloom-ledger', statementTimeoutMs: STATEMENT_TIMEOUT_MS };
}
