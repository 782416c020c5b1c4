// Every command of the table in src/cli/commands.json: `node scripts/run.mjs COMMAND [arguments]`, also as
// `npx creditloom COMMAND [arguments]` in this folder. creditloom.mjs has looked at Node's version before.
// Says what cannot work here, installs packages and builds `dist/` when that is needed, then runs the command. Plain
// Node: it must run before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asked, commandOf, isHelp, listOf, ownHelp, readCommands } from './commands.mjs';
import { whenNpmIsGone } from './npmParent.mjs';
import { aptCommand, canInstall, missingPeers } from './peers.mjs';
import { devServerNeeds, testServerNeeds, whatStartLacks } from './preflight.mjs';
import { faultOfTestArguments } from './testArguments.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ALIVE_EVERY_MS = 10_000;
/** One Ctrl-C can come several times: from the terminal, and again from npm, which passes on what it got. */
const SAME_SIGNAL_WITHIN_MS = 500;
const TAIL_LINES = 60;

const at = (...parts) => join(ROOT, ...parts);
/** What a command prints is its own: there, what is said about installing and building goes to the error output. */
const isCommand = !['test', 'build'].includes(process.argv[2]);
const say = (line) => (isCommand ? process.stderr : process.stdout).write(`${line}\n`);
const TSC = at('node_modules', 'typescript', 'bin', 'tsc');
const BIOME = at('node_modules', '@biomejs', 'biome', 'bin', 'biome');
const OXLINT = at('node_modules', 'oxlint', 'bin', 'oxlint');
const KNIP = at('node_modules', 'knip', 'bin', 'knip.js');
const BUNDLER = at('scripts', 'bundleWorkflows.mjs');
const BUNDLE = at('dist', 'workflow-bundle.js');
const JEST = at('node_modules', 'jest', 'bin', 'jest.js');

/** A step failed and has said why; the code is the exit code of this process. */
class StepFailed extends Error {
  constructor(code) {
    super();
    this.code = code;
  }
}

let current;
let forwardedAtMs = 0;
let interruptedBy;

/** Hands a signal to the command that runs; it ends itself in order, and we wait for it. */
function forward(signal) {
  interruptedBy ??= signal;
  if (!current) process.exit(exitCode(null, signal));
  const nowMs = Date.now();
  if (nowMs - forwardedAtMs < SAME_SIGNAL_WITHIN_MS) return;
  forwardedAtMs = nowMs;
  try {
    // The group of the child: a compiler that it waits for must end as well.
    process.kill(process.platform === 'win32' ? current.pid : -current.pid, signal === 'SIGHUP' ? 'SIGTERM' : signal);
  } catch {
    // It has ended in the meantime.
  }
}

function exitCode(code, signal) {
  if (code !== null) return code;
  return { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }[signal] ?? 1;
}

/**
 * Runs a command in a process group of its own, so that a Ctrl-C of the terminal reaches it once, through us.
 * `output`: 'inherit', or 'collect' to get it with the exit code, or 'pass' to write it through and show in between
 * that the command is alive.
 */
function run(command, args, { output, label, expected, shell = false, cwd = ROOT, env = process.env }) {
  const stdio = output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd, env, stdio, detached: process.platform !== 'win32', shell });
  current = child;
  const startedAtMs = Date.now();
  let collected = '';
  let shownAtMs = startedAtMs;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      if (output === 'pass') {
        process.stdout.write(chunk);
        shownAtMs = Date.now();
      } else collected += chunk;
    });
  }
  const alive = setInterval(() => {
    if (output === 'inherit' || Date.now() - shownAtMs < ALIVE_EVERY_MS) return;
    shownAtMs = Date.now();
    const seconds = Math.round((shownAtMs - startedAtMs) / 1000);
    say(`  … ${label}: ${seconds} s${expected ? ` (${expected})` : ''}`);
  }, 1_000);
  return new Promise((done) => {
    const end = (code, problem = '') => {
      clearInterval(alive);
      if (current === child) current = undefined;
      done({ code, output: collected + problem, seconds: ((Date.now() - startedAtMs) / 1000).toFixed(1) });
    };
    child.once('error', (error) => end(1, `${command} could not be started: ${error.message}`));
    child.once('exit', () => endWhatIsLeft(child));
    child.once('close', (code, signal) => end(exitCode(code, signal)));
  });
}

/** What a command has left running holds its output open; after this time it is ended with the command's group. */
const LEFT_OPEN_MS = 5_000;

/** Whoever waits for the end of a command must not wait for what it forgot. */
function endWhatIsLeft(child) {
  const timer = setTimeout(() => {
    try {
      if (process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left.
    }
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }, LEFT_OPEN_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Runs one step with a one-line verdict; a failure shows the end of its output and ends this process. */
async function step(label, expected, command, args, options = {}) {
  const result = await run(command, args, { output: 'collect', label, expected, ...options });
  if (interruptedBy) throw new StepFailed(exitCode(null, interruptedBy));
  if (result.code === 0) return say(`${label}: ok (${result.seconds} s)`);
  say(result.output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n'));
  say(`${label}: FAILED (exit code ${result.code}, ${result.seconds} s)`);
  throw new StepFailed(result.code);
}

/** True when every package of the lock file that belongs on this machine is installed in its version. */
function isInstalled() {
  const lockText = readFileSync(at('package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lockText).digest('hex');
  const stamp = at('node_modules', '.creditloom-lock');
  // npm writes this file last, so an installation that was cut short has none.
  const installedFile = at('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const fits = ([path, { version, optional }]) =>
    path === '' || (installed[path] ? installed[path].version === version : optional);
  if (!Object.entries(JSON.parse(lockText).packages).every(fits)) return false;
  writeFileSync(stamp, hash);
  return true;
}

async function install() {
  if (isInstalled()) return;
  say('install: npm ci, for packages that are missing or changed; 10 seconds to 3 minutes');
  const isWindows = process.platform === 'win32';
  // npm on Windows is a script that only a shell can start.
  await step('install', 'up to 3 min', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { shell: isWindows });
  if (!isInstalled()) throw new Error('npm ci did not install what package-lock.json names');
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Compiles `src` to `dist` and bundles its workflows when a source has changed since the last build, or always when `force` is given. */
async function build({ force = false } = {}) {
  const sources = filesBelow(at('src'));
  const hash = createHash('sha256');
  for (const file of [at('tsconfig.json'), at('tsconfig.build.json'), at('package-lock.json'), BUNDLER, ...sources])
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  const digest = hash.digest('hex');
  const stamp = at('dist', '.stamp');
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  rmSync(stamp, { force: true });
  await step('build', 'up to 30 s', process.execPath, [TSC, '-p', 'tsconfig.build.json']);
  const wanted = new Set();
  for (const source of sources) {
    const target = at('dist', relative(at('src'), source));
    if (source.endsWith('.ts')) for (const end of ['.js', '.js.map']) wanted.add(target.replace(/\.ts$/, end));
    else {
      wanted.add(target);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(source, target);
    }
  }
  const workflows = at('src', 'workflows', 'index.ts');
  if (existsSync(workflows)) {
    await step('bundle', 'up to 15 s', process.execPath, [BUNDLER, workflows, BUNDLE]);
    wanted.add(BUNDLE);
  }
  // What is left of sources that were moved or deleted could still be loaded.
  for (const file of filesBelow(at('dist'))) if (!wanted.has(file)) rmSync(file);
  writeFileSync(stamp, digest);
}

async function command(module, args) {
  await install();
  await build();
  const file = at('dist', `${module}.js`);
  const { code } = await run(process.execPath, ['--enable-source-maps', file, ...args], { output: 'inherit' });
  throw new StepFailed(code);
}

/** For the look at this machine: commands that say nothing themselves, and whose words count unless they were stopped. */
const machine = {
  env: process.env,
  run: async (program, args, options) => {
    const result = await run(program, args, { output: 'collect', ...options });
    if (interruptedBy) throw new StepFailed(exitCode(null, interruptedBy));
    return result;
  },
};

/** As root on Debian, what the tests run beside Node is installed; elsewhere, or when it fails, they say what they lack. */
async function bringPeers() {
  const needs = [
    ...Object.values(missingPeers()),
    await devServerNeeds(ROOT, machine),
    await testServerNeeds(ROOT, machine),
  ];
  const groups = needs.map(({ packages = [] }) => packages).filter((packages) => packages.length > 0);
  if (groups.length === 0 || !canInstall()) return;
  say(`peers: installing Debian packages: ${groups.flat().join(' ')}; up to 5 minutes`);
  await apt('apt-get update', ['update', '-qq']);
  if (await aptInstall(groups.flat())) return;
  for (const packages of groups) {
    if (!(await aptInstall(packages))) say(`peers: could not be installed: ${aptCommand(packages)}`);
  }
}

function aptInstall(packages) {
  return apt('peers', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

/** Whether apt-get did it; when not, the end of what it said is shown. */
async function apt(label, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output, seconds } = await run('apt-get', args, {
    output: 'collect',
    label,
    expected: 'up to 5 min',
    env,
  });
  if (interruptedBy) throw new StepFailed(exitCode(null, interruptedBy));
  if (code !== 0) say(output.trimEnd().split('\n').slice(-5).join('\n'));
  else if (args[0] === 'install') say(`peers: ok (${seconds} s)`);
  return code === 0;
}

/** Lint, types and tests; with arguments only the tests, with the arguments handed to Jest. */
async function test(args) {
  if (args.length === 0) await bringPeers();
  await install();
  const fault = faultOfTestArguments(ROOT, args);
  if (fault !== undefined) {
    say(fault);
    throw new StepFailed(2);
  }
  try {
    if (args.length === 0) {
      await step('lint', 'up to 30 s', process.execPath, [BIOME, 'check', '.']);
      await step('types', 'up to 60 s', process.execPath, [TSC, '--noEmit']);
      await step('lint with types', 'up to 60 s', process.execPath, [OXLINT]);
      await step('exports', 'up to 30 s', process.execPath, [KNIP, '--no-progress']);
    }
    await build({ force: true });
  } catch (error) {
    // A check that failed counts as one failure, so that the last line never reads as a success.
    if (error instanceof StepFailed && !interruptedBy) say('\n0 passed, 1 failed');
    throw error;
  }
  say('tests: starting the servers they need, then Jest; a first run builds a server: up to 6 minutes more');
  const results = at('.creditloom', `test-results-${process.pid}.json`);
  // As root others pass through it: PostgreSQL runs as another user there.
  mkdirSync(dirname(results), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const env = { ...process.env, CREDITLOOM_TEST_RESULTS: results, CREDITLOOM_WORKFLOW_BUNDLE: BUNDLE };
  const words = [JEST, '--ci', ...(process.stdout.isTTY ? ['--colors'] : []), ...args];
  const { code, seconds } = await run(process.execPath, words, { output: 'pass', label: 'tests', env });
  if (interruptedBy) throw new StepFailed(exitCode(null, interruptedBy));
  const { passed, failed, notRun, skipped } = readCounts(results);
  const isGood = code === 0 && failed === 0 && passed > 0;
  say(`tests: ${isGood ? 'ok' : `FAILED (exit code ${code})`} (${seconds} s)\n`);
  const others = [
    [notRun, 'not run'],
    [skipped, 'skipped'],
  ].map(([count, what]) => (count > 0 ? `, ${count} ${what}` : ''));
  say(`${passed} passed, ${failed} failed${others.join('')}`);
  if (!isGood) throw new StepFailed(code || 1);
}

/** What test/setup/reporter.mjs counted. */
function readCounts(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, notRun: 0, skipped: 0 };
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  return counts;
}

async function main(argv) {
  const commands = readCommands(ROOT);
  const [name, ...args] = asked(argv);
  if (name === undefined) {
    say(listOf(commands));
    throw new StepFailed(2);
  }
  if (name === 'help') return process.stdout.write(`${listOf(commands)}\n`);
  const row = commandOf(commands, name);
  if (row === undefined) {
    say(`unknown command "${name}"; known: ${commands.map((each) => each.name).join(', ')}`);
    throw new StepFailed(2);
  }
  const help = ownHelp(row, args);
  if (help !== undefined) return process.stdout.write(`${help}\n`);
  if (name === 'test') return test(args);
  if (name === 'build') {
    await install();
    return build({ force: true });
  }
  // Scripts of before go on working, and whoever reads their output sees nothing of it.
  if (name !== row.name) process.stderr.write(`${name} is called ${row.name} now\n`);
  const fault = name === 'start' && !isHelp(args) ? await whatStartLacks(ROOT, machine) : undefined;
  if (fault !== undefined) {
    say(fault);
    throw new StepFailed(1);
  }
  return command(row.module, args);
}

whenNpmIsGone(() => {
  if (interruptedBy === undefined) forward('SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal));
// A reader that has gone wants no more; what is run ends by itself.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
/** Once what was written has been taken: `process.exit` drops what a pipe has not taken yet. */
const end = (code) => process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
main(process.argv.slice(2)).then(
  () => end(0),
  (error) => {
    if (!(error instanceof StepFailed)) say(error instanceof Error ? error.message : String(error));
    end(error instanceof StepFailed ? error.code : 1);
  },
);
