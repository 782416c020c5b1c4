/** Arguments of the commands: `--name value`, `--name=value` and `--name`, known names only, each with its own check. */
import { parseArgs } from 'node:util';

export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

export interface GivenWords {
  /** Values, by the option's name. */
  options: Map<string, string>;
  /** Options without a value that were given. */
  flags: Set<string>;
  positionals: string[];
}

/**
 * Splits arguments as `node:util` does, into options with a value (`known`), options without one (`flags`) and the
 * rest. Throws {@link ArgumentError} that names an option that is unknown, doubled, or lacks its value.
 */
export function parseArguments(
  argv: readonly string[],
  known: readonly string[],
  flags: readonly string[] = [],
): GivenWords {
  const given: GivenWords = { options: new Map(), flags: new Set(), positionals: [] };
  // Not strict: what is wrong is told in our words, with what would be right.
  const { tokens } = parseArgs({ args: [...argv], strict: false, tokens: true, options: kinds(known, flags) });
  for (const token of tokens) {
    if (token.kind === 'positional') given.positionals.push(token.value);
    if (token.kind === 'option') take(given, token, [known, flags]);
  }
  return given;
}

function kinds(known: readonly string[], flags: readonly string[]): Record<string, { type: 'string' | 'boolean' }> {
  const ofType = (type: 'string' | 'boolean') => (name: string) => [name, { type }] as const;
  return Object.fromEntries([...known.map(ofType('string')), ...flags.map(ofType('boolean'))]);
}

/** Where the first word stands that is neither an option nor the value of one; -1 where there is none. */
export function firstPositional(argv: readonly string[], known: readonly string[]): number {
  const { tokens } = parseArgs({ args: [...argv], strict: false, tokens: true, options: kinds(known, []) });
  return tokens.find(({ kind }) => kind === 'positional')?.index ?? -1;
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function take(
  { options, flags }: GivenWords,
  { name, rawName, value, inlineValue: isInline }: OptionToken,
  [known, withoutValue]: [known: readonly string[], withoutValue: readonly string[]],
): void {
  const takesValue = known.includes(name);
  if (!rawName.startsWith('--') || !(takesValue || withoutValue.includes(name))) {
    const all = [...known, ...withoutValue].map((each) => `--${each}`).join(', ');
    throw new ArgumentError(`${rawName} is not known here; there ${all === '' ? 'is no option' : `are ${all}`}`);
  }
  if (options.has(name) || flags.has(name)) throw new ArgumentError(`--${name} is given twice: give it once`);
  if (!takesValue) {
    if (isInline) throw new ArgumentError(`--${name} takes no value: give it alone`);
    flags.add(name);
    return;
  }
  if (value === undefined) throw new ArgumentError(`--${name} needs a value`);
  // A forgotten value must not take the next option for itself.
  if (!isInline && value.startsWith('--')) {
    throw new ArgumentError(
      `--${name} needs a value before ${value}; write --${name}=${value} where that is its value`,
    );
  }
  options.set(name, value);
}

/** A whole number in a range, or the default. */
export function wholeNumber(
  options: ReadonlyMap<string, string>,
  name: string,
  { min, max, byDefault }: { min: number; max: number; byDefault: number },
): number {
  const text = options.get(name);
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new ArgumentError(`--${name} ${text} is not a whole number from ${min} to ${max}, such as ${byDefault}`);
  }
  return value;
}

/** A duration in business time, such as `12mo` or `90d`, as months and days. */
export function duration(text: string, name: string): { months: number; days: number } {
  const match = /^(\d{1,4})(mo|d)$/.exec(text);
  if (!match) throw new ArgumentError(`--${name} ${text} is not a duration such as 12mo or 90d`);
  const count = Number(match[1]);
  return match[2] === 'mo' ? { months: count, days: 0 } : { months: 0, days: count };
}
