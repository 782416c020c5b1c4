/**
 * `npm run train`: trains a card with the Python tool of tools/scorecard, in an environment of its own that is made at
 * the first use from locked packages. Scoring needs nothing of it. See docs/scorecards.md.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ArgumentError } from '../../cli/arguments';
import { runCommandLine } from '../../cli/runCommandLine';
import { readWords, usageOf } from '../../cli/usage';
import { processEnvironment } from '../../platform/config/config';
import { parseRiskCard } from '../../platform/policy/riskCardSchema';
import { makePrivateFolder, writePrivateFile } from '../../platform/provision/privateFiles';
import { modelCardPage } from './modelCard';
import { MODEL_CARD_WORDS } from './modelCardWords';

const PROJECT_DIR = resolve(__dirname, '../../..');
const TOOL = join(PROJECT_DIR, 'tools/scorecard');
const HOME = join(PROJECT_DIR, '.creditloom/scorecard');
const CARDS = ['application', 'behaviour'];
const USAGE = usageOf('train', ['CARD --data FILE.csv --out FILE.json [--page FILE.md] [--challenger]']);

export async function main(argv: readonly string[]): Promise<number> {
  const { positionals, options, flags } = readWords(USAGE, argv);
  const [card = ''] = positionals;
  if (!CARDS.includes(card)) throw new ArgumentError(`${card} is no card to train: give ${CARDS.join(' or ')}`);
  const data = pathOf(options, 'data', 'rows.csv');
  const out = pathOf(options, 'out', `${card}.json`);
  if (!existsSync(data)) throw new ArgumentError(`--data ${data} is not there: give the file of rows`);
  const hasChallenger = flags.has('challenger');
  const python = await environment(hasChallenger ? 'requirements-challenger.lock' : 'requirements.lock');
  const words = ['-W', 'ignore', join(TOOL, 'train.py'), card, '--data', data, '--out', out];
  const code = await run(python, hasChallenger ? [...words, '--challenger'] : words);
  if (code !== 0) return code;
  const page = options.get('page');
  if (page !== undefined) writePage(card, { out, page });
  return 0;
}

/** The card passes the gate before a page is made of it. */
function writePage(card: string, { out, page }: { out: string; page: string }): void {
  const words = MODEL_CARD_WORDS[card];
  if (!words) throw new ArgumentError(`there are no words for a page of ${card}: add them to modelCardWords.ts`);
  writePrivateFile(page, modelCardPage(parseRiskCard(JSON.parse(readFileSync(out, 'utf8'))), words));
}

function pathOf(options: ReadonlyMap<string, string>, name: string, example: string): string {
  const value = options.get(name);
  if (value === undefined) throw new ArgumentError(`--${name} is missing: give --${name} ${example}`);
  return resolve(value);
}

/** The Python of the environment of these packages; made again when the lock has changed. */
async function environment(lock: string): Promise<string> {
  const file = join(TOOL, lock);
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  const folder = join(HOME, basename(lock, '.lock'));
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, '.lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return python;
  process.stderr.write(`train: installing the packages of ${lock}; a few minutes\n`);
  rmSync(folder, { recursive: true, force: true });
  makePrivateFolder(HOME);
  await must('python3.11', ['-m', 'venv', folder]);
  await must(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '-r', file]);
  writePrivateFile(stamp, digest);
  return python;
}

async function must(program: string, words: readonly string[]): Promise<void> {
  const code = await run(program, words);
  if (code !== 0) throw new ArgumentError(`${program} ${words.join(' ')} ended with ${code}; Python 3.11 is needed`);
}

/** One thread each: sums in another order would be other figures in their last digits. */
const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
};

function run(program: string, words: readonly string[]): Promise<number> {
  return new Promise((done, failed) => {
    const child = spawn(program, words, { stdio: 'inherit', env: { ...processEnvironment(), ...ONE_THREAD } });
    child.once('error', (error) =>
      failed(new ArgumentError(`${program} could not be started: ${error.message}; Python 3.11 is needed`)),
    );
    child.once('close', (code) => done(code ?? 1));
  });
}

if (require.main === module) runCommandLine(main, USAGE);
