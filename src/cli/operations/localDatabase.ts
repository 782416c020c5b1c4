/** The database that a command reads: the one of `DATABASE_URL`, or the one that `npm start` keeps on this machine. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tellable } from '../../db/errorLine';
import { answers } from '../../db/operations/session';
import { type PoolSettings, withPool } from '../../db/pool';
import { prepareDatabase } from '../../db/roles/prepareDatabase';
import type { DatabaseUrls } from '../../db/roles/roles';
import { booksKeysOf } from '../../platform/config/keyVariables';
import type { GivenSettings } from '../../platform/config/settings';
import { findLocalRun } from '../../platform/provision/folderLock';
import { findRunningPostgres, startPostgres } from '../../platform/provision/postgres';
import { ArgumentError } from '../arguments';
import { keptSecrets, type LocalSecrets, localSecrets, secretsFile } from './localSecrets';

/** Where `npm start` keeps its state unless it is told otherwise. */
export const STATE_DIR = resolve(__dirname, '../../../.creditloom/run');
/** What a command says that has to prove the books, and cannot. */
export const NO_BOOKS_KEY =
  'BOOKS_KEY is not set: without it nobody can tell whether the rows are those of this system';
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
  const { booksKey } = keptSecrets(secretsFile(stateDir));
  return {
    TENANT_ID: run.tenantId,
    ...(booksKey === undefined ? {} : { BOOKS_KEY: booksKey }),
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
  given: GivenSettings,
  { stateDir = STATE_DIR, report }: { stateDir?: string | undefined; report(line: string): void },
): Promise<FoundDatabase> {
  const { DATABASE_URL: named } = given;
  if (named !== undefined) {
    await mustAnswer(named);
    return { settings: { ...settingsOf(named), books: booksOf(given) }, stop: async () => undefined };
  }
  const dataDir = join(stateDir, 'postgres');
  if (!existsSync(dataDir)) {
    throw new ArgumentError(
      'DATABASE_URL is not set, and `npm start` keeps no database here: ' +
        'set DATABASE_URL, such as postgres://creditloom_app:secret@127.0.0.1:5432/creditloom',
    );
  }
  const secrets = localSecrets(secretsFile(stateDir));
  const books = booksOf({ BOOKS_KEY: secrets.booksKey, ...given });
  const of = (ownerUrl: string) => ({ ...settingsOf(applicationUrlOf(ownerUrl, secrets)), books });
  const running = await findRunningPostgres(dataDir);
  if (running !== undefined) return { settings: of(running), stop: async () => undefined };
  const server = await startPostgres({ dataDir, persistent: true, report });
  try {
    await prepareDatabase(localUrls(server.url, secrets));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { settings: of(server.url), stop: server.stop };
}

/** The application's own role in the database that `npm start` keeps. */
function applicationUrlOf(ownerUrl: string, secrets: Pick<LocalSecrets, 'databasePassword'>): string {
  return urlOf(ownerUrl, 'creditloom_app', secrets.databasePassword);
}

/** Every role of the database that `npm start` keeps; who reads has no password there. */
export function localUrls(
  ownerUrl: string,
  secrets: Pick<LocalSecrets, 'databasePassword' | 'apiDatabasePassword'>,
): DatabaseUrls {
  return {
    ownerUrl,
    applicationUrl: applicationUrlOf(ownerUrl, secrets),
    apiUrl: urlOf(ownerUrl, 'creditloom_api', secrets.apiDatabasePassword),
  };
}

function urlOf(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

/** Undefined where the key is not given: a command that only reads needs none. */
function booksOf(given: GivenSettings): PoolSettings['books'] {
  return given.BOOKS_KEY === undefined ? undefined : booksKeysOf(given);
}

async function mustAnswer(url: string): Promise<void> {
  try {
    await withPool({ ...settingsOf(url), max: 1 }, answers);
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
