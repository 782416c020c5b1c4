/** Servers of stories are ended by the handles that started them: with fakes of Java and of a server. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { writeFakeProgram } from '../support/fakeProgram';

const ROOT = resolve(__dirname, '../..');
let folder: string;

beforeEach(() => {
  // A folder as people have them.
  folder = join(realpathSync(mkdtempSync(join(tmpdir(), 'creditloom-servers-'))), "it's 织机 (1)");
  for (const name of ['bin', 'cache', 'run/logs']) mkdirSync(join(folder, name), { recursive: true });
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const fake = (path: string, script: string) => writeFakeProgram(join(folder, path), script);

/** Shares a server in a process of its own, does something with what it gave, and tears down as the tests do. */
function share(executable: string, use: string) {
  const script = `
    import { spawn } from 'node:child_process';
    import { existsSync, readFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    import { shareTimeSkippingServer } from ${JSON.stringify(pathToFileURL(join(ROOT, 'test/setup/timeSkippingServers.mjs')).href)};
    const { startServerProcess } = createRequire(${JSON.stringify(`${ROOT}/`)})('./dist/platform/provision/serverProcess.js');
    const run = { folder: ${JSON.stringify(join(folder, 'run'))}, stops: [] };
    const until = async (isSo) => { while (!isSo()) await new Promise((done) => setTimeout(done, 20)); };
    const given = await shareTimeSkippingServer(${JSON.stringify(executable)}, { run, report: () => {}, startServerProcess });
    ${use}
    for (const stop of run.stops) await stop();
    process.stdout.write('torn down');`;
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, FOLDER: folder };
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env, timeout: 50_000 });
}

it('one Java process for all is waited for to its end', () => {
  mkdirSync(join(folder, 'cache', 'jars'));
  const server = fake('cache/server', 'exit 1');
  fake('bin/javac', 'exit 0');
  fake('bin/java', 'echo $$ > "$FOLDER/pid"; echo 4711; cat > /dev/null');
  const { stdout, stderr, status } = share(server, '');
  expect([stdout, stderr, status]).toEqual(['torn down', '', 0]);
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(readFileSync(join(folder, 'run', 'time-skipping'), 'utf8')).toMatch(/ '4711' "\$1"\n$/);
});

it('a server of its own ends with the process that stands for it, even when that is killed', () => {
  const server = fake(
    'cache/server',
    `echo "$1" > "$FOLDER/started"; trap 'echo > "$FOLDER/ended"; exit' TERM; while :; do sleep 0.05; done`,
  );
  const use = `
    const holder = spawn(given, ['7233'], { stdio: 'ignore' });
    await until(() => existsSync(process.env.FOLDER + '/started'));
    holder.kill('SIGKILL');
    await until(() => existsSync(process.env.FOLDER + '/ended'));`;
  const { stdout, stderr, status } = share(server, use);
  expect([stdout, stderr, status]).toEqual(['torn down', '', 0]);
  expect(readFileSync(join(folder, 'started'), 'utf8')).toBe('7233\n');
});

it('a server of its own that still runs at the end is ended with the run', () => {
  const server = fake(
    'cache/server',
    `echo "$1" > "$FOLDER/started"; trap 'echo > "$FOLDER/ended"; exit' TERM; while :; do sleep 0.05; done`,
  );
  const use = `
    const holder = spawn(given, ['7233'], { stdio: 'ignore' });
    holder.unref();
    await until(() => existsSync(process.env.FOLDER + '/started'));`;
  const { stdout, status } = share(server, use);
  expect([stdout, status, existsSync(join(folder, 'ended'))]).toEqual(['torn down', 0, true]);
});
