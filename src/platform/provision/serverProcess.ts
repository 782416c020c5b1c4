/** A server as a child process: output to a log file, ends with its parent, stopped with a bound. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { lastLines, type RunAs } from './command';
import { makeStateFolder, openPrivateLog } from './privateFiles';
import { watchEnd } from './processEnd';
import { refuseWhenEnding } from './started';

const STOP_WITHIN_MS = 10_000;

export interface ServerProcessOptions {
  command: string;
  args: readonly string[];
  /** Gets stdout and stderr; the log of the run before is kept beside it with the suffix `.previous`. */
  logFile: string;
  /** The signal that asks this server to end cleanly. */
  stopSignal: 'SIGTERM' | 'SIGINT';
  cwd?: string | undefined;
  runAs?: RunAs | undefined;
}

export interface ServerProcess {
  pid: number;
  /** Settles with a description once the process has ended, for whatever reason. */
  exited: Promise<string>;
  hasExited: () => boolean;
  /** The last lines of the log, indented. */
  logTail: () => string;
  /** Asks the server to end, kills it after `graceMs`; safe to call twice. */
  stop: (graceMs?: number) => Promise<void>;
}

/**
 * Starts a server in its own process group, so that Ctrl-C in a terminal reaches only the parent, which then stops
 * its worker before the servers that the worker needs. Throws when the command cannot be started.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  refuseWhenEnding();
  const child = await spawnLogged(options);
  const pid = child.pid as number;
  const guard = endWithParent(pid, options.stopSignal);
  const end = watchEnd(child, {
    stopSignal: options.stopSignal,
    graceMs: STOP_WITHIN_MS,
    onExit: () => guard?.kill('SIGKILL'),
  });
  // A script that is done need not stop its servers to be able to exit: the guard ends them.
  child.unref();
  return {
    pid,
    exited: end.exited.then(({ code, signal }) => (signal ? `ended by ${signal}` : `ended with exit code ${code}`)),
    hasExited: end.hasExited,
    logTail: () => lastLines(existsSync(options.logFile) ? readFileSync(options.logFile, 'utf8') : ''),
    stop: end.stop,
  };
}

async function spawnLogged(options: ServerProcessOptions): Promise<ChildProcess> {
  const { command, args, logFile, cwd, runAs } = options;
  makeStateFolder(dirname(logFile));
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.previous`);
  const log = openPrivateLog(logFile);
  try {
    const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true, cwd, ...runAs });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * A shell that waits on a pipe from this process: when this process dies, even by SIGKILL, the pipe closes and the
 * shell signals the server. Not on Windows, where a server can outlive a parent that was killed.
 */
function endWithParent(pid: number, signal: string): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script = 'read _; kill -s "$2" "$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'guard', String(pid), signal.replace('SIG', '')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.unref();
  guard.stdin?.on('error', () => undefined);
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}

/** A TCP port of 127.0.0.1 that was free just now; another process can take it before it is used. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/**
 * Throws when the port is taken on 127.0.0.1. Asked before a server is started: its readiness check would otherwise
 * be answered by the server that holds the port, before the new one has failed.
 */
export async function assertPortIsFree(what: string, port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    throw new Error(
      `${what}: port ${port} cannot be used (${(error as NodeJS.ErrnoException).code}): give another one`,
    );
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
