/**
 * A whole running system from one command: Temporal, PostgreSQL, worker and API, either the ones that the environment
 * names or ones of its own, with the policies, templates and keys that a first start needs.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { localSecrets, secretsFile } from '../../cli/operations/localSecrets';
import { prepareDeployment } from '../../cli/operations/prepareDeployment';
import { tellable } from '../../db/errorLine';
import { createPool, withPool } from '../../db/pool';
import { prepareDatabase } from '../../db/roles/prepareDatabase';
import type { BusinessClock } from '../../domain/values/clock';
import { followClock } from '../../platform/businessClock';
import { booksKeysOf } from '../../platform/config/keyVariables';
import { assertPortIsFree, endStarted, freePort, startNothingMore } from '../../platform/provision';
import { type FolderLock, lockFolder } from '../../platform/provision/folderLock';
import { closeOldState, makePrivateFolder } from '../../platform/provision/privateFiles';
import { childEnvironment, keepDataSources, startChildren } from './childrenOfSystem';
import { keptPorts, type Ports, USUAL_PORTS } from './keptPorts';
import { RunningParts } from './partsOfSystem';
import {
  checkNamedServers,
  connectTo,
  ensurePostgres,
  ensureTemporal,
  namespaceOf,
  poolSettings,
  temporalExecutable,
} from './serversOfSystem';
import type { SystemOptions } from './systemOptions';

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
  const parts = new RunningParts(options.report);
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

async function startParts(options: SystemOptions, parts: RunningParts, lock: FolderLock): Promise<RunningSystem> {
  await checkNamedServers(options);
  makePrivateFolder(join(options.stateDir, 'logs'));
  const secrets = localSecrets(secretsFile(options.stateDir));
  keepDataSources(options);
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
  const env = childEnvironment(options, { temporalAddress: temporal.address, apiPort, secrets });
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

/** Only those that this start will use: what a setting names, or a server of others has, is not taken from anybody. */
function usualPorts({ settings }: SystemOptions): Partial<Ports> {
  const { api, ...ofTemporal } = USUAL_PORTS;
  return {
    ...(settings.TEMPORAL_ADDRESS === undefined ? ofTemporal : {}),
    ...(settings.API_PORT === undefined ? { api } : {}),
  };
}
