/**
 * `npx creditloom template check`: the checks that a notice text passes before its review, without a database. Exit
 * code 0: nothing found; 1: refused; 2: wrong use. See docs/template-review.md.
 */

import { WORDING_NAMES, type WordingName } from '../../domain/messaging/outbox/wordings';
import { checkTemplateText, sizeOf } from '../../domain/messaging/templates/templateChecks';
import { templatePolicyOf } from '../../domain/messaging/templates/templatePolicy';
import { SIGNATURE } from '../../domain/policy/shippedTemplates';
import { readGivenSettings } from '../../platform/config/config';
import { officialNumbersOf } from '../../platform/config/messagingVariables';
import type { GivenSettings } from '../../platform/config/settings';
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { helpLines, readWords, usageOf } from '../usage';

const USAGE = usageOf('template', ['check --kind KIND --body TEXT [--signature NAME] [--json]']);
/** Below a refusal. */
const HELP = helpLines(USAGE).join('\n');

/** Throws {@link ArgumentError} when the words are wrong. */
export async function template(
  argv: readonly string[],
  write: (text: string) => void,
  { OFFICIAL_NUMBERS: numbers }: Pick<GivenSettings, 'OFFICIAL_NUMBERS'> = {},
): Promise<number> {
  const { options, flags } = readWords(USAGE, argv);
  const isJson = flags.has('json');
  const text = { ...textOf(options), policy: templatePolicyOf(officialNumbersOf(numbers)) };
  const findings = checkTemplateText(text);
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
    throw new ArgumentError(`--kind must be one of ${WORDING_NAMES.join(', ')}\n${HELP}`);
  }
  if (body === undefined || body === '') throw new ArgumentError(`--body must be the text\n${HELP}`);
  return { kind: kind as WordingName, body, signature: options.get('signature') ?? SIGNATURE };
}

if (require.main === module) {
  runCommandLine((argv) => template(argv, (text) => process.stdout.write(text), readGivenSettings()), USAGE);
}
