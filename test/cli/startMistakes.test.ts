/** A mistake of whoever starts it is told in a sentence that names it, on the error output, without a stack. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { errorSentenceOf, failedStart } from '../../src/cli/sentence';
import { processEnvironment } from '../../src/platform/config/config';
import { freePort } from '../../src/platform/provision';

const START = resolve(__dirname, '../../dist/dev/demo/start.js');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-mistakes-'));
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'cut'));
  writeFileSync(join(folder, 'cut', 'secrets.json'), '{"vaultKey": "ab');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(args: string[], settings: Record<string, string> = {}) {
  const state = args.includes('--state') ? [] : ['--state', join(folder, 'run')];
  const { status, stderr } = spawnSync(process.execPath, ['--enable-source-maps', START, ...args, ...state], {
    encoding: 'utf8',
    env: { ...processEnvironment(), ...settings },
  });
  return { status, stderr };
}

it.each<[string, string[], Record<string, string>, number, RegExp]>([
  ['a word that is no option', ['now'], {}, 2, /^now is not known here: options begin with --$/],
  ['an option that there is not', ['--spead', '3'], {}, 2, /^--spead is not known here; there are --speed, /],
  ['a date that is none', ['--until', 'soon'], {}, 2, /^--until soon is not a duration such as 12mo or 90d$/],
  [
    'a summary where nothing can be written',
    ['--summary', '/nowhere/s.json'],
    {},
    2,
    /^--summary \S+ cannot be written: /,
  ],
  ['a setting that is wrong', [], { API_PORT: 'high' }, 2, /^The configuration is not usable:\n {2}API_PORT: "high"/],
  [
    'a Temporal that is none',
    [],
    { TEMPORAL_CLI: '/nowhere/temporal' },
    1,
    /^TEMPORAL_CLI names \S+, which is no exec/,
  ],
  [
    'a command that is no Temporal',
    [],
    { TEMPORAL_CLI: '/bin/false' },
    1,
    /^Temporal dev server on \S+ ended with exit code 1/,
  ],
  [
    'a database that is away',
    [],
    { DATABASE_URL: 'postgres://u:x@127.0.0.1:1/d' },
    1,
    /^DATABASE_URL names 127.0.0.1:1\/d, which/,
  ],
  [
    'a database without a role for the API',
    [],
    { DATABASE_URL: 'postgres://u:x@127.0.0.1:1/d', DATABASE_OWNER_URL: 'postgres://o:x@127.0.0.1:1/d' },
    1,
    /^DATABASE_URL is set and DATABASE_API_URL is not: give a URL of the API's own role/,
  ],
  [
    'a URL that cannot be read',
    [],
    { DATABASE_URL: 'postgres://[' },
    1,
    /^DATABASE_URL names no address that can be read, which/,
  ],
])('%s', (_, args, settings, code, said) => {
  const { status, stderr } = start(args, settings);
  expect(stderr.trimEnd()).toMatch(said);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr).not.toContain(':x@');
  expect(status).toBe(code);
});

it.each([
  ['a state that is a file', 'file', /EEXIST|ENOTDIR/],
  [
    'secrets that were cut short, which are not made anew',
    'cut',
    /secrets\.json cannot be read .*: restore it, or use/,
  ],
])('%s', (_, name, said) => {
  const { status, stderr } = start(['--state', join(folder, name)]);
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(1);
});

it('what a start fails by is a sentence, unless the code is wrong', () => {
  expect(errorSentenceOf(failedStart(new Error('another speed was fixed')))).toBe('another speed was fixed');
  expect(errorSentenceOf(failedStart(new TypeError('x is undefined')))).toBeUndefined();
  expect(errorSentenceOf(new Error('something inside'))).toBeUndefined();
});

it('a port that a setting names and somebody else has', async () => {
  const port = await freePort();
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(port, '127.0.0.1', done));
  try {
    const { status, stderr } = start([], { API_PORT: String(port) });
    expect(stderr).toBe(`API_PORT: port ${port} cannot be used (EADDRINUSE): give another one\n`);
    expect(status).toBe(1);
  } finally {
    await new Promise((done) => holder.close(done));
  }
});
