// Runs a command on a Node that is new enough where this one is not: one on PATH, the one that an earlier run brought,
// or the Node 24 of node.json, brought from the package registry that npm is set to. Written for Node 18, and as
// creditloom.mjs it reads in any Node that knows modules.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenNpmIsGone } from './npmParent.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CACHE = join(ROOT, '.creditloom', 'cache');
const IS_WINDOWS = process.platform === 'win32';
const PROGRAM = IS_WINDOWS ? 'node.exe' : 'node';
const ALIVE_EVERY_MS = 10000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

/** No Node that is new enough could be found or brought; the message says why, in a line. */
class NoNode extends Error {}

/** Whether one version is at least another, part by part. */
export function isAtLeast(version, least) {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  const at = want.findIndex((part, index) => have[index] !== part);
  return at === -1 || have[at] > want[at];
}

/** Runs `scripts/run.mjs` with the words of this process on a Node of at least the version `wanted`, and ends as it does. */
export async function runOnNewerNode(wanted) {
  try {
    const found = onPath(wanted);
    if (found) relay(found, environmentWith(found));
    else {
      const file = await kept();
      relay(file, { npm_config_globalconfig: globalConfig(), ...environmentWith(file) });
    }
  } catch (error) {
    if (!(error instanceof NoNode)) throw error;
    const told = `this is Node ${process.versions.node}, and creditloom needs Node ${wanted} or newer`;
    process.stderr.write(`${told}; ${error.message}: install one (https://nodejs.org), or put it first on PATH\n`);
    process.exitCode = 1;
  }
}

/** The version of a Node; undefined where it does not start. */
function versionOf(file) {
  const { status, stdout } = spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8', timeout: 30000 });
  return status === 0 ? stdout.trim() : undefined;
}

function onPath(wanted) {
  const folders = (process.env.PATH || '').split(delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => join(folder, PROGRAM))
    .filter((file) => existsSync(file))
    .find((file) => isAtLeast(versionOf(file) || '0', wanted));
}

/** The Node of node.json in the cache; brought when it is not there, or does not start. */
async function kept() {
  const platform = `${process.platform}-${process.arch}`;
  const pin = JSON.parse(readFileSync(join(ROOT, 'scripts', 'node.json'), 'utf8'))[platform];
  if (pin === undefined) throw new NoNode(`none can be brought for ${platform}`);
  const folder = join(CACHE, `node-${pin.version}`);
  const file = join(folder, 'bin', PROGRAM);
  if (existsSync(file) && versionOf(file) === pin.version) return file;
  await bring(pin, folder);
  return file;
}

async function bring(pin, folder) {
  const startedAtMs = Date.now();
  say(`node: this is Node ${process.versions.node}; bringing Node ${pin.version} from npm's registry, 50 MB, once`);
  mkdirSync(CACHE, { recursive: true, mode: process.getuid && process.getuid() === 0 ? 0o711 : 0o700 });
  const work = mkdtempSync(join(CACHE, 'node-'));
  try {
    const { code, output } = await install(pin, work);
    if (code !== 0) throw new NoNode(`Node ${pin.version} could not be brought (npm: ${causeIn(output)})`);
    const brought = join(work, 'node_modules', pin.package);
    const version = versionOf(join(brought, 'bin', PROGRAM));
    if (version !== pin.version) throw new NoNode(`Node ${pin.version} was brought and does not start here`);
    for (const unused of ['include', 'share']) rmSync(join(brought, unused), { recursive: true, force: true });
    putInPlace(brought, folder, pin.version);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`node: ok, kept in .creditloom/cache (${((Date.now() - startedAtMs) / 1000).toFixed(1)} s)`);
}

/**
 * npm checks what it gets against the hash of a lock file; ours names the one package. Nothing of the package runs.
 */
function install(pin, work) {
  const packages = {
    '': { dependencies: { [pin.package]: pin.version } },
    [`node_modules/${pin.package}`]: { version: pin.version, integrity: pin.integrity },
  };
  writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, ...packages[''] }));
  writeFileSync(join(work, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
  const words = ['ci', '--prefix', '.', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund'];
  // npm on Windows is a script that only a shell can start.
  const npm = spawn('npm', words, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'], shell: IS_WINDOWS });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const startedAtMs = Date.now();
  const alive = setInterval(() => say(`  … node: ${Math.round((Date.now() - startedAtMs) / 1000)} s`), ALIVE_EVERY_MS);
  // Stopped, it leaves nothing half-made.
  const stop = () => npm.kill();
  for (const signal of SIGNALS) process.once(signal, stop);
  return new Promise((resolve) => {
    const end = (code, problem = '') => {
      clearInterval(alive);
      for (const signal of SIGNALS) process.removeListener(signal, stop);
      resolve({ code, output: output + problem });
    };
    npm.once('error', ({ message }) => end(1, message));
    npm.once('close', (code) => end(code));
  });
}

/** npm says why in words after the names of numbers, and where its log lies after that. */
function causeIn(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (ERR!|error) ?/i, '').trim());
  const words = lines.filter((line) => line !== '' && !/^(npm|code|syscall|errno|address|port|path|dest) /.test(line));
  return (words[0] || 'it said nothing').replace(/\.$/, '');
}

/** Another process may have brought the same meanwhile, or one that does not start may lie there. */
function putInPlace(brought, folder, version) {
  if (versionOf(join(folder, 'bin', PROGRAM)) === version) return;
  rmSync(folder, { recursive: true, force: true });
  renameSync(brought, folder);
}

/** What a command prints is its own. */
function say(line) {
  const isCommand = !['test', 'build'].includes(process.argv[2]);
  (isCommand ? process.stderr : process.stdout).write(`${line}\n`);
}

/** PATH leads to that Node as well: npm, and what packages run while they are installed, begin with it. */
function environmentWith(file) {
  const env = { ...process.env };
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH';
  env[path] = [dirname(file), env[path]].filter(Boolean).join(delimiter);
  for (const name of ['NODE', 'npm_node_execpath']) if (env[name] !== undefined) env[name] = file;
  return env;
}

/**
 * npm looks for its settings for all users beside the Node that it runs on: a registry or certificates that are named
 * there would be lost on another. What npm itself has named stays.
 */
function globalConfig() {
  const folder = dirname(process.execPath);
  return join(process.env.PREFIX || (IS_WINDOWS ? folder : dirname(folder)), 'etc', 'npmrc');
}

/** Signals go on to it, and its end is ours. A Ctrl-C of the terminal reaches it twice, which run.mjs knows. */
function relay(file, env) {
  const words = [fileURLToPath(new URL('run.mjs', import.meta.url)), ...process.argv.slice(2)];
  const child = spawn(file, words, { stdio: 'inherit', env });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`${file} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => process.exit(code === null ? EXIT_CODES[signal] || 1 : code));
}
