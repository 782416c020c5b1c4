/**
 * `npm run bench`: what a loan-month costs on this machine, as a multiple of what the server's least workflow costs;
 * what the ledger does of what PostgreSQL could, and notices of what the gateway could; what the domain's own code takes.
 */
import { resolve } from 'node:path';
import { ArgumentError, wholeNumber } from '../../cli/arguments';
import { runCommandLine } from '../../cli/runCommandLine';
import { readWords, usageOf } from '../../cli/usage';
import { processEnvironment, readGivenSettings } from '../../platform/config/config';
import { writePrivateFile } from '../../platform/provision/privateFiles';
import { BENCH_PARTS, type BenchOptions, runBench } from './bench';
import { tableOf } from './table';

const PROJECT_DIR = resolve(__dirname, '../../..');
const FILE = 'json';
const ONLY = 'only';
const USAGE = usageOf('bench', [
  '[--only PART] [--strict] [--json FILE] [--repetitions N] [--in-flight N] [--noops N] [--on-time-loans N] [--on-time-months N] [--late-months N] [--connections N] [--payments N] [--accounts-of-an-age N] [--notices N] [--planned N]',
]);

export async function main(argv: readonly string[]): Promise<number> {
  const { options, flags } = readWords(USAGE, argv);
  const result = await runBench({
    projectDir: PROJECT_DIR,
    settings: readGivenSettings(),
    childEnv: processEnvironment(),
    report: (line) => process.stdout.write(`· ${line}\n`),
    ...measurements(options),
  });
  process.stdout.write(`\n${tableOf(result).join('\n')}\n`);
  const file = options.get(FILE);
  if (file !== undefined) writePrivateFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return flags.has('strict') && result.goals.some(({ isMet }) => !isMet) ? 1 : 0;
}

type Measurements = Omit<BenchOptions, 'projectDir' | 'settings' | 'childEnv' | 'report'>;

/** Throws {@link ArgumentError} for a part that there is not, and for a number out of its range. */
export function measurements(options: ReadonlyMap<string, string>): Measurements {
  const count = (name: string, byDefault: number, max: number) =>
    wholeNumber(options, name, { min: 1, max, byDefault });
  const only = options.get(ONLY);
  const parts = only === undefined ? BENCH_PARTS : BENCH_PARTS.filter((part) => part === only);
  if (parts.length === 0)
    throw new ArgumentError(`--${ONLY} ${only} is no part: give one of ${BENCH_PARTS.join(', ')}`);
  return {
    parts,
    repetitions: count('repetitions', 5, 100),
    inFlight: count('in-flight', 50, 500),
    noops: count('noops', 500, 100_000),
    onTimeLoans: count('on-time-loans', 200, 2_000),
    onTimeMonths: count('on-time-months', 3, 11),
    lateMonths: count('late-months', 3, 11),
    connections: count('connections', 10, 100),
    payments: count('payments', 1_000, 100_000),
    accountsOfAnAge: count('accounts-of-an-age', 12, 200),
    notices: count('notices', 1_000, 100_000),
    planned: count('planned', 1_000_000, 10_000_000),
  };
}

if (require.main === module) runCommandLine(main, USAGE);
