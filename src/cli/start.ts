/** `npm start`: the main job with its sample portfolio on an accelerated business clock; see the README. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type GivenSettings, processEnvironment, readGivenSettings } from '../config/config';
import { readFirstInstant } from '../db/statements/clock';
import { Agenda } from '../demo/agenda';
import { ApiClient } from '../demo/apiClient';
import { samplePortfolio } from '../demo/personas';
import { planPortfolio } from '../demo/portfolio';
import { addDays, addMonthsClamped, type IsoDate } from '../domain/calendar';
import { businessTimeMs, dateAt, realDelayMs, SHANGHAI, startOfDateMs } from '../domain/clock';
import { defaultPolicy } from '../policies/defaultPolicy';
import { ArgumentError, duration, parseArguments, wholeNumber } from './arguments';
import { endWhenBroken } from './endWhenBroken';
import { showProgress } from './progress';
import { runCommandLine } from './runCommandLine';
import { Stop } from './stop';
import { type RunningSystem, startSystem } from './system';
import { faultsOf, type Summary, settleUntil, summarise } from './verdict';

const PROJECT_DIR = resolve(__dirname, '../..');
/** Twelve business months in five minutes. */
const DEMO_SPEED = 105_120;
const SEED = 20_260_101;
/** How long the portfolio goes on without --until. */
const OPEN_END_MONTHS = 24;
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
  const stop = new Stop((line) => process.stdout.write(`${line}\n`));
  stop.onSignals();
  const system = await startSystem({
    stateDir: options.stateDir,
    projectDir: PROJECT_DIR,
    settings,
    environment: processEnvironment(),
    tenantId: settings.TENANT_ID ?? 'demo',
    policies: [defaultPolicy],
    speed: options.speed,
    startAtMs: startOfDateMs(`${new Date().getFullYear()}-01-01`, SHANGHAI),
    report: (line) => process.stdout.write(`· ${line}\n`),
  });
  let isOver = false;
  endWhenBroken(stop, system.broken, () => isOver);
  try {
    const faults = await run(system, options, stop);
    if (stop.reason) faults.push(stop.reason);
    for (const fault of faults) process.stdout.write(`FAULT: ${fault}\n`);
    return faults.length > 0 ? 1 : 0;
  } finally {
    isOver = true;
    await system.stop();
  }
}

async function run(system: RunningSystem, options: StartOptions, stop: Stop): Promise<string[]> {
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
  planPortfolio(samplePortfolio(options.borrowers, SEED), {
    api,
    agenda,
    zone: SHANGHAI,
    startDate,
    months: OPEN_END_MONTHS,
    resumedAtMs: system.resumedAtMs,
  });
  announce(system, startDate, untilDate);
  const progress = showProgress(api, clock, agenda);
  const untilMs = untilDate === undefined ? Number.POSITIVE_INFINITY : startOfDateMs(untilDate, SHANGHAI);
  await Promise.race([agenda.workUntil(untilMs, () => stop.isAsked), stop.asked]);
  if (stop.isAsked) {
    await progress.stop();
    return [];
  }
  const stuck = await settleUntil(system, untilMs, SETTLE_WITHIN_MS);
  await progress.stop();
  const summary: Summary = await summarise(system, api, {
    from: startDate,
    until: untilDate ?? dateAt(clock.nowMs(), SHANGHAI),
    wallSeconds: (Date.now() - startedAtMs) / 1000,
    agenda,
    stuck,
  });
  if (options.summaryFile) writeFileSync(options.summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  return faultsOf(summary);
}

/** The first business date of this deployment: the portfolio is planned from it, whenever this start came. */
async function portfolioStart({ pool }: RunningSystem): Promise<IsoDate> {
  return dateAt((await readFirstInstant(pool)) ?? Date.now(), SHANGHAI);
}

function announce(system: RunningSystem, startDate: IsoDate, untilDate: IsoDate | undefined): void {
  const ui = system.temporalUiUrl ?? `(the UI of ${system.temporalAddress})`;
  const line = (text: string) => process.stdout.write(`${text}\n`);
  line('');
  line(`  Temporal Web UI   ${ui}`);
  line(`  Temporal address  ${system.temporalAddress}`);
  line(`  API documentation ${system.apiUrl}/docs`);
  line(`  Business time     from ${startDate}${untilDate ? ` until ${untilDate}` : ''} at ${system.clock.speed} x`);
  line('  Ctrl-C stops everything; a second start goes on with the same data.');
  line('');
}

function readOptions(argv: readonly string[], settings: GivenSettings): StartOptions {
  const { options, positionals } = parseArguments(argv, ['speed', 'until', 'summary', 'borrowers', 'state']);
  if (positionals.length > 0) throw new ArgumentError(`${positionals[0]} is not known here: options begin with --`);
  const until = options.get('until');
  return {
    speed: wholeNumber(options, 'speed', {
      min: 1,
      max: 500_000,
      byDefault: Number(settings.CLOCK_SPEED ?? DEMO_SPEED),
    }),
    borrowers: wholeNumber(options, 'borrowers', { min: 1, max: 5_000, byDefault: 60 }),
    until: until === undefined ? undefined : duration(until, 'until'),
    summaryFile: options.get('summary'),
    stateDir: resolve(options.get('state') ?? `${PROJECT_DIR}/.creditloom/run`),
  };
}

if (require.main === module) runCommandLine(main);
