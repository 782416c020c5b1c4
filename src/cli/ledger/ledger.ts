/**
 * `npm run cli ledger …`: closes a date and reads the books. Exit code 0: good; 1: a difference was found; 2: wrong
 * use. See docs/operations.md.
 */
import type { Pool } from 'pg';
import { createSealActivities } from '../../activities/evidence/sealing';
import { createDailyCloseActivities } from '../../activities/ledger/dailyClose';
import { reportPayoff, reportStatement, reportTrialBalance } from '../../activities/ledger/ledgerReports';
import { hasMacs } from '../../db/evidence/macs';
import { isKnownTenant } from '../../db/operations/tenants';
import { withPool } from '../../db/pool';
import { type IsoDate, isIsoDate } from '../../domain/values/calendar';
import { businessDate, businessInstant } from '../../platform/businessClock';
import { readGivenSettings } from '../../platform/config/config';
import type { GivenSettings } from '../../platform/config/settings';
import { ArgumentError } from '../arguments';
import { findDatabase, NO_BOOKS_KEY, withLocalRun } from '../operations/localDatabase';
import { runCommandLine } from '../runCommandLine';
import { asMistake } from '../sentence';
import { readWords, usageOf } from '../usage';
import { closeLines, payoffLines, statementLines, trialBalanceLines } from './ledgerTables';

export interface LedgerSurroundings {
  settings: GivenSettings;
  /** The report, and nothing else. */
  write(text: string): void;
  /** What happens on the way. */
  report(line: string): void;
}

/** What a command found: as data, as lines, and whether it is a difference. */
interface Found {
  data: object;
  lines: string[];
  isDifferent: boolean;
}

interface Command {
  work: Work;
  tenant: string | undefined;
  /** Folder of `npm start`'s state, where it is not the usual one. */
  stateDir: string | undefined;
  isJson: boolean;
}

type Work = (pool: Pool, tenantId: string) => Promise<Found>;

const USAGE = usageOf(
  'ledger',
  [
    'close --date DATE',
    'trial-balance [--as-of DATE]',
    'statement ACCOUNT [--from DATE] [--to DATE]',
    'payoff ACCOUNT --on DATE',
  ],
  { each: '[--tenant TENANT] [--state FOLDER] [--json]' },
);
const DEFAULT_TENANT = 'demo';
/** Of PostgreSQL: there is no such table. */
const UNDEFINED_TABLE = '42P01';

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function ledger(argv: readonly string[], surroundings: LedgerSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const { work, tenant, stateDir, isJson } = readCommand(argv);
  const settings = await withLocalRun(surroundings.settings, stateDir);
  const tenantId = tenant ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir, report });
  try {
    const { data, lines, isDifferent } = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return work(pool, tenantId);
    }).catch(tellMissingSchema);
    write(isJson ? `${JSON.stringify(data, null, 2)}\n` : `${lines.join('\n')}\n`);
    return isDifferent ? 1 : 0;
  } finally {
    await database.stop();
  }
}

const COMMANDS: Record<string, (words: Words) => Work> = {
  close: readClose,
  'trial-balance': readTrialBalanceCommand,
  statement: readStatementCommand,
  payoff: readPayoff,
};

interface Words {
  options: ReadonlyMap<string, string>;
  accountId: string;
}

function readCommand(argv: readonly string[]): Command {
  const { name, options, flags, positionals } = readWords(USAGE, argv);
  const [accountId = ''] = positionals;
  const read = COMMANDS[name];
  if (!read) throw new Error(`${name} is in the usage, and nothing does it`);
  const work = read({ options, accountId });
  return { work, tenant: options.get('tenant'), stateDir: options.get('state'), isJson: flags.has('json') };
}

function readClose({ options }: Words): Work {
  const date = dateOf(options, 'date');
  if (date === undefined) throw new ArgumentError('close needs a date, such as --date 2026-03-31');
  return async (pool, tenantId) => {
    if (!hasMacs(pool)) throw new ArgumentError(NO_BOOKS_KEY);
    const today = await businessDate(pool);
    if (today !== undefined && date > today) {
      throw new ArgumentError(`--date ${date} has not come yet: the business date is ${today}`);
    }
    const asOfMs = (await businessInstant(pool)) ?? Date.now();
    const { closeDate } = createDailyCloseActivities({ pool });
    // A date whose turn it is not is a mistake in use.
    const close = await closeDate({ tenantId, businessDate: date, asOfMs }).catch(asMistake);
    // Whatever the books say: what was decided and sent stands, and is bound from now on.
    await createSealActivities({ pool }).sealDate({ tenantId, date });
    return { data: close, lines: closeLines(close), isDifferent: close.outcome === 'failed' };
  };
}

function readTrialBalanceCommand({ options }: Words): Work {
  const asOf = dateOf(options, 'as-of');
  return async (pool, tenantId) => {
    const report = await reportTrialBalance(pool, { tenantId, asOf });
    const isDifferent = report.totalFen !== 0 || report.differences.length > 0;
    return { data: report, lines: trialBalanceLines(report), isDifferent };
  };
}

function readStatementCommand({ options, accountId }: Words): Work {
  const [from, to] = [dateOf(options, 'from'), dateOf(options, 'to')];
  if (from !== undefined && to !== undefined && from > to) {
    throw new ArgumentError(`--from ${from} is after --to ${to}: give the earlier date first`);
  }
  return async (pool, tenantId) => {
    const report = await reportStatement(pool, { tenantId, accountId, from, to }).catch(asMistake);
    return { data: report, lines: statementLines(report), isDifferent: false };
  };
}

function readPayoff({ options, accountId }: Words): Work {
  const on = dateOf(options, 'on');
  if (on === undefined) throw new ArgumentError('payoff needs a date, such as --on 2026-04-10');
  return async (pool, tenantId) => {
    const report = await reportPayoff(pool, { tenantId, accountId, on, today: await businessDate(pool) });
    if (!report) throw new ArgumentError(`there is no account ${accountId} of tenant ${tenantId}`);
    if ('cannotQuote' in report) {
      const { from, to } = report.cannotQuote;
      throw new ArgumentError(`--on ${on} cannot be quoted: give a date from ${from} to ${to}`);
    }
    return { data: report, lines: payoffLines(report), isDifferent: false };
  };
}

function dateOf(options: ReadonlyMap<string, string>, name: string): IsoDate | undefined {
  const text = options.get(name);
  if (text === undefined || (isIsoDate(text) && text >= '1900-01-01')) return text;
  throw new ArgumentError(`--${name} ${text} is not a real date such as 2026-03-31`);
}

function tellMissingSchema(error: unknown): never {
  const isMissing = error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;
  if (!isMissing) throw error;
  throw new ArgumentError('this database has not the tables of this version: run `npm run cli prepare` on it first');
}

function main(argv: readonly string[]): Promise<number> {
  return ledger(argv, {
    settings: readGivenSettings(),
    write: (text) => process.stdout.write(text),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

if (require.main === module) runCommandLine(main, USAGE);
