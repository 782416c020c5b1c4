/** What stands in the way of a start of PostgreSQL: another server on the same data. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Report, runCommand } from './command';
import { isAlive } from './fileLock';

/** A server whose parent was killed has been told to end; it is given this time. */
const LEAVE_MS = 20_000;

/**
 * Deals with `postmaster.pid` of an earlier run. A server that still runs gets 20 s to end (its parent has just
 * died), then this throws with its process id. A file whose process id now names something else is removed, because
 * PostgreSQL would take that process for a server. One whose process is gone is left: PostgreSQL needs it to see
 * whether children of the old server still hold its memory.
 */
export async function untilOthersEnded(dataDir: string, report: Report): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const giveUpAtMs = Date.now() + LEAVE_MS;
  let isReported = false;
  for (;;) {
    const pid = readPid(file);
    if (pid === undefined || !isAlive(pid)) return;
    if (!(await isPostgres(pid))) {
      rmSync(file, { force: true });
      return;
    }
    if (Date.now() >= giveUpAtMs)
      throw new Error(`PostgreSQL already runs on ${dataDir} (process ${pid}): stop the program that started it first`);
    if (!isReported) report(`PostgreSQL: waiting for process ${pid} of an earlier run to end`);
    isReported = true;
    await sleep(250);
  }
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function isPostgres(pid: number): Promise<boolean> {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return commandOf(pid).then((command) => /postgres/.test(command));
  }
}

/** Where there is no /proc. An unknown process is taken for PostgreSQL: its data must not be opened twice. */
async function commandOf(pid: number): Promise<string> {
  const args = ['-p', String(pid), '-o', 'comm='];
  return runCommand({ command: 'ps', args, label: 'ps', report: () => undefined, timeoutMs: 10_000 }).catch((error) =>
    isAlive(pid) ? `postgres? ${error}` : '',
  );
}
