/**
 * `creditloom account derive`: an account from a file of facts, by the fold that services it; `account schema`: what a
 * line of such a file may be. Needs no server, no clock and no network, and stores nothing. Exit code 2: wrong use, or
 * a bad line. See docs/account-derive.md.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startOf } from '../../domain/credit/account';
import { deriveInHistoricalOrder, type HistoricalAccount } from '../../domain/credit/historicalOrder';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { addMonthsClamped, type IsoDate } from '../../domain/values/calendar';
import { faultsOfJson } from '../../domain/values/exactJson';
import { foreignTextOf } from '../../domain/values/foreignText';
import { PolicyError, parsePolicy } from '../../platform/policy/lendingPolicySchema';
import { ArgumentError } from '../arguments';
import { dateOption, type Options, readOptions, required } from '../origination/quoteArguments';
import { runCommandLine } from '../runCommandLine';
import { helpLines, optionsOf, usageOf } from '../usage';
import type { LineFault } from './accountFactsFaults';
import { type FactsFile, readFactsFile } from './accountFactsFile';
import { lineJsonSchema } from './accountFactsSchema';
import { reportOf } from './accountReport';
import { reportLines } from './accountTables';

const USAGE = usageOf('account', [
  'derive --facts FILE.jsonl --as-of DATE [--policy FILE.json] [--entries] [--json]',
  'schema',
]);
const AS_OF_EXAMPLE = '2026-07-01';
const FACTS_EXAMPLE = 'account.jsonl';
const FAULTS_SHOWN = 20;
/** A longer life is a slip in a year, and every bill of it would be worked out. */
const MAX_LIFE_MONTHS = 600;

export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  process.stdout.write(`${answer(name, rest)}\n`);
  return 0;
}

function answer(name: string | undefined, rest: readonly string[]): string {
  switch (name) {
    case 'derive':
      return answerDerive(rest);
    case 'schema':
      readOptions(rest, optionsOf(USAGE, 'schema'));
      return JSON.stringify(lineJsonSchema(), null, 2);
    default: {
      const fault = name === undefined ? 'a question is missing' : `${JSON.stringify(name)} is no question`;
      throw new ArgumentError(`${fault} of account; there are derive and schema\n${helpLines(USAGE).join('\n')}`);
    }
  }
}

function answerDerive(rest: readonly string[]): string {
  const { options, flags } = readOptions(rest, optionsOf(USAGE, 'derive'));
  return derive(options, { isJson: flags.has('json'), hasEntries: flags.has('entries') });
}

function derive(options: Options, { isJson, hasEntries }: { isJson: boolean; hasEntries: boolean }): string {
  const file = required(options, 'facts', FACTS_EXAMPLE);
  required(options, 'as-of', AS_OF_EXAMPLE);
  const asOf = dateOption(options, 'as-of', AS_OF_EXAMPLE) as IsoDate;
  const { value: facts, faults } = readFactsFile(textOf(file, 'facts'), policyOf(options));
  if (!facts) throw new ArgumentError(refusal(file, faults));
  refuseOutOfLife(asOf, startOf(facts.terms));
  const report = reportOf(accountOf(facts, asOf), facts.policy, { overrides: facts.overrides, hasEntries });
  return isJson ? JSON.stringify(report, null, 2) : reportLines(report).join('\n');
}

/** Amounts that are each right can be too large together: the domain says what is wrong with them. */
function accountOf({ terms, arrivals, policy }: FactsFile, asOf: IsoDate): HistoricalAccount {
  try {
    return deriveInHistoricalOrder({ terms, arrivals, policy, asOf });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ArgumentError(`this cannot be derived: ${error.message}; correct the amounts, rates or dates`);
  }
}

function policyOf(options: Options): LendingPolicy {
  const file = options.get('policy');
  if (file === undefined) return defaultPolicy;
  try {
    const text = textOf(file, 'policy');
    const policy: unknown = JSON.parse(text);
    refuseInexact(file, text);
    return parsePolicy(policy);
  } catch (error) {
    if (error instanceof PolicyError) throw new ArgumentError(`--policy ${file}: ${error.message}`);
    if (!(error instanceof SyntaxError)) throw error;
    throw new ArgumentError(`--policy ${file} is not JSON: ${error.message}; give a file that holds one whole policy`);
  }
}

function refuseInexact(file: string, text: string): void {
  const [fault] = faultsOfJson(text);
  if (!fault) return;
  const what =
    fault.kind === 'twice'
      ? `is given twice, on line ${fault.firstLine} and on line ${fault.line}: remove one of both`
      : `is ${fault.written} on line ${fault.line}, which would be read as ${fault.readAs}: give one that is kept`;
  throw new ArgumentError(`--policy ${file}: ${fault.field} ${what}`);
}

function textOf(file: string, option: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError(`--${option} ${resolve(file)} cannot be read: ${code}; give the path of a file`);
  }
  const foreign = foreignTextOf(text);
  if (foreign !== undefined) throw new ArgumentError(`--${option} ${file} ${foreign}`);
  return text;
}

function refuseOutOfLife(asOf: IsoDate, start: IsoDate): void {
  const last = addMonthsClamped(start, MAX_LIFE_MONTHS);
  if (asOf >= start && asOf <= last) return;
  throw new ArgumentError(`--as-of ${asOf} is not in the life of the account: give a date from ${start} to ${last}`);
}

function refusal(file: string, faults: readonly LineFault[]): string {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ line, field, fault, fix }) => `line ${line}: ${field} ${fault}${fix === '' ? '' : `: ${fix}`}`);
  const more = faults.length > FAULTS_SHOWN ? [`… and ${faults.length - FAULTS_SHOWN} more`] : [];
  return [`${file} has ${count}, and nothing is derived:`, ...shown, ...more].join('\n');
}

if (require.main === module) runCommandLine(main, USAGE);
