// What cannot work on this machine, told in one line before anything is installed or built. The servers themselves are
// found or made by src/platform/provision; here it is only asked whether one of its ways can lead there. Plain Node.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptCommand, canInstall, findProgram, isExecutable } from './peers.mjs';

const PROBE_MS = 8_000;
/** The first Go that fetches by itself the Go that a module names. */
const FETCHING_GO = [1, 21];
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

const numbersOf = (version) =>
  /(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((part) => Number(part ?? 0)) ?? [];

function isAtLeast(have, want) {
  const at = want.findIndex((part, index) => have[index] !== part);
  return at === -1 || (have[at] ?? 0) > want[at];
}

/**
 * Whether the SDK's own download of a server is within reach: `cli` or `temporal-test-server`. It asks as the SDK does,
 * and then for the file that the answer names. Behind a proxy, which Node's own client passes over, the SDK tries.
 */
export async function reachesDownload(artifact, env = process.env) {
  if (PROXIES.some((name) => env[name])) return true;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const signal = AbortSignal.timeout(PROBE_MS);
  try {
    const asked = `https://temporal.download/${artifact}/default?arch=${arch}&platform=${platform}&format=tar.gz`;
    const { archiveUrl } = await (await fetch(asked, { signal })).json();
    return (await fetch(archiveUrl, { method: 'HEAD', signal })).ok;
  } catch {
    return false;
  }
}

/** Why Go cannot build the dev server; undefined when it can, or where there is no tool module to ask about. */
async function whatGoLacks(module, { env, run }) {
  const goMod = join(module, 'go.mod');
  if (!existsSync(goMod)) return undefined;
  const go = findProgram('go', env);
  if (go === undefined) return 'Go is not installed';
  // Outside the module, in which a Go may put another in its place.
  const { output: told } = await run(go, ['env', 'GOVERSION', 'GOTOOLCHAIN'], { label: 'go env', cwd: tmpdir() });
  const [version, toolchain = ''] = told.trim().split('\n');
  const wanted = /^go (\S+)$/m.exec(readFileSync(goMod, 'utf8'))[1];
  const have = numbersOf(version);
  const fetches = isAtLeast(have, FETCHING_GO) && toolchain !== 'local';
  if (!fetches && !isAtLeast(have, numbersOf(wanted))) return `Go is ${version.replace('go', '')}, not ${wanted}`;
  // One module: it tells at once whether modules can be had, and is needed anyway.
  const args = ['mod', 'download', 'github.com/temporalio/cli'];
  const { code, output } = await run(go, args, { label: 'asking the Go module proxy', cwd: module });
  return code === 0 ? undefined : `Go cannot get modules (${output.trim().split('\n').at(-1)})`;
}

function whatMavenLacks(env) {
  const missing = [
    ['java', 'Java'],
    ['mvn', 'Maven'],
  ].filter(([program]) => findProgram(program, env) === undefined);
  return missing.length === 0 ? undefined : `${missing.map(([, what]) => what).join(' and ')} not installed`;
}

/** Whether Debian's own Go is new enough to fetch the one that the module names. */
async function debianGoServes({ env, run }) {
  if (!canInstall(env)) return false;
  const { output } = await run('apt-cache', ['policy', 'golang-go'], { label: 'apt-cache' });
  return isAtLeast(numbersOf(/Candidate: (?:\d+:)?(\S+)/.exec(output)?.[1] ?? ''), FETCHING_GO);
}

/**
 * What the Temporal dev server needs: no `fault` when a way leads to it; otherwise the fault in one line, with the
 * Debian `packages` that would open a way here, if any. `machine` is its environment, a `run` of commands that gives
 * their exit code and output, and what tells whether a download is within reach.
 */
export async function devServerNeeds(root, machine) {
  const { env, reaches = reachesDownload } = machine;
  if (env.TEMPORAL_CLI) {
    if (isExecutable(env.TEMPORAL_CLI)) return {};
    return { fault: `TEMPORAL_CLI names ${env.TEMPORAL_CLI}, which is no executable file` };
  }
  const cached = process.platform === 'win32' ? 'temporal-cli.exe' : 'temporal-cli';
  if (findProgram('temporal', env) || isExecutable(join(root, '.creditloom', 'cache', cached))) return {};
  if (await reaches('cli', env)) return {};
  const lack = await whatGoLacks(join(root, 'tools', 'temporal-server'), machine);
  if (lack === undefined) return {};
  const others = 'set TEMPORAL_ADDRESS or TEMPORAL_CLI, put `temporal` on PATH, or install Go';
  const fault = `no way to a Temporal server: its download is out of reach, and ${lack}; ${others}`;
  return lack === 'Go is not installed' && (await debianGoServes(machine))
    ? { fault: `${fault} (${aptCommand(['golang-go'])})`, packages: ['golang-go'] }
    : { fault };
}

/** Whether an earlier run left the test server: its own program, or jars that Java runs. */
function hasTestServer(cache, env) {
  const names = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('temporal-test-server')) : [];
  const hasJava = findProgram('java', env) !== undefined;
  return names.some(
    (name) => isExecutable(join(cache, name)) || (hasJava && isExecutable(join(cache, name, 'temporal-test-server'))),
  );
}

/** The same for the server whose clock skips, which the tests of whole lives run on. */
export async function testServerNeeds(root, { env, reaches = reachesDownload }) {
  if (env.TEMPORAL_TEST_SERVER) {
    if (isExecutable(env.TEMPORAL_TEST_SERVER)) return {};
    return { fault: `TEMPORAL_TEST_SERVER names ${env.TEMPORAL_TEST_SERVER}, which is no executable file` };
  }
  const lack = whatMavenLacks(env);
  // The compiler lets one Java process serve all stories.
  if (lack === undefined) return findProgram('javac', env) ? {} : { packages: ['default-jdk-headless'] };
  if (hasTestServer(join(root, '.creditloom', 'cache'), env)) return {};
  if (await reaches('temporal-test-server', env)) return {};
  const fault = `no way to Temporal's test server: its download is out of reach, and ${lack}`;
  return { fault, packages: ['default-jdk-headless', 'maven'] };
}

function answers({ host, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_MS });
    const end = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** Host and port of `host:port` or a URL; undefined for what the settings' own check refuses with its words. */
function placeOf(text, defaultPort) {
  try {
    const { hostname, port } = new URL(text.includes('://') ? text : `tcp://${text}`);
    const host = hostname.replace(/^\[|\]$/g, '');
    return host === '' || host.includes('%') ? undefined : { host, port: Number(port || defaultPort) };
  } catch {
    return undefined;
  }
}

/** What keeps `npm start` from working, in one line; undefined when nothing is seen. */
export async function whatStartLacks(root, machine) {
  const { env } = machine;
  for (const [setting, defaultPort] of [
    ['TEMPORAL_ADDRESS', 7233],
    ['DATABASE_URL', 5432],
  ]) {
    const place = env[setting] ? placeOf(env[setting], defaultPort) : undefined;
    if (place && !(await answers(place)))
      return `${setting} names ${place.host}:${place.port}, where nothing answers: start that server, or leave ${setting} out and one is started here`;
  }
  const port = Number(env.API_PORT);
  if (env.API_PORT && Number.isInteger(port) && port > 0 && port < 65_536 && !(await isFree(port)))
    return `API_PORT names port ${port}, which is taken: give another one, or leave API_PORT out`;
  return env.TEMPORAL_ADDRESS ? undefined : (await devServerNeeds(root, machine)).fault;
}
