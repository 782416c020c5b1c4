/** Temporal and PostgreSQL of a system: those that settings name, checked, or ones that are started. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { localUrls, placeOf } from '../../cli/operations/localDatabase';
import type { LocalSecrets } from '../../cli/operations/localSecrets';
import { searchAttributes } from '../../contracts/names';
import { tellable } from '../../db/errorLine';
import { answers } from '../../db/operations/session';
import { type PoolSettings, withPool } from '../../db/pool';
import type { DatabaseUrls } from '../../db/roles/roles';
import { temporalOf } from '../../platform/config/readTemporal';
import {
  findTemporalCli,
  NoServerError,
  provisionOptions,
  startDevServer,
  startPostgres,
} from '../../platform/provision';
import { connectClient } from '../../platform/temporalConnection';
import type { Ports } from './keptPorts';
import type { SystemOptions } from './systemOptions';

const STATEMENT_TIMEOUT_MS = 15_000;

interface Part {
  exited: Promise<string>[];
  stop?: () => Promise<void>;
}

/** Found, downloaded or built; undefined where a setting names a server. */
export async function temporalExecutable(options: SystemOptions): Promise<string | undefined> {
  if (options.settings.TEMPORAL_ADDRESS) return undefined;
  return findTemporalCli(provisionOptions(options.projectDir, options.environment, options.report));
}

export async function ensureTemporal(
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

export function connectTo(options: SystemOptions, address: string): Promise<Client> {
  // One that was started here has neither keys nor TLS.
  const isOurs = options.settings.TEMPORAL_ADDRESS === undefined;
  return connectClient(
    isOurs ? { address, namespace: namespaceOf(options), apiKey: undefined } : temporalOf(options.settings),
  );
}

export function namespaceOf({ settings }: SystemOptions): string {
  return settings.TEMPORAL_NAMESPACE ?? 'default';
}

/** A server that a setting names and that does not answer is told by the setting's name, before anything is started. */
export async function checkNamedServers(options: SystemOptions): Promise<void> {
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

export function poolSettings(connectionString: string, max: number): PoolSettings {
  return { connectionString, max, applicationName: 'creditloom-cli', statementTimeoutMs: STATEMENT_TIMEOUT_MS };
}

/** With the owner's URL, which only this start uses. */
export async function ensurePostgres(
  options: SystemOptions,
  secrets: LocalSecrets,
): Promise<Part & { urls: DatabaseUrls }> {
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
