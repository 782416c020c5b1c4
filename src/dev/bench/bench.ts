/** The benchmark: its parts, one after the other, each with servers of its own and goals of its own. */
import { measureCards } from './cards/cardsPart';
import { type DomainOptions, measureDomain } from './domain/domainPart';
import { type LedgerOptions, measureLedger } from './ledger/ledgerPart';
import { describeMachine } from './machine';
import { measureNotices, type NoticesOptions } from './notices/noticesPart';
import { measureRecourse, type RecourseOptions } from './recourse/recoursePart';
import { type BenchResult, type Measured, resultOf } from './result';
import { measureWorkflows, type WorkflowsOptions } from './workflowsPart';

export const BENCH_PARTS = ['workflows', 'ledger', 'notices', 'domain', 'cards', 'recourse'] as const;
type BenchPart = (typeof BENCH_PARTS)[number];

export interface BenchOptions extends WorkflowsOptions, LedgerOptions, NoticesOptions, DomainOptions, RecourseOptions {
  parts: readonly BenchPart[];
}

export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const interrupted = untilInterrupted();
  const { repetitions, parts } = options;
  const measured: Measured[] = [{ machine: describeMachine(), load: { repetitions }, figures: {}, goals: [] }];
  // The domain first: a heap that has held a worker is collected for longer.
  if (parts.includes('domain')) measured.push(measureDomain(options));
  if (parts.includes('recourse')) measured.push(measureRecourse(options));
  if (parts.includes('cards')) measured.push(await measureCards(options));
  if (parts.includes('ledger')) measured.push(await measureLedger(options, interrupted));
  if (parts.includes('notices')) measured.push(await measureNotices(options, interrupted));
  if (parts.includes('workflows')) measured.push(await measureWorkflows(options, interrupted));
  return resultOf(measured, new Date().toISOString());
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
