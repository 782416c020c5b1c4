/** No-op workflows, on-time and late loan-months, in turns, so that each ratio is of one moment of the machine. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { describeDatabase, describeTemporal } from './machine';
import { MonthsBench, type MonthsMeasured } from './months';
import { createNoopWorker, measureNoops } from './noop/noops';
import { atLeast, atMost, type Measured } from './result';
import { type Servers, type ServersOptions, startServers } from './servers';
import { type Spread, spreadOf } from './statistics';

export interface WorkflowsOptions extends ServersOptions {
  repetitions: number;
  inFlight: number;
  noops: number;
  /** Loans that are on time; more than are in flight, as a lane has more borrowers than pay at the same moment. */
  onTimeLoans: number;
  onTimeMonths: number;
  lateMonths: number;
}

interface Repetition {
  noopsPerSecond: number;
  bare: MonthsMeasured;
  onTime: MonthsMeasured;
  late: MonthsMeasured;
}

const ON_TIME_TO_NOOP = 1;
const EVENTS_OF_AN_ON_TIME_MONTH = 8;
const EVENTS_OF_A_LATE_MONTH = 40;

/** Rejects with the reason when `interrupted` does; what it started is stopped in every case. */
export async function measureWorkflows(options: WorkflowsOptions, interrupted: Promise<never>): Promise<Measured> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const servers = await startServers(options);
  try {
    const months = new MonthsBench(servers);
    const workers = [await createNoopWorker(servers.connection), await months.createWorker()];
    const runs = workers.map((worker) => worker.run());
    try {
      const repetitions = await Promise.race([measure(servers, months, options), ended(runs), interrupted]);
      const { inFlight, noops, onTimeLoans, onTimeMonths, lateMonths } = options;
      const machine = { ...(await describeTemporal(servers.client)), ...(await describeDatabase(servers.pool)) };
      const load = { inFlight, noops, onTimeLoans, onTimeMonths, lateLoans: inFlight, lateMonths };
      return { machine, load, ...comparisonOf(repetitions) };
    } finally {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
    }
  } finally {
    await servers.stop();
  }
}

async function ended(runs: readonly Promise<void>[]): Promise<never> {
  await Promise.race(runs);
  throw new Error('a worker ended before the benchmark did');
}

async function measure(servers: Servers, months: MonthsBench, options: WorkflowsOptions): Promise<Repetition[]> {
  const { inFlight, noops, onTimeLoans, onTimeMonths, lateMonths, report } = options;
  const repetitions: Repetition[] = [];
  // Number 0 warms up: code is compiled, connections are made. It is not counted.
  for (let number = 0; number <= options.repetitions; number++) {
    const noopsPerSecond = await measureNoops(servers.client, { count: noops, inFlight });
    const onTimeRun = { habit: 'on-time', loans: onTimeLoans, months: onTimeMonths, inFlight } as const;
    const onTime = await months.measure(onTimeRun);
    const bare = await months.measure({ ...onTimeRun, isBare: true });
    // Late loans wake by themselves, so each of them is in flight.
    const late = await months.measure({ habit: 'late', loans: inFlight, months: lateMonths, inFlight });
    const words = number === 0 ? 'warm-up' : `repetition ${number} of ${options.repetitions}`;
    const ofMonths = [onTime, bare, late].map(({ monthsPerSecond }) => monthsPerSecond.toFixed(1));
    report(
      `${words}: no-op ${noopsPerSecond.toFixed(1)}/s, on-time months ${ofMonths[0]}/s (bare ${ofMonths[1]}/s), late months ${ofMonths[2]}/s`,
    );
    if (number > 0) repetitions.push({ noopsPerSecond, bare, onTime, late });
  }
  return repetitions;
}

function comparisonOf(repetitions: readonly Repetition[]): Pick<Measured, 'figures' | 'goals'> {
  const spread = (of: (repetition: Repetition) => number) => spreadOf(repetitions.map(of));
  const months = (habit: 'onTime' | 'late'): Record<string, Spread> => ({
    [`${habit}MonthsPerSecond`]: spread((each) => each[habit].monthsPerSecond),
    [`${habit}ToNoop`]: spread((each) => each[habit].monthsPerSecond / each.noopsPerSecond),
    [`${habit}EventsPerMonth`]: spread((each) => each[habit].eventsPerMonth),
    [`${habit}BytesPerMonth`]: spread((each) => each[habit].bytesPerMonth),
    [`${habit}LaneEventsPerMonth`]: spread((each) => each[habit].laneEventsPerMonth),
    [`${habit}NoticesPerMonth`]: spread((each) => each[habit].noticesPerMonth),
    [`${habit}SweepsPerMonth`]: spread((each) => each[habit].sweepsPerMonth),
  });
  const figures: Record<string, Spread> = {
    noopsPerSecond: spread((each) => each.noopsPerSecond),
    ...months('onTime'),
    bareMonthsPerSecond: spread(({ bare }) => bare.monthsPerSecond),
    bareToNoop: spread(({ bare, noopsPerSecond }) => bare.monthsPerSecond / noopsPerSecond),
    bareEventsPerMonth: spread(({ bare }) => bare.eventsPerMonth),
    ...months('late'),
  };
  const median = (name: string) => figures[name]?.median ?? Number.NaN;
  const goals = [
    atLeast('on-time loan-months to no-op workflows of the same repetition', median('onTimeToNoop'), ON_TIME_TO_NOOP),
    atMost('events of an on-time month with one reminder', median('onTimeEventsPerMonth'), EVENTS_OF_AN_ON_TIME_MONTH),
    atMost('events of a month with three overdue steps', median('lateEventsPerMonth'), EVENTS_OF_A_LATE_MONTH),
  ];
  return { figures, goals };
}
