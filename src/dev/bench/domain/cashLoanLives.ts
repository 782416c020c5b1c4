/**
 * The whole life of a cash loan in domain code alone, month by month: what the borrower pays depends on what is owed on
 * the due date, so each month is one fold. A loan has few facts and an end, and no snapshots: each fold is of its whole
 * life so far.
 */
import type { CashLoanTerms, DerivedAccount } from '../../../domain/credit/account';
import { deriveCashLoan } from '../../../domain/credit/cashLoan/cashLoan';
import type { Fact } from '../../../domain/credit/facts';
import type { CashLoanPolicy } from '../../../domain/policy/lendingPolicy';
import { addDays, addMonthsClamped } from '../../../domain/values/calendar';
import type { Random } from '../../../domain/values/random';
import type { Lived } from './revolvingLives';

/**
 * `on-time`: each instalment on its due date. `late`: all that is owed on a due date, up to 20 days after it, and one
 * time in four with the next. `prepaid`: as on time, and now and then a sum that lowers what is to come. `paid-off`:
 * on time up to the middle, and then all of it.
 */
export const CASH_LOAN_HABITS = ['on-time', 'late', 'prepaid', 'paid-off'] as const;
type CashLoanHabit = (typeof CASH_LOAN_HABITS)[number];

export interface CashLoanLife {
  terms: CashLoanTerms;
  policy: CashLoanPolicy;
  habit: CashLoanHabit;
  random: Random;
}

/** A late borrower has so many months after the last due date to pay the rest. */
const MONTHS_AFTER_THE_TERM = 2;
const DAYS_LATE = 20;
const DAYS_UNTIL_PREPAYMENT = 10;

export function liveCashLoan(life: CashLoanLife): Lived {
  const { terms, policy } = life;
  const { startDate, principalFen } = terms;
  const facts: Fact[] = [{ kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen }];
  const longest = terms.months + MONTHS_AFTER_THE_TERM;
  for (let month = 1; ; month++) {
    const asOf = addMonthsClamped(startDate, month);
    const account = deriveCashLoan({ terms, facts, policy, asOf });
    if (account.stage === 'settled' || month === longest) return { account, facts, months: month };
    facts.push(...paymentsOf(life, month, account));
  }
}

/** What the borrower pays in the month that a due date begins. */
function paymentsOf({ terms, habit, random }: CashLoanLife, month: number, account: DerivedAccount): Fact[] {
  const { asOf, payoffFen } = account;
  const dueFen = account.obligations.reduce((sum, { dueDate, owedFen }) => (dueDate <= asOf ? sum + owedFen : sum), 0);
  const isLast = month >= terms.months;
  const key = `payment/${month}`;
  if (habit === 'late') {
    if (!isLast && random.below(4) === 0) return [];
    // After the term all of it, at once: a life has an end.
    if (month > terms.months) return [paid(key, asOf, payoffFen, 'payoff')];
    return [paid(key, addDays(asOf, random.below(DAYS_LATE)), dueFen, 'instalment')];
  }
  if (habit === 'paid-off' && month >= terms.months / 2) return [paid(key, asOf, payoffFen, 'payoff')];
  if (dueFen === 0) return [];
  const instalment = paid(key, asOf, dueFen, 'instalment');
  if (habit !== 'prepaid' || isLast || random.below(3) > 0) return [instalment];
  const intent = random.below(2) === 0 ? 'prepay-lower-payment' : 'prepay-shorter-term';
  const prepaidFen = Math.ceil(terms.principalFen / 20);
  return [instalment, paid(`prepayment/${month}`, addDays(asOf, DAYS_UNTIL_PREPAYMENT), prepaidFen, intent)];
}

function paid(
  key: string,
  valueDate: string,
  amountFen: number,
  intent: 'instalment' | 'payoff' | 'prepay-lower-payment' | 'prepay-shorter-term',
): Fact {
  return { kind: 'paid', key, valueDate, amountFen, intent };
}
