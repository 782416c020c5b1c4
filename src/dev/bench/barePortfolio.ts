/**
 * On-time months without books and notices: the same signal, the same step as a local activity, the same history, but
 * the step answers at once with the month's next deadline. What is left is the share of Temporal and of its SDK.
 */
import type { AdvanceAccount, AdvanceResult, ServicingActivities } from '../../contracts/activities';
import { DAY_MS } from '../../domain/values/timeUnits';
import type { BenchLoan } from './loan';
import { Portfolio } from './portfolio';

const MONTH_MS = 30 * DAY_MS;
const BEFORE_DUE_MS = 3 * DAY_MS;

export class BarePortfolio extends Portfolio {
  /** What the opening answered, by account. */
  private readonly opened = new Map<string, AdvanceResult>();

  protected override letMonthsBegin(): void {
    for (const loan of this.loans) this.pay(loan);
  }

  override async advance(
    input: AdvanceAccount,
    advance: ServicingActivities['advanceAccount'],
  ): Promise<AdvanceResult> {
    if (!this.hasBegun) {
      const result = await super.advance(input, advance);
      this.opened.set(input.accountId, result);
      return result;
    }
    const loan = this.loanOf(input);
    const result = this.opened.get(loan.accountId);
    if (!result) throw new Error(`${loan.accountId} is not opened`);
    this.lastAtMs = Date.now();
    loan.deadlineMs += MONTH_MS;
    this.takePayment(loan);
    if (loan.monthsPaid < this.options.months) this.pay(loan);
    this.finishWhenPaid();
    return { ...result, state: { ...result.state, nextDeadlineAtMs: loan.deadlineMs } };
  }

  private pay(loan: BenchLoan): void {
    this.queuePayment(loan, loan.deadlineMs - BEFORE_DUE_MS);
  }
}
