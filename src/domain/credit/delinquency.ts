/** Days past due and buckets. Source: facts 2.7 and 7. */

import { type AssetClass, BUCKETS, type Bucket } from '../policy/lendingPolicy';
import { addMonthsClamped, daysBetween, type IsoDate } from '../values/calendar';
import type { Stage } from './account';

const WORST_DAYS: Record<Bucket, number> = {
  M0: 0,
  M1: 30,
  M2: 60,
  M3: 90,
  M4: 120,
  M5: 150,
  M6: 180,
  M7: Number.POSITIVE_INFINITY,
};

/** Whole days after the due date; the due date itself is day 0 and on time (facts 1.1, grace on due date). */
export function daysPastDue(oldestUnmetDueDate: IsoDate | undefined, asOf: IsoDate): number {
  return oldestUnmetDueDate === undefined ? 0 : Math.max(0, daysBetween(oldestUnmetDueDate, asOf));
}

/** M0 current, M1 1 to 30 days, ... M6 151 to 180, M7 beyond. */
export function bucketOf(days: number): Bucket {
  return BUCKETS.find((bucket) => days <= WORST_DAYS[bucket]) ?? 'M7';
}

/** Whether the first bucket is worse than the second. */
export function isWorse(first: Bucket, second: Bucket): boolean {
  return first > second;
}

/** Overdue so few days is technical, and no reason for a worse class (facts 2.7, background). */
const TECHNICAL_DAYS = 7;
const NON_PERFORMING_DAYS = 90;
const DOUBTFUL_DAYS = 270;
const LOSS_DAYS = 360;
/** A restructured loan is observed for a year (facts 2.7). */
export const OBSERVED_MONTHS = 12;

/** The class by days past due; a restructured loan is special mention at best while it is observed. */
export function assetClassOf(days: number, asOf: IsoDate, restructuredOn?: IsoDate): AssetClass {
  if (days > LOSS_DAYS) return 'loss';
  if (days > DOUBTFUL_DAYS) return 'doubtful';
  if (days > NON_PERFORMING_DAYS) return 'substandard';
  const isObserved = restructuredOn !== undefined && asOf < addMonthsClamped(restructuredOn, OBSERVED_MONTHS);
  return days > TECHNICAL_DAYS || isObserved ? 'special-mention' : 'normal';
}

export function isNonAccrual(days: number): boolean {
  return days > NON_PERFORMING_DAYS;
}

/** The first day past due of every bucket and of every class after the first. */
export const ARREARS_DAYS: readonly number[] = [
  ...BUCKETS.slice(0, -1).map((bucket) => WORST_DAYS[bucket] + 1),
  ...[TECHNICAL_DAYS, NON_PERFORMING_DAYS, DOUBTFUL_DAYS, LOSS_DAYS].map((last) => last + 1),
];

/** The stage of an open account by its days past due. */
export function stageOf(days: number, writeOffReviewDaysPastDue: number): Stage {
  if (days >= writeOffReviewDaysPastDue) return 'write-off-review';
  return days > 0 ? 'overdue' : 'current';
}
