/** One borrower of the benchmark with a cash loan, and what the borrower knows of it: terms, payments, dates. */
import type { Payment } from '../../contracts/credit/account';
import { TASK_QUEUE, workflowIds } from '../../contracts/names';
import type { CashLoanTerms } from '../../domain/credit/account';
import { deriveAccount } from '../../domain/credit/derive';
import type { Fact } from '../../domain/credit/facts';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { addDays, type IsoDate } from '../../domain/values/calendar';

export { TASK_QUEUE };

/** `on-time`: pays at the first reminder. `late`: pays at the notice of the third overdue step. */
export type Habit = 'on-time' | 'late';

export const STEPS_OF_A_LATE_MONTH = 3;

export class BenchLoan {
  /** Paid months since the measurement began. */
  monthsPaid = 0;
  overdueSteps = 0;
  /** Business instant of the payment that is going to be made, or on its way. */
  paidAtMs: number | undefined;
  /** Business instant at which the account wakes by itself, as its last step told. */
  deadlineMs = 0;
  isOpen = false;
  readonly tenantId: string;
  readonly accountId: string;
  readonly phone: string;
  readonly lane: number;
  private readonly facts: Fact[];

  constructor(
    { tenantId, accountId }: { tenantId: string; accountId: string },
    readonly terms: CashLoanTerms,
    { phone, lane }: { phone: string; lane: number },
  ) {
    this.tenantId = tenantId;
    this.accountId = accountId;
    this.phone = phone;
    this.lane = lane;
    const { startDate, principalFen } = terms;
    this.facts = [{ kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen }];
  }

  get workflowId(): string {
    return workflowIds.cashLoan(this.tenantId, this.accountId);
  }

  /** Whether nothing happens until the borrower gets the notice that makes the habit pay. */
  awaitsNotice(habit: Habit): boolean {
    return this.paidAtMs === undefined && (habit === 'on-time' || this.overdueSteps === STEPS_OF_A_LATE_MONTH);
  }

  /** Whether a notice of that date is the one to pay at. */
  paysAt(habit: Habit, date: IsoDate, policy: LendingPolicy): boolean {
    if (!this.awaitsNotice(habit)) return false;
    if (habit === 'on-time') return true;
    const { dueDate } = this.owed(date, policy);
    const rung = policy.notices.afterDue[STEPS_OF_A_LATE_MONTH - 1];
    return rung !== undefined && date >= addDays(dueDate, rung.daysPastDue);
  }

  /** The payment of everything that is overdue, or else of the next instalment. */
  pay(date: IsoDate, policy: LendingPolicy): Payment {
    const paymentId = `${this.accountId}-${this.facts.length}`;
    const { amountFen } = this.owed(date, policy);
    this.facts.push({
      kind: 'paid',
      key: `payment/${paymentId}`,
      valueDate: date,
      amountFen,
      intent: 'instalment',
    });
    return { paymentId, amountFen, paidOn: date, intent: 'instalment' };
  }

  /** By the borrower's own reckoning, from the facts that the borrower has. */
  private owed(date: IsoDate, policy: LendingPolicy): { dueDate: IsoDate; amountFen: number } {
    const { obligations, overdueFen } = deriveAccount(
      { terms: this.terms, facts: this.facts, issued: [] },
      policy,
      date,
    );
    const [first] = obligations;
    if (!first) throw new Error(`${this.accountId} owes nothing on ${date}`);
    return { dueDate: first.dueDate, amountFen: overdueFen || first.owedFen };
  }
}
