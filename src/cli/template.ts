/**
 * `npx creditloom template check`: the checks that a notice text passes before its review, without a database. Exit
 * code 0: nothing found; 1: refused; 2: wrong use. See docs/template-review.md.
 */
import { type GivenSettings, officialNumbersOf, readGivenSettings } from '../config/config';
import { checkTemplate, sizeOf } from '../domain/templateChecks';
import { templatePolicyOf } from '../domain/templatePolicy';
import { WORDING_NAMES, type WordingName } from '../domain/wordings';
import { SIGNATURE } from '../policies/templates';
import { ArgumentError, parseArguments } from './arguments';
import { runCommandLine } from './runCommandLine';

const USAGE = 'usage: template check --kind KIND --body TEXT [--signature NAME] [--json]';

/** Throws {@link ArgumentError} when the words are wrong. */
export async function template(
  argv: readonly string[],
  write: (text: string) => void,
  { OFFICIAL_NUMBERS: numbers }: Pick<GivenSettings, 'OFFICIAL_NUMBERS'> = {},
): Promise<number> {
  // The only option without a value, so it is taken out first.
  const isJson = argv.includes('--json');
  const words = argv.filter((word) => word !== '--json');
  const { options, positionals } = parseArguments(words, ['kind', 'body', 'signature']);
  if (positionals.length !== 1 || positionals[0] !== 'check') {
    throw new ArgumentError(`${positionals.join(' ') || 'nothing'} is no command on templates\n${USAGE}`);
  }
  const text = { ...textOf(options), policy: templatePolicyOf(officialNumbersOf(numbers)) };
  const findings = checkTemplate(text);
  const size = sizeOf(text);
  if (isJson) write(`${JSON.stringify({ kind: text.kind, findings, size: size ?? null }, null, 2)}\n`);
  else {
    const lines = findings.map(({ rule, words: found, why, fix }) => `${rule} "${found}": ${why}; ${fix}`);
    if (size) {
      lines.push(`longest: ${size.longest}`);
      lines.push(`${size.length} characters, ${size.parts} part(s), ${size.costFen} fen a message`);
    }
    lines.push(findings.length === 0 ? 'nothing found' : `refused: ${findings.length} finding(s)`);
    write(`${lines.join('\n')}\n`);
  }
  return findings.length === 0 ? 0 : 1;
}

function textOf(options: ReadonlyMap<string, string>): { kind: WordingName; body: string; signature: string } {
  const kind = options.get('kind');
  const body = options.get('body');
  if (kind === undefined || !(WORDING_NAMES as string[]).includes(kind)) {
    throw new ArgumentError(`--kind must be one of ${WORDING_NAMES.join(', ')}\n${USAGE}`);
  }
  if (body === undefined || body === '') throw new ArgumentError(`--body must be the text\n${USAGE}`);
  return { kind: kind as WordingName, body, signature: options.get('signature') ?? SIGNATURE };
}

if (require.main === module) {
  runCommandLine((argv) => template(argv, (text) => process.stdout.write(text), readGivenSettings()));
}
