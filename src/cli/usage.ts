/**
 * What a command can be given, written once: the lines that `--help` prints are the rule by which its words are read.
 * A line is a sub-command, what it is about, and its options: `show INCIDENT [--tenant TENANT] [--json]`.
 */
import { ArgumentError, firstPositional, type GivenWords, parseArguments } from './arguments';
import table from './commands.json';

export interface Usage {
  command: string;
  forms: readonly Form[];
  /** Options of every form, with what is said of them. */
  each: string;
  /** Further lines below. */
  besides: readonly string[];
}

interface Form {
  /** The sub-command; empty where the command has none. */
  name: string;
  /** In capitals: what it is about. */
  words: readonly string[];
  values: readonly string[];
  flags: readonly string[];
  line: string;
}

export interface GivenCommand extends GivenWords {
  /** The sub-command; empty where the command has none. */
  name: string;
}

const OPTION = /\[?--([a-z][a-z-]*)(?: ([^\s[\]-][^\s\]]*))?\]?/g;
const SUB_COMMAND = /^[a-z]/;
const HELP = ['--help', '-h'];
const WIDTH = 110;

/** One line a form; a sub-command may have several. `each` is added to all of them. */
export function usageOf(
  command: string,
  lines: readonly string[],
  { each = '', besides = [] }: { each?: string; besides?: readonly string[] } = {},
): Usage {
  return { command, forms: lines.map((line) => formOf(line, each)), each, besides };
}

function formOf(line: string, each: string): Form {
  const options = [...`${line} ${each}`.matchAll(OPTION)];
  const words = line.replace(OPTION, '').split(' ').filter(Boolean);
  const name = SUB_COMMAND.test(words[0] ?? '') ? (words.shift() ?? '') : '';
  const names = (takesValue: boolean) =>
    options.filter(([, , value]) => (value !== undefined) === takesValue).map(([, option = '']) => option);
  return { name, words, values: names(true), flags: names(false), line };
}

/** The names of the options of a sub-command that take a value, and of those that take none. */
export function optionsOf({ forms }: Usage, name = ''): { values: string[]; flags: string[] } {
  const own = forms.filter((form) => form.name === name);
  const names = (of: (form: Form) => readonly string[]) => [...new Set(own.flatMap(of))];
  return { values: names(({ values }) => values), flags: names(({ flags }) => flags) };
}

/** Throws {@link ArgumentError} for what the usage has no place for, and for a word that it needs. */
export function readWords(usage: Usage, argv: readonly string[]): GivenCommand {
  const hasSubCommands = usage.forms.some(({ name }) => name !== '');
  const at = hasSubCommands ? firstPositional(argv, [...new Set(usage.forms.flatMap(({ values }) => values))]) : -1;
  const name = argv[at] ?? '';
  const own = usage.forms.filter((form) => form.name === name);
  const help = `\n${helpLines(usage).join('\n')}`;
  if (own.length === 0) throw new ArgumentError(`${name || 'nothing'} is no command of the ${usage.command}${help}`);
  const { values, flags } = optionsOf(usage, name);
  const given = parseArguments(
    argv.filter((_, index) => index !== at),
    values,
    flags,
  );
  const extra = given.positionals[Math.max(...own.map(({ words }) => words.length))];
  if (extra !== undefined) {
    throw new ArgumentError(`${extra} is not known here${hasSubCommands ? help : ': options begin with --'}`);
  }
  const least = own.map(({ words }) => words.filter((word) => !word.startsWith('[')));
  const [needed = []] = least.sort((one, other) => one.length - other.length);
  const missing = needed[given.positionals.length];
  if (missing !== undefined) throw new ArgumentError(`${name || usage.command} needs ${anyOf(missing)}${help}`);
  return { ...given, name };
}

/** `KEY_ID` is "the id of a key". */
function anyOf(word: string): string {
  if (word.endsWith('_ID')) return `the id of ${anyOf(word.slice(0, -'_ID'.length))}`;
  const words = word.toLowerCase().replaceAll('_', ' ');
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

/** The usage as lines, of one sub-command or of all. */
export function helpLines({ command, forms, each, besides }: Usage, name?: string): string[] {
  const shown = forms.filter((form) => form.name === name);
  const lines = (shown.length > 0 ? shown : forms).map(({ line }) => `${command} ${line}`.trim());
  const all = each === '' ? lines : [...lines, `${lines.length > 1 ? 'each ' : ''}with ${each}`];
  return [...all.flatMap((line, at) => wrapped(line, at === 0 ? 'usage: ' : '       ')), ...besides];
}

/** An option stays with its value. */
function wrapped(line: string, lead: string): string[] {
  const parts = line.match(/\[[^\]]*\]|--\S+ [^\s[\]-]\S*|\S+/g) ?? [];
  const lines = [lead.trimEnd()];
  for (const part of parts) {
    const longer = `${lines.at(-1)?.padEnd(lead.length - 1)} ${part}`;
    if (longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(`${' '.repeat(lead.length + 4)}${part}`);
  }
  return lines;
}

/** What is printed for `--help`; undefined where nobody asks for it. What follows a lone `--` is no option. */
export function helpAsked(usage: Usage, argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (!words.some((word) => HELP.includes(word))) return undefined;
  const says = table.find(({ name }) => name === usage.command)?.says;
  const name = words.find((word) => !HELP.includes(word));
  return [...(says === undefined ? [] : [`${usage.command}: ${says}`, '']), ...helpLines(usage, name), ''].join('\n');
}
