/** Loan-months a second of one habit: loans are opened, live their months against the clock, and are checked. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import type { AdvanceAccount } from '../../contracts/activities';
import { workflowIds } from '../../contracts/names';
import { workerOptions } from '../../platform/workerOptions';
import { type HistoryTotals, totalsOf } from './histories';
import { type Habit, TASK_QUEUE } from './loan';
import { openLoans, type Run, startRun } from './opening';
import { learnTables, POOL_SIZE, type Servers } from './servers';
import { checkRun } from './soundness';
import { secondsSince } from './stopwatch';

export interface MonthsOptions {
  habit: Habit;
  /** Without books and notices. */
  isBare?: boolean;
  loans: number;
  months: number;
  inFlight: number;
}

export interface MonthsMeasured {
  monthsPerSecond: number;
  /** In the account's own history. */
  eventsPerMonth: number;
  bytesPerMonth: number;
  /** One loan-month's share of the histories of the notice lanes. */
  laneEventsPerMonth: number;
  noticesPerMonth: number;
  sweepsPerMonth: number;
}

const OPENING_MARGIN = 2.5;

async function untilBeginning(atMs: number): Promise<void> {
  const leftMs = atMs - Date.now();
  if (leftMs < 0) throw new Error('the loans took longer to open than those before: the machine is too busy');
  await sleep(leftMs);
}

export class MonthsBench {
  private run: Run | undefined;
  private runs = 0;
  /** How long the opening of a portfolio took last time. */
  private openingMs = 0;

  constructor(private readonly servers: Servers) {}

  /** The worker with the product's own workflows and activities; the portfolio that runs gives them their instants. */
  createWorker(): Promise<Worker> {
    return Worker.create({
      connection: this.servers.connection,
      taskQueue: TASK_QUEUE,
      ...workerOptions(POOL_SIZE),
      activities: {
        advanceAccount: (input: AdvanceAccount) =>
          this.running.portfolio.advance(input, this.running.activities.advanceAccount),
        sweepLane: (input: Parameters<Run['activities']['sweepLane']>[0]) =>
          this.running.portfolio.sweep(input, this.running.activities.sweepLane),
      },
    });
  }

  /** One repetition, with a tenant and loans of its own. */
  async measure(options: MonthsOptions): Promise<MonthsMeasured> {
    this.runs += 1;
    const openingAtMs = Date.now();
    // Late loans begin by themselves, at a deadline that they are given when they are opened.
    const beginAtMs = openingAtMs + this.openingMs * OPENING_MARGIN;
    this.run = await startRun(this.servers, { tenantId: `bench-${this.runs}`, beginAtMs, ...options });
    const { portfolio } = this.run;
    await openLoans(this.servers, this.run);
    await learnTables(this.servers.pool);
    const before = await this.totals();
    this.openingMs = Date.now() - openingAtMs;
    if (options.habit === 'late') await untilBeginning(beginAtMs);
    const startedAt = performance.now();
    portfolio.begin();
    await portfolio.finished;
    const seconds = secondsSince(startedAt);
    const after = await this.totals();
    if (!options.isBare) await checkRun(this.servers.pool, this.run, options);
    await this.terminate();
    const months = options.loans * options.months;
    return {
      monthsPerSecond: months / seconds,
      eventsPerMonth: (after.accounts.events - before.accounts.events) / months,
      bytesPerMonth: (after.accounts.bytes - before.accounts.bytes) / months,
      laneEventsPerMonth: (after.lanes.events - before.lanes.events) / months,
      noticesPerMonth: portfolio.noticesSent / months,
      sweepsPerMonth: portfolio.sweeps / months,
    };
  }

  private get running(): Run {
    if (!this.run) throw new Error('no portfolio is running');
    return this.run;
  }

  private get workflowIds(): { accounts: string[]; lanes: string[] } {
    const { portfolio, tenantId } = this.running;
    return {
      accounts: portfolio.loans.map(({ workflowId }) => workflowId),
      lanes: portfolio.laneNumbers.map((lane) => workflowIds.noticeLane(tenantId, lane)),
    };
  }

  private async totals(): Promise<{ accounts: HistoryTotals; lanes: HistoryTotals }> {
    const { accounts, lanes } = this.workflowIds;
    const { client } = this.servers;
    return { accounts: await totalsOf(client, accounts), lanes: await totalsOf(client, lanes) };
  }

  /** What is left would fill the worker's cache of the runs after it. */
  private async terminate(): Promise<void> {
    const { accounts, lanes } = this.workflowIds;
    const { client } = this.servers;
    await Promise.all([...accounts, ...lanes].map((id) => client.workflow.getHandle(id).terminate('measured')));
  }
}
