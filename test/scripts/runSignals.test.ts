/** A signal to npm, or its death, reaches the command that it runs: whatever was started ends, and is waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isAlive } from '../../src/platform/provision/fileLock';
import { until } from '../support/credits';
import { BROUGHT, pinNode, wantNewerNode, writeNode } from '../support/olderNode';
import { makeSmallProject } from '../support/smallProject';

let folder: string;

/** Runs until it is told to stop, and says who it is and that it ended in order. */
const COMMAND = `
import { writeFileSync } from 'node:fs';
if (require.main === module) {
  const timer = setInterval(() => undefined, 1000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {
    writeFileSync('ended', signal);
    clearInterval(timer);
  });
  writeFileSync('pid', String(process.pid));
}
export {};
`;

beforeAll(() => {
  folder = makeSmallProject('start', COMMAND);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function started(): Promise<{ npm: ChildProcess; pid: number }> {
  for (const file of ['pid', 'ended']) rmSync(join(folder, file), { force: true });
  // In a group of its own, as a terminal gives it: what is sent to it must not reach the tests.
  const npm = spawn('npm', ['start'], { cwd: folder, stdio: 'ignore', detached: true });
  await until(async () => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '');
  return { npm, pid: Number(readFileSync(join(folder, 'pid'), 'utf8')) };
}

/** From here on this Node is too old for the project, and the one that it wants lies in the cache. */
function runOnBroughtNode(): void {
  wantNewerNode(folder);
  pinNode(folder, 'of no package');
  const bin = join(folder, '.creditloom', 'cache', `node-${BROUGHT}`, 'bin');
  mkdirSync(bin, { recursive: true });
  writeNode(join(bin, 'node'), BROUGHT);
}

describe.each([
  ['on this Node', () => undefined],
  ['on a Node that was brought, behind one that is too old', runOnBroughtNode],
])('%s', (_, prepare) => {
  beforeAll(prepare);

  it.each(['SIGTERM', 'SIGKILL'] as const)('%s to npm itself', async (signal) => {
    const { npm, pid } = await started();
    npm.kill(signal);
    await until(async () => !isAlive(pid));
    // In order, not cut off: it had time to say so.
    expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('SIGTERM');
  });

  it('SIGINT, which a terminal sends to all of them', async () => {
    const { npm, pid } = await started();
    process.kill(-(npm.pid ?? 0), 'SIGINT');
    await until(async () => !isAlive(pid));
    expect(readFileSync(join(folder, 'ended'), 'utf8')).toMatch(/^SIG(INT|TERM)$/);
  });
});
