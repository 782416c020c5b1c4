/** Derived accounts for tables of cases: a current revolving account, and what a case changes of it. */
import type { Bill, DerivedAccount, Obligation } from '../../src/domain/credit/account';
import { bucketOf } from '../../src/domain/credit/delinquency';
import { isOverdue } from '../../src/domain/credit/obligations';
import type { JournalEntry } from '../../src/domain/ledger/journal';
import { addDays, daysBetween, type IsoDate } from '../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';

/** The instant of a wall time in the zone of the default policy. */
export function at(date: string, time: string): number {
  return atWallTimeMs(date, time, SHANGHAI);
}

/** The account at a date, with days past due, bucket, stage and overdue amount as its obligations say. */
export function accountAt(asOf: string, changes: Partial<DerivedAccount> = {}): DerivedAccount {
  const obligations = changes.obligations ?? [];
  const overdue = obligations.filter((obligation) => isOverdue(obligation, asOf));
  const oldest = overdue[0];
  const daysPastDue = oldest ? daysBetween(oldest.dueDate, asOf) : 0;
  const sumOf = (of: readonly Obligation[], part: 'owedFen' | 'minimumFen') =>
    of.reduce((sum, obligation) => sum + obligation[part], 0);
  return {
    product: 'revolving',
    asOf,
    terms: { product: 'revolving', limitFen: 1_000_000, openDate: '2026-01-01', dueDay: 10 },
    stage: daysPastDue > 0 ? 'overdue' : 'current',
    pastDueSince: oldest?.dueDate,
    minimumOverdueFen: sumOf(overdue, 'minimumFen'),
    dueFen: sumOf(obligations, 'owedFen'),
    minimumDueFen: sumOf(obligations, 'minimumFen'),
    overdueBookedFen: sumOf(overdue, 'owedFen'),
    bookedFen: 0,
    claimedFen: 0,
    comingFeeFen: 0,
    unusedLimitFen: 1_000_000,
    stoppedBy: [],
    balances: { principalFen: 0, interestFen: 0, penaltyFen: 0, feeFen: 0, creditFen: 0 },
    daysPastDue,
    bucket: bucketOf(daysPastDue),
    overdueFen: overdue.reduce((sum, { owedFen }) => sum + owedFen, 0),
    payoffFen: 0,
    limitFen: 1_000_000,
    availableFen: 1_000_000,
    freezes: [],
    statements: [],
    schedule: [],
    recoverableFen: 0,
    assetClass: 'normal',
    isNonAccrual: false,
    minimumOnlyStreak: 0,
    entries: [],
    nextChangeOn: undefined,
    ...changes,
    obligations,
  };
}

export function loanAt(asOf: string, changes: Partial<DerivedAccount> = {}): DerivedAccount {
  return accountAt(asOf, { product: 'cash-loan', availableFen: 0, ...changes });
}

/** An obligation of 1,000.00 CNY of which nothing is paid; an instalment's minimum is all of it. */
export function owed(key: string, dueDate: string, changes: Partial<Obligation> = {}): Obligation {
  const owedFen = changes.owedFen ?? 100_000;
  return { key, dueDate, lateFrom: addDays(dueDate, 1), owedFen, minimumFen: owedFen, penaltyFen: 0, ...changes };
}

/** The bill of the 1st, due on the 10th, of a month of 2026. */
export function bill(number: number, month: number, totalFen = 100_000): Bill {
  const prefix = `2026-${String(month).padStart(2, '0')}`;
  return {
    number,
    billDate: `${prefix}-01`,
    dueDate: `${prefix}-10`,
    totalFen,
    minimumPaymentFen: Math.round(Math.max(0, totalFen) / 10),
    principalFen: Math.max(0, totalFen),
    interestFen: 0,
    penaltyFen: 0,
  };
}

/** The entry of a payment, of credit alone. */
export function paymentOn(valueDate: IsoDate, paymentId: string, amountFen: number): JournalEntry {
  const lines = [
    { account: 'collections', amountFen },
    { account: 'borrower-credit', amountFen: -amountFen },
  ] as const;
  return { key: `payment/${paymentId}`, kind: 'payment', valueDate, lines: [...lines] };
}
