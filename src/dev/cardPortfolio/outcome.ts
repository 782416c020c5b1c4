/** What the replay came to, beside what the file says: bills that are equal or not, and delinquency by month. Pure. */

import { BUCKETS, type Bucket } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { type CardAccount, MONTHS, type Month } from './cardFile';
import { impliedMonths } from './implied';
import { billDateOf } from './timetable';

/** What the running system says of an account at the end. */
export interface ReplayedAccount {
  limitFen: Fen;
  bills: { billDate: IsoDate; totalFen: Fen }[];
}

/** What the running system said of an account in a month. */
export interface OutcomeReading {
  line: number;
  month: Month;
  bucket: Bucket;
}

interface BillDifference {
  line: number;
  id: number;
  month: Month;
  fileFen: Fen;
  /** Null: there is no such bill. */
  replayedFen: Fen | null;
}

export interface BillComparison {
  expected: number;
  equal: number;
  differences: BillDifference[];
  /** Lines whose account was not opened with the file's limit. */
  otherLimits: number[];
}

/** Compares every month of every account; an account that is not there differs in all of them. */
export function compareBills(
  accounts: readonly CardAccount[],
  replayed: ReadonlyMap<number, ReplayedAccount>,
): BillComparison {
  const result: BillComparison = { expected: 0, equal: 0, differences: [], otherLimits: [] };
  for (const account of accounts) {
    const { line, id } = account;
    const found = replayed.get(line);
    if (found?.limitFen !== account.limitFen) result.otherLimits.push(line);
    for (const { month, billFen: fileFen } of impliedMonths(account)) {
      const replayedFen = found?.bills.find(({ billDate }) => billDate === billDateOf(month))?.totalFen ?? null;
      result.expected += 1;
      if (replayedFen === fileFen) result.equal += 1;
      else result.differences.push({ line, id, month, fileFen, replayedFen });
    }
  }
  return result;
}

/** Of one month: for each code of the file, how many accounts were in which of our buckets. */
export interface DelinquencyTable {
  month: Month;
  rows: { status: number; buckets: Record<Bucket, number> }[];
}

/** One table for each month that was read. */
export function crossTables(accounts: readonly CardAccount[], readings: readonly OutcomeReading[]): DelinquencyTable[] {
  const byLine = new Map(accounts.map((account) => [account.line, account]));
  return MONTHS.map(({ month }) => {
    const rows = new Map<number, Record<Bucket, number>>();
    for (const reading of readings) {
      if (reading.month !== month) continue;
      const status = byLine.get(reading.line)?.months.find((of) => of.month === month)?.status;
      if (status === undefined) throw new Error(`line ${reading.line} was read in ${month}, but is not in the file`);
      const buckets = rows.get(status) ?? noBuckets();
      buckets[reading.bucket] += 1;
      rows.set(status, buckets);
    }
    return {
      month,
      rows: [...rows].sort(([first], [second]) => first - second).map(([status, buckets]) => ({ status, buckets })),
    };
  });
}

function noBuckets(): Record<Bucket, number> {
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, 0])) as Record<Bucket, number>;
}

/** How far our buckets agree with the file: M0 for codes up to 0, and the same number of months from 1 on. */
export interface FigureAgreement {
  accountMonths: number;
  /** Both say that nothing is late, or both say that something is. */
  sameSide: number;
  /** The same number of months late. */
  sameBucket: number;
}

export function agreementOf(tables: readonly DelinquencyTable[]): FigureAgreement {
  const agreement: FigureAgreement = { accountMonths: 0, sameSide: 0, sameBucket: 0 };
  for (const { status, buckets } of tables.flatMap(({ rows }) => rows)) {
    const expected = Math.min(Math.max(0, status), BUCKETS.length - 1);
    for (const [months, bucket] of BUCKETS.entries()) {
      const count = buckets[bucket];
      agreement.accountMonths += count;
      if (months > 0 === status > 0) agreement.sameSide += count;
      if (months === expected) agreement.sameBucket += count;
    }
  }
  return agreement;
}
