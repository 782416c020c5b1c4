/** The ways to a server executable: their order, what is said when none works, and the helper that runs commands. */
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findOnPath, runCommand } from '../src/platform/provision/command';
import { withFileLock } from '../src/platform/provision/fileLock';
import { clusterFolder, leavePlace, reachableCluster, runnablePrograms } from '../src/platform/provision/postgresPlace';
import { assertPortIsFree, freePort, startServerProcess } from '../src/platform/provision/serverProcess';
import { findTemporalCli, temporalCliWays } from '../src/platform/provision/temporalServer';
import { findTimeSkippingServer, timeSkippingWays } from '../src/platform/provision/timeSkippingServer';
import { NoServerError, type ProvisionOptions, provisionOptions } from '../src/platform/provision/ways';
import { writeFakeProgram } from './support/fakeProgram';

let folder: string;
let lines: string[];
let options: ProvisionOptions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-provision-'));
  for (const name of ['bin', 'cache', 'module']) mkdirSync(join(folder, name));
  lines = [];
  options = {
    cacheDir: join(folder, 'cache'),
    goModuleDir: join(folder, 'module'),
    report: (line) => lines.push(line),
    path: join(folder, 'bin'),
    download: async () => {
      throw new Error('the network is closed');
    },
  };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fake = (path: string, script?: string) => writeFakeProgram(join(folder, path), script);

/** Writes its output file like `go build -o FILE package`. */
const FAKE_GO = 'printf "#!/bin/sh\\nexit 0\\n" > "$3" && chmod 755 "$3"';
/** Writes the server's jar into the folder of the argument `-DoutputDirectory=…`. */
const FAKE_MAVEN =
  'for argument; do case $argument in -DoutputDirectory=*) : > "$' +
  '{argument#*=}/temporal-test-server-1.38.0.jar";; esac; done';

describe('the Temporal CLI', () => {
  it('is looked for in the documented order', () => {
    const names = temporalCliWays(options).map(({ name }) => name);
    expect(names).toEqual(['TEMPORAL_CLI', 'temporal on PATH', 'cache', 'SDK download', 'go build']);
  });

  it('falls back way by way as each one is taken away, and tells each step', async () => {
    const named = fake('elsewhere/my-temporal');
    const onPath = fake('bin/temporal');
    const cached = fake('cache/temporal-cli');
    expect(await findTemporalCli({ ...options, temporalCli: named })).toBe(named);
    expect(await findTemporalCli(options)).toBe(onPath);
    rmSync(onPath);
    expect(await findTemporalCli(options)).toBe(cached);
    rmSync(cached);
    const download: ProvisionOptions['download'] = async (kind, target) => {
      expect(kind).toBe('dev-server');
      fake(target.slice(folder.length));
    };
    expect(await findTemporalCli({ ...options, download })).toBe(cached);
    rmSync(cached);
    fake('bin/go', FAKE_GO);
    lines.length = 0;
    expect(await findTemporalCli(options)).toBe(cached);
    expect(lines).toEqual([
      'Temporal dev server: TEMPORAL_CLI: not set',
      'Temporal dev server: temporal on PATH: not there',
      'Temporal dev server: cache: not there',
      'Temporal dev server: SDK download: the network is closed',
      expect.stringContaining('building it with Go'),
      `Temporal dev server: go build: ${cached}`,
    ]);
    expect(readdirSync(options.cacheDir)).toEqual(['temporal-cli']);
  });

  it('passes over an executable that does not run here', async () => {
    fake('bin/temporal', 'echo "cannot execute binary file" >&2; exit 126');
    const cached = fake('cache/temporal-cli');
    expect(await findTemporalCli(options)).toBe(cached);
    expect(lines).toContainEqual(expect.stringMatching(/on PATH: .*exit code 126.*cannot execute binary file/));
  });

  it('refuses a TEMPORAL_CLI that names no executable, instead of silently taking another', async () => {
    fake('bin/temporal');
    const wrong = join(folder, 'nowhere');
    await expect(findTemporalCli({ ...options, temporalCli: wrong })).rejects.toThrow(`TEMPORAL_CLI names ${wrong}`);
  });

  it('names every way when none works', async () => {
    fake('bin/go', 'echo "go: module lookup disabled" >&2; exit 1');
    const error = await findTemporalCli(options).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NoServerError);
    for (const part of [
      'TEMPORAL_CLI: not set',
      'temporal on PATH: not there',
      'cache: not there',
      'SDK download: the network is closed',
      'go: module lookup disabled',
      'set TEMPORAL_ADDRESS',
      'install Go',
      '.creditloom/cache/temporal-cli',
    ])
      expect(error.message).toContain(part);
    expect(readdirSync(options.cacheDir)).toEqual([]);
  });

  it('is built once when two processes want it at the same time', async () => {
    fake('bin/go', `echo build >> "${folder}/builds"; /bin/sleep 0.3; ${FAKE_GO}`);
    const found = await Promise.all([findTemporalCli(options), findTemporalCli(options)]);
    expect(new Set(found).size).toBe(1);
    expect(await runCommand(command('cat', [join(folder, 'builds')]))).toBe('build\n');
  });
});

describe('the time-skipping server', () => {
  it('is looked for in the documented order', () => {
    const names = timeSkippingWays(options).map(({ name }) => name);
    expect(names).toEqual(['TEMPORAL_TEST_SERVER', 'cache', 'SDK download', 'Maven']);
  });

  it('falls back way by way; its jars get a script that becomes the Java process', async () => {
    const named = fake('elsewhere/server');
    expect(await findTimeSkippingServer({ ...options, temporalTestServer: named })).toBe(named);
    fake('bin/mvn', FAKE_MAVEN);
    fake('bin/java', 'echo "$@"');
    const script = await findTimeSkippingServer(options);
    expect(script.startsWith(options.cacheDir)).toBe(true);
    const ran = await runCommand(command(script, ['7777'], { PATH: `${options.path}${delimiter}/usr/bin:/bin` }));
    expect(ran).toMatch(/^-XX:Tiered\S+ -XX:\S+GC -cp \S+\/jars\/\* io\.temporal\.testserver\.TestServer 7777\n$/);
    rmSync(join(folder, 'bin', 'mvn'));
    expect(await findTimeSkippingServer(options)).toBe(script);
    const downloaded = fake('cache/temporal-test-server');
    expect(await findTimeSkippingServer(options)).toBe(downloaded);
  });

  it('starts from an archive of its classes where Java can keep one', async () => {
    fake('bin/mvn', FAKE_MAVEN);
    fake(
      'bin/java',
      `for a; do case $a in -XX:ArchiveClassesAtExit=*) echo x > "\${a#*=}"; exit;; esac; done; echo "$@"`,
    );
    const script = await findTimeSkippingServer(options);
    const ran = await runCommand(command(script, ['7777'], { PATH: `${options.path}${delimiter}/usr/bin:/bin` }));
    expect(ran).toMatch(
      / -XX:SharedArchiveFile=\S+\/classes\.jsa -cp \S+ io\.temporal\.testserver\.TestServer 7777\n$/,
    );
  });

  it('is not there where Java is gone, though its jars are', async () => {
    fake('bin/mvn', FAKE_MAVEN);
    const java = fake('bin/java');
    await findTimeSkippingServer(options);
    rmSync(java);
    const error = await findTimeSkippingServer(options).catch((thrown) => thrown);
    expect(error.message).toMatch(/cache: .* needs Java, which is gone\n.*\n {2}Maven: Java is not installed\n/);
  });

  it('is started by the script of this release, from jars that another has left', async () => {
    fake('bin/mvn', FAKE_MAVEN);
    fake('bin/java', 'echo "$LC_ALL $@"');
    const script = await findTimeSkippingServer(options);
    writeFileSync(script, '#!/bin/sh\nexec java\n');
    expect(await findTimeSkippingServer(options)).toBe(script);
    const ran = await runCommand(command(script, ['7777'], { PATH: `${options.path}${delimiter}/usr/bin:/bin` }));
    // Without a locale Java finds no path with Chinese signs.
    expect(ran).toMatch(/^C\.UTF-8 .*TestServer 7777\n$/);
  });

  it('names every way when none works, and leaves nothing half done', async () => {
    fake('bin/java');
    fake('bin/mvn', 'exit 0');
    const error = await findTimeSkippingServer(options).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NoServerError);
    for (const part of [
      'TEMPORAL_TEST_SERVER',
      'the network is closed',
      'Maven copied no test server',
      'install a Java',
    ])
      expect(error.message).toContain(part);
    expect(readdirSync(options.cacheDir)).toEqual([]);
  });
});

it('takes the settings from the environment that it is given', () => {
  const made = provisionOptions('/project', { PATH: '/a:/b', TEMPORAL_CLI: '', TEMPORAL_TEST_SERVER: '/s' }, () => {});
  expect(made).toMatchObject({ path: '/a:/b', temporalCli: undefined, temporalTestServer: '/s' });
  expect(made.cacheDir).toBe(join('/project', '.creditloom', 'cache'));
});

describe('running a command', () => {
  it('puts the end of the output and the exit code into the error', async () => {
    const script = 'i=0; while [ $i -lt 200 ]; do echo "line $i"; i=$((i+1)); done; echo "the cause" >&2; exit 3';
    const error = await runCommand(command('/bin/sh', ['-c', script])).catch((thrown) => thrown);
    expect(error.message).toMatch(/^a trial failed \(exit code 3\)\. The end of its output:\n/);
    expect(error.message).toContain('the cause');
    expect(error.message).toContain('line 199');
    expect(error.message).not.toContain('line 100\n');
  });

  it('tells when the command cannot be started', async () => {
    await expect(runCommand(command(join(folder, 'absent'), []))).rejects.toThrow(/could not be started: .*ENOENT/);
  });

  it('shows that it is alive, and ends what takes too long', async () => {
    const slow = { ...command('/bin/sleep', ['30']), timeoutMs: 300, aliveEveryMs: 50 };
    await expect(runCommand(slow)).rejects.toThrow('was ended after 0.3 s');
    expect(lines).toContainEqual(expect.stringContaining('… a trial: 0 s'));
  });

  it('ends a transfer that stands still', async () => {
    const stalled = { ...command('/bin/sleep', ['30']), stall: { afterMs: 100, measure: () => 7 } };
    await expect(runCommand(stalled)).rejects.toThrow('no progress for 0.1 s');
  });

  it('finds executables only', () => {
    writeFileSync(join(folder, 'bin', 'plain'), '');
    mkdirSync(join(folder, 'bin', 'folder'));
    const real = fake('bin/real');
    const path = ['/nowhere', '', options.path].join(delimiter);
    expect(['plain', 'folder', 'absent', 'real'].map((name) => findOnPath(name, path))).toEqual([
      undefined,
      undefined,
      undefined,
      real,
    ]);
  });
});

describe('locks, ports, processes', () => {
  it('takes over the lock of a process that is gone', async () => {
    const lock = join(folder, 'lock');
    // Process ids end far below this one.
    writeFileSync(lock, '2000000000\n');
    expect(await withFileLock(lock, options.report, async () => 'done')).toBe('done');
    expect(existsSync(lock)).toBe(false);
  });

  it('releases the lock when the work fails', async () => {
    const lock = join(folder, 'lock');
    const failing = withFileLock(lock, options.report, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('tells that a port is taken', async () => {
    const port = await freePort();
    await expect(assertPortIsFree('a server', port)).resolves.toBeUndefined();
    const holder = createServer().listen(port, '127.0.0.1');
    try {
      await once(holder, 'listening');
      await expect(assertPortIsFree('a server', port)).rejects.toThrow(`port ${port} cannot be used (EADDRINUSE)`);
    } finally {
      holder.close();
    }
  });

  it('stops a server, by force when it does not listen, and keeps the log of the run before', async () => {
    const logFile = join(folder, 'server.log');
    const script = fake('bin/stubborn', 'trap "" TERM; echo ready; while :; do /bin/sleep 0.1; done');
    const settings = { command: script, args: [], logFile, stopSignal: 'SIGTERM' } as const;
    const server = await startServerProcess(settings);
    while (!server.logTail().includes('ready')) await new Promise((done) => setTimeout(done, 10));
    await server.stop(200);
    expect(await server.exited).toBe('ended by SIGKILL');
    await (await startServerProcess(settings)).stop(200);
    expect(existsSync(`${logFile}.previous`)).toBe(true);
  });
});

describe('a PostgreSQL whose user is another than ours', () => {
  /** Nobody's; where we may not start a process as another user, it can enter nothing, which is the same. */
  const somebody = { uid: 54_321, gid: 54_321 };
  const ourselves = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const settings = (owner: typeof somebody, persistent = true) => ({ owner, persistent, report: options.report });
  let places: { data: string; programs: string };
  let dataDir: string;

  beforeEach(() => {
    places = { data: join(folder, 'machine', 'lib'), programs: join(folder, 'machine', 'cache') };
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    dataDir = join(folder, 'closed', 'postgres');
  });

  it('has its data in the project where it can enter it', async () => {
    expect(await reachableCluster(dataDir, settings(ourselves), places)).toBe(dataDir);
    expect(existsSync(places.data)).toBe(false);
  });

  it('has its data in a place of the machine where it cannot, and finds it there again', async () => {
    const real = await reachableCluster(dataDir, settings(somebody), places);
    expect(real.startsWith(join(places.data, 'kept-'))).toBe(true);
    mkdirSync(real);
    expect([clusterFolder(dataDir), readdirSync(dataDir)]).toEqual([real, []]);
    expect(await reachableCluster(dataDir, settings(ourselves), places)).toBe(real);
    expect(lines).toContainEqual(expect.stringContaining(`cannot enter ${join(folder, 'closed')}`));
  });

  it('takes along what was made in the project before', async () => {
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'PG_VERSION'), '18\n');
    writeFileSync(`${dataDir}.password`, 'secret');
    const real = await reachableCluster(dataDir, settings(somebody), places);
    expect(readdirSync(real)).toEqual(['PG_VERSION']);
    expect(readFileSync(`${real}.password`, 'utf8')).toBe('secret');
    expect(readdirSync(join(folder, 'closed'))).toEqual(['postgres']);
  });

  it('makes a new place when the old one was deleted', async () => {
    const first = await reachableCluster(dataDir, settings(somebody), places);
    rmSync(join(first, '..'), { recursive: true });
    const second = await reachableCluster(dataDir, settings(somebody), places);
    expect([second === first, clusterFolder(dataDir)]).toEqual([false, second]);
  });

  it('leaves nothing of a run that ends, or of one that was killed', async () => {
    mkdirSync(join(places.data, 'run-2000000000-abc', 'postgres'), { recursive: true });
    const real = await reachableCluster(dataDir, settings(somebody, false), places);
    expect(readdirSync(places.data)).toEqual([expect.stringMatching(`^run-${process.pid}-`)]);
    mkdirSync(real);
    leavePlace(dataDir);
    expect([readdirSync(places.data), existsSync(dataDir)]).toEqual([[], false]);
  });

  it('runs a copy of its programs that others may run, whatever the umask is', async () => {
    const program = fake('closed/package/native/bin/postgres');
    writeFileSync(join(folder, 'closed', 'package', 'package.json'), '{"name":"@pg/linux-x64","version":"18.4.0"}');
    chmodSync(program, 0o700);
    const before = process.umask(0o077);
    try {
      const programs = await runnablePrograms(program, somebody, options.report, places);
      expect(programs).toBe(join(places.programs, 'pg-linux-x64-18.4.0'));
      for (const path of [places.programs, programs, join(programs, 'bin', 'postgres')])
        expect(statSync(path).mode & 0o055).toBe(0o055);
    } finally {
      process.umask(before);
    }
    expect(await runnablePrograms(program, ourselves, options.report, places)).toBe(
      join(folder, 'closed', 'package', 'native'),
    );
  });
});

function command(path: string, args: string[], env?: NodeJS.ProcessEnv) {
  return { command: path, args, env, label: 'a trial', report: options.report, timeoutMs: 10_000 };
}
