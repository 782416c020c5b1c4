// What the setup and the teardown share.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the database that holds the schema and is cloned by test files. */
export const TEMPLATE = 'creditloom_template';

/** File in the folder of a run with the process ids of the Temporal servers that its tests started. */
export const PIDS = 'servers';

/** Tells whether a process id is in use. */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Ends the Temporal servers that a run has left, then removes its folder. */
export function removeRun(folder) {
  const file = join(folder, PIDS);
  const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  for (const pid of pids) {
    // An id may name another process by now.
    const command = isAlive(pid)
      ? spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' }).stdout
      : '';
    if (/temporal/.test(command ?? '')) process.kill(pid, 'SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
}
