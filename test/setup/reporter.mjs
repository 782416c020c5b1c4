// What a run of the tests says: one line for each suite, with how far it is; a failure with its words and the logs of
// servers; at the end what failed, and what was not run with the command that brings it.
import { readdirSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { logsOf, readEnvironment, readNotRun } from './shared.mjs';

/** More often than the runner says that the tests are alive. */
const ALIVE_EVERY_MS = 8_000;

const counted = (count, one, many = `${one}s`) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

function clockOf(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export default class Reporter {
  constructor({ rootDir }, { write = (text) => process.stdout.write(text) } = {}) {
    this.rootDir = rootDir;
    this.write = write;
    this.startedAtMs = Date.now();
    this.saidAtMs = Date.now();
    this.running = new Map();
    this.failures = [];
    this.hasNamedLogs = false;
  }

  say(text) {
    this.saidAtMs = Date.now();
    this.write(`${text}\n`);
  }

  pathOf(file) {
    return relative(this.rootDir, file).split(sep).join('/');
  }

  onRunStart({ numTotalTestSuites }) {
    this.total = numTotalTestSuites;
    this.startedAtMs = Date.now();
    this.say(`tests: ${counted(this.total, 'file')}`);
    this.alive = setInterval(() => this.tellWhatRuns(), 1_000);
    this.alive.unref();
  }

  tellWhatRuns() {
    if (Date.now() - this.saidAtMs < ALIVE_EVERY_MS || this.running.size === 0) return;
    const names = [...this.running].map(([file, atMs]) => `${file} (${clockOf(Date.now() - atMs)})`);
    this.say(`${this.progress} …  ${names.join(', ')}`);
  }

  get progress() {
    const count = String(this.done ?? 0).padStart(String(this.total).length);
    return `${count}/${this.total} ${clockOf(Date.now() - this.startedAtMs).padStart(5)}`;
  }

  onTestFileStart({ path }) {
    this.running.set(this.pathOf(path), Date.now());
  }

  onTestFileResult({ path }, result, { numPassedTestSuites, numFailedTestSuites, numPendingTestSuites }) {
    const file = this.pathOf(path);
    this.running.delete(file);
    this.done = numPassedTestSuites + numFailedTestSuites + numPendingTestSuites;
    const { numPassingTests, numFailingTests, numPendingTests, testExecError, failureMessage, perfStats } = result;
    const hasFailed = numFailingTests > 0 || testExecError !== undefined || Boolean(failureMessage);
    const verdict = hasFailed ? 'FAILED' : numPassingTests === 0 ? 'not run' : 'ok';
    const notRun = readNotRun().filter((entry) => this.pathOf(entry.file) === file).length;
    const counts = [
      [numPassingTests, 'passed'],
      [numFailingTests, 'failed'],
      [notRun, 'not run'],
      [numPendingTests - notRun, 'skipped'],
    ].flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : []));
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1);
    this.say(`${this.progress} ${verdict.padEnd(7)} ${file}: ${[...counts, `${seconds} s`].join(', ')}`);
    if (hasFailed) this.tellFailure(file, result);
  }

  tellFailure(file, { failureMessage, testResults, console: printed }) {
    const names = testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    this.failures.push(...(names.length > 0 ? names : ['could not be run']).map((name) => `${file}: ${name}`));
    this.say((failureMessage ?? '').trimEnd());
    for (const { message } of printed ?? []) this.say(message);
    this.tellLogs();
  }

  /** The run's own servers and those of tests; they are kept when a test has failed. */
  tellLogs() {
    const run = globalThis.creditloomTestRun;
    if (!run || this.hasNamedLogs) return;
    this.hasNamedLogs = true;
    run.hasFailed = true;
    this.say(`\nThe servers' logs are kept in ${this.pathOf(logsOf(run.folder))}\n`);
  }

  onRunComplete(_, results) {
    clearInterval(this.alive);
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = results;
    const notRun = readNotRun();
    this.tellFailures();
    this.tellNotRun(notRun);
    const counts = {
      passed: numPassedTests,
      // A test file that cannot be loaded has no tests that could fail.
      failed: numFailedTests + numRuntimeErrorTestSuites,
      notRun: notRun.length,
      skipped: numPendingTests + numTodoTests - notRun.length,
    };
    const file = process.env.CREDITLOOM_TEST_RESULTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
    else
      this.say(
        `\n${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run, ${counts.skipped} skipped`,
      );
  }

  tellFailures() {
    const run = globalThis.creditloomTestRun;
    if (this.failures.length === 0) return;
    this.say(`\nfailed:\n${this.failures.map((name) => `  ${name}`).join('\n')}`);
    if (!run) return;
    const logs = readdirSync(logsOf(run.folder));
    this.say(`  servers' logs: ${this.pathOf(logsOf(run.folder))} (${['postgres.log', ...logs].join(', ')})`);
  }

  tellNotRun(entries) {
    if (entries.length === 0) return;
    const { missing } = readEnvironment();
    this.say('\nnot run, because something is not on this machine:');
    for (const name of new Set(entries.map(({ peer }) => peer))) {
      const ofPeer = entries.filter(({ peer }) => peer === name);
      const files = [...new Set(ofPeer.map(({ file }) => this.pathOf(file)))];
      const { what, bring } = missing[name];
      const need = ofPeer.length === 1 ? 'needs' : 'need';
      this.say(`  ${counted(ofPeer.length, 'test')} that ${need} ${what}: ${bring}`);
      this.say(`    ${files.length > 4 ? counted(files.length, 'file') : files.join(', ')}`);
    }
  }
}
