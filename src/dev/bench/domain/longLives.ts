/** Two accounts with a thousand facts each, to see what one fold from the beginning costs. */
import type { CashLoanTerms, RevolvingTerms } from '../../../domain/credit/account';
import { deriveCashLoan } from '../../../domain/credit/cashLoan/cashLoan';
import type { Fact, Paid } from '../../../domain/credit/facts';
import type { LendingPolicy } from '../../../domain/policy/lendingPolicy';
import { addDays, addMonthsClamped, dayOfMonth, daysBetween, type IsoDate } from '../../../domain/values/calendar';

export interface LongLife<Terms> {
  terms: Terms;
  facts: Fact[];
  asOf: IsoDate;
}

const PURCHASES_OF_A_TYPICAL_MONTH = 10;
const PURCHASE_FEN = 12_000;
const REFUND_FEN = 5_000;
/** Less than a month's purchases: something of each bill bears interest. */
const PAYMENT_FEN = 114_000;

/** Months of 10 purchases, a refund and a payment after the due date, as many as it takes. */
export function longRevolving(count: number): LongLife<RevolvingTerms> {
  const terms: RevolvingTerms = { product: 'revolving', limitFen: 5_000_000, openDate: '2026-01-02', dueDay: 10 };
  const facts: Fact[] = [{ kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen }];
  for (let month = 0; facts.length < count; month++) facts.push(...typicalMonth(terms, month));
  const kept = facts.slice(0, count);
  return { terms, facts: kept, asOf: dayOfMonth(kept.at(-1)?.valueDate ?? terms.openDate, 28) };
}

function typicalMonth({ openDate }: RevolvingTerms, month: number): Fact[] {
  const on = (day: number) => dayOfMonth(openDate, day, month);
  const purchases = Array.from({ length: PURCHASES_OF_A_TYPICAL_MONTH }, (_, index): Fact => {
    const valueDate = on(3 + 2 * index);
    const key = `purchase/${month}-${index}`;
    return { kind: 'purchased', key, valueDate, amountFen: PURCHASE_FEN, billableFrom: valueDate };
  });
  const [refundedOn, paidOn] = [on(24), on(25)];
  return [
    ...purchases,
    {
      kind: 'refunded',
      key: `refund/${month}`,
      valueDate: refundedOn,
      amountFen: REFUND_FEN,
      billableFrom: refundedOn,
    },
    { kind: 'paid', key: `payment/${month}`, valueDate: paidOn, amountFen: PAYMENT_FEN, intent: 'instalment' },
  ];
}

const LOAN: CashLoanTerms = {
  product: 'cash-loan',
  principalFen: 20_000_000,
  dailyRate: '0.0004',
  months: 12,
  method: 'level',
  startDate: '2026-01-15',
};
/** More than the interest of a day or two, or it would be no prepayment. */
const PREPAYMENT_FEN = 20_000;
const CREDIT_FEN = 1_000;

/**
 * A loan of the longest term of the policy, paid on time, with so many payments in between that the facts are `count`:
 * every third of them is a prepayment, every ninth one that shortens the term; the others are credit until something
 * is due.
 */
export function longCashLoan(count: number, policy: LendingPolicy): LongLife<CashLoanTerms> {
  const { startDate, principalFen, months } = LOAN;
  const facts: Fact[] = [{ kind: 'disbursed', key: 'disbursement', valueDate: startDate, amountFen: principalFen }];
  const between = count - 1 - (months - 1);
  let added = 0;
  for (let month = 1; month < months; month++) {
    const from = addMonthsClamped(startDate, month - 1);
    const dueOn = addMonthsClamped(startDate, month);
    for (const until = Math.round((between * month) / (months - 1)); added < until; added++) {
      facts.push(paymentBetween(added, from, dueOn));
    }
    const { overdueFen, obligations } = deriveCashLoan({ terms: LOAN, facts, policy: policy.cashLoan, asOf: dueOn });
    const amountFen = overdueFen + (obligations.find(({ dueDate }) => dueDate === dueOn)?.owedFen ?? 0);
    facts.push(paid(`payment/due-${month}`, dueOn, amountFen, 'instalment'));
  }
  return { terms: LOAN, facts, asOf: addDays(addMonthsClamped(startDate, months - 1), 5) };
}

function paymentBetween(number: number, from: IsoDate, until: IsoDate): Paid {
  const valueDate = addDays(from, 1 + (number % (daysBetween(from, until) - 1)));
  const key = `payment/${number}`;
  if (number % 3 > 0) return paid(key, valueDate, CREDIT_FEN, 'instalment');
  return paid(key, valueDate, PREPAYMENT_FEN, number % 9 === 0 ? 'prepay-shorter-term' : 'prepay-lower-payment');
}

function paid(key: string, valueDate: IsoDate, amountFen: number, intent: Paid['intent']): Paid {
  return { kind: 'paid', key, valueDate, amountFen, intent };
}
