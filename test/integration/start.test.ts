/**
 * `npm start` as a person meets it: the real command with real servers of its own. One run a folder, ports that are
 * kept, commands beside it without a variable, a worker that is killed and comes back, and an end that leaves nothing.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import commands from '../../src/cli/commands.json';
import { workflowIds } from '../../src/contracts';
import { processEnvironment } from '../../src/platform/config/config';
import { SETTING_NAMES } from '../../src/platform/config/settings';
import { isAlive } from '../../src/platform/provision/fileLock';
import { findLocalRun, type LocalRun } from '../../src/platform/provision/folderLock';
import { connectClient } from '../../src/platform/temporalConnection';
import { testEnvironment } from '../setup/environment';
import { until } from '../support/credits';

const DIST = resolve(__dirname, '../../dist');
const moduleOf = (name: string) => join(DIST, `${commands.find((row) => row.name === name)?.module}.js`);
const WITHIN_MS = 120_000;

let folder: string;
let state: string;
let start: ChildProcess;
let output = '';
let run: LocalRun;
let ended: Promise<number | null>;

/** Nothing is named: whatever is found is found by the folder. */
function environment(): NodeJS.ProcessEnv {
  const env = processEnvironment();
  for (const name of SETTING_NAMES) delete env[name];
  return env;
}

function begin(args: string[] = []): ChildProcess {
  const env = { ...environment(), TEMPORAL_CLI: testEnvironment().temporalCli };
  const command = [moduleOf('start'), '--state', state, '--borrowers', '4', '--speed', '20000', ...args];
  return spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function command(...words: string[]): Promise<{ code: number; out: string; told: string }> {
  const [name = '', ...args] = words;
  return new Promise((done) => {
    execFile(process.execPath, [moduleOf(name), ...args], { env: environment() }, (error, out, told) =>
      done({ code: error ? Number(error.code) : 0, out, told }),
    );
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-start-'));
  // As root, PostgreSQL runs as another user.
  chmodSync(folder, 0o755);
  state = join(folder, 'run');
  start = begin();
  start.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  start.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  ended = new Promise((done) => start.once('exit', done));
  await until(async () => {
    if (start.exitCode !== null) throw new Error(`it ended: ${output}`);
    return / {2}buckets M/.test(output) || output.includes('buckets M0');
  }, WITHIN_MS);
  run = (await findLocalRun(state)) as LocalRun;
}, WITHIN_MS + 10_000);

afterAll(async () => {
  start?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('prints links whose filters answer something, and says what its columns are', async () => {
  const links = [...output.matchAll(/(http\S+)\/workflows\?query=(\S+)/g)].map(([, , query]) =>
    decodeURIComponent(query ?? ''),
  );
  expect(links).toContain('ExecutionStatus = "Running" AND CreditloomBucket >= "M2"');
  const client = await connectClient({ address: run.temporalAddress, namespace: 'default', apiKey: undefined });
  try {
    // Each is a filter that the server takes; how many it shows depends on the date.
    for (const filter of links) expect((await client.workflow.count(filter)).count).toBeGreaterThanOrEqual(0);
    const running = 'ExecutionStatus = "Running" AND CreditloomBucket >= "M0"';
    expect(links).toContain(running);
    await until(async () => (await client.workflow.count(running)).count > 0);
    const lane = await client.workflow.getHandle(workflowIds.noticeLane('demo', 0)).describe();
    expect(await lane.staticSummary()).toBe('Notices to the borrowers of lane 0');
  } finally {
    await client.connection.close();
  }
  for (const column of ['accounts', 'buckets', 'notices', 'ledger', 'steps', 'waits']) {
    expect(output).toMatch(new RegExp(`^ {4}${column} +\\S`, 'm'));
  }
  const page = await fetch(`${run.temporalUiUrl}/namespaces/default/workflows`);
  expect(page.status).toBe(200);
});

it('of one folder refuses a second, which touches nothing', async () => {
  const ports = readFileSync(join(state, 'ports.json'), 'utf8');
  const second = begin();
  let said = '';
  second.stdout?.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  second.stderr?.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const code = await new Promise((done) => second.once('exit', done));
  expect(said).toBe(
    `${state} is in use by another run (process ${start.pid}, Web UI ${run.temporalUiUrl}): ` +
      'stop that one first, or give this one a folder of its own with --state FOLDER\n',
  );
  expect(code).toBe(1);
  expect(readFileSync(join(state, 'ports.json'), 'utf8')).toBe(ports);
});

it('has its servers found by every command beside it', async () => {
  const beside = ['--state', state];
  expect(await command('ledger', 'trial-balance', ...beside)).toMatchObject({ code: 0, told: '' });
  expect(await command('audit', 'verify', ...beside)).toMatchObject({ code: 0, told: '' });
  const key = await command('create-key', '--label', 'shop', '--scopes', 'portfolio:read', ...beside);
  expect(key).toMatchObject({ code: 0, told: '' });
  const made = key.out.trim().split('\n').at(-1);
  const answer = await fetch(`${run.apiUrl}/v1/portfolio`, { headers: { authorization: `Bearer ${made}` } });
  expect(answer.status).toBe(200);
  const paths = await command('callback-paths', '--provider', 'aliyun', ...beside);
  expect(paths).toMatchObject({ code: 0, out: expect.stringMatching(/^receipts \/v1\//) });
  const opened = await command(
    'incident',
    'open',
    '--by',
    'staff-01',
    '--measures',
    'draws',
    '--reason',
    'A_TEST',
    '--channel',
    'hotline',
    ...beside,
  );
  expect(opened).toMatchObject({ code: 0, out: 'incident-1 is in force\n' });
  // Through Temporal, whose address nobody named.
  const taken = await command('incident', 'acknowledge', 'incident-1', '--by', 'staff-01', ...beside);
  expect(taken).toMatchObject({ code: 0, out: 'accepted; incident-1 is acknowledged\n' });
});

it('starts a worker again that was killed, and says so', async () => {
  const before = pidsOf(start.pid as number).filter(isWorker);
  expect(before).toHaveLength(1);
  process.kill(before[0] as number, 'SIGKILL');
  await until(async () => output.includes('the worker runs again'), WITHIN_MS);
  expect(output).toContain('· the worker ended (SIGKILL): starting it again');
  expect(start.exitCode).toBeNull();
  const account = await command('incident', 'note', 'incident-1', '--by', 'staff-01', '--text', 'on', '--state', state);
  expect(account).toMatchObject({ code: 0 });
}, 180_000);

it('keeps all that it makes from others: files, logs and folders', () => {
  const made = readdirSync(state, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
  const [logs, secrets] = [join(state, 'logs'), join(state, 'secrets.json')];
  const worker = join(logs, 'worker.log');
  expect(made).toEqual(
    expect.arrayContaining([logs, secrets, worker, join(state, 'temporal.db'), `${state}/ports.json`]),
  );
  const open = made.filter((path) => {
    // Files of a running database come and go.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats !== undefined && !stats.isSymbolicLink() && (stats.mode & 0o077) !== 0;
  });
  expect(open).toEqual([]);
  // As root, PostgreSQL's own user passes through the folder, and cannot list it.
  expect(lstatSync(state).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
});

it('stops in order at SIGTERM, and leaves nothing running', async () => {
  const children = pidsOf(start.pid as number);
  expect(children.length).toBeGreaterThanOrEqual(4);
  start.kill('SIGTERM');
  expect(await ended).toBe(0);
  for (const pid of children) await until(async () => !isAlive(pid));
  expect(await findLocalRun(state)).toBeUndefined();
  expect(output).not.toMatch(/^ {4}at /m);
}, 60_000);

/** Children of a process, from the files of the system. */
function pidsOf(parent: number): number[] {
  return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number);
}

function isWorker(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.js');
}
