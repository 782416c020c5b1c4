/**
 * Where an account stands, as the row of the account shows it: read off the fold, so that what a step writes can be
 * compared with what it must have written.
 */
import type { DerivedAccount, Stage } from './account';
import { addDays, earliest, type IsoDate } from './calendar';
import { startOfDateMs } from './clock';
import type { Fen } from './money';
import { oldestOverdue } from './obligations';
import type { Bucket, LendingPolicy } from './products';
import { nextRungDay } from './reminderLadder';
import { amountBandOf } from './summary';

/** Without the line for operators: its wording changes with a release, before the account takes its next step. */
export interface Projection {
  stage: Stage;
  bucket: Bucket;
  daysPastDue: number;
  outstandingFen: Fen;
  overdueFen: Fen;
  availableFen: Fen;
  /** Business instant; null once the account is closed. */
  nextDeadlineAtMs: number | null;
  amountBand: string;
}

export function projectionOf(derived: DerivedAccount, policy: LendingPolicy): Projection {
  const { principalFen, interestFen, penaltyFen, feeFen } = derived.balances;
  const nextOn = nextWakeOn(derived, policy);
  return {
    stage: derived.stage,
    bucket: derived.bucket,
    daysPastDue: derived.daysPastDue,
    outstandingFen: principalFen + interestFen + penaltyFen + feeFen,
    overdueFen: derived.overdueFen,
    availableFen: derived.availableFen,
    nextDeadlineAtMs: nextOn === undefined ? null : startOfDateMs(nextOn, policy.zone),
    amountBand: amountBandOf(derived),
  };
}

/** The account's next change by itself, or the next rung of the ladder: whichever comes first. */
export function nextWakeOn(derived: DerivedAccount, policy: LendingPolicy): IsoDate | undefined {
  const rungDay = nextRungDay(derived, policy.notices);
  const oldest = oldestOverdue(derived);
  const rungOn = oldest && rungDay !== undefined ? addDays(oldest.dueDate, rungDay) : undefined;
  return earliest([derived.nextChangeOn, rungOn].filter((date) => date !== undefined));
}
