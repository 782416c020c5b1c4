/** The benchmark: no-op workflows, on-time and late loan-months, in turns, so that each ratio is of one moment. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { describeMachine } from './machine';
import { MonthsBench } from './months';
import { createNoopWorker, measureNoops } from './noop/noops';
import { type BenchResult, type Repetition, resultOf } from './result';
import { type Servers, type ServersOptions, startServers } from './servers';

export interface BenchOptions extends ServersOptions {
  repetitions: number;
  inFlight: number;
  noops: number;
  /** Loans that are on time; more than are in flight, as a lane has more borrowers than pay at the same moment. */
  onTimeLoans: number;
  onTimeMonths: number;
  lateMonths: number;
}

export async function runBench(options: BenchOptions): Promise<BenchResult> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const servers = await startServers(options);
  const interrupted = untilInterrupted();
  try {
    const months = new MonthsBench(servers);
    const workers = [await createNoopWorker(servers.connection), await months.createWorker()];
    const runs = workers.map((worker) => worker.run());
    try {
      const repetitions = await Promise.race([measure(servers, months, options), ended(runs), interrupted]);
      const { inFlight, noops, onTimeLoans, onTimeMonths, lateMonths } = options;
      return resultOf(repetitions, {
        measuredAt: new Date().toISOString(),
        machine: await describeMachine(servers),
        load: {
          repetitions: repetitions.length,
          inFlight,
          noops,
          onTimeLoans,
          onTimeMonths,
          lateLoans: inFlight,
          lateMonths,
        },
      });
    } finally {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
    }
  } finally {
    await servers.stop();
  }
}

/** Ctrl-C: what was started here is stopped before the process ends. */
function untilInterrupted(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => reject(new Error(`interrupted by ${signal}: there is no result`)));
    }
  });
  interrupted.catch(() => undefined);
  return interrupted;
}

async function ended(runs: readonly Promise<void>[]): Promise<never> {
  await Promise.race(runs);
  throw new Error('a worker ended before the benchmark did');
}

async function measure(servers: Servers, months: MonthsBench, options: BenchOptions): Promise<Repetition[]> {
  const { inFlight, noops, onTimeLoans, onTimeMonths, lateMonths, report } = options;
  const repetitions: Repetition[] = [];
  // Number 0 warms up: code is compiled, connections are made. It is not counted.
  for (let number = 0; number <= options.repetitions; number++) {
    const noopsPerSecond = await measureNoops(servers.client, { count: noops, inFlight });
    const onTime = await months.measure({ habit: 'on-time', loans: onTimeLoans, months: onTimeMonths, inFlight });
    // Late loans wake by themselves, so each of them is in flight.
    const late = await months.measure({ habit: 'late', loans: inFlight, months: lateMonths, inFlight });
    const words = number === 0 ? 'warm-up' : `repetition ${number} of ${options.repetitions}`;
    const rates = [noopsPerSecond, onTime.monthsPerSecond, late.monthsPerSecond].map((rate) => rate.toFixed(1));
    report(`${words}: no-op ${rates[0]}/s, on-time months ${rates[1]}/s, late months ${rates[2]}/s`);
    if (number > 0) repetitions.push({ noopsPerSecond, onTime, late });
  }
  return repetitions;
}
