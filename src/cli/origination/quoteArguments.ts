/**
 * Options of `quote` as values: money in yuan with two decimals, rates as decimals, real dates. Each reader refuses
 * what is not exactly that with an {@link ArgumentError} that names the option, the fault and an example, because a
 * figure that was guessed is worse than none.
 */

import { isKnownFen, MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import { type IsoDate, isIsoDate } from '../../domain/values/calendar';
import { type DecimalRate, type Fen, formatYuan, RATE_ONE, scaleRate } from '../../domain/values/money';
import { ArgumentError, parseArguments, wholeNumber } from '../arguments';

export type Options = ReadonlyMap<string, string>;

const MONEY = /^(0|[1-9]\d{0,9})\.(\d{2})$/;
const RATE = /^\d{1,6}(\.\d{1,14})?$/;
/** Three decades on from such a start, dates still have four digits for their year. */
const FIRST_START: IsoDate = '1900-01-01';
const LAST_START: IsoDate = '2199-12-31';
const MAX_MONTHS = 360;

/** Options by name, known ones only and nothing else. */
export function readOptions(
  argv: readonly string[],
  { values, flags: withoutValue }: { values: readonly string[]; flags: readonly string[] },
): { options: Options; flags: ReadonlySet<string> } {
  const { options, flags, positionals } = parseArguments(argv, values, withoutValue);
  if (positionals.length > 0) {
    throw new ArgumentError(`${JSON.stringify(positionals[0])} is not known here: options begin with --`);
  }
  return { options, flags };
}

/** The text of an option that must be there. */
export function required(options: Options, name: string, example: string): string {
  const text = options.get(name);
  if (text === undefined) throw new ArgumentError(`--${name} is missing: give it, such as --${name} ${example}`);
  return text;
}

/** Money of an option, or the default; without a default it must be there. */
export function money(
  options: Options,
  name: string,
  { example, minFen, byDefault }: { example: string; minFen: Fen; byDefault?: Fen },
): Fen {
  if (byDefault !== undefined && !options.has(name)) return byDefault;
  return moneyOf(required(options, name, example), `--${name}`, { example, minFen });
}

/** Yuan with exactly two decimals, as fen; `where` begins the refusal. */
export function moneyOf(text: string, where: string, { example, minFen }: { example: string; minFen: Fen }): Fen {
  const match = MONEY.exec(text);
  const amountFen = match ? Number(match[1]) * 100 + Number(match[2]) : Number.NaN;
  if (!isKnownFen(amountFen)) {
    throw new ArgumentError(
      `${where} ${JSON.stringify(text)} is no amount: give yuan with two decimals, at most ${formatYuan(MAX_AMOUNT_FEN).replaceAll(',', '')}, without sign or separators, such as ${example}`,
    );
  }
  if (amountFen < minFen) {
    throw new ArgumentError(`${where} ${text} is too little: give at least ${formatYuan(minFen)}, such as ${example}`);
  }
  return amountFen;
}

/** A rate from 0 to 1 as it was written, or the default; without a default it must be there. */
export function rate(options: Options, name: string, example: DecimalRate, byDefault?: DecimalRate): DecimalRate {
  const text = options.get(name) ?? byDefault ?? required(options, name, example);
  if (!RATE.test(text) || scaleRate(text) > RATE_ONE) {
    throw new ArgumentError(
      `--${name} ${JSON.stringify(text)} is no rate: give a decimal from 0 to 1 with at most 14 decimals, such as ${example}`,
    );
  }
  return text;
}

/** The date of an option, or undefined where it is not given. */
export function dateOption(options: Options, name: string, example: IsoDate): IsoDate | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  if (!isIsoDate(text)) {
    throw new ArgumentError(`--${name} ${JSON.stringify(text)} is no date: give a real one such as ${example}`);
  }
  if (text < FIRST_START || text > LAST_START) {
    throw new ArgumentError(
      `--${name} ${text} is not from ${FIRST_START} to ${LAST_START}: give one such as ${example}`,
    );
  }
  return text;
}

export function monthsOption(options: Options): number {
  return countOption(options, 'months', { min: 1, max: MAX_MONTHS, example: 12 });
}

/** A whole number that must be given. */
export function countOption(
  options: Options,
  name: string,
  { min, max, example }: { min: number; max: number; example: number },
): number {
  required(options, name, String(example));
  return wholeNumber(options, name, { min, max, byDefault: example });
}

/** One of the choices, or the default; without a default it must be given. */
export function choiceOption<Choice extends string>(
  options: Options,
  name: string,
  choices: readonly Choice[],
  byDefault?: Choice,
): Choice {
  const text = options.get(name) ?? byDefault ?? required(options, name, choices[0] ?? '');
  const found = choices.find((each) => each === text);
  if (found === undefined) {
    throw new ArgumentError(`--${name} ${JSON.stringify(text)} is not one of ${choices.join(', ')}: give one of them`);
  }
  return found;
}

/** Which one of several options is given. Throws when it is none, or more than one. */
export function exactlyOne<Name extends string>(options: Options, names: readonly Name[]): Name {
  const given = names.filter((name) => options.has(name));
  const [only] = given;
  const list = names.map((name) => `--${name}`).join(', ');
  if (only === undefined) throw new ArgumentError(`one of ${list} is missing: give exactly one`);
  if (given.length > 1) {
    throw new ArgumentError(
      `${given.map((name) => `--${name}`).join(' and ')} exclude each other: give one of ${list}`,
    );
  }
  return only;
}
