/**
 * `npm run proof`: the tests that take small counts every day, with the full counts, one after the other: a line each, and
 * a row in docs/proof.md. Within 45 minutes on two cores. Exit code 1 where one failed or could not be run.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ArgumentError } from '../../cli/arguments';
import { runCommandLine } from '../../cli/runCommandLine';
import { readWords, usageOf } from '../../cli/usage';
import { processEnvironment } from '../../platform/config/config';
import { isGood, type ProofResult, pageWith, proofRow, resultWords } from './proofPage';
import { PROOFS, type ProofRun } from './proofs';

const PROJECT_DIR = resolve(__dirname, '../../..');
const JEST = join(PROJECT_DIR, 'node_modules/jest/bin/jest.js');
/** A page of the documents, for everybody to read. */
const PAGE_MODE = 0o644;
const PAGE = join(PROJECT_DIR, 'docs/proof.md');
const USAGE = usageOf('proof', ['[--only NAME]'], {
  besides: [`NAME is one of ${PROOFS.map(({ name }) => name).join(', ')}.`],
});
/** Of one that failed, the end of what the tests said. */
const TAIL_LINES = 40;

export async function main(argv: readonly string[]): Promise<number> {
  const { options } = readWords(USAGE, argv);
  const proofs = chosenProofs(options.get('only'));
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-proof-'));
  let isSound = true;
  try {
    for (const proof of proofs) {
      const result = await prove(proof, folder);
      isSound &&= isGood(result);
      say(`${proof.name}: ${proof.count}, ${Math.round(result.seconds)} s, ${resultWords(result)}`);
      if (!isGood(result)) say(tailOf(logIn(folder)));
      // After each: what has run by then stays, however the next one ends.
      const before = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
      const page = pageWith(before, PROOFS, new Map([[proof.name, proofRow(proof, result)]]));
      writeFileSync(PAGE, page, { mode: PAGE_MODE });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return isSound ? 0 : 1;
}

/** Throws {@link ArgumentError} for a name that there is not. */
export function chosenProofs(only: string | undefined): ProofRun[] {
  if (only === undefined) return PROOFS.filter(({ isOnRequest }) => !isOnRequest);
  const named = PROOFS.filter(({ name }) => name === only);
  if (named.length > 0) return named;
  throw new ArgumentError(`--only ${only} is no proof: give one of ${PROOFS.map(({ name }) => name).join(', ')}`);
}

async function prove({ files, env }: ProofRun, folder: string): Promise<ProofResult> {
  const results = join(folder, 'results.json');
  rmSync(results, { force: true });
  const startedAtMs = Date.now();
  const code = await runJest(files, { ...processEnvironment(), ...env, CREDITLOOM_TEST_RESULTS: results }, folder);
  const seconds = (Date.now() - startedAtMs) / 1_000;
  const date = new Date(startedAtMs).toISOString().slice(0, 10);
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 1, notRun: 0 };
  const failed = code === 0 ? counts.failed : Math.max(1, counts.failed);
  return { date, seconds, passed: counts.passed, failed, notRun: counts.notRun };
}

function runJest(files: readonly string[], env: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const log = openSync(logIn(folder), 'w', 0o600);
  // One file at a time: the counts are long, and the machine has other work.
  const words = [JEST, '--ci', '--maxWorkers=1', '--runTestsByPath', ...files];
  const child = spawn(process.execPath, words, { cwd: PROJECT_DIR, env, stdio: ['ignore', log, log] });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
  });
}

function logIn(folder: string): string {
  return join(folder, 'tests.log');
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (require.main === module) runCommandLine(main, USAGE);
