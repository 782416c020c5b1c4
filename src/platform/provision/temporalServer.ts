/** The Temporal dev server: finds or gets the CLI that contains it, and runs it. */
import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import { cachedDownload } from './cachedDownload';
import { findOnPath, isExecutable, type Report, runCommand } from './command';
import { withFileLock } from './fileLock';
import { assertPortIsFree, freePort, type ServerProcess, startServerProcess } from './serverProcess';
import {
  cachedPath,
  cacheFolder,
  errorMessageOf,
  firstThatWorks,
  named,
  type ProvisionOptions,
  type Way,
} from './ways';

const WHAT = 'Temporal dev server';
const HELP = `Any one of these helps:
  - set TEMPORAL_ADDRESS to a running Temporal server (host:port)
  - set TEMPORAL_CLI to the \`temporal\` command line tool, or put it on PATH
  - install Go 1.21 or newer and let it reach a Go module proxy: the tool is built from its source
  - copy a \`temporal\` executable to .creditloom/cache/temporal-cli`;

/** From an empty Go cache the build was measured at 3 min 20 s on 2 cores; slow links get the rest. */
const BUILD_TIMEOUT_MS = 40 * MINUTE_MS;

/**
 * Gives the path of a working Temporal CLI; builds or downloads it into the cache when there is none.
 * Throws {@link NoServerError} when no way works, and an error that names the variable when TEMPORAL_CLI is wrong.
 */
export function findTemporalCli(options: ProvisionOptions): Promise<string> {
  return firstThatWorks(WHAT, temporalCliWays(options), options.report, HELP);
}

/** The ways in their order; exported so that the order itself is tested. */
export function temporalCliWays(options: ProvisionOptions): Way[] {
  const target = cachedPath(options, 'temporal-cli');
  const locked = (work: () => Promise<void>) => () => getInto(target, options, work);
  return [
    { name: 'TEMPORAL_CLI', find: async () => named('TEMPORAL_CLI', options.temporalCli) },
    { name: 'temporal on PATH', find: () => works(findOnPath('temporal', options.path), options) },
    { name: 'cache', find: () => works(isExecutable(target) ? target : undefined, options) },
    {
      name: 'SDK download',
      find: locked(() => (options.download ?? cachedDownload)('dev-server', target, options)),
    },
    { name: 'go build', find: locked(() => build(target, options)) },
  ];
}

/** An executable that does not answer (for another platform, cut short by a full disk) is passed over. */
async function works(executable: string | undefined, { report, childEnv }: ProvisionOptions) {
  if (executable === undefined) return { refused: 'not there' };
  try {
    const label = `${executable} --version`;
    await runCommand({ command: executable, args: ['--version'], label, report, timeoutMs: 30_000, env: childEnv });
    return { executable };
  } catch (error) {
    return { refused: errorMessageOf(error) };
  }
}

async function getInto(target: string, options: ProvisionOptions, work: () => Promise<void>) {
  cacheFolder(options);
  return withFileLock(`${target}.lock`, options.report, async () => {
    try {
      // Another process may have put it there while this one waited for the lock.
      const before = await works(isExecutable(target) ? target : undefined, options);
      if ('executable' in before) return before;
      await work();
      return { executable: target };
    } catch (error) {
      return { refused: errorMessageOf(error) };
    }
  });
}

async function build(target: string, options: ProvisionOptions): Promise<void> {
  const go = findOnPath('go', options.path);
  if (go === undefined) throw new Error('Go is not installed');
  options.report(`${WHAT}: building it with Go; 3 to 5 minutes from empty caches on 2 cores, then kept`);
  const unfinished = `${target}.${process.pid}`;
  try {
    await runCommand({
      command: go,
      args: ['build', '-o', unfinished, 'github.com/temporalio/cli/cmd/temporal'],
      cwd: options.goModuleDir,
      env: options.childEnv,
      label: 'go build of the Temporal CLI',
      report: options.report,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  executable: string;
  /** Gets the server's output. */
  logFile: string;
  /** Registered at start; the values of `searchAttributes` of the contracts fit. */
  searchAttributes: readonly { name: string; type: string }[];
  /** Keeps state over a restart; in memory unless given. */
  dbFile?: string | undefined;
  /** Free ports are taken for those not given. */
  port?: number | undefined;
  uiPort?: number | undefined;
  /** Without the Web UI. */
  headless?: boolean | undefined;
  report?: Report | undefined;
}

export interface RunningTemporal {
  /** `host:port` of the gRPC API. */
  address: string;
  uiUrl?: string | undefined;
  pid: number;
  /** Settles with a description once the server has ended, for whatever reason. */
  exited: Promise<string>;
  stop: () => Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const CLI_TYPES: Record<string, string> = {
  TEXT: 'Text',
  KEYWORD: 'Keyword',
  INT: 'Int',
  DOUBLE: 'Double',
  BOOL: 'Bool',
  DATETIME: 'Datetime',
  KEYWORD_LIST: 'KeywordList',
};

/**
 * The server fires no timer earlier than this after it was asked for, and by itself that is a second: more than a
 * business day of an accelerated clock, which every deadline of the next day would then be late by.
 */
const TIMER_FLOOR = 'history.timerProcessorMaxTimeShift="20ms"';

/**
 * Starts the dev server on 127.0.0.1 and waits until its namespace `default` and its search attributes answer.
 * Throws, with the end of the server's log, when it ends early or is not ready within 60 s.
 */
export async function startDevServer(options: DevServerOptions): Promise<RunningTemporal> {
  const { executable, logFile, searchAttributes, headless = false } = options;
  const port = options.port ?? (await freePort());
  const uiPort = headless ? undefined : (options.uiPort ?? (await freePort()));
  for (const wanted of [port, uiPort]) if (wanted !== undefined) await assertPortIsFree(WHAT, wanted);
  const address = `127.0.0.1:${port}`;
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'];
  args.push('--dynamic-config-value', TIMER_FLOOR);
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  if (options.dbFile !== undefined) args.push('--db-filename', options.dbFile);
  for (const { name, type } of searchAttributes) args.push('--search-attribute', `${name}=${CLI_TYPES[type] ?? type}`);

  const server = await startServerProcess({ command: executable, args, logFile, stopSignal: 'SIGTERM' });
  try {
    await untilServing(server, address, searchAttributes);
  } catch (error) {
    await server.stop();
    throw new Error(
      `${WHAT} on ${address} ${errorMessageOf(error)}. The end of its log (${logFile}):\n${server.logTail()}`,
    );
  }
  options.report?.(`${WHAT}: serving on ${address}`);
  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  return { address, uiUrl, pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

async function untilServing(server: ServerProcess, address: string, attributes: readonly { name: string }[]) {
  const giveUpAtMs = Date.now() + READY_TIMEOUT_MS;
  let last: unknown;
  while (Date.now() < giveUpAtMs) {
    if (server.hasExited()) throw new Error(await server.exited);
    try {
      await checkServing(address, attributes);
      // A server that could not take the port leaves the answer to whoever holds it.
      if (!server.hasExited()) return;
    } catch (error) {
      last = error;
      await sleep(100);
    }
  }
  throw new Error(`was not ready after ${READY_TIMEOUT_MS / 1000} s (${errorMessageOf(last)})`);
}

async function checkServing(address: string, attributes: readonly { name: string }[]): Promise<void> {
  const namespace = 'default';
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const known = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = attributes.filter(({ name }) => !(name in known.customAttributes));
      if (missing.length > 0) throw new Error(`search attribute ${missing[0]?.name} is not registered yet`);
    });
  } finally {
    await connection.close();
  }
}
