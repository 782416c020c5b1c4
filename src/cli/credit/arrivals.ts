/**
 * `npx creditloom arrivals …`: what arrived at an account and could not be taken is read, and settled by two people:
 * taken again once its cause is mended, or dismissed. Exit code 0: done; 1: refused; 2: wrong use.
 */

import { sayOfAside } from '../../activities/credit/settleArrivals';
import { takeAgain } from '../../contracts';
import { accountClient } from '../../contracts/credit/accountClient';
import { reason as reasonText } from '../../contracts/fields';
import { mustOf } from '../../contracts/schemaJudge';
import type { AccountRow } from '../../db/credit/accounts';
import { type AsideRow, listAsides, readAside } from '../../db/credit/setAsideArrivals';
import type { AsideAnswer, AsideWord } from '../../domain/credit/setAside';
import { businessTimeMs, SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { currentBusinessClock } from '../../platform/businessClock';
import { OutcomeUnknown } from '../../platform/outcomeUnknown';
import { ArgumentError } from '../arguments';
import type { Found, Work } from '../incidents/incidentCommands';
import { onConsole } from '../onConsole';
import { type OperatorSurroundings, runOperatorCommand } from '../operations/operatorCommand';
import { runCommandLine } from '../runCommandLine';
import { type GivenCommand, helpLines, readWords, usageOf } from '../usage';

const USAGE = usageOf(
  'arrivals',
  ['list [--settled]', 'show NUMBER', 'retry NUMBER --reason TEXT', 'dismiss NUMBER --reason TEXT'],
  {
    each: '[--tenant TENANT] [--state FOLDER] [--json]',
    besides: ['Whoever retries or dismisses is the principal of OPERATOR_KEY.'],
  },
);
/** Below a refusal. */
const HELP = helpLines(USAGE).join('\n');
const LISTED = 500;

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function arrivals(argv: readonly string[], surroundings: OperatorSurroundings): Promise<number> {
  const words = readWords(USAGE, argv);
  const { options, flags } = words;
  const where = { tenant: options.get('tenant'), stateDir: options.get('state') };
  const isJson = flags.has('json');
  return runOperatorCommand({ work: workOf(words), ...where, isJson, scope: 'accounts:change' }, surroundings);
}

function workOf({ name, options, flags, positionals: [number] }: GivenCommand): Work {
  if (name === 'list') return listing(flags.has('settled'));
  const asideId = numberOf(number);
  if (name !== 'retry' && name !== 'dismiss') return showing(asideId);
  const reason = options.get('reason');
  const must = mustOf(reasonText, reason);
  if (must !== undefined || reason === undefined) throw new ArgumentError(`--reason ${must}\n${HELP}`);
  return saying(asideId, name, reason);
}

function numberOf(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new ArgumentError(`give the number of what was set aside, as \`arrivals list\` shows it\n${HELP}`);
}

function listing(withSettled: boolean): Work {
  return async ({ pool, tenantId }) => {
    const rows = await listAsides(pool, { tenantId, withSettled, limit: LISTED });
    const lines = rows.length === 0 ? ['nothing waits'] : rows.map(lineOf);
    return { data: { items: rows.map(viewOf) }, lines, isRefused: false };
  };
}

function showing(asideId: number): Work {
  return async ({ pool, tenantId }) => {
    const row = await readAside(pool, { tenantId, asideId });
    if (!row) return unknownAside(asideId);
    const said = [
      [row.wordBy, row.wordReason],
      [row.secondBy, row.secondReason],
    ].flatMap(([by, reason]) => (by === null ? [] : [`  ${by}: ${reason}`]));
    return { data: viewOf(row), lines: [lineOf(row), ...said, row.raw.toString('utf8')], isRefused: false };
  };
}

const SAID: Record<AsideAnswer, string> = {
  'needs-second-person': 'needs a second person, who wants the same',
  agreed: 'two people want it',
  'told-again': 'two people wanted it; the account is told again',
  'same-person': 'refused: a second person is needed, another one',
  'settled-already': 'refused: it is settled already',
};

function saying(asideId: number, word: AsideWord, reason: string): Work {
  return async ({ pool, tenantId, temporal, operator }) => {
    const { principal: by } = await operator();
    const clock = await currentBusinessClock(pool);
    const atMs = businessTimeMs(clock, Date.now());
    const settled = await sayOfAside(pool, { tenantId, asideId, word, by, reason, atMs });
    if (settled.answer === 'unknown') return unknownAside(asideId);
    const { answer, account } = settled;
    const told = account ? [await tell(account, asideId, { clock, temporal })] : [];
    const isRefused = answer === 'same-person' || answer === 'settled-already';
    return { data: { asideId, answer }, lines: [`${SAID[answer]} (${word} ${asideId})`, ...told], isRefused };
  };
}

type Surroundings = Parameters<Work>[0];

/** An account that has ended lives again for it. Where Temporal is away, the words stand, and the command is repeated. */
async function tell(
  { tenantId, accountId, product }: AccountRow,
  asideId: number,
  { clock, temporal }: Pick<Surroundings, 'temporal'> & { clock: Awaited<ReturnType<typeof currentBusinessClock>> },
): Promise<string> {
  try {
    const gateway = await temporal();
    if (gateway) {
      await accountClient(gateway, { tenantId, accountId, product, clock }).signal(takeAgain, { asideId });
      return `account ${accountId} is told`;
    }
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error;
  }
  return `account ${accountId} could not be told: say \`arrivals retry ${asideId}\` once more when Temporal answers`;
}

function unknownAside(asideId: number): Found {
  return { data: { answer: 'unknown' }, lines: [`nothing was set aside as ${asideId}`], isRefused: true };
}

function lineOf({ asideId, accountId, kind, businessKey, fault, atMs, state, word, wordBy }: AsideRow): string {
  const wanted = word === null ? '' : `; ${wordBy}: ${word}`;
  return `${asideId}  ${state}  ${kind} ${businessKey} of ${accountId}  (${fault}, ${instantWords(atMs, SHANGHAI)}${wanted})`;
}

function viewOf({ raw, ...row }: AsideRow) {
  return { ...row, arrival: raw.toString('utf8') };
}

if (require.main === module) runCommandLine(onConsole(arrivals), USAGE);
