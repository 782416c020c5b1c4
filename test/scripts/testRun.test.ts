/** What a run of the tests says and counts, shown by a run of a small project: our environment and our reporter. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '../..');
const SETUP = join(ROOT, 'test', 'setup');
const MISSING = {
  kannel: { what: 'the gateway', bring: 'apt-get install kannel' },
  'card-data': { what: 'the card data', bring: 'CREDITLOOM_DATA=FOLDER npm test', isData: true },
};
/** As environment.ts does; the file of a small project has no TypeScript. */
const NEED = `const need = (peer) => { throw Object.assign(new Error('not here'), { name: 'PeerMissing', peer }); };\n`;
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'creditloom-tests-')));
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run', 'environment.json'), JSON.stringify({ missing: MISSING }));
  const config = { testEnvironment: join(SETUP, 'peerEnvironment.mjs'), reporters: [join(SETUP, 'reporter.mjs')] };
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify({ ...config, transform: {} }));
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function runTests(files: Record<string, string>, settings: Record<string, string> = {}) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), NEED + text);
  const results = join(folder, 'results.json');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    ...settings,
    CREDITLOOM_TEST_ENVIRONMENT: join(folder, 'run', 'environment.json'),
    CREDITLOOM_TEST_RESULTS: results,
  };
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const words = [jest, '--ci', '--runInBand', '--config', join(folder, 'jest.config.json')];
  const { status, stdout } = spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, counts: JSON.parse(readFileSync(results, 'utf8')) };
}

const PEERS = {
  'gateway.test.js': `
    beforeAll(() => need('kannel'));
    afterAll(() => undefined);
    it('one', () => {});
    describe('inside', () => it('two', () => {}));`,
  'mixed.test.js': `
    let made;
    afterEach(() => made.close());
    it('reaches', () => need('kannel'));
    it('holds', () => { made = { close() {} }; });`,
  'data.test.js': `it('reads', () => need('card-data'));`,
};

it('counts what needs a missing peer as not run, and names at the end what brings it', () => {
  const { status, stdout, counts } = runTests(PEERS);
  expect([status, counts]).toEqual([0, { passed: 1, failed: 0, notRun: 4, skipped: 0 }]);
  expect(stdout).toMatch(/^\d\/3 +0:\d\d not run gateway\.test\.js: 2 not run, \d+\.\d s$/m);
  expect(stdout).toMatch(/^\d\/3 +0:\d\d ok {6}mixed\.test\.js: 1 passed, 1 not run, \d+\.\d s$/m);
  expect(stdout).toMatch(/^ {2}3 tests that need the gateway: apt-get install kannel$/m);
  expect(stdout).toMatch(/^ {2}1 test that needs the card data: CREDITLOOM_DATA=FOLDER npm test$/m);
});

it.each([{ CI: 'true' }, { CREDITLOOM_CI: 'true' }])('fails for a missing peer, but for data, under %j', (settings) => {
  const { status, counts } = runTests(PEERS, settings);
  expect([status, counts]).toEqual([1, { passed: 1, failed: 3, notRun: 1, skipped: 0 }]);
});

it('never takes another failure for a missing peer, and tells it with its place', () => {
  const { status, stdout, counts } = runTests({
    'wrong.test.js': `it('adds', () => { console.log('a hint'); expect(1 + 1).toBe(3); });
      it('first fails', () => { try { throw new Error('lost'); } finally { afterwards(); } });
      const afterwards = () => { throw new Error('another'); };`,
    'broken.test.js': 'this is no program',
    'there.test.js': `it('asks for what is there', () => need('openssl'));`,
  });
  expect([status, counts]).toEqual([1, { passed: 0, failed: 4, notRun: 0, skipped: 0 }]);
  expect(stdout).toMatch(/^\d\/3 +0:\d\d FAILED {2}wrong\.test\.js: 2 failed, \d+\.\d s$/m);
  expect(stdout).toMatch(/> \d+ \| it\('adds'/);
  expect(stdout).toContain('a hint');
  const end = stdout.slice(stdout.indexOf('\nfailed:\n'));
  for (const line of ['  wrong.test.js: adds', '  broken.test.js: could not be run', '  there.test.js: asks'])
    expect(end).toContain(line);
});
