// The table of the commands, src/cli/commands.json, and what is told from it before anything is installed or built. A
// row without a module is done by run.mjs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HELP = ['--help', '-h'];
const PROGRAM = 'npx creditloom';

/** Rows of name, what it does in one line, module below src, and the name of before where there was one. */
export function readCommands(root) {
  return JSON.parse(readFileSync(join(root, 'src', 'cli', 'commands.json'), 'utf8'));
}

/** `help`, `--help` and `help NAME` as the command and the words that it is run with. */
export function asked([name, ...rest]) {
  if (name !== 'help' && !HELP.includes(name)) return name === undefined ? [] : [name, ...rest];
  const about = rest.filter((word) => !HELP.includes(word));
  return about.length === 0 ? ['help'] : [...about, '--help'];
}

/** The row of a name, also of one from before. Undefined where there is none. */
export function commandOf(commands, name) {
  return commands.find((row) => row.name === name || row.was === name);
}

/** Every command with its line. */
export function listOf(commands) {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `usage: ${PROGRAM} COMMAND [OPTION …]`,
    '',
    ...commands.map(({ name, says }) => `  ${name.padEnd(width)}  ${says}`),
    '',
    `${PROGRAM} help COMMAND, or COMMAND --help, says what it takes.`,
  ].join('\n');
}

/** Of a command that run.mjs does itself, where it is asked for its help; undefined for every other. */
export function ownHelp({ module, name, says, usage }, args) {
  if (module !== undefined || !isHelp(args)) return undefined;
  return [`${name}: ${says}`, '', `usage: ${name} ${usage}`.trimEnd()].join('\n');
}

/** What follows a lone `--` is no option. */
export function isHelp(args) {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((word) => HELP.includes(word));
}
