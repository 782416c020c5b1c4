/**
 * One run for a folder of state: Temporal's file and the clock have room for one. Whoever runs answers on a port of this
 * machine by a word that stands in the lock's file; a killed run does not answer, so its lock is taken over, whatever
 * process has its number since.
 */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { makeStateFolder, writePrivateFile } from './privateFiles';

/** What a run tells of itself to commands beside it. Its database's URL holds a password: the file is its owner's. */
export interface LocalRun {
  pid: number;
  tenantId: string;
  apiUrl: string;
  temporalAddress: string;
  /** Absent where Temporal is not of the run. */
  temporalUiUrl?: string | undefined;
  temporalNamespace: string;
  databaseUrl: string;
}

interface LockFile {
  pid: number;
  port: number;
  word: string;
  run?: LocalRun | undefined;
}

export interface FolderLock {
  /** Tells commands beside the run where its servers are. */
  tell(run: Omit<LocalRun, 'pid'>): void;
  release(): void;
}

/** The folder is in use by another run. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

const ANSWERS_WITHIN_MS = 2_000;
const TRIES = 5;

/** Throws {@link FolderInUse} while another run holds the folder; makes the folder when it is missing. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  makeStateFolder(folder);
  const path = fileIn(folder);
  const word = randomBytes(16).toString('hex');
  const server = await answering(word);
  const mine: LockFile = { pid: process.pid, port: portOf(server), word };
  const draft = `${path}.${word}`;
  try {
    for (let attempt = 1; !take(path, draft, mine); attempt++) {
      const held = readLock(path);
      if (held && (await answers(held))) throw new FolderInUse(inUse(folder, held));
      if (attempt === TRIES) throw new FolderInUse(`${path} cannot be taken over: look at it, and remove it`);
      // Under a name of our own first: two who find it stale at once must not remove each other's fresh one.
      if (held) removeStale(path, `${draft}.stale`, held);
    }
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    tell: (run) => write(path, draft, { ...mine, run: { pid: process.pid, ...run } }),
    release() {
      server.close();
      if (readLock(path)?.word === word) rmSync(path, { force: true });
    },
  };
}

/** The run that holds the folder now, once it is up; undefined when there is none. */
export async function findLocalRun(folder: string): Promise<LocalRun | undefined> {
  const held = readLock(fileIn(folder));
  return held?.run && (await answers(held)) ? held.run : undefined;
}

function fileIn(folder: string): string {
  return join(folder, 'running.json');
}

function inUse(folder: string, { pid, run }: LockFile): string {
  const where = run?.temporalUiUrl === undefined ? '' : `, Web UI ${run.temporalUiUrl}`;
  return (
    `${folder} is in use by another run (process ${pid}${where}): ` +
    'stop that one first, or give this one a folder of its own with --state FOLDER'
  );
}

/** A link is made once: of two that try, one gets it. */
function take(path: string, draft: string, lock: LockFile): boolean {
  writePrivateFile(draft, JSON.stringify(lock));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeStale(path: string, aside: string, stale: LockFile): void {
  try {
    renameSync(path, aside);
    // Somebody else's fresh lock, between our look and our move: it goes back.
    if (readLock(aside)?.word !== stale.word) linkSync(aside, path);
  } catch {
    // Gone, or taken again: the next attempt tells.
  }
  rmSync(aside, { force: true });
}

function write(path: string, draft: string, lock: LockFile): void {
  writePrivateFile(draft, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(draft, path);
}

/** Undefined when there is none, or one that was cut short. */
function readLock(path: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { pid: 0, port: 0, word: '' };
  }
}

function answering(word: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(word);
    });
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the lock of the folder has no port');
  return address.port;
}

/** A run that was suspended takes the call and says nothing: it still holds its folder. */
function answers({ port, word }: LockFile): Promise<boolean> {
  if (!(port > 0)) return Promise.resolve(false);
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const timer = setTimeout(() => end(socket.readyState === 'open' && said === ''), ANSWERS_WITHIN_MS);
    const end = (isHeld: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isHeld);
    };
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.once('end', () => end(said === word));
    socket.once('error', () => end(false));
  });
}
