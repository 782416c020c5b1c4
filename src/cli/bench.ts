/** `npm run bench`: what a loan-month costs on this machine, as a multiple of what the server's least workflow costs. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runBench } from '../bench/bench';
import { tableOf } from '../bench/table';
import { processEnvironment, readGivenSettings } from '../config/config';
import { ArgumentError, parseArguments, wholeNumber } from './arguments';
import { runCommandLine } from './runCommandLine';

const PROJECT_DIR = resolve(__dirname, '../..');
const STRICT = '--strict';

export async function main(argv: readonly string[]): Promise<number> {
  const isStrict = argv.includes(STRICT);
  const { options, positionals } = parseArguments(
    argv.filter((word) => word !== STRICT),
    ['json', 'repetitions', 'in-flight', 'noops', 'on-time-loans', 'on-time-months', 'late-months'],
  );
  if (positionals.length > 0) throw new ArgumentError(`${positionals[0]} is not known here: options begin with --`);
  const count = (name: string, byDefault: number, max: number) =>
    wholeNumber(options, name, { min: 1, max, byDefault });
  const result = await runBench({
    projectDir: PROJECT_DIR,
    settings: readGivenSettings(),
    childEnv: processEnvironment(),
    report: (line) => process.stdout.write(`· ${line}\n`),
    repetitions: count('repetitions', 5, 100),
    inFlight: count('in-flight', 50, 500),
    noops: count('noops', 500, 100_000),
    onTimeLoans: count('on-time-loans', 200, 2_000),
    onTimeMonths: count('on-time-months', 3, 11),
    lateMonths: count('late-months', 3, 11),
  });
  process.stdout.write(`\n${tableOf(result).join('\n')}\n`);
  const file = options.get('json');
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return isStrict && result.goals.some(({ isMet }) => !isMet) ? 1 : 0;
}

if (require.main === module) runCommandLine(main);
