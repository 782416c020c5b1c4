/**
 * `npm run attack`: an adversary against a system of its own, over the loopback alone. Exit code 0: nothing was lost,
 * doubled, minted or stopped; 1: something was; 2: wrong use. See docs/threat-model.md.
 */
import { resolve } from 'node:path';
import { wholeNumber } from '../../cli/arguments';
import { runCommandLine } from '../../cli/runCommandLine';
import { readWords, usageOf } from '../../cli/usage';
import { DAY_MS } from '../../domain/values/timeUnits';
import { processEnvironment } from '../../platform/config/config';
import { SETTING_NAMES } from '../../platform/config/settings';
import { endStarted } from '../../platform/provision';
import { ATTACK_PARTS, runAttack } from './attack';
import { linesOfTally, partsOfTally } from './tally';

const PROJECT_DIR = resolve(__dirname, '../../..');
const USAGE = usageOf('attack', ['[--short] [--seed N] [--only PART,PART]']);
/** As a shell tells a command that Ctrl-C ended. */
const INTERRUPTED = 130;
const MAX_SEED = 2 ** 32 - 1;
/** Another one each day, so that the same bodies are not proved for ever; printed, so that a fault comes again. */

export async function main(argv: readonly string[]): Promise<number> {
  const { options, flags } = readWords(USAGE, argv);
  const isShort = flags.has('short');
  const byDefault = Math.floor(Date.now() / DAY_MS);
  const seed = wholeNumber(options, 'seed', { min: 0, max: MAX_SEED, byDefault });
  const parts = partsOfTally(options.get('only'), ATTACK_PARTS);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`· seed ${seed}${isShort ? ', short form' : ''}; parts ${parts.join(', ')}`);
  const startedAtMs = Date.now();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // What runs is ended; there is no table of half an attack.
    process.once(signal, () => void endStarted().finally(() => process.exit(INTERRUPTED)));
  }
  const environment = withoutOurs(processEnvironment());
  const report = (line: string) => say(`· ${line}`);
  const tallies = await runAttack({ seed, isShort, parts, projectDir: PROJECT_DIR, environment, report });
  const faults = tallies.reduce((sum, tally) => sum + tally.faults, 0);
  say(`\n${linesOfTally(tallies).join('\n')}\n`);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  say(faults === 0 ? `held, in ${seconds} s` : `${faults} FAULTS, in ${seconds} s; again with --seed ${seed}`);
  return faults === 0 ? 0 : 1;
}

/** Whatever this shell's settings name, it is not attacked. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SETTING_NAMES.includes(name as never)));
}

if (require.main === module) runCommandLine(main, USAGE);
