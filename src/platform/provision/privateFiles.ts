/**
 * Files and folders of a run are their owner's alone: databases, logs, secrets, ports, what was found. Each is made with
 * its mode, whatever the umask is; and the umask keeps what other programs make for us.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Others may pass through, and neither list nor read. */
export const WAY_TO_DATA = 0o711;

/** The sticky bit. */
const SHARED = 0o1000;

/** As root, PostgreSQL runs as another user, who must pass through the folder of a run to its data. */
export function stateFolderMode(): number {
  return process.getuid?.() === 0 ? WAY_TO_DATA : PRIVATE_FOLDER;
}

/** To be called before a process makes anything: what it and its children make is its owner's. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** The folder of a run, with those above it that are missing. One that is there stays as it is: it may be anybody's. */
export function makeStateFolder(path: string): void {
  makeWithMode(path, stateFolderMode());
}

export function makePrivateFolder(path: string): void {
  makeWithMode(path, PRIVATE_FOLDER);
}

function makeWithMode(path: string, mode: number): void {
  const missing = missingOf(path);
  mkdirSync(path, { recursive: true, mode });
  if (process.platform === 'win32') return;
  // The umask takes away more; what was not there is ours.
  for (const made of missing) chmodSync(made, mode);
}

/** The folders of the path that are not there yet. */
function missingOf(path: string): string[] {
  return existsSync(path) ? [] : [path, ...(dirname(path) === path ? [] : missingOf(dirname(path)))];
}

/** Also one that was there: the mode of a new file says nothing to it. */
export function writePrivateFile(path: string, text: string): void {
  const file = openSync(path, 'w', PRIVATE_FILE);
  try {
    if (process.platform !== 'win32') fchmodSync(file, PRIVATE_FILE);
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Opens a log to be added to; the caller closes it. */
export function openPrivateLog(path: string): number {
  const log = openSync(path, 'a', PRIVATE_FILE);
  if (process.platform !== 'win32') fchmodSync(log, PRIVATE_FILE);
  return log;
}

/** Closes what an earlier version left open in the folder of a run; its databases close themselves. */
export function closeOldState(folder: string): void {
  tighten(folder, stateFolderMode());
  closeFiles(folder);
}

function closeFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) tighten(path, PRIVATE_FILE);
    if (entry.isDirectory() && entry.name === 'logs') {
      tighten(path, PRIVATE_FOLDER);
      closeFiles(path);
    }
  }
}

/** Takes away what the mode does not have. Only from what is ours: nobody else's can be changed, or should be. */
function tighten(path: string, mode: number): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink() || (process.getuid !== undefined && stats.uid !== process.getuid())) return;
  // A folder that everybody shares, such as one of temporary files, is nobody's run.
  if (stats.isDirectory() && (stats.mode & SHARED) !== 0) return;
  const kept = stats.mode & mode;
  if (process.platform !== 'win32' && kept !== (stats.mode & 0o777)) chmodSync(path, kept);
}
