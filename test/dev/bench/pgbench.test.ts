/** pgbench is found where the documents say, and its figure is taken only of a run in which everything was done. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPgbench, transactionsPerSecond } from '../../../src/dev/bench/ledger/pgbench';

let folder: string;
const inFolder = (...path: string[]) => join(folder, ...path);

/** A program that tells this version, or fails as Debian's wrapper does when it finds no program. */
function program(version: string | undefined, ...path: string[]): string {
  const file = inFolder(...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, version === undefined ? '#!/bin/sh\nexit 1\n' : `#!/bin/sh\necho "pgbench ${version}"\n`);
  chmodSync(file, 0o755);
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgbench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pgbench', () => {
  it('is the one of PGBENCH, else of PATH, else of the newest version below the folder that runs, else none', async () => {
    const find = (env: NodeJS.ProcessEnv = {}) =>
      findPgbench({ PATH: inFolder('bin'), ...env }, () => undefined, inFolder('versions'));
    expect(await find()).toBeUndefined();
    program('9', 'versions', '9', 'bin', 'pgbench');
    program(undefined, 'versions', '18', 'bin', 'pgbench');
    const newest = program('17', 'versions', '17', 'bin', 'pgbench');
    const wrapper = program(undefined, 'bin', 'pgbench');
    expect(await find()).toEqual({ executable: newest, version: 'pgbench 17' });
    program('15', 'bin', 'pgbench');
    expect(await find()).toEqual({ executable: wrapper, version: 'pgbench 15' });
    const named = program('16', 'named');
    expect(await find({ PGBENCH: named })).toEqual({ executable: named, version: 'pgbench 16' });
    await expect(find({ PGBENCH: inFolder('absent') })).rejects.toThrow('PGBENCH names');
  });

  const output = [
    'number of clients: 10',
    'number of transactions per client: 100',
    'number of transactions actually processed: 1000/1000',
    'number of failed transactions: 0 (0.000%)',
    'latency average = 9.123 ms',
    'initial connection time = 24.3 ms',
    'tps = 1096.123456 (without initial connection time)',
  ].join('\n');

  it('tells its own rate', () => {
    expect(transactionsPerSecond(output, 1_000)).toBe(1096.123456);
  });

  it('has no rate when it stopped before the end, or said something else', () => {
    expect(() => transactionsPerSecond(output.replace('1000/1000', '990/1000'), 1_000)).toThrow('990 transactions');
    expect(() => transactionsPerSecond('Aborted', 1_000)).toThrow('no rate');
  });
});
