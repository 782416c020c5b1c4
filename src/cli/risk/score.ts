/**
 * `creditloom score`: a file of raw rows, scored by a card; `score export`: the card as one statement for PostgreSQL.
 * Needs no server. Exit code 1: rows were refused, and the others are scored; 2: wrong use. See docs/scorecards.md.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { cardStatement } from '../../domain/risk/cards/cardSql';
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';
import { cardOf } from './cardOption';
import { scoreFile } from './scoreFile';

const USAGE = usageOf('score', [
  '--card CARD --in FILE.csv --out FILE.csv',
  'export --sql --card CARD [--table TABLE] [--quoted]',
]);
const REFUSALS_SHOWN = 100;
const TABLE = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/;
const DEFAULT_TABLE = 'raw_rows';

export async function main(argv: readonly string[]): Promise<number> {
  const { name, options, flags } = readWords(USAGE, argv);
  if (name === 'export') {
    process.stdout.write(statement(options, flags));
    return 0;
  }
  return score(options);
}

function statement(options: ReadonlyMap<string, string>, flags: ReadonlySet<string>): string {
  if (!flags.has('sql')) throw new ArgumentError('score export needs --sql: a statement is all that it makes');
  const table = options.get('table') ?? DEFAULT_TABLE;
  if (!TABLE.test(table)) throw new ArgumentError(`--table ${table} is no name of a table, such as risk.raw_rows`);
  return cardStatement(cardOf(needed(options, 'card', 'behaviour')), { table, isQuoted: flags.has('quoted') });
}

async function score(options: ReadonlyMap<string, string>): Promise<number> {
  const card = cardOf(needed(options, 'card', 'behaviour'));
  const from = needed(options, 'in', 'rows.csv');
  const to = needed(options, 'out', 'scored.csv');
  if (!existsSync(from)) throw new ArgumentError(`--in ${resolve(from)} is not there: give a file of rows`);
  if (!existsSync(dirname(resolve(to)))) throw new ArgumentError(`--out ${resolve(to)}: its folder is not there`);
  let shown = 0;
  const { scored, refused } = await scoreFile({
    card,
    from,
    to,
    refuse: (line, faults) => {
      for (const { field, fault, fix } of faults) {
        shown += 1;
        if (shown <= REFUSALS_SHOWN) process.stderr.write(`line ${line}: ${field} ${fault}: ${fix}\n`);
      }
    },
  });
  if (shown > REFUSALS_SHOWN) process.stderr.write(`… and ${shown - REFUSALS_SHOWN} faults more\n`);
  process.stdout.write(`${scored} rows scored by card ${card.id} version ${card.version}, ${refused} refused\n`);
  return refused > 0 ? 1 : 0;
}

function needed(options: ReadonlyMap<string, string>, name: string, example: string): string {
  const value = options.get(name);
  if (value === undefined) throw new ArgumentError(`--${name} is missing: give --${name} ${example}`);
  return value;
}

if (require.main === module) runCommandLine(main, USAGE);
