/**
 * `npm run replay -- FILE --rows N`: drives a system of its own with real card accounts, and compares what comes of it
 * with the file; see docs/replay.md.
 */
import { readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArgumentError, wholeNumber } from '../../cli/arguments';
import { runCommandLine } from '../../cli/runCommandLine';
import { readWords, usageOf } from '../../cli/usage';
import { countFactsSince, countWaitingNotices } from '../../db/credit/paceChecks';
import { listAccounts } from '../../db/credit/portfolio';
import { readMissedDeadlines } from '../../db/credit/runChecks';
import { replayPolicy } from '../../domain/policy/cardPortfolioPolicy';
import { businessTimeMs, realDelayMs, startOfDateMs } from '../../domain/values/clock';
import { processEnvironment, readGivenSettings } from '../../platform/config/config';
import { type GivenSettings, SETTING_NAMES } from '../../platform/config/settings';
import { makeStateFolder, writePrivateFile } from '../../platform/provision/privateFiles';
import { ApiClient } from '../demo/apiClient';
import { faultsOfRun, type Summary, settleUntil, summarise } from '../demo/verdict';
import { endWhenBroken } from '../localSystem/endWhenBroken';
import { Stop } from '../localSystem/stop';
import { type RunningSystem, startSystem } from '../localSystem/system';
import { type CardAccount, type CardFile, CardFileError, MONTHS, readCardFile } from './cardFile';
import { type Drive, type DriveProgress, drive, type RecordedFigures, TooFast } from './driver';
import { agreementOf, compareBills, crossTables, type ReplayedAccount } from './outcome';
import { faultsOfBills, type Pace, type ReplayReport, reportLinesOf } from './report';
import { CLOCK_STARTS, ENDS, timetableOf } from './timetable';
import { Upstream } from './upstream';

const PROJECT_DIR = resolve(__dirname, '../../..');
const USAGE = usageOf('replay', ['FILE [--rows N] [--speed N] [--summary FILE]']);
const TENANT_ID = 'replay';
const ZONE = replayPolicy.zone;

const DEFAULT_ROWS = 300;
const MOST_ROWS = 1_000_000;
/**
 * Rows times speed: what two cores book in time with some room for what else runs there. Measured: see docs/replay.md.
 */
const WORK_AT_SPEED = 12_000_000;
const SPEED = { min: 1_000, max: 120_000 };
/** A run that is outrun begins again, so often in all, at this share of its speed or less. */
const TRIES = 4;
const MOST_OF_SPEED = 0.8;
/** Real time for the last steps to be booked. */
const SETTLE_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 150;
const PROGRESS_EVERY_MS = 3_000;
/** Settings of the environment that hold for a replay as well. */
const KEPT = ['DATABASE_POOL_SIZE', 'NOTICE_LANES'] as const;

interface ReplayOptions {
  file: string;
  rows: number;
  speed: number | undefined;
  summaryFile: string | undefined;
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  const cards = readFile(options);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const stop = new Stop(say);
  stop.onSignals();
  if (cards.accounts.length === 0) {
    for (const { line, reason } of cards.refused) say(`line ${line} refused: ${reason}`);
    say('FAULT: no row of the file can be replayed');
    return 1;
  }
  const report = await replayAtSomeSpeed(cards, options, stop, say);
  if (report === undefined) return stop.reason === undefined ? 130 : 1;
  say('');
  for (const line of reportLinesOf(report)) say(line);
  for (const fault of report.faults) say(`FAULT: ${fault}`);
  if (options.summaryFile) writePrivateFile(options.summaryFile, `${JSON.stringify(report, null, 2)}\n`);
  return report.faults.length > 0 ? 1 : 0;
}

/** Undefined when it was stopped. */
async function replayAtSomeSpeed(
  cards: CardFile,
  options: ReplayOptions,
  stop: Stop,
  say: (line: string) => void,
): Promise<ReplayReport | undefined> {
  const work = Math.floor(WORK_AT_SPEED / cards.accounts.length);
  let speed = options.speed ?? Math.max(SPEED.min, Math.min(SPEED.max, work));
  for (let givenUp = 0; ; givenUp++) {
    try {
      return await replayOnce(cards, options, { speed, givenUp }, { stop, say });
    } catch (error) {
      if (!(error instanceof TooFast)) throw error;
      say(`the business clock outran the work: ${error.message}`);
      const slower = Math.floor(speed * Math.min(error.slowDownTo, MOST_OF_SPEED));
      if (givenUp + 1 === TRIES || slower < SPEED.min) throw new Error(`it was outrun: try --speed ${slower}`);
      speed = slower;
      say(`beginning again at ${speed} x`);
    }
  }
}

/** One run on a system of its own, from an empty folder. The folder stays only where something is wrong. */
async function replayOnce(
  cards: CardFile,
  options: ReplayOptions,
  { speed, givenUp }: { speed: number; givenUp: number },
  { stop, say }: { stop: Stop; say: (line: string) => void },
): Promise<ReplayReport | undefined> {
  const stateDir = join(PROJECT_DIR, '.creditloom', `replay-${process.pid}-${givenUp}`);
  rmSync(stateDir, { recursive: true, force: true });
  const system = await startOwnSystem(stateDir, speed, say);
  let isGood = false;
  let isOver = false;
  endWhenBroken(stop, system.broken, () => isOver);
  try {
    const startedAtMs = Date.now();
    const api = new ApiClient({ baseUrl: system.apiUrl, apiKey: system.apiKey });
    const upstream = new Upstream(api);
    say(`replaying ${cards.accounts.length} accounts from ${CLOCK_STARTS} until ${ENDS} at ${speed} x`);
    const driven = await drive(cards.accounts, timetableOf(cards.accounts), {
      upstream,
      books: booksOf(system),
      zone: ZONE,
      isStopped: () => stop.isAsked,
      lookEveryMs: LOOK_EVERY_MS,
      progress: everyFewSeconds(say),
    });
    if (stop.reason) say(`FAULT: ${stop.reason}`);
    if (stop.isAsked) return undefined;
    const pace = { speed, givenUp, mostDaysBehind: driven.mostDaysBehind, lateDays: driven.lateDays };
    const summary = await summaryOf(system, api, driven, startedAtMs);
    const replayed = await resultsOf(upstream, cards.accounts);
    const report = reportOf({ cards, options, driven, summary, replayed, pace });
    isGood = report.faults.length === 0;
    return report;
  } catch (error) {
    isGood = error instanceof TooFast;
    throw error;
  } finally {
    isOver = true;
    await system.stop();
    if (isGood || (stop.isAsked && !stop.reason)) rmSync(stateDir, { recursive: true, force: true });
    else say(`its data and logs stay in ${stateDir}`);
  }
}

/** Never the servers that the environment names: the business clock of a replay would be the clock of all there. */
async function startOwnSystem(stateDir: string, speed: number, say: (line: string) => void): Promise<RunningSystem> {
  const given = readGivenSettings();
  const settings: GivenSettings = Object.fromEntries(
    KEPT.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
  const environment = processEnvironment();
  for (const name of SETTING_NAMES) delete environment[name];
  makeStateFolder(stateDir);
  return startSystem({
    stateDir,
    projectDir: PROJECT_DIR,
    settings,
    environment,
    tenantId: TENANT_ID,
    policies: [replayPolicy],
    speed,
    startAtMs: startOfDateMs(CLOCK_STARTS, ZONE),
    report: (line) => say(`· ${line}`),
  });
}

function booksOf({ clock, pool, tenantId }: RunningSystem): RecordedFigures {
  const nowMs = () => businessTimeMs(clock, Date.now());
  return {
    nowMs,
    realDelayMs: (untilMs) => realDelayMs(clock, Date.now(), untilMs),
    bookedSince: (from) => countFactsSince(pool, { tenantId, kinds: ['paid', 'purchased', 'refunded'], from }),
    buckets: async () => {
      const lines = await listAccounts(pool, { tenantId, limit: MOST_ROWS });
      return new Map(lines.flatMap(({ accountId, bucket }) => (bucket === null ? [] : [[accountId, bucket] as const])));
    },
    behind: async (beforeMs) => (await readMissedDeadlines(pool, { tenantId, beforeMs })).length,
  };
}

async function summaryOf(system: RunningSystem, api: ApiClient, driven: Drive, startedAtMs: number): Promise<Summary> {
  const endsMs = startOfDateMs(ENDS, ZONE);
  const stuck = await settleUntil(system, endsMs, SETTLE_WITHIN_MS);
  await lanesUntil(system, endsMs);
  return summarise(system, api, {
    from: CLOCK_STARTS,
    until: ENDS,
    wallSeconds: (Date.now() - startedAtMs) / 1000,
    agenda: driven,
    stuck,
  });
}

/** Waits until the lanes have looked at every notice that was due before the instant; not for ever. */
async function lanesUntil({ pool, tenantId }: RunningSystem, beforeMs: number): Promise<void> {
  const giveUpAtMs = Date.now() + SETTLE_WITHIN_MS;
  while (Date.now() < giveUpAtMs) {
    if ((await countWaitingNotices(pool, { tenantId, beforeMs })) === 0) return;
    await sleep(LOOK_EVERY_MS);
  }
}

async function resultsOf(upstream: Upstream, accounts: readonly CardAccount[]): Promise<Map<number, ReplayedAccount>> {
  const results = new Map<number, ReplayedAccount>();
  for (const account of accounts) {
    const result = await upstream.result(account);
    if (result) results.set(account.line, result);
  }
  return results;
}

interface Results {
  cards: CardFile;
  options: ReplayOptions;
  driven: Drive;
  summary: Summary;
  replayed: ReadonlyMap<number, ReplayedAccount>;
  pace: Pick<Pace, 'speed' | 'givenUp' | 'mostDaysBehind' | 'lateDays'>;
}

function reportOf({ cards, options, driven, summary, replayed, pace }: Results): ReplayReport {
  const { accounts, refused } = cards;
  const bills = compareBills(accounts, replayed);
  const tables = crossTables(accounts, driven.readings);
  const accountMonths = accounts.length * MONTHS.length;
  const { wallSeconds, portfolio } = summary;
  return {
    file: basename(options.file),
    rows: { read: accounts.length + refused.length, replayed: accounts.length, refused },
    bills,
    delinquency: { agreement: agreementOf(tables), tables },
    notices: portfolio.notices,
    warnings: portfolio.warnings,
    ledger: summary.ledger,
    stuck: summary.stuck,
    noticesSentTwice: summary.noticesSentTwice,
    pace: { ...pace, wallSeconds, accountMonths, accountMonthsPerSecond: accountMonths / wallSeconds },
    faults: [...faultsOfBills(bills), ...faultsOfRun(summary)],
  };
}

function everyFewSeconds(say: (line: string) => void): (progress: DriveProgress) => void {
  let toldAtMs = 0;
  return ({ date, done, planned }) => {
    if (Date.now() - toldAtMs < PROGRESS_EVERY_MS) return;
    toldAtMs = Date.now();
    say(planned === 0 ? `${date}  every account is open` : `${date}  ${done} of ${planned} done`);
  };
}

function readFile({ file, rows }: ReplayOptions): CardFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ArgumentError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return readCardFile(text, rows);
  } catch (error) {
    if (error instanceof CardFileError) throw new ArgumentError(`${file} is refused: ${error.message}`);
    throw error;
  }
}

function readOptions(argv: readonly string[]): ReplayOptions {
  const { options, positionals } = readWords(USAGE, argv);
  const [file = ''] = positionals;
  const speed = wholeNumber(options, 'speed', { min: 1, max: 500_000, byDefault: 0 });
  return {
    file: resolve(file),
    rows: wholeNumber(options, 'rows', { min: 1, max: MOST_ROWS, byDefault: DEFAULT_ROWS }),
    speed: options.has('speed') ? speed : undefined,
    summaryFile: options.get('summary'),
  };
}

if (require.main === module) runCommandLine(main, USAGE);
