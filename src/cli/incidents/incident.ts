/**
 * `npx creditloom incident …`: opens, reads and moves incidents, also while the API is down. Exit code 0: done; 1:
 * refused; 2: wrong use. See docs/incidents.md.
 */

import { personId, requestKey } from '../../contracts/fields';
import {
  acknowledge,
  answerAppeal,
  approveResume,
  changeMeasures,
  note,
  type PersonalOpening,
  recordReview,
} from '../../contracts/incidents/incident';
import { templateKind } from '../../contracts/incidents/incidentSchemas';
import {
  invalidAppealAnswer,
  invalidIncidentAppeal,
  invalidIncidentNote,
  invalidIncidentReview,
  invalidMeasuresChange,
  invalidPersonalOpening,
} from '../../contracts/incidents/incidentValidation';
import { mustOf } from '../../contracts/schemaJudge';
import { type IncidentScope, type Measure, unenforceable } from '../../domain/incidents/incidents';
import { ArgumentError } from '../arguments';
import { onConsole } from '../onConsole';
import { type OperatorSurroundings, runOperatorCommand } from '../operations/operatorCommand';
import { runCommandLine } from '../runCommandLine';
import { helpLines, readWords, usageOf } from '../usage';
import { appealing, listing, opening, showing, telling, type UnnamedMessage, type Work } from './incidentCommands';

const USAGE = usageOf(
  'incident',
  [
    'open --measures a,b --reason CODE --channel ID [--product P] [--template KIND] [--provider NAME] [--region R] [--segment S] [--by NAME]',
    'list [--in-force]',
    'show INCIDENT',
    'acknowledge INCIDENT [--by NAME]',
    'widen INCIDENT --measures a,b [--by NAME]',
    'note INCIDENT --text TEXT [--by NAME]',
    'appeal INCIDENT --appeal APPEAL --borrower BORROWER [--by NAME]',
    'answer INCIDENT --appeal APPEAL --decision upheld|dismissed --reason TEXT [--by NAME]',
    'resume INCIDENT [--by NAME]',
    'review INCIDENT --summary TEXT [--action TEXT] [--by NAME]',
  ],
  {
    each: '[--key KEY] [--tenant TENANT] [--state FOLDER] [--json]',
    besides: ['Whoever acts is the principal of OPERATOR_KEY.'],
  },
);
/** Below a refusal. */
const HELP = helpLines(USAGE).join('\n');
/** In the place of the principal, while only the rest is judged. */
const NOBODY_YET = 'operator';

interface Words {
  options: ReadonlyMap<string, string>;
  incidentId: string;
  isInForce: boolean;
}

const SCOPE_OPTIONS = {
  product: 'product',
  template: 'templateKind',
  provider: 'provider',
  region: 'region',
  segment: 'segment',
} as const;

const COMMANDS: Record<string, (words: Words) => Work> = {
  open: ({ options }) => opening(openingOf(options), keyOf(options)),
  list: ({ isInForce }) => listing(isInForce),
  show: ({ incidentId }) => showing(incidentId),
  acknowledge: ({ options, incidentId }) => telling(incidentId, acknowledge, { by: byOf(options) }, keyOf(options)),
  widen: ({ options, incidentId }) => {
    const change = { by: byOf(options), measures: measuresOf(options) };
    refuse(invalidMeasuresChange({ ...change, by: NOBODY_YET }));
    return telling(incidentId, changeMeasures, change, keyOf(options));
  },
  appeal: ({ options, incidentId }) => {
    const filed = { appealId: textOf(options, 'appeal'), borrowerId: textOf(options, 'borrower'), by: byOf(options) };
    refuse(invalidIncidentAppeal({ ...filed, by: NOBODY_YET }));
    return appealing(incidentId, filed, keyOf(options));
  },
  answer: ({ options, incidentId }) => {
    const decided = { isUpheld: isUpheldBy(options), reason: textOf(options, 'reason') };
    const answer = { appealId: textOf(options, 'appeal'), by: byOf(options), ...decided };
    refuse(invalidAppealAnswer({ ...answer, by: NOBODY_YET }));
    return telling(incidentId, answerAppeal, answer, keyOf(options));
  },
  note: ({ options, incidentId }) => {
    const noted = { by: byOf(options), text: textOf(options, 'text') };
    refuse(invalidIncidentNote({ ...noted, by: NOBODY_YET }));
    return telling(incidentId, note, noted, keyOf(options));
  },
  resume: ({ options, incidentId }) => telling(incidentId, approveResume, { by: byOf(options) }, keyOf(options)),
  review: ({ options, incidentId }) => {
    const action = options.get('action');
    const review = { by: byOf(options), summary: textOf(options, 'summary'), actions: action ? [action] : [] };
    refuse(invalidIncidentReview({ ...review, by: NOBODY_YET }));
    return telling(incidentId, recordReview, review, keyOf(options));
  },
};

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function incidentCommand(argv: readonly string[], surroundings: OperatorSurroundings): Promise<number> {
  const { name, options, flags, positionals } = readWords(USAGE, argv);
  const [incidentId = ''] = positionals;
  const read = COMMANDS[name];
  if (!read) throw new Error(`${name} is in the usage, and nothing does it`);
  const work = read({ options, incidentId, isInForce: flags.has('in-force') });
  const where = { tenant: options.get('tenant'), stateDir: options.get('state') };
  return runOperatorCommand({ work, ...where, isJson: flags.has('json'), scope: 'incidents:write' }, surroundings);
}

function openingOf(options: ReadonlyMap<string, string>): UnnamedMessage<PersonalOpening> {
  const scope: Record<string, string> = {};
  for (const [option, field] of Object.entries(SCOPE_OPTIONS)) {
    const value = options.get(option);
    if (value !== undefined) scope[field] = value;
  }
  const asked = {
    by: byOf(options),
    measures: measuresOf(options),
    scope: scope as IncidentScope,
    reasonCode: options.get('reason') ?? '',
    remedyChannel: options.get('channel') ?? '',
  };
  if (scope.templateKind !== undefined) refuseOption('--template', mustOf(templateKind, scope.templateKind));
  refuse(invalidPersonalOpening({ ...asked, by: asked.by ?? NOBODY_YET }));
  const fault = unenforceable(asked.measures, asked.scope ?? {});
  if (fault)
    throw new ArgumentError(`${fault.field} cannot narrow ${fault.measure}: leave it out, or open two incidents`);
  return asked;
}

function measuresOf(options: ReadonlyMap<string, string>): Measure[] {
  return (options.get('measures') ?? '').split(',').filter((word) => word !== '') as Measure[];
}

/** A name beside the principal of the key, which is who acts. */
function byOf(options: ReadonlyMap<string, string>): string | undefined {
  const by = options.get('by');
  if (by !== undefined) refuseOption('--by', mustOf(personId, by));
  return by;
}

/** Makes a repeat the same write: over HTTP it would be the Idempotency-Key. */
function keyOf(options: ReadonlyMap<string, string>): string | undefined {
  const key = options.get('key');
  if (key !== undefined) refuseOption('--key', mustOf(requestKey, key));
  return key;
}

function refuseOption(option: string, must: string | undefined): void {
  if (must !== undefined) throw new ArgumentError(`${option} ${must}`);
}

function textOf(options: ReadonlyMap<string, string>, name: string): string {
  const text = options.get(name);
  if (text === undefined) throw new ArgumentError(`--${name} is needed\n${HELP}`);
  return text;
}

/** In a word, so that nobody decides by forgetting one. */
function isUpheldBy(options: ReadonlyMap<string, string>): boolean {
  const decision = textOf(options, 'decision');
  if (decision !== 'upheld' && decision !== 'dismissed') {
    throw new ArgumentError(`--decision must be upheld or dismissed\n${HELP}`);
  }
  return decision === 'upheld';
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ArgumentError(`${fault}\n${HELP}`);
}

if (require.main === module) runCommandLine(onConsole(incidentCommand), USAGE);
