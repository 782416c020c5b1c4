/** The SDK's own cached download of a server, run in a child process and moved into the project's cache. */
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import { runCommand } from './command';
import { makeStateFolder } from './privateFiles';
import type { ProvisionOptions, ServerKind } from './ways';

/** A download that stands still for this long is given up: a closed network may neither answer nor refuse. */
const STALL_MS = 60_000;
const TIMEOUT_MS = 30 * MINUTE_MS;

/**
 * Lets the SDK download a server into a folder of its own, starts it once as a proof, then gives it its final name.
 * In a child, because the attempt cannot be cancelled, and because it fixes the SDK runtime's settings for the
 * process that makes it. Throws {@link CommandError} when the download is refused or stands still.
 */
export async function cachedDownload(kind: ServerKind, target: string, options: ProvisionOptions): Promise<void> {
  makeStateFolder(options.cacheDir);
  const folder = mkdtempSync(join(options.cacheDir, 'download-'));
  try {
    await runCommand({
      command: process.execPath,
      args: [join(__dirname, 'downloadMain.js'), kind, folder],
      label: `the SDK's download of its ${kind} server`,
      report: options.report,
      timeoutMs: TIMEOUT_MS,
      env: options.childEnv,
      stall: { afterMs: STALL_MS, measure: () => sizeOf(folder) },
    });
    const file = largestFile(folder);
    if (file === undefined) throw new Error('the download left no file');
    makeStateFolder(dirname(target));
    chmodSync(file, 0o755);
    renameSync(file, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesOf(folder: string): { path: string; size: number }[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, size: statSync(path).size }));
  } catch {
    // A file was renamed between being listed and measured; the next look sees it.
    return [];
  }
}

function sizeOf(folder: string): number {
  return filesOf(folder).reduce((sum, { size }) => sum + size, 0);
}

function largestFile(folder: string): string | undefined {
  return filesOf(folder).sort((a, b) => b.size - a.size)[0]?.path;
}
