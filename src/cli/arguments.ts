/** Arguments of the commands: `--name value` and `--name=value`, known names only, each with its own check. */

export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** Splits arguments in options and positionals. Throws {@link ArgumentError} that names an unknown or doubled option. */
export function parseArguments(
  argv: readonly string[],
  known: readonly string[],
): { options: Map<string, string>; positionals: string[] } {
  const options = new Map<string, string>();
  const positionals: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('--')) {
      positionals.push(word);
      continue;
    }
    // At the first sign only: a value may have others in it.
    const equalsAt = word.indexOf('=');
    const name = equalsAt < 0 ? word.slice(2) : word.slice(2, equalsAt);
    const inline = equalsAt < 0 ? undefined : word.slice(equalsAt + 1);
    if (!known.includes(name)) {
      throw new ArgumentError(`--${name} is not known here; there are ${known.map((each) => `--${each}`).join(', ')}`);
    }
    const value = inline ?? argv[++index];
    if (value === undefined) throw new ArgumentError(`--${name} needs a value`);
    if (options.has(name)) throw new ArgumentError(`--${name} is given twice: give it once`);
    options.set(name, value);
  }
  return { options, positionals };
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
