/**
 * `npx creditloom guard simulate`: the anomaly guard against seeded attacks and normal days. Exit code 0: every goal
 * is met; 1: one was missed; 2: wrong use. See docs/anomaly-guard.md.
 */
import { simulateGuard } from '../../domain/messaging/guard/simulation/simulateGuard';
import { wholeNumber } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';
import { guardLines } from './guardTables';

const USAGE = usageOf('guard', ['simulate [--seed N] [--days N] [--runs N] [--json]']);
const MAX_DAYS = 100_000;

export interface GuardCommandSurroundings {
  /** The report, and nothing else. */
  write(text: string): void;
  /** What happens on the way. */
  report(line: string): void;
}

/** `--runs` is of each attack. Throws {@link ArgumentError} when the words are wrong. */
export async function guard(argv: readonly string[], { write, report }: GuardCommandSurroundings): Promise<number> {
  const { options, flags } = readWords(USAGE, argv);
  const figures = simulateGuard({
    seed: wholeNumber(options, 'seed', { min: 0, max: 2 ** 31, byDefault: 1 }),
    days: wholeNumber(options, 'days', { min: 1, max: MAX_DAYS, byDefault: 100 }),
    runs: wholeNumber(options, 'runs', { min: 1, max: MAX_DAYS, byDefault: 12 }),
    progress: (line) => report(line),
  });
  write(flags.has('json') ? `${JSON.stringify(figures, null, 2)}\n` : `${guardLines(figures).join('\n')}\n`);
  return figures.missed.length > 0 ? 1 : 0;
}

if (require.main === module) {
  runCommandLine(
    (argv) =>
      guard(argv, {
        write: (text) => process.stdout.write(text),
        report: (line) => process.stderr.write(`guard: ${line}\n`),
      }),
    USAGE,
  );
}
