/**
 * Loans of one habit that live their months through the real workflows, activities and notice lanes.
 *
 * A lane's borrowers go through their months together: when each of them waits for a notice, the lane's calendar moves
 * to the next planned one, the lane is rung, and who gets the notice to pay at pays.
 */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { SmsProvider } from '../../adapters/sms/port';
import type {
  AdvanceAccount,
  AdvanceResult,
  NoticeActivities,
  ServicingActivities,
  SweepResult,
} from '../../contracts/activities';
import { paymentReceived } from '../../contracts/credit/account';
import type { WorkflowGateway } from '../../contracts/gateway';
import { wakeLane } from '../../contracts/messaging/laneClients';
import { nextDue } from '../../db/messaging/outbox/notices';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { type BusinessClock, dateAt } from '../../domain/values/clock';
import { DAY_MS } from '../../domain/values/timeUnits';
import { soon } from './businessCalendar';
import { type BenchLoan, type Habit, STEPS_OF_A_LATE_MONTH } from './loan';

export interface BenchPortfolioOptions {
  client: Client;
  gateway: WorkflowGateway;
  pool: Pool;
  clock: BusinessClock;
  policy: LendingPolicy;
  tenantId: string;
  habit: Habit;
  months: number;
  /** Payments that are on their way at the same time. */
  inFlight: number;
  /** Business instant of the openings. */
  startAtMs: number;
  /** Real instant at which the first deadline of late loans comes: the measurement begins with it. */
  beginAtMs: number;
}

/** A portfolio in which nothing has happened for so long will never end. */
const STALLED_AFTER_MS = 60_000;
export const LOOK_EVERY_MS = DAY_MS;

interface Lane {
  nowMs: number;
  loans: BenchLoan[];
  /** Notices of the sweep that runs. */
  sent: { phone: string; atMs: number }[];
}

export class Portfolio {
  readonly loans: BenchLoan[] = [];
  /** Notices that reached a phone. */
  noticesSent = 0;
  sweeps = 0;
  /** Settles when every loan has paid its months; rejects with the first fault. */
  readonly finished: Promise<void>;
  private finish = () => {};
  private fail = (_error: unknown) => {};
  protected hasBegun = false;
  private readonly payers: { loan: BenchLoan; atMs: number }[] = [];
  private paying = 0;
  protected lastAtMs = Date.now();
  private readonly lanes = new Map<number, Lane>();

  constructor(protected readonly options: BenchPortfolioOptions) {
    this.finished = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    // A fault is told where the portfolio is awaited.
    this.finished.catch(() => undefined);
    const watch = setInterval(() => {
      if (Date.now() - this.lastAtMs > STALLED_AFTER_MS) this.fail(new Error(`${options.tenantId} has come to a halt`));
    }, 1_000);
    const stopWatching = () => clearInterval(watch);
    this.finished.then(stopWatching, stopWatching);
  }

  add(loan: BenchLoan): void {
    this.loans.push(loan);
    const lane = this.lanes.get(loan.lane) ?? { nowMs: this.options.startAtMs, loans: [], sent: [] };
    lane.loans.push(loan);
    this.lanes.set(loan.lane, lane);
  }

  get clock(): BusinessClock {
    return this.options.clock;
  }

  get laneNumbers(): number[] {
    return [...this.lanes.keys()];
  }

  /** Whether every loan is opened and its borrower told so. */
  get isOpened(): boolean {
    return this.loans.every(({ isOpen }) => isOpen) && this.noticesSent >= this.loans.length;
  }

  /** The measurement begins: from now on notices are answered with payments. */
  begin(): void {
    this.noticesSent = 0;
    this.sweeps = 0;
    this.hasBegun = true;
    this.lastAtMs = Date.now();
    this.letMonthsBegin();
  }

  protected letMonthsBegin(): void {
    for (const [number, lane] of this.lanes) if (this.isReady(lane)) this.ring(number);
  }

  /** One step, at the instant at which it would have come. */
  async advance(input: AdvanceAccount, advance: ServicingActivities['advanceAccount']): Promise<AdvanceResult> {
    const loan = this.loanOf(input);
    const isPayment = input.arrivals.some(({ kind }) => kind === 'payment');
    const asOfMs = !loan.isOpen ? this.options.startAtMs : isPayment ? loan.paidAtMs : loan.deadlineMs;
    if (asOfMs === undefined) throw new Error(`${input.accountId} got a payment that nobody made`);
    const result = await advance({ ...input, asOfMs });
    this.lastAtMs = Date.now();
    loan.deadlineMs = result.state.nextDeadlineAtMs ?? 0;
    if (!loan.isOpen) loan.isOpen = true;
    else if (isPayment) this.takePayment(loan);
    else loan.overdueSteps += 1;
    this.afterStep(loan);
    return { ...result, state: { ...result.state, nextDeadlineAtMs: this.deadlineFor(loan) } };
  }

  protected loanOf({ accountId }: { accountId: string }): BenchLoan {
    const loan = this.loans.find((each) => each.accountId === accountId);
    if (!loan) throw new Error(`${accountId} is not in the portfolio`);
    return loan;
  }

  protected takePayment(loan: BenchLoan): void {
    loan.monthsPaid += 1;
    loan.overdueSteps = 0;
    loan.paidAtMs = undefined;
    this.paying -= 1;
    this.letPay();
  }

  private afterStep(loan: BenchLoan): void {
    if (!this.hasBegun) return;
    this.finishWhenPaid();
    const lane = this.lanes.get(loan.lane);
    if (lane && this.isReady(lane)) this.ring(loan.lane);
  }

  protected finishWhenPaid(): void {
    if (this.loans.every(({ monthsPaid }) => monthsPaid >= this.options.months)) this.finish();
  }

  /** A deadline that comes before the borrower pays comes soon; any other is months away, as it is in life. */
  private deadlineFor(loan: BenchLoan): number {
    const { habit, months, clock, beginAtMs } = this.options;
    const isAwaited = habit === 'late' && loan.overdueSteps < STEPS_OF_A_LATE_MONTH && loan.monthsPaid < months;
    if (!isAwaited) return loan.deadlineMs;
    return this.hasBegun ? soon(clock) : clock.businessEpochMs + (beginAtMs - clock.realEpochMs) * clock.speed;
  }

  /** A sweep as of the next planned notice, once every borrower of the lane waits for one. */
  async sweep(
    input: Parameters<NoticeActivities['sweepLane']>[0],
    sweep: NoticeActivities['sweepLane'],
  ): Promise<SweepResult> {
    const { pool, clock } = this.options;
    const lane = this.lanes.get(input.lane);
    if (!lane) throw new Error(`lane ${input.lane} has no borrower`);
    if (this.isReady(lane)) lane.nowMs = (await nextDue(pool, input)) ?? lane.nowMs;
    this.sweeps += 1;
    const result = await sweep({ ...input, asOfMs: lane.nowMs });
    // Nobody pays before the sweep that sent the notice has ended: in life a payment comes minutes later at least.
    for (const { phone, atMs } of lane.sent.splice(0)) this.answer(phone, atMs);
    const isAwaited = result.nextDueAtMs !== undefined && (this.isReady(lane) || result.nextDueAtMs <= lane.nowMs);
    return { ...result, nextDueAtMs: isAwaited ? soon(clock) : undefined };
  }

  /** What a borrower does who gets a notice. */
  watch(provider: SmsProvider): SmsProvider {
    return {
      name: provider.name,
      capabilities: provider.capabilities,
      send: async (message) => {
        const outcome = await provider.send(message);
        this.noticesSent += 1;
        if (this.hasBegun) this.laneOf(message.phone).sent.push(message);
        return outcome;
      },
    };
  }

  private loanOfPhone(phone: string): BenchLoan {
    const loan = this.loans.find((each) => each.phone === phone);
    if (!loan) throw new Error('a notice went to a phone of nobody');
    return loan;
  }

  private laneOf(phone: string): Lane {
    const lane = this.lanes.get(this.loanOfPhone(phone).lane);
    if (!lane) throw new Error('a borrower is in no lane');
    return lane;
  }

  private answer(phone: string, atMs: number): void {
    const { habit, policy, months } = this.options;
    const loan = this.loanOfPhone(phone);
    if (loan.monthsPaid >= months || !loan.paysAt(habit, dateAt(atMs, policy.zone), policy)) return;
    this.queuePayment(loan, atMs);
  }

  protected queuePayment(loan: BenchLoan, atMs: number): void {
    loan.paidAtMs = atMs;
    this.payers.push({ loan, atMs });
    this.letPay();
  }

  private letPay(): void {
    const { client, policy, inFlight } = this.options;
    while (this.paying < inFlight) {
      const next = this.payers.shift();
      if (!next) return;
      this.paying += 1;
      const payment = next.loan.pay(dateAt(next.atMs, policy.zone), policy);
      client.workflow.getHandle(next.loan.workflowId).signal(paymentReceived, payment).catch(this.fail);
    }
  }

  private isReady({ loans }: Lane): boolean {
    const { habit, months } = this.options;
    const open = loans.filter(({ monthsPaid }) => monthsPaid < months);
    return this.hasBegun && open.length > 0 && open.every((loan) => loan.awaitsNotice(habit));
  }

  private ring(lane: number): void {
    const { gateway, clock, tenantId } = this.options;
    wakeLane(gateway, { tenantId, lane, clock, lookEveryMs: LOOK_EVERY_MS }).catch(this.fail);
  }
}
