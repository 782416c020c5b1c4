/**
 * The figures of an account as of one instant: what is past due, what brings it back to current, what settles it, and
 * when it changes next. Both folds say what is owed; everything that people read, pay or are debited is worked out
 * here, once. Words and rules: docs/ledger.md, "Figures".
 */

import type { AssetClass, NoticePolicy } from '../policy/lendingPolicy';
import { addDays, addMonthsClamped, earliest, type IsoDate } from '../values/calendar';
import type { Fen } from '../values/money';
import type { Balances, Figures, Obligation, Stage, StoppedBy } from './account';
import { type ClosedStage, isClosed } from './accountStages';
import {
  ARREARS_DAYS,
  assetClassOf,
  bucketOf,
  daysPastDue,
  isNonAccrual,
  OBSERVED_MONTHS,
  stageOf,
} from './delinquency';
import { isOverdue } from './obligations';

/** What a fold says of its account; amounts at the date, what is not posted yet included. */
export interface Position {
  asOf: IsoDate;
  closed: ClosedStage | undefined;
  /** Oldest due date first; together never more than what is owed. None once the account is closed. */
  obligations: readonly Obligation[];
  balances: Balances;
  /** What settles everything on the date, before the borrower's credit. */
  settlesFen: Fen;
  /** Of the balances, what has accrued and is in no entry yet. */
  unpostedInterestFen: Fen;
  unpostedPenaltyFen: Fen;
  recoverableFen: Fen;
  /** The limit less what uses it: the credit there would be, were nothing against it. */
  unusedLimitFen: Fen;
  freezes: readonly string[];
  /** Whether new credit stops while something is past due. */
  stopsWhenPastDue: boolean;
  writeOffReviewDaysPastDue: number;
  restructuredOn: IsoDate | undefined;
  /** Days past due at which a rung of the reminder ladder stands. */
  rungDays: readonly number[];
  /** Dates on which something is posted, or a fact begins to count; those that have passed count for nothing. */
  changesOn: readonly IsoDate[];
}

/** The one reckoning of an account's figures, for both products. */
export function accountFigures(position: Position): Figures {
  const { asOf, closed, obligations, balances, recoverableFen } = position;
  const late = obligations.filter((obligation) => isOverdue(obligation, asOf));
  const pastDueSince = late[0]?.dueDate;
  const days = daysPastDue(pastDueSince, asOf);
  const stage = closed ?? stageOf(days, position.writeOffReviewDaysPastDue);
  const payoffFen = Math.max(0, position.settlesFen - balances.creditFen);
  const stoppedBy = stopsOf(position, stage, days);
  return {
    stage,
    daysPastDue: days,
    pastDueSince,
    bucket: closed === undefined ? bucketOf(days) : undefined,
    assetClass: classOf(position, days),
    isNonAccrual: isNonAccrual(days),
    overdueFen: sumOf(late, 'owedFen'),
    overdueBookedFen: Math.max(0, sumOf(late, 'owedFen') - position.unpostedPenaltyFen),
    bookedFen: owedOf(balances) - position.unpostedInterestFen - position.unpostedPenaltyFen,
    minimumOverdueFen: sumOf(late, 'minimumFen'),
    dueFen: sumOf(obligations, 'owedFen'),
    minimumDueFen: sumOf(obligations, 'minimumFen'),
    payoffFen,
    claimedFen: payoffFen + recoverableFen,
    unusedLimitFen: position.unusedLimitFen,
    availableFen: stoppedBy.length === 0 ? position.unusedLimitFen : 0,
    stoppedBy,
    nextChangeOn: nextChangeOf(position, pastDueSince),
  };
}

/** What is asked for with one obligation, and whose due date is named with it. */
export interface DueTogether {
  owedFen: Fen;
  minimumFen: Fen;
  penaltyFen: Fen;
  /** Of what is past due the oldest, when the obligation itself is; otherwise the obligation. */
  named: Obligation;
}

/**
 * An obligation with everything that is past due, and what was due before it: a payment settles the oldest debt first,
 * so with less it would stay open. What a text says and what a debit takes. Undefined when there is no such obligation.
 */
export function dueTogether(
  { obligations, asOf }: { obligations: readonly Obligation[]; asOf: IsoDate },
  obligationKey: string,
): DueTogether | undefined {
  const own = obligations.find(({ key }) => key === obligationKey);
  if (!own) return undefined;
  const together = obligations.filter((each) => isOverdue(each, asOf) || each.dueDate <= own.dueDate);
  const oldestLate = together.find((each) => isOverdue(each, asOf));
  return {
    owedFen: sumOf(together, 'owedFen'),
    minimumFen: sumOf(together, 'minimumFen'),
    penaltyFen: sumOf(together, 'penaltyFen'),
    named: isOverdue(own, asOf) ? (oldestLate ?? own) : own,
  };
}

/** Whether more is past due than people are left alone with. The tolerance changes no day: only who is written to. */
export function isAskedFor(
  { minimumOverdueFen }: Pick<Figures, 'minimumOverdueFen'>,
  { toleranceFen = 0 }: Pick<NoticePolicy, 'toleranceFen'>,
): boolean {
  return minimumOverdueFen > toleranceFen;
}

export function sumOf(obligations: readonly Obligation[], part: 'owedFen' | 'minimumFen' | 'penaltyFen'): Fen {
  return obligations.reduce((sum, obligation) => sum + obligation[part], 0);
}

/** Everything that is owed, before the borrower's credit. */
export function owedOf({ principalFen, interestFen, penaltyFen, feeFen }: Balances): Fen {
  return principalFen + interestFen + penaltyFen + feeFen;
}

function classOf({ closed, asOf, restructuredOn }: Position, days: number): AssetClass {
  if (closed === 'written-off') return 'loss';
  return assetClassOf(days, asOf, closed === 'settled' ? undefined : restructuredOn);
}

function stopsOf({ freezes, stopsWhenPastDue }: Position, stage: Stage, days: number): StoppedBy[] {
  const stops: StoppedBy[] = [];
  if (isClosed({ stage })) stops.push('ACCOUNT_CLOSED');
  if (stopsWhenPastDue && days > 0) stops.push('ACCOUNT_OVERDUE');
  if (freezes.length > 0) stops.push('NEW_CREDIT_FROZEN');
  return stops;
}

/**
 * Stage, bucket, class, rung, a due date, a posting or the review. Days and late interest change daily and are
 * computed when they are asked for: they are no deadline.
 */
function nextChangeOf(position: Position, pastDueSince: IsoDate | undefined): IsoDate | undefined {
  const { asOf, closed, obligations, changesOn, restructuredOn, writeOffReviewDaysPastDue, rungDays } = position;
  const dates = [...changesOn];
  if (!closed) {
    for (const { dueDate, lateFrom } of obligations) dates.push(addDays(dueDate, 1), lateFrom);
    if (pastDueSince !== undefined) {
      const days = [...ARREARS_DAYS, ...rungDays, writeOffReviewDaysPastDue];
      dates.push(...days.map((day) => addDays(pastDueSince, day)));
    }
    if (restructuredOn !== undefined) dates.push(addMonthsClamped(restructuredOn, OBSERVED_MONTHS));
  }
  return earliest(dates.filter((date) => date > asOf));
}
