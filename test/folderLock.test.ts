/** One run a folder: the second is refused while the first lives, and takes over what a killed one left. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FolderInUse, findLocalRun, lockFolder } from '../src/platform/provision/folderLock';

const LOCK = resolve(__dirname, '../dist/platform/provision/folderLock.js');
const RUN = {
  tenantId: 'demo',
  apiUrl: 'http://127.0.0.1:1',
  temporalAddress: '127.0.0.1:2',
  temporalUiUrl: 'http://127.0.0.1:3',
  temporalNamespace: 'default',
  databaseUrl: 'postgres://u:secret@127.0.0.1:4/creditloom',
};

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'creditloom-lock-')), 'run');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

it('is held by one, which tells others who it is, until it lets go', async () => {
  const first = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`is in use by another run (process ${process.pid}): stop that one`);
  expect(await findLocalRun(folder)).toBeUndefined();
  first.tell(RUN);
  expect(await findLocalRun(folder)).toEqual({ pid: process.pid, ...RUN });
  await expect(lockFolder(folder)).rejects.toThrow(/, Web UI http:\/\/127\.0\.0\.1:3\)/);
  first.release();
  expect(await findLocalRun(folder)).toBeUndefined();
  const second = await lockFolder(folder);
  second.release();
  expect(readdirSync(folder)).toEqual([]);
});

it('is only for its owner to read: the address of the database has its password', async () => {
  const lock = await lockFolder(folder);
  lock.tell(RUN);
  expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
  lock.release();
});

it('of a run that was killed is taken over, whatever has its process id now', async () => {
  const script = `require(${JSON.stringify(LOCK)}).lockFolder(${JSON.stringify(folder)}).then(() => { process.send('held'); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await new Promise((done) => child.once('message', done));
  await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}`);
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
  // As if the number had been given again, to somebody who lives.
  const file = join(folder, 'running.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pid: process.pid }));
  const lock = await lockFolder(folder);
  expect(readdirSync(folder)).toEqual(['running.json']);
  lock.release();
});

it('goes to one of many who find the same stale one at once', async () => {
  const stale = await lockFolder(folder);
  const left = readFileSync(join(folder, 'running.json'));
  stale.release();
  writeFileSync(join(folder, 'running.json'), left);
  const tried = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
  const held = tried.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(held).toHaveLength(1);
  for (const each of tried) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(FolderInUse);
  held[0]?.release();
});

it('that was cut short, or is of nobody, is taken over', async () => {
  const lock = await lockFolder(folder);
  lock.release();
  writeFileSync(join(folder, 'running.json'), '{"pid": 1, "po');
  const next = await lockFolder(folder);
  next.release();
});
