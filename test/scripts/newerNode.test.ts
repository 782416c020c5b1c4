/** On a Node that is too old, scripts/creditloom.mjs runs on one that is found or brought, and says what it cannot have. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BROUGHT,
  pinNode,
  type SmallRegistry,
  startRegistry,
  WANTED,
  wantNewerNode,
  writeNode,
} from '../support/olderNode';
import { makeSmallProject } from '../support/smallProject';

const ROOT = join(__dirname, '../..');
const TOO_OLD = `this is Node ${process.versions.node}, and creditloom needs Node ${WANTED} or newer; `;
const INSTALL = ': install one (https://nodejs.org), or put it first on PATH\n';

let folder: string;
let registry: SmallRegistry;

/** Tells which Node its own commands find, or what npm is set to, and ends as it is told to. */
const COMMAND = `
import { execFileSync } from 'node:child_process';
if (require.main === module) {
  const found = execFileSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8' });
  process.stdout.write(process.argv[2] === 'npm' ? String(process.env.npm_config_globalconfig) : found.trim());
  process.exitCode = Number(process.argv[2]) || 0;
}
export {};
`;

const cache = () => join(folder, '.creditloom', 'cache');
const brought = () => join(cache(), `node-${BROUGHT}`);

beforeAll(async () => {
  folder = makeSmallProject('which', COMMAND);
  wantNewerNode(folder);
  registry = await startRegistry();
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(cache(), { recursive: true, force: true });
  pinNode(folder, registry.integrity);
  registry.asked.length = 0;
});

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Not waited for in this thread: the registry is in it. */
function run(args: string[], more: Record<string, string> = {}, base = process.env): Promise<Ended> {
  const env = { ...base, ...registry.env, ...more };
  const child = spawn(join(folder, 'scripts', 'creditloom.mjs'), args, { env });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, ...output })));
}

describe('on a Node that is too old', () => {
  it('brings the pinned one from the registry of npm, says so beside the output, and runs on it', async () => {
    const first = await run(['which']);
    expect(first).toMatchObject({ status: 0, stdout: BROUGHT });
    const [bringing, kept, ...others] = first.stderr.trim().split('\n');
    expect(bringing).toBe(
      `node: this is Node ${process.versions.node}; bringing Node ${BROUGHT} from npm's registry, 50 MB, once`,
    );
    expect(kept).toMatch(/^node: ok, kept in \.creditloom\/cache \([0-9.]+ s\)$/);
    expect(others).toEqual([expect.stringMatching(/^build: ok/)]);
    expect(registry.asked).not.toEqual([]);
    expect(readdirSync(cache())).toEqual([`node-${BROUGHT}`]);
  });

  it('brings it once, and hands words and exit code on', async () => {
    await run(['which']);
    registry.asked.length = 0;
    expect(await run(['which', '7'])).toEqual({ status: 7, stdout: BROUGHT, stderr: '' });
    expect(registry.asked).toEqual([]);
  });

  it('brings it again when what is kept does not start', async () => {
    await run(['which']);
    writeNode(join(brought(), 'bin', 'node'), '999.0.0');
    expect(await run(['which'])).toMatchObject({
      status: 0,
      stdout: BROUGHT,
      stderr: expect.stringMatching(/^node: /),
    });
  });

  it('leaves npm set as it is beside this Node, whose registry and certificates another would not find', async () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^prefix$/i.test(name)));
    const { stdout: file } = spawnSync('npm', ['config', 'get', 'globalconfig'], { encoding: 'utf8', env });
    const { stdout } = await run(['which', 'npm'], {}, env);
    expect(stdout).toBe(file.trim());
  });

  it('brings nothing where PATH has one that is new enough', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeNode(join(other, 'node'), WANTED);
    const path = [process.env.PATH, other].join(delimiter);
    expect(await run(['which'], { PATH: path })).toEqual({ status: 0, stdout: WANTED, stderr: '' });
    expect(registry.asked).toEqual([]);
    expect(existsSync(brought())).toBe(false);
  });
});

describe('what cannot be had', () => {
  async function refusal(more: Record<string, string> = {}): Promise<string | undefined> {
    const { status, stdout, stderr } = await run(['which'], more);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(existsSync(brought())).toBe(false);
    expect(existsSync(cache()) ? readdirSync(cache()) : []).toEqual([]);
    const told = stderr.split('\n').find((line) => !line.startsWith('node: '));
    expect(told?.startsWith(TOO_OLD) && `${told}\n`.endsWith(INSTALL)).toBe(true);
    return told?.slice(TOO_OLD.length, 1 - INSTALL.length);
  }

  it('is a package whose hash is not the pinned one: nothing of it is kept', async () => {
    pinNode(folder, `sha512-${'A'.repeat(86)}==`);
    expect(await refusal()).toMatch(new RegExp(`^Node ${BROUGHT} could not be brought \\(npm: .*integrity.*\\)$`, 'i'));
  });

  it('is a package that no registry gives', async () => {
    // A port on which nothing listens.
    const told = await refusal({ npm_config_registry: 'http://127.0.0.1:9/' });
    expect(told).toMatch(new RegExp(`^Node ${BROUGHT} could not be brought \\(npm: .*ECONNREFUSED.*\\)$`));
  });

  it('is a Node for a platform that none is pinned for', async () => {
    pinNode(folder, registry.integrity, 'beos-m68k');
    expect(await refusal()).toBe(`none can be brought for ${process.platform}-${process.arch}`);
  });
});

it('pins Node 24 by hash, and none that package.json finds too old', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const text = readFileSync(join(ROOT, 'scripts', 'node.json'), 'utf8');
  const pins: [string, { version: string; integrity: string }][] = Object.entries(JSON.parse(text));
  expect(pins.map(([platform]) => platform)).toEqual(expect.arrayContaining(['linux-x64', 'linux-arm64']));
  for (const [, { version, integrity }] of pins) {
    expect(version).toMatch(/^24\.\d+\.\d+$/);
    expect(version.localeCompare(engines.node.replace('>=', ''), 'en', { numeric: true })).toBeGreaterThan(0);
    expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
  }
  expect(text).not.toMatch(/https?:/);
});

it('reads package.json and nothing else of a Node that is new enough', async () => {
  const file = join(folder, 'package.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(WANTED, process.versions.node));
  try {
    expect(await run(['which'])).toMatchObject({ status: 0, stdout: process.versions.node });
    expect(registry.asked).toEqual([]);
  } finally {
    writeFileSync(file, text);
  }
});
