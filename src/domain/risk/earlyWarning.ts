/** Early warnings of an account: what an operator should look at, each raised once for its episode. */
import type { DerivedAccount } from '../credit/account';
import { isClosed } from '../credit/accountStages';
import { beyondRestDays } from '../credit/cashLoan/restDayHorizon';
import { isWorse } from '../credit/delinquency';
import { owedOf } from '../credit/figures';
import { oldestOverdue } from '../credit/obligations';
import type { Bucket, MonitoringPolicy } from '../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../policy/products';
import { type IsoDate, maxDate } from '../values/calendar';
import { formatYuan, RATE_ONE, scaleRate } from '../values/money';

/** Somebody may be writing to the borrower in our name (docs/verification-codes.md): raised by what the API hears. */
export type FraudWarningRule = 'CODE_CHECKS_FAILED' | 'MESSAGE_REPORTED';

/** Something that arrived could not be taken and waits for two people (docs/operations.md). */
export const SET_ASIDE_RULE = 'ARRIVAL_SET_ASIDE';

/** Somebody has to bring the days that were announced meanwhile (docs/cost-disclosure.md). */
const REST_DAYS_RULE = 'REST_DAYS_UNKNOWN';

export type WarningRule =
  | 'HIGH_UTILISATION'
  | 'WORSE_BUCKET'
  | 'MINIMUM_ONLY_STREAK'
  | FraudWarningRule
  | typeof SET_ASIDE_RULE
  | typeof REST_DAYS_RULE;

export interface Warning {
  rule: WarningRule;
  /** The same for as long as it is the same episode, so that it is raised once. */
  episodeKey: string;
  /** One line with its figures and nothing personal. */
  reason: string;
  /** Whether new credit is to be stopped. */
  freeze: boolean;
  /** Once for the tenant, at whichever account it shows first; otherwise for each account. */
  isOfTenant?: boolean;
}

/** Judges the account as it is now against the bucket it was in at the step before. */
export function judge(
  previous: { bucket: Bucket | null },
  account: DerivedAccount,
  policy: MonitoringPolicy,
): Warning[] {
  if (isClosed(account)) return [];
  return [
    worseBucket(previous, account, policy),
    highUtilisation(account, policy),
    minimumOnlyStreak(account, policy),
  ].filter((warning) => warning !== undefined);
}

function worseBucket(
  previous: { bucket: Bucket | null },
  account: DerivedAccount,
  policy: MonitoringPolicy,
): Warning | undefined {
  const { bucket } = account;
  // A closed account was in none; opened again, it is judged like one in order.
  const before = previous.bucket ?? 'M0';
  if (bucket === undefined || !isWorse(bucket, before)) return undefined;
  const oldest = oldestOverdue(account)?.key ?? account.asOf;
  return {
    rule: 'WORSE_BUCKET',
    episodeKey: `WORSE_BUCKET/${oldest}/${bucket}`,
    reason:
      `rolled from ${before} to ${bucket}: ${account.daysPastDue} days past due, ` +
      `${formatYuan(account.overdueFen)} CNY overdue`,
    freeze: !isWorse(policy.freezeFromBucket, bucket),
  };
}

/**
 * The calendar ends before the account does: raised by the step that first has the due date, which is the first one of
 * a loan, or the one that issues a bill. Its dates stand; it is the operator who is told, in time for the next ones.
 */
export function restDaysUnknown(
  previous: { asOf: IsoDate | null },
  account: DerivedAccount,
  knownUntil: IsoDate,
): Warning[] {
  if (account.stage === 'settled' || account.stage === 'written-off') return [];
  const isNew = (since: IsoDate) => previous.asOf === null || since > previous.asOf;
  const dueDates = [
    ...(previous.asOf === null ? account.schedule.map(({ dueDate }) => dueDate) : []),
    ...account.statements.flatMap(({ billDate, dueDate }) => (isNew(billDate) ? [dueDate] : [])),
  ];
  const last = dueDates.reduce((latest, dueDate) => maxDate(latest, dueDate), knownUntil);
  if (last === knownUntil) return [];
  return [
    {
      rule: REST_DAYS_RULE,
      episodeKey: `${REST_DAYS_RULE}/${knownUntil}`,
      reason: beyondRestDays({ accounts: 1, last }, knownUntil),
      freeze: false,
      isOfTenant: true,
    },
  ];
}

/** Raised once per bill while it lasts: months of a full limit are a sign each. */
function highUtilisation(account: DerivedAccount, policy: MonitoringPolicy): Warning | undefined {
  if (!PRODUCT_TABLE[account.product].hasLimit || account.limitFen <= 0) return undefined;
  const owedFen = owedOf(account.balances);
  const isHigh = BigInt(owedFen) * RATE_ONE >= BigInt(account.limitFen) * scaleRate(policy.utilisationRatio);
  if (!isHigh) return undefined;
  const percent = ((owedFen / account.limitFen) * 100).toFixed(1);
  return {
    rule: 'HIGH_UTILISATION',
    episodeKey: `HIGH_UTILISATION/statement-${account.statements.at(-1)?.number ?? 0}`,
    reason:
      `${formatYuan(owedFen)} CNY owed of a limit of ${formatYuan(account.limitFen)} CNY: ${percent} %, ` +
      `warned of from a ratio of ${policy.utilisationRatio}`,
    freeze: false,
  };
}

function minimumOnlyStreak(account: DerivedAccount, policy: MonitoringPolicy): Warning | undefined {
  if (account.minimumOnlyStreak < policy.minimumOnlyStreak) return undefined;
  return {
    rule: 'MINIMUM_ONLY_STREAK',
    episodeKey: `MINIMUM_ONLY_STREAK/statement-${streakStart(account)}`,
    reason:
      `${account.minimumOnlyStreak} bills in a row paid by the minimum or little more, ` +
      `${formatYuan(owedOf(account.balances))} CNY still owed`,
    freeze: false,
  };
}

/** The bill that the streak began with: the episode keeps it however long the streak grows. */
function streakStart(account: DerivedAccount): number {
  // A bill is judged when the next one is issued, so the last bill is not part of the streak yet.
  return (account.statements.at(-1)?.number ?? 0) - account.minimumOnlyStreak;
}
