/** `npm start`: the main job with its sample portfolio on an accelerated business clock; see the README. */
import { closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArgumentError, duration, wholeNumber } from '../../cli/arguments';
import { STATE_DIR } from '../../cli/operations/localDatabase';
import { runCommandLine } from '../../cli/runCommandLine';
import { failedStart } from '../../cli/sentence';
import { readWords, usageOf } from '../../cli/usage';
import { readFirstInstant } from '../../db/operations/clock';
import { addDays, addMonthsClamped, type IsoDate } from '../../domain/values/calendar';
import { businessTimeMs, dateAt, realDelayMs, SHANGHAI, startOfDateMs } from '../../domain/values/clock';
import { processEnvironment, readGivenSettings } from '../../platform/config/config';
import type { GivenSettings } from '../../platform/config/settings';
import { openPrivateLog, writePrivateFile } from '../../platform/provision/privateFiles';
import { tellUnknownRestDays } from '../../platform/wiring/unknownRestDays';
import { endWhenBroken } from '../localSystem/endWhenBroken';
import { Stop } from '../localSystem/stop';
import { type RunningSystem, StartStopped, startSystem } from '../localSystem/system';
import { Agenda } from './agenda';
import { ApiClient } from './apiClient';
import { linesOfOutcomes, readOutcomes } from './applicationsFound';
import { keepPace } from './clockPace';
import { demoPolicy } from './demoPolicy';
import { type ListAnswer, linesOfFound } from './found';
import { type Persona, samplePortfolio } from './personas';
import { planPortfolio } from './portfolio';
import { COLUMNS, showProgress } from './progress';
import { type DemoSuppliers, planOutage, startSuppliers } from './suppliers';
import { faultsOfRun, type Summary, settleUntil, summarise } from './verdict';
import { WEB_UI_LISTS, webUiLink } from './webUiLinks';

const PROJECT_DIR = resolve(__dirname, '../../..');
const USAGE = usageOf('start', ['[--speed N] [--until DURATION] [--summary FILE] [--borrowers N] [--state FOLDER]']);
/** Twelve business months in five minutes. */
const DEMO_SPEED = 105_120;
const SEED = 20_260_101;
/** How long the portfolio goes on without --until. */
const OPEN_END_MONTHS = 24;
/** As a shell tells a command that Ctrl-C ended. */
const STOPPED = 130;
/** A run under --until waits at most so long, in real time, for the last steps to be booked. */
const SETTLE_WITHIN_MS = 60_000;

interface StartOptions {
  speed: number;
  borrowers: number;
  until: { months: number; days: number } | undefined;
  summaryFile: string | undefined;
  stateDir: string;
}

export async function main(argv: readonly string[]): Promise<number> {
  const settings = readGivenSettings();
  const options = readOptions(argv, settings);
  const stop = new Stop(say);
  stop.onSignals();
  const sample = samplePortfolio(options.borrowers, SEED);
  const suppliers = await startSuppliers(sample);
  try {
    const system = await started(options, settings, { stop, suppliers });
    return system ? await runOf({ system, sample, suppliers }, options, stop) : STOPPED;
  } finally {
    await suppliers.stop();
  }
}

/** What lives: the system, who lives by it, and who is asked about them. */
interface Demo {
  system: RunningSystem;
  sample: Persona[];
  suppliers: DemoSuppliers;
}

async function runOf(demo: Demo, options: StartOptions, stop: Stop): Promise<number> {
  const { system } = demo;
  let isOver = false;
  endWhenBroken(stop, system.broken, () => isOver);
  try {
    const faults = await run(demo, options, stop);
    if (stop.reason) faults.push(stop.reason);
    for (const fault of faults) say(`FAULT: ${fault}`);
    // A run that was to reach a date, and did not, is no success.
    return faults.length > 0 ? 1 : stop.isAsked && options.until ? STOPPED : 0;
  } finally {
    isOver = true;
    await system.stop();
  }
}

/** Undefined when it was stopped meanwhile: nothing of it runs any more. */
async function started(
  options: StartOptions,
  settings: GivenSettings,
  { stop, suppliers }: { stop: Stop; suppliers: DemoSuppliers },
): Promise<RunningSystem | undefined> {
  try {
    return await startSystem({
      stateDir: options.stateDir,
      projectDir: PROJECT_DIR,
      settings,
      environment: processEnvironment(),
      tenantId: settings.TENANT_ID ?? 'demo',
      policies: [demoPolicy],
      dataSources: suppliers.settings,
      speed: options.speed,
      startAtMs: startOfDateMs(`${new Date().getFullYear()}-01-01`, SHANGHAI),
      hasFixedPorts: true,
      isClockBounded: true,
      stopped: stop.asked,
      report: (line) => say(`· ${line}`),
    });
  } catch (error) {
    if (error instanceof StartStopped) return undefined;
    throw failedStart(error);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run({ system, sample, suppliers }: Demo, options: StartOptions, stop: Stop): Promise<string[]> {
  const startedAtMs = Date.now();
  const api = new ApiClient({ baseUrl: system.apiUrl, apiKey: system.apiKey });
  const clock = {
    nowMs: () => businessTimeMs(system.clock, Date.now()),
    realDelayMs: (untilMs: number) => realDelayMs(system.clock, Date.now(), untilMs),
  };
  const startDate = await portfolioStart(system);
  const untilDate = options.until
    ? addDays(addMonthsClamped(startDate, options.until.months), options.until.days)
    : undefined;
  const agenda = new Agenda(clock);
  planPortfolio(sample, {
    api,
    agenda,
    zone: SHANGHAI,
    startDate,
    months: OPEN_END_MONTHS,
    resumedAtMs: system.resumedAtMs,
  });
  const { resumedAtMs } = system;
  planOutage(suppliers, agenda, { personas: sample, startDate, zone: SHANGHAI, resumedAtMs });
  announce(system, startDate, untilDate);
  const unknownRestDays = await tellUnknownRestDays(system.pool, system);
  if (unknownRestDays !== undefined) say(`· ${unknownRestDays}`);
  const untilMs = untilDate === undefined ? Number.POSITIVE_INFINITY : startOfDateMs(untilDate, SHANGHAI);
  const pace = keepPace(system, agenda, { untilMs, report: (line) => say(`· ${line}`) });
  const progress = showProgress({ api, clock, agenda, waitsFor: pace.waitsFor });
  try {
    await Promise.race([agenda.workUntil(untilMs, () => stop.isAsked), stop.asked]);
    if (stop.isAsked) return [];
    // The clock stands at the end: what is told then is told as of it.
    const stuck = await settleUntil(system, untilMs, SETTLE_WITHIN_MS);
    await progress.stop();
    const until = untilDate ?? dateAt(clock.nowMs(), SHANGHAI);
    const wallSeconds = (Date.now() - startedAtMs) / 1000;
    const summary: Summary = await summarise(system, api, { from: startDate, until, wallSeconds, agenda, stuck });
    if (options.summaryFile) writePrivateFile(options.summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
    say('');
    for (const line of await applicationLines(system, options)) say(line);
    say('');
    for (const line of linesOfFound(summary, pace.waitedMs(), await answersOf(system))) say(line);
    return faultsOfRun(summary);
  } finally {
    await progress.stop();
    await pace.stop();
  }
}

async function applicationLines({ pool, tenantId, apiUrl }: RunningSystem, { stateDir }: StartOptions) {
  const state = stateDir === resolve(STATE_DIR) ? '' : ` --state ${stateDir}`;
  return linesOfOutcomes(await readOutcomes(pool, { tenantId }), { apiUrl, state });
}

/** How many workflows each list of the Web UI shows now. */
function answersOf({ temporal }: RunningSystem): Promise<ListAnswer[]> {
  return Promise.all(
    WEB_UI_LISTS.map(async ({ about, filter }) => ({ about, count: (await temporal.workflow.count(filter)).count })),
  );
}

/** The first business date of this deployment: the portfolio is planned from it, whenever this start came. */
async function portfolioStart({ pool }: RunningSystem): Promise<IsoDate> {
  return dateAt((await readFirstInstant(pool)) ?? Date.now(), SHANGHAI);
}

function announce(system: RunningSystem, startDate: IsoDate, untilDate: IsoDate | undefined): void {
  const { temporalUiUrl: ui, temporalNamespace } = system;
  say('');
  say(`  Temporal Web UI   ${ui ?? `(the UI of ${system.temporalAddress})`}`);
  for (const { about, filter } of ui === undefined ? [] : WEB_UI_LISTS) {
    say(`    ${about}: ${filter}`);
    say(`      ${webUiLink(ui ?? '', temporalNamespace, filter)}`);
  }
  say(`  Temporal address  ${system.temporalAddress}`);
  say(`  API documentation ${system.apiUrl}/docs`);
  say(`  Business time     from ${startDate}${untilDate ? ` until ${untilDate}` : ''} at ${system.clock.speed} x`);
  say('  Ctrl-C stops everything; a second start goes on with the same data.');
  say('');
  for (const line of COLUMNS) say(line);
  say('');
}

function readOptions(argv: readonly string[], settings: GivenSettings): StartOptions {
  const { options } = readWords(USAGE, argv);
  const until = options.get('until');
  return {
    speed: wholeNumber(options, 'speed', {
      min: 1,
      max: 500_000,
      byDefault: Number(settings.CLOCK_SPEED ?? DEMO_SPEED),
    }),
    borrowers: wholeNumber(options, 'borrowers', { min: 1, max: 5_000, byDefault: 60 }),
    until: until === undefined ? undefined : duration(until, 'until'),
    summaryFile: writable(options.get('summary')),
    stateDir: resolve(options.get('state') ?? STATE_DIR),
  };
}

/** Told before the run, not after its twelve months. */
function writable(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    // Beside what is there: a summary of the run before stays until there is a new one.
    closeSync(openPrivateLog(file));
  } catch (error) {
    throw new ArgumentError(`--summary ${file} cannot be written: ${(error as Error).message}`);
  }
  return file;
}

if (require.main === module) runCommandLine(main, USAGE);
