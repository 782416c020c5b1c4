/** What a look at the machine tells before anything is built: ways to servers, ports, peers of the tests. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/platform/provision';
import { writeFakeProgram } from '../support/fakeProgram';

const SCRIPTS = resolve(__dirname, '../../scripts');
let folder: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'creditloom-look-')));
  for (const name of ['bin', 'tools/temporal-server', '.creditloom/cache'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'tools/temporal-server/go.mod'), 'module example\n\ngo 1.26.4\n');
  env = { PATH: join(folder, 'bin') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fake = (path: string, script?: string) => writeFakeProgram(join(folder, path), script);

const goOf = (version: string, toolchain: string, modules = 'exit 0') =>
  `case $1 in env) printf 'go${version}\\n${toolchain}\\n';; mod) ${modules};; esac`;

/** Evaluates an expression in a process of its own, because the scripts are modules; a download is out of reach. */
function ask(expression: string, reaches = false): Promise<unknown> {
  const script = `
    import { spawnSync } from 'node:child_process';
    import * as peers from ${JSON.stringify(pathToFileURL(join(SCRIPTS, 'peers.mjs')).href)};
    import * as look from ${JSON.stringify(pathToFileURL(join(SCRIPTS, 'preflight.mjs')).href)};
    const [root, env] = [${JSON.stringify(folder)}, ${JSON.stringify(env)}];
    const run = async (command, args, { cwd }) => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
      return { code: status, output: stdout + stderr };
    };
    const machine = { env, run, reaches: async () => ${reaches} };
    process.stdout.write(JSON.stringify({ answer: await (${expression}) }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    told += chunk;
  });
  return new Promise((done) => child.once('close', () => done(JSON.parse(told).answer)));
}

const start = (reaches = false) => ask('look.whatStartLacks(root, machine)', reaches);

describe('npm start', () => {
  it('goes on where one way leads to a Temporal server', async () => {
    expect(await start(true)).toBeUndefined();
    fake('bin/go', goOf('1.26.4', 'local'));
    expect(await start()).toBeUndefined();
    fake('bin/go', goOf('1.22.0', 'auto'));
    expect(await start()).toBeUndefined();
    rmSync(join(folder, 'bin/go'));
    fake('.creditloom/cache/temporal-cli');
    expect(await start()).toBeUndefined();
    rmSync(join(folder, '.creditloom/cache/temporal-cli'));
    fake('bin/temporal');
    expect(await start()).toBeUndefined();
  });

  it.each([
    ['no Go', undefined, 'Go is not installed'],
    ['an old Go that may fetch no other', goOf('1.24.4', 'local'), 'Go is 1.24.4, not 1.26.4'],
    ['a Go that can fetch no other', goOf('1.19.8', ''), 'Go is 1.19.8, not 1.26.4'],
    [
      'a Go without a way to modules',
      goOf('1.26.4', 'local', 'echo first; echo "go: dial tcp: refused" >&2; exit 1'),
      'Go cannot get modules (go: dial tcp: refused)',
    ],
  ])('tells in one line that nothing leads there, with %s', async (_what, go, lack) => {
    if (go !== undefined) fake('bin/go', go);
    const told = await start();
    expect(told).toContain(
      `no way to a Temporal server: its download is out of reach, and ${lack}; set TEMPORAL_ADDRESS`,
    );
    expect(told).not.toContain('\n');
  });

  it('tells that a named program is none', async () => {
    env.TEMPORAL_CLI = join(folder, 'nowhere');
    expect(await start(true)).toBe(`TEMPORAL_CLI names ${folder}/nowhere, which is no executable file`);
  });

  it.each([
    ['TEMPORAL_ADDRESS', (port: number) => `127.0.0.1:${port}`],
    ['DATABASE_URL', (port: number) => `postgres://somebody:secret@127.0.0.1:${port}/books`],
  ])('tells that nothing answers where %s says, and no secret', async (setting, given) => {
    const port = await freePort();
    env[setting] = given(port);
    expect(await start(true)).toBe(
      `${setting} names 127.0.0.1:${port}, where nothing answers: start that server, or leave ${setting} out and one is started here`,
    );
  });

  it('tells that the port of the API is taken', async () => {
    const holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', () => done()));
    env.API_PORT = String((holder.address() as AddressInfo).port);
    expect(await start(true)).toBe(
      `API_PORT names port ${env.API_PORT}, which is taken: give another one, or leave API_PORT out`,
    );
    await new Promise((done) => holder.close(done));
    expect(await start(true)).toBeUndefined();
  });
});

describe('npm test', () => {
  it('names the packages for the server whose clock skips, and for a compiler beside Java', async () => {
    expect(await ask('look.testServerNeeds(root, machine)', true)).toEqual({});
    expect(await ask('look.testServerNeeds(root, machine)')).toEqual({
      fault: "no way to Temporal's test server: its download is out of reach, and Java and Maven not installed",
      packages: ['default-jdk-headless', 'maven'],
    });
    for (const name of ['java', 'mvn']) fake(`bin/${name}`);
    expect(await ask('look.testServerNeeds(root, machine)')).toEqual({ packages: ['default-jdk-headless'] });
    fake('bin/javac');
    expect(await ask('look.testServerNeeds(root, machine)')).toEqual({});
  });

  it('names every peer that is not there, with what it is and the command that brings it', async () => {
    const missing = (await ask('peers.missingPeers(env)')) as Record<string, { bring: string }>;
    const names = ['docker-compose', 'net-smpp', 'openssl', 'card-data', 'card-training'];
    expect(Object.keys(missing).filter((name) => name !== 'kannel')).toEqual(names);
    expect(missing['net-smpp']).toMatchObject({
      bring: expect.stringMatching(/perl,? libnet-smpp-perl/),
    });
    expect(missing['card-data']).toMatchObject({ bring: 'CREDITLOOM_DATA=FOLDER npm test', isData: true });
    fake('bin/docker-compose');
    fake('bin/perl');
    fake('bin/openssl');
    fake('bin/python3.11');
    env.CREDITLOOM_DATA = folder;
    env.CREDITLOOM_TRAIN = 'true';
    expect(Object.keys((await ask('peers.missingPeers(env)')) as object).filter((name) => name !== 'kannel')).toEqual(
      [],
    );
  });

  it.each([
    [{}, false],
    [{ CI: 'true' }, true],
    [{ CI: 'false', CREDITLOOM_CI: '' }, false],
    [{ CREDITLOOM_CI: '1' }, true],
  ])('knows by %j whether it runs under continuous integration', async (given, is) => {
    Object.assign(env, given);
    expect(await ask('peers.isContinuousIntegration(env)')).toBe(is);
  });
});
