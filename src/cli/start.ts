/** `npm start`: the main job with its sample portfolio on an accelerated business clock; see the README. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type GivenSettings, processEnvironment, readGivenSettings } from '../config/config';
import { Agenda } from '../demo/agenda';
import { ApiClient } from '../demo/apiClient';
import { samplePortfolio } from '../demo/personas';
import { planPortfolio } from '../demo/portfolio';
import { addDays, addMonthsClamped, type IsoDate } from '../domain/calendar';
import { businessTimeMs, dateAt, realDelayMs, SHANGHAI, startOfDateMs } from '../domain/clock';
import { defaultPolicy } from '../policies/defaultPolicy';
import { ArgumentError, duration, parseArguments, wholeNumber } from './arguments';
import { showProgress } from './progress';
import { runCommandLine } from './runCommandLine';
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
  let isStopped = false;
  let wake = () => {};
  const stopAsked = new Promise<void>((done) => {
    wake = done;
  });
  const ask = () => {
    if (isStopped) return;
    isStopped = true;
    process.stdout.write('\nstopping: everything that was started here ends now\n');
    wake();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);

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
  let failure: string | undefined;
  system.broken.then((what) => {
    if (isStopped) return;
    failure = what;
    ask();
  });
  try {
    const faults = await run(system, options, () => isStopped, stopAsked);
    if (failure) faults.push(failure);
    for (const fault of faults) process.stdout.write(`FAULT: ${fault}\n`);
    return faults.length > 0 ? 1 : 0;
  } finally {
    isStopped = true;
    await system.stop();
  }
}

async function run(
  system: RunningSystem,
  options: StartOptions,
  isStopped: () => boolean,
  stopAsked: Promise<void>,
): Promise<string[]> {
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
  await Promise.race([agenda.workUntil(untilMs, isStopped), stopAsked]);
  if (isStopped()) {
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
async function portfolioStart(system: RunningSystem): Promise<IsoDate> {
  const { rows } = await system.pool.query<{ start: number }>(
    'select business_epoch_ms as start from business_clock order by segment limit 1',
  );
  return dateAt(rows[0]?.start ?? Date.now(), SHANGHAI);
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
