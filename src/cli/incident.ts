/**
 * `npx creditloom incident …`: opens, reads and moves incidents, also while the API is down. Exit code 0: done; 1:
 * refused; 2: wrong use. See docs/incidents.md.
 */
import { readGivenSettings } from '../config/config';
import { personId, requestKey } from '../contracts/fields';
import {
  acknowledge,
  answerAppeal,
  approveResume,
  changeMeasures,
  note,
  type PersonalOpening,
  recordReview,
} from '../contracts/incident';
import { templateKind } from '../contracts/incidentSchemas';
import {
  invalidAppealAnswer,
  invalidIncidentAppeal,
  invalidIncidentNote,
  invalidIncidentReview,
  invalidMeasuresChange,
  invalidPersonalOpening,
} from '../contracts/incidentValidation';
import { mustOf } from '../contracts/schema';
import { type IncidentScope, type Measure, unenforceable } from '../domain/incidents';
import { ArgumentError, parseArguments } from './arguments';
import { appealing, listing, opening, type Said, showing, telling, type Work } from './incidentCommands';
import { type CommandSurroundings, runOperatorCommand } from './operatorCommand';
import { runCommandLine } from './runCommandLine';

const USAGE = [
  'usage: incident open --measures a,b --reason CODE --channel ID',
  '                [--product P] [--template KIND] [--provider NAME] [--region R] [--segment S]',
  '       incident list [--in-force] | show INCIDENT | acknowledge INCIDENT',
  '       incident widen INCIDENT --measures a,b | note INCIDENT --text TEXT',
  '       incident appeal INCIDENT --appeal APPEAL --borrower BORROWER',
  '       incident answer INCIDENT --appeal APPEAL --decision upheld|dismissed --reason TEXT',
  '       incident resume INCIDENT | review INCIDENT --summary TEXT [--action TEXT]',
  '       each with [--by NAME] [--key KEY] [--tenant TENANT] [--state FOLDER] [--json]; acts as the principal of OPERATOR_KEY',
].join('\n');
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

const COMMANDS: Record<string, { known: string[]; takesIncident: boolean; read(words: Words): Work }> = {
  open: {
    known: ['by', 'measures', 'reason', 'channel', ...Object.keys(SCOPE_OPTIONS)],
    takesIncident: false,
    read: ({ options }) => opening(openingOf(options), keyOf(options)),
  },
  list: { known: [], takesIncident: false, read: ({ isInForce }) => listing(isInForce) },
  show: { known: [], takesIncident: true, read: ({ incidentId }) => showing(incidentId) },
  acknowledge: {
    known: ['by'],
    takesIncident: true,
    read: ({ options, incidentId }) => telling(incidentId, acknowledge, { by: byOf(options) }, keyOf(options)),
  },
  widen: {
    known: ['by', 'measures'],
    takesIncident: true,
    read: ({ options, incidentId }) => {
      const change = { by: byOf(options), measures: measuresOf(options) };
      refuse(invalidMeasuresChange({ ...change, by: NOBODY_YET }));
      return telling(incidentId, changeMeasures, change, keyOf(options));
    },
  },
  appeal: {
    known: ['by', 'appeal', 'borrower'],
    takesIncident: true,
    read: ({ options, incidentId }) => {
      const filed = { appealId: textOf(options, 'appeal'), borrowerId: textOf(options, 'borrower'), by: byOf(options) };
      refuse(invalidIncidentAppeal({ ...filed, by: NOBODY_YET }));
      return appealing(incidentId, filed, keyOf(options));
    },
  },
  answer: {
    known: ['by', 'appeal', 'decision', 'reason'],
    takesIncident: true,
    read: ({ options, incidentId }) => {
      const decided = { isUpheld: isUpheldBy(options), reason: textOf(options, 'reason') };
      const answer = { appealId: textOf(options, 'appeal'), by: byOf(options), ...decided };
      refuse(invalidAppealAnswer({ ...answer, by: NOBODY_YET }));
      return telling(incidentId, answerAppeal, answer, keyOf(options));
    },
  },
  note: {
    known: ['by', 'text'],
    takesIncident: true,
    read: ({ options, incidentId }) => {
      const noted = { by: byOf(options), text: textOf(options, 'text') };
      refuse(invalidIncidentNote({ ...noted, by: NOBODY_YET }));
      return telling(incidentId, note, noted, keyOf(options));
    },
  },
  resume: {
    known: ['by'],
    takesIncident: true,
    read: ({ options, incidentId }) => telling(incidentId, approveResume, { by: byOf(options) }, keyOf(options)),
  },
  review: {
    known: ['by', 'summary', 'action'],
    takesIncident: true,
    read: ({ options, incidentId }) => {
      const action = options.get('action');
      const review = { by: byOf(options), summary: textOf(options, 'summary'), actions: action ? [action] : [] };
      refuse(invalidIncidentReview({ ...review, by: NOBODY_YET }));
      return telling(incidentId, recordReview, review, keyOf(options));
    },
  },
};

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function incident(argv: readonly string[], surroundings: CommandSurroundings): Promise<number> {
  // The options without a value, so they are taken out first.
  const isJson = argv.includes('--json');
  const isInForce = argv.includes('--in-force');
  const words = argv.filter((word) => word !== '--json' && word !== '--in-force');
  const command = readCommand(words, isInForce);
  return runOperatorCommand({ ...command, isJson, scope: 'incidents:write' }, surroundings);
}

function readCommand([name, ...rest]: readonly string[], isInForce: boolean) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name ?? ''] : undefined;
  if (!command) throw new ArgumentError(`${name ?? 'nothing'} is no command on incidents\n${USAGE}`);
  const { known, takesIncident, read } = command;
  const { options, positionals } = parseArguments(rest, [...known, 'key', 'tenant', 'state']);
  const [incidentId = '', ...unknown] = takesIncident ? positionals : ['', ...positionals];
  if (takesIncident && incidentId === '') throw new ArgumentError(`${name} needs an incident\n${USAGE}`);
  if (unknown.length > 0) throw new ArgumentError(`${unknown[0]} is not known here\n${USAGE}`);
  const work = read({ options, incidentId, isInForce });
  return { work, tenant: options.get('tenant'), stateDir: options.get('state') };
}

function openingOf(options: ReadonlyMap<string, string>): Said<PersonalOpening> {
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

/** Makes a repeat the same deed: over HTTP it would be the Idempotency-Key. */
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
  if (text === undefined) throw new ArgumentError(`--${name} is needed\n${USAGE}`);
  return text;
}

/** In a word, so that nobody decides by forgetting one. */
function isUpheldBy(options: ReadonlyMap<string, string>): boolean {
  const decision = textOf(options, 'decision');
  if (decision !== 'upheld' && decision !== 'dismissed') {
    throw new ArgumentError(`--decision must be upheld or dismissed\n${USAGE}`);
  }
  return decision === 'upheld';
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new ArgumentError(`${fault}\n${USAGE}`);
}

function main(argv: readonly string[]): Promise<number> {
  return incident(argv, {
    settings: readGivenSettings(),
    write: (text) => process.stdout.write(text),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

if (require.main === module) runCommandLine(main);
