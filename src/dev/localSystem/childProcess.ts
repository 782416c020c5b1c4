/** Our own worker and API as child processes: their own process group, a log file each, stopped in order. */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuseWhenEnding, watchEnd } from '../../platform/provision';
import { makePrivateFolder, openPrivateLog } from '../../platform/provision/privateFiles';

export interface RunningChild {
  name: string;
  pid: number;
  /** Settles when the process has ended; with how. */
  exited: Promise<string>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** Starts a module and waits for its `ready` message; an early end shows the last lines of its log. */
export async function startChild(
  name: string,
  modulePath: string,
  env: NodeJS.ProcessEnv,
  logFile: string,
): Promise<RunningChild> {
  refuseWhenEnding();
  makePrivateFolder(dirname(logFile));
  const log = openPrivateLog(logFile);
  // A process group of its own: Ctrl-C in the terminal reaches the starter alone, which stops its children in order.
  const child = fork(modulePath, [], { env, detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const { exited: ended, stop } = watchEnd(child, { stopSignal: 'SIGTERM', graceMs: STOP_WITHIN_MS });
  const exited = ended.then(({ code, signal }) => signal ?? `code ${code}`);
  await ready(child, name, exited, logFile);
  return { name, pid: child.pid ?? 0, exited, stop: () => stop() };
}

async function ready(child: ChildProcess, name: string, exited: Promise<string>, logFile: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const message = new Promise<'ready'>((resolve) => child.once('message', () => resolve('ready')));
  const tooLate = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), READY_WITHIN_MS);
  });
  const outcome = await Promise.race([message, tooLate, exited.then((how) => `ended with ${how}`)]);
  clearTimeout(timer);
  if (outcome === 'ready') return;
  child.kill('SIGKILL');
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  throw new Error(`${name} did not start (${outcome}); the end of ${logFile}:\n${tail}`);
}
