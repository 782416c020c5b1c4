/** A lock between processes: while one builds a server into the cache, others wait and then use the result. */
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from './command';

const BEAT_MS = 5_000;
/** A holder that did not touch its lock for this long is gone, whatever its process id now names. */
const STALE_AFTER_MS = 30_000;
const POLL_MS = 500;

/**
 * Runs `work` while holding the lock file. Two waiters may both take over a stale lock: then the work is done twice,
 * which costs time only, because results get their final name by an atomic rename.
 */
export async function withFileLock<Value>(path: string, report: Report, work: () => Promise<Value>): Promise<Value> {
  let isReported = false;
  while (!take(path)) {
    if (isStale(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!isReported) report(`  waiting for another process that provisions the same (${path})`);
    isReported = true;
    await sleep(POLL_MS);
  }
  const beat = setInterval(() => touch(path), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS) return true;
    const holder = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return holder > 0 && !isAlive(holder);
  } catch {
    // Gone since the attempt to take it: the next attempt tells.
    return false;
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Taken over as stale after this process was suspended; the work goes on and its rename stays atomic.
  }
}

/** Tells whether a process id is in use, by any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
