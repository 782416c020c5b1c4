/**
 * Where a PostgreSQL that must run as another user has its programs and its data: in the project where that user may
 * enter it, else in a place of the machine that it can enter. A project below `/root` is such a case: the folder is
 * closed to everybody else, and stays so.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import { type Report, type RunAs, runCommand } from './command';
import { isAlive } from './fileLock';
import { WAY_TO_DATA } from './privateFiles';

/** Folders of the machine; only root needs them, and can make them. */
interface MachinePlaces {
  /** Data that is kept. */
  data: string;
  /** Programs, which can be copied again. */
  programs: string;
}

const MACHINE_PLACES: MachinePlaces = { data: '/var/lib/creditloom', programs: '/var/cache/creditloom' };

/** Tells whether a user can enter a folder: tried, because more than its mode decides. */
async function canEnter(owner: RunAs | undefined, folder: string): Promise<boolean> {
  if (owner === undefined) return true;
  return succeedsAs(owner, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder]);
}

async function succeedsAs(owner: RunAs, command: string, args: string[]): Promise<boolean> {
  try {
    await runCommand({
      command,
      args,
      runAs: owner,
      cwd: '/',
      label: command,
      report: () => undefined,
      timeoutMs: 30_000,
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * The folder of the programs (`bin`, `lib`, `share`) that the user can run, copied once when it cannot run the given
 * ones. `postgres` is the path of the program, in the folder `bin` of its package.
 */
export async function runnablePrograms(
  postgres: string,
  owner: RunAs | undefined,
  report: Report,
  places = MACHINE_PLACES,
): Promise<string> {
  const given = dirname(dirname(postgres));
  if (owner === undefined || (await succeedsAs(owner, postgres, ['--version']))) return given;
  const { name, version } = JSON.parse(readFileSync(join(given, '..', 'package.json'), 'utf8'));
  const copy = join(places.programs, `${name.replace(/\W+/g, '-').replace(/^-/, '')}-${version}`);
  if (existsSync(copy)) return copy;
  report(`PostgreSQL: its user cannot enter ${given}; copying the programs to ${copy}`);
  // Programs are everybody's.
  mkdirSync(places.programs, { recursive: true, mode: 0o755 });
  const unfinished = mkdtempSync(join(places.programs, 'copy-'));
  try {
    cpSync(given, join(unfinished, 'all'), { recursive: true, verbatimSymlinks: true });
    openToOthers(join(unfinished, 'all'));
    openToOthers(places.programs, { deeply: false });
    renameSync(join(unfinished, 'all'), copy);
  } catch (error) {
    // Another start may have put it there in the meantime.
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** Whatever the umask is: others may read, and enter folders and run programs. */
function openToOthers(path: string, { deeply = true } = {}): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  const mayRun = stats.isDirectory() || (stats.mode & 0o100) !== 0;
  chmodSync(path, (stats.mode & 0o777) | (mayRun ? 0o055 : 0o044));
  if (stats.isDirectory() && deeply) for (const name of readdirSync(path)) openToOthers(join(path, name));
}

/**
 * The real folder of a cluster that is named by `dataDir`. Where the user of the server cannot enter the folder that
 * holds it, the cluster lies in a place of the machine and `dataDir` is a link to it; one that is there is moved.
 */
export async function reachableCluster(
  dataDir: string,
  { owner, persistent, report }: { owner: RunAs | undefined; persistent: boolean; report: Report },
  places = MACHINE_PLACES,
): Promise<string> {
  const linked = linkTarget(dataDir);
  if (linked !== undefined && existsSync(dirname(linked)) && (await canEnter(owner, dirname(linked)))) return linked;
  if (await canEnter(owner, dirname(dataDir))) return dataDir;
  const place = makePlace(places.data, persistent);
  const real = join(place, 'postgres');
  report(`PostgreSQL: its user cannot enter ${dirname(dataDir)}; its data lies in ${place}`);
  if (existsSync(dataDir)) await moveCluster(clusterFolder(dataDir), real, report);
  rmSync(dataDir, { force: true });
  symlinkSync(real, dataDir, 'dir');
  return real;
}

/** The real folder that the name of a cluster stands for. */
export function clusterFolder(dataDir: string): string {
  return linkTarget(dataDir) ?? dataDir;
}

function linkTarget(path: string): string | undefined {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink ? readlinkSync(path) : undefined;
}

/** Data of a run alone bears its process id, so that what a killed run has left can be removed by the next. */
function makePlace(data: string, persistent: boolean): string {
  // The way to the data: whoever passes can neither list nor read it.
  mkdirSync(data, { recursive: true, mode: WAY_TO_DATA });
  chmodSync(data, WAY_TO_DATA);
  for (const name of readdirSync(data)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(data, name), { recursive: true, force: true });
  }
  const place = mkdtempSync(join(data, persistent ? 'kept-' : `run-${process.pid}-`));
  chmodSync(place, WAY_TO_DATA);
  return place;
}

/** With owners and times; by a copy, because the place may be on another disk. */
async function moveCluster(from: string, to: string, report: Report): Promise<void> {
  for (const end of ['', '.password']) {
    if (!existsSync(`${from}${end}`)) continue;
    const args = ['-a', '--', `${from}${end}`, `${to}${end}`];
    await runCommand({ command: 'cp', args, label: `moving ${from}`, report, timeoutMs: 30 * MINUTE_MS });
  }
  for (const end of ['', '.password']) rmSync(`${from}${end}`, { recursive: true, force: true });
}

/** Removes the link and the place behind it, when there is one. */
export function leavePlace(dataDir: string): void {
  const linked = linkTarget(dataDir);
  if (linked === undefined) return;
  rmSync(dataDir, { force: true });
  rmSync(dirname(linked), { recursive: true, force: true });
}
