/**
 * What the oracle says of an account's figures: docs/ledger.md, Figures. The next deadline is found by living on, day
 * after day, until something is other than a change of days and late interest.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Fact } from '../../src/domain/credit/facts';
import { passDays as passLoanDays } from './cashLoan';
import {
  comingOf,
  debtsOf,
  isInGrace,
  isOpen,
  type Loan,
  owedFen,
  pendingPenaltyFen,
  wholeInterestFen,
} from './cashLoanState';
import { monthsLater, toIso } from './civilDates';
import { countsOn } from './factsOfDay';
import { passDays as passAccountDays } from './revolving';
import { type Account, billedDebtsFen, pendingFen } from './revolvingState';

/** Rungs of a ladder, the same in all lives. */
export const RUNG_DAYS = [1, 3, 7, 15, 30, 60, 90];
/** The first days past due of buckets and classes. */
const THRESHOLDS = [1, 31, 61, 91, 121, 151, 181, 8, 271, 361, ...RUNG_DAYS];
const NO_FACTS: ReadonlyMap<number, Fact[]> = new Map();
/** From an account that only waits for its loss class; longer than a leap year. */
const LONGEST_WAIT_DAYS = 370;

interface OracleObligation {
  key: string;
  dueDay: number;
  lateDay: number;
  owedFen: number;
  minimumFen: number;
}

export interface OracleFigures {
  obligations: { key: string; dueDate: string; lateFrom: string; owedFen: number; minimumFen: number }[];
  overdueFen: number;
  minimumOverdueFen: number;
  nextDeadline: string | undefined;
}

/** Every debt whose due date has passed, and of the others the first that is not paid. */
function obligationsOfLoan(loan: Loan): OracleObligation[] {
  if (loan.isWrittenOff) return [];
  const debts = debtsOf(loan).sort((one, other) => one.lateDay - other.lateDay);
  const [next] = comingOf(loan);
  const obligations: OracleObligation[] = [];
  for (const debt of debts) {
    const isComing = !debt.isDue && !debt.isPaidEarly;
    if (!isComing && !isOpen(debt)) continue;
    const wholeFen = owedFen(debt) + pendingPenaltyFen(debt) + (isComing ? wholeInterestFen(loan, debt) : 0);
    const askedFen = Math.max(0, wholeFen - (debt === next ? loan.creditFen : 0));
    const key = debt.number > 0 ? `instalment-${debt.number}` : 'returned';
    // What a bounced prepayment left missing is due on the day of the bounce.
    const dueDay = debt.lateDay;
    const lateDay = dueDay + (loan.policy.graceDays ?? 0) + 1;
    if (askedFen > 0) obligations.push({ key, dueDay, lateDay, owedFen: askedFen, minimumFen: askedFen });
    if (dueDay >= loan.today) break;
  }
  return obligations;
}

/** What is owed of bills, shared among those that ask, from the newest to the oldest. */
function obligationsOfCard(account: Account): OracleObligation[] {
  if (account.isWrittenOff) return [];
  let coveredFen = 0;
  const bills = account.bills.map((bill) => {
    // Each bill's minimum holds what was missing of those before it.
    const ownFen = Math.max(0, bill.missingFen - coveredFen);
    coveredFen = Math.max(coveredFen, bill.missingFen);
    return { ...bill, ownFen };
  });
  const asking = bills.filter((bill, index) => {
    return bill.ownFen > 0 || (index === bills.length - 1 && bill.dueDay >= account.today);
  });
  let leftFen = Math.max(0, billedDebtsFen(account) - account.creditFen);
  const obligations: OracleObligation[] = [];
  for (let index = asking.length - 1; index >= 0; index--) {
    const bill = asking[index];
    if (!bill) throw new Error('a bill is missing');
    const older = asking.slice(0, index);
    const neededFen = older.reduce((sum, { ownFen }) => sum + ownFen, 0);
    const firstBilledFen = account.layers
      .filter(({ number }) => number <= bill.number && number > (older.at(-1)?.number ?? 0))
      .reduce((sum, { principalFen }) => sum + principalFen, 0);
    const shareFen = Math.max(bill.ownFen, Math.min(firstBilledFen, leftFen - neededFen));
    const takenFen = index === 0 ? leftFen : Math.min(leftFen, shareFen);
    leftFen -= takenFen;
    const askedFen = index === 0 ? takenFen + pendingFen(account.penalty) : takenFen;
    if (askedFen === 0) continue;
    const { number, dueDay } = bill;
    const minimumFen = Math.min(bill.ownFen, askedFen);
    obligations.unshift({ key: `statement-${number}`, dueDay, lateDay: dueDay + 1, owedFen: askedFen, minimumFen });
  }
  return obligations;
}

/** Of a loan at the end of its day; it is lived on, and must not be used any more. */
export function figuresOfLoan(loan: Loan, facts: readonly Fact[]): OracleFigures {
  const obligations = obligationsOfLoan(loan);
  return {
    ...amountsOf(obligations, loan.today),
    nextDeadline: deadlineOf(loan, facts, {
      isClosed: loan.isWrittenOff || !debtsOf(loan).some(isOpen),
      liveOn: (day) => passLoanDays(loan, day, NO_FACTS),
      steady: () => steadyOfLoan(loan),
    }),
  };
}

export function figuresOfCard(account: Account, facts: readonly Fact[]): OracleFigures {
  const obligations = obligationsOfCard(account);
  return {
    ...amountsOf(obligations, account.today),
    nextDeadline: deadlineOf(account, facts, {
      isClosed: account.isWrittenOff,
      liveOn: (day) => passAccountDays(account, day, NO_FACTS),
      steady: () => steadyOfCard(account),
    }),
  };
}

function amountsOf(obligations: readonly OracleObligation[], today: number) {
  const late = obligations.filter(({ lateDay, minimumFen }) => lateDay <= today && minimumFen > 0);
  return {
    obligations: obligations.map(({ key, dueDay, lateDay, owedFen: askedFen, minimumFen }) => ({
      key,
      dueDate: toIso(dueDay),
      lateFrom: toIso(lateDay),
      owedFen: askedFen,
      minimumFen,
    })),
    overdueFen: late.reduce((sum, obligation) => sum + obligation.owedFen, 0),
    minimumOverdueFen: late.reduce((sum, { minimumFen }) => sum + minimumFen, 0),
  };
}

/** The first day on which something steady is other than today, or a fact comes. */
function deadlineOf(
  life: { today: number },
  facts: readonly Fact[],
  { isClosed, liveOn, steady }: { isClosed: boolean; liveOn: (day: number) => void; steady: () => unknown },
): string | undefined {
  const today = life.today;
  const ahead = facts.map(countsOn).filter((day) => day > today);
  const nextFact = ahead.length > 0 ? Math.min(...ahead) : undefined;
  if (isClosed) return nextFact === undefined ? undefined : toIso(nextFact);
  const before = steady();
  const last = nextFact ?? today + LONGEST_WAIT_DAYS;
  for (let day = today + 1; day <= last; day++) {
    if (day === nextFact) return toIso(day);
    liveOn(day);
    if (!isDeepStrictEqual(steady(), before)) return toIso(day);
  }
  return undefined;
}

function steadyOfLoan(loan: Loan): unknown {
  const observedUntil = loan.restructuredDay === undefined ? undefined : monthsLater(loan.restructuredDay, 12);
  return {
    obligations: datesOf(obligationsOfLoan(loan), loan.today),
    arrears: arrearsOf(
      debtsOf(loan)
        .filter((debt) => debt.isDue && isOpen(debt) && !isInGrace(loan, debt))
        .map(({ lateDay }) => ({ dueDay: lateDay })),
      loan,
    ),
    due: loan.instalments.filter(({ isDue, isPaidEarly }) => isDue && !isPaidEarly).length,
    penaltyDays: loan.penaltyDays,
    isObserved: observedUntil !== undefined && loan.today < observedUntil,
  };
}

function steadyOfCard(account: Account): unknown {
  return {
    obligations: datesOf(obligationsOfCard(account), account.today),
    arrears: arrearsOf(
      account.bills.filter(({ missingFen, dueDay }) => missingFen > 0 && dueDay < account.today),
      account,
    ),
    bills: account.bills.length,
  };
}

/** Each obligation with whether its due date, and its late date, have come. */
function datesOf(obligations: readonly OracleObligation[], today: number): unknown[] {
  return obligations.map(({ key, dueDay, lateDay }) => [key, dueDay < today, lateDay <= today]);
}

/** How many thresholds the days past due have reached: buckets, classes, rungs and the review. */
function arrearsOf(
  late: readonly { dueDay: number }[],
  { today, policy }: { today: number; policy: { writeOffReviewDaysPastDue: number } },
): number {
  const days = Math.max(0, ...late.map(({ dueDay }) => today - dueDay));
  return [...THRESHOLDS, policy.writeOffReviewDaysPastDue].filter((threshold) => days >= threshold).length;
}
