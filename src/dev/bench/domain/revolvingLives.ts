/**
 * The whole life of a revolving account in domain code alone, month by month as a simulator goes: what the borrower
 * does in a month depends on the bill before it, so each month is one fold that goes on from the snapshot of the month
 * before. A fold of the whole life each month would cost the square of its length.
 */
import type { Bill, DerivedAccount, RevolvingTerms } from '../../../domain/credit/account';
import type { Fact } from '../../../domain/credit/facts';
import { feeRateOf } from '../../../domain/credit/revolving/instalmentFees';
import { foldRevolving } from '../../../domain/credit/revolving/revolving';
import type { CachedAccountState } from '../../../domain/credit/revolving/revolvingStateCache';
import type { RevolvingPolicy } from '../../../domain/policy/lendingPolicy';
import { addDays, dayOfMonth, type IsoDate } from '../../../domain/values/calendar';
import { shareFen } from '../../../domain/values/money';
import type { Random } from '../../../domain/values/random';

/**
 * `in-full`: all of each bill by its due date. `in-part`: a third of it, which is more than the minimum. `late`: all of
 * it ten days after the due date, and every sixth bill not at all. `in-instalments`: every fourth bill is split in
 * six, what is due is paid on time.
 */
export const REVOLVING_HABITS = ['in-full', 'in-part', 'late', 'in-instalments'] as const;
type RevolvingHabit = (typeof REVOLVING_HABITS)[number];

export interface Lived {
  /** At the end of the life, folded from the last month alone. */
  account: DerivedAccount;
  /** Every fact of the life. */
  facts: Fact[];
  months: number;
}

export interface RevolvingLife {
  terms: RevolvingTerms;
  policy: RevolvingPolicy;
  habit: RevolvingHabit;
  months: number;
  random: Random;
}

const PURCHASES_OF_A_MONTH = 6;
const PLAN_MONTHS = 6;
/** A split needs so much billed principal (policy `minimumFen`), and some is left to pay at once. */
const SPLIT_FROM_FEN = 60_000;
const DAYS_LATE = 10;
const DAYS_BEFORE_DUE = 1;
/** The last days of a month stay free, so that no fact of it counts from the next bill date. */
const LAST_DAY = 26;

export function liveRevolving(life: RevolvingLife): Lived {
  const { terms, policy, months } = life;
  const all: Fact[] = [{ kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen }];
  let begin = 0;
  let from: CachedAccountState | undefined;
  let account: DerivedAccount | undefined;
  for (let month = 0; month < months; month++) {
    const billOn = dayOfMonth(terms.openDate, policy.billDay, month + 1);
    addMonth(life, all, month, account?.statements.at(-1));
    const input = { terms, facts: all.slice(begin), issued: [], policy, asOf: billOn };
    const folded = foldRevolving(input, { from, keepThrough: addDays(billOn, -1) });
    account = folded.account;
    from = folded.snapshot;
    begin = all.length;
  }
  if (!account) throw new RangeError('a life has at least one month');
  return { account, facts: all, months };
}

/** What the borrower does between two bill dates; `bill` is the one at the beginning. */
function addMonth(life: RevolvingLife, facts: Fact[], month: number, bill: Bill | undefined): void {
  const { terms, policy, random } = life;
  const beginsOn = month === 0 ? terms.openDate : dayOfMonth(terms.openDate, policy.billDay, month);
  for (let index = 0; index < PURCHASES_OF_A_MONTH; index++) {
    const valueDate = maybeIn(beginsOn, random);
    const key = `purchase/${month}-${index}`;
    facts.push({ kind: 'purchased', key, valueDate, amountFen: 5_000 + random.below(30_000), billableFrom: valueDate });
  }
  if (random.below(3) === 0) {
    const valueDate = dayOfMonth(beginsOn, LAST_DAY);
    const key = `refund/${month}`;
    facts.push({ kind: 'refunded', key, valueDate, amountFen: 1_000 + random.below(5_000), billableFrom: valueDate });
  }
  if (bill && bill.totalFen > 0) answerBill(life, facts, month, bill);
}

/** A date in the month, not before `beginsOn` and not after the 26th. */
function maybeIn(beginsOn: IsoDate, random: Random): IsoDate {
  const firstDay = Number(beginsOn.slice(8));
  return dayOfMonth(beginsOn, firstDay + random.below(LAST_DAY - firstDay + 1));
}

function answerBill({ policy, habit }: RevolvingLife, facts: Fact[], month: number, bill: Bill): void {
  const pay = (valueDate: IsoDate, amountFen: number) =>
    facts.push({ kind: 'paid', key: `payment/${month}`, valueDate, amountFen, intent: 'instalment' });
  const onTime = addDays(bill.dueDate, -DAYS_BEFORE_DUE);
  if (habit === 'in-full') pay(onTime, bill.totalFen);
  else if (habit === 'in-part') pay(onTime, Math.max(bill.minimumPaymentFen, Math.ceil(bill.totalFen / 3)));
  else if (habit === 'late') {
    if (month % 6 !== 0) pay(addDays(bill.dueDate, DAYS_LATE), bill.totalFen);
  } else if (month % 4 !== 2 || bill.principalFen < 2 * SPLIT_FROM_FEN) pay(onTime, bill.totalFen);
  else {
    const principalFen = Math.floor(bill.principalFen / 2);
    const feeRate = feeRateOf(PLAN_MONTHS, policy.instalments);
    if (feeRate === undefined) throw new Error(`the policy has no plans of ${PLAN_MONTHS} months`);
    facts.push({
      kind: 'instalment-started',
      key: `plan/${month}`,
      valueDate: addDays(bill.billDate, 2),
      statementNumber: bill.number,
      principalFen,
      months: PLAN_MONTHS,
      feeFen: shareFen(principalFen, feeRate),
    });
    pay(onTime, bill.totalFen - principalFen);
  }
}
