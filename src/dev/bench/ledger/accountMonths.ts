/**
 * What a month of a revolving account costs late in its life and early: the same month of the calendar, lived step by
 * step in turns by an old account and by a young one, so that both are of one moment of the machine. Its deadlines come
 * as the step before told, as its workflow would wait for them.
 */
import type { Pool } from 'pg';
import type { Arrival } from '../../../contracts/activities';
import { readBills } from '../../../db/credit/bills';
import { type RevolvingTerms, startOf } from '../../../domain/credit/account';
import { addMonthsClamped, dayOfMonth, type IsoDate } from '../../../domain/values/calendar';
import { learnTables } from '../servers';
import { type Advance, advanceOn, forEach, noonOf, openBenchAccount, TENANT } from './openAccounts';

export interface AccountMonthsOptions {
  /** Accounts of each age. */
  accounts: number;
  connections: number;
}

/** Of each account of an age, the milliseconds of each step of its month. */
export interface AccountMonths {
  /** Month 60 and month 1; month 0 is the one in which an account is opened. */
  late: number[][];
  early: number[][];
}

export const LATE_MONTH = 60;
export const EARLY_MONTH = 1;
const OPENED_ON = '2021-01-02';
const PURCHASES = 10;
const PURCHASE_FEN = 12_300;
const REFUND_FEN = 4_500;

export async function measureAccountMonths(pool: Pool, options: AccountMonthsOptions): Promise<AccountMonths> {
  const advance = advanceOn(pool);
  const numbers = Array.from({ length: options.accounts }, (_, index) => index + 1);
  const old = numbers.map((number) => new LivingAccount(pool, advance, `old-${number}`, termsFrom(0)));
  const young = numbers.map(
    (number) => new LivingAccount(pool, advance, `young-${number}`, termsFrom(LATE_MONTH - EARLY_MONTH)),
  );
  await forEach(old, options.connections, (account) => account.liveUntil(LATE_MONTH));
  await forEach(young, options.connections, (account) => account.liveUntil(EARLY_MONTH));
  await learnTables(pool);
  const measured: AccountMonths = { late: [], early: [] };
  for (const [index, account] of old.entries()) {
    const other = young[index];
    if (!other) break;
    const late: MonthInTurn = { steps: account.month(LATE_MONTH), ms: [] };
    const early: MonthInTurn = { steps: other.month(EARLY_MONTH), ms: [] };
    // Who goes first changes, so that neither age always finds what the other has left in a cache.
    await inTurns(index % 2 === 0 ? [late, early] : [early, late]);
    measured.late.push(late.ms);
    measured.early.push(early.ms);
  }
  return measured;
}

function termsFrom(month: number): RevolvingTerms {
  const openDate = addMonthsClamped(OPENED_ON, month);
  return { product: 'revolving', limitFen: 5_000_000, openDate, dueDay: 10 };
}

interface MonthInTurn {
  steps: AsyncGenerator<number>;
  ms: number[];
}

/** All to their ends, a step of each after the other. */
async function inTurns(months: readonly MonthInTurn[]): Promise<void> {
  for (let left = months; left.length > 0; ) {
    for (const month of left) {
      const { value, done } = await month.steps.next();
      if (done) left = left.filter((each) => each !== month);
      else month.ms.push(value);
    }
  }
}

class LivingAccount {
  private deadlineMs: number | undefined;
  private isOpen = false;

  constructor(
    private readonly pool: Pool,
    private readonly advance: Advance,
    private readonly accountId: string,
    private readonly terms: RevolvingTerms,
  ) {}

  /** Opens the account and lives all months before this one. */
  async liveUntil(month: number): Promise<void> {
    await openBenchAccount(this.pool, this.advance, this.accountId, this.terms);
    // A step in which nothing arrives tells when the account wakes by itself.
    await this.timed(noonOf(startOf(this.terms)), []);
    this.isOpen = true;
    for (let before = 0; before < month; before++) for await (const _ of this.month(before));
  }

  /** Lives a month of 10 purchases, a refund, and the bill, which is paid in full; yields each step's milliseconds. */
  async *month(month: number): AsyncGenerator<number> {
    if (!this.isOpen) throw new Error(`${this.accountId} is not opened yet`);
    const on = (day: number) => dayOfMonth(this.terms.openDate, day, month);
    const arrivals: { on: IsoDate; arrival: () => Promise<Arrival> }[] = [];
    for (let number = 1; number <= PURCHASES; number++) {
      const purchase = { purchaseId: `${month}-${number}`, amountFen: PURCHASE_FEN, purchasedOn: on(1 + 2 * number) };
      arrivals.push({ on: purchase.purchasedOn, arrival: async () => ({ kind: 'purchase', purchase }) });
    }
    const refund = { refundId: String(month), amountFen: REFUND_FEN, refundedOn: on(24) };
    arrivals.push({ on: refund.refundedOn, arrival: async () => ({ kind: 'refund', refund }) });
    if (month > 0) arrivals.push({ on: on(8), arrival: () => this.paymentOf(on(8), month) });
    arrivals.sort((first, second) => (first.on < second.on ? -1 : 1));
    for (const { on: date, arrival } of arrivals) {
      yield* this.wakeUntil(noonOf(date));
      yield await this.timed(noonOf(date), [await arrival()]);
    }
    // Up to the end of the month, before the next bill.
    yield* this.wakeUntil(noonOf(on(28)));
  }

  private async *wakeUntil(atMs: number): AsyncGenerator<number> {
    while (this.deadlineMs !== undefined && this.deadlineMs <= atMs) yield await this.timed(this.deadlineMs, []);
  }

  private async timed(asOfMs: number, arrivals: Arrival[]): Promise<number> {
    const { accountId } = this;
    const startedAt = performance.now();
    const { state, purchases } = await this.advance({ tenantId: TENANT, accountId, asOfMs, arrivals });
    const ms = performance.now() - startedAt;
    this.deadlineMs = state.nextDeadlineAtMs;
    const declined = Object.values(purchases).some(({ status }) => status === 'declined');
    if (state.stage !== 'current' || declined) throw new Error(`${accountId} is ${state.stage}, and must buy and pay`);
    return ms;
  }

  private async paymentOf(paidOn: IsoDate, month: number): Promise<Arrival> {
    const bills = await readBills(this.pool, { tenantId: TENANT, accountId: this.accountId, fromNumber: month });
    const bill = bills.at(-1);
    if (bill?.number !== month) throw new Error(`${this.accountId} has no bill ${month} in its month ${month}`);
    const payment = { paymentId: String(month), amountFen: bill.totalFen, paidOn, intent: 'instalment' as const };
    return { kind: 'payment', payment };
  }
}
