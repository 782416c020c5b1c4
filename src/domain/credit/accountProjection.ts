/**
 * Where an account stands, as its row shows it: only what stays true until the next deadline. Read off the fold, so
 * that what a step writes can be compared with what it must have written.
 */

import type { Bucket, LendingPolicy } from '../policy/lendingPolicy';
import type { IsoDate } from '../values/calendar';
import { startOfDateMs } from '../values/clock';
import type { Fen } from '../values/money';
import type { DerivedAccount, Stage } from './account';
import { amountBandOf } from './accountSummary';

/** Without the line for operators: its wording changes with a release, before the account takes its next step. */
export interface Projection {
  stage: Stage;
  /** Null once the account is closed. */
  bucket: Bucket | null;
  /** The due date from which days past due are counted; null while nothing is past due. */
  pastDueSince: IsoDate | null;
  /** As booked, as is `overdueFen`: what accrues from day to day is asked of the fold. */
  outstandingFen: Fen;
  overdueFen: Fen;
  availableFen: Fen;
  /** Business instant; null once the account is closed. */
  nextDeadlineAtMs: number | null;
  amountBand: string;
}

export function projectionOf(derived: DerivedAccount, policy: LendingPolicy): Projection {
  const nextOn = derived.nextChangeOn;
  return {
    stage: derived.stage,
    bucket: derived.bucket ?? null,
    pastDueSince: derived.pastDueSince ?? null,
    outstandingFen: derived.bookedFen,
    overdueFen: derived.overdueBookedFen,
    availableFen: derived.availableFen,
    nextDeadlineAtMs: nextOn === undefined ? null : startOfDateMs(nextOn, policy.zone),
    amountBand: amountBandOf(derived),
  };
}
