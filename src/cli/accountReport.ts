/** What `account derive` says of an account: the JSON of it, in the order in which it is read. Amounts in fen. */
import type { Balances, DerivedAccount, Obligation, ScheduleRow, Stage, Statement, Terms } from '../domain/account';
import type { HistoricalAccount } from '../domain/arrivalOrder';
import type { IsoDate } from '../domain/calendar';
import type { JournalEntry } from '../domain/journal';
import type { Fen } from '../domain/money';
import type { AssetClass, Bucket, LendingPolicy } from '../domain/products';
import { nextWakeOn } from '../domain/projection';
import type { Remark } from '../domain/references';

export interface AccountReport {
  product: Terms['product'];
  asOf: IsoDate;
  /** Under which the account was derived, and the fields that the file gave itself. */
  policy: { version: string; overrides: string[] };
  stage: Stage;
  balances: Balances;
  /** Of a cash loan, as planned now. */
  schedule?: ScheduleRow[];
  /** Of a revolving account, as issued. */
  bills?: Statement[];
  obligations: Obligation[];
  daysPastDue: number;
  bucket: Bucket;
  assetClass: AssetClass;
  isNonAccrual: boolean;
  overdueFen: Fen;
  payoffFen: Fen;
  availableFen: Fen;
  recoverableFen: Fen;
  freezes: string[];
  /** When the account changes, or is reminded, without any new fact; null when it never is. */
  nextDeadline: IsoDate | null;
  /** Facts that did not find what they name, with the reason code; left out when there are none. */
  remarks?: Remark[];
  entries?: JournalEntry[];
}

export function reportOf(
  { account, remarks, issued }: HistoricalAccount,
  policy: LendingPolicy,
  { overrides, hasEntries }: { overrides: string[]; hasEntries: boolean },
): AccountReport {
  return {
    product: account.product,
    asOf: account.asOf,
    policy: { version: policy.version, overrides },
    stage: account.stage,
    balances: account.balances,
    ...(account.product === 'cash-loan' ? { schedule: account.schedule } : { bills: issued }),
    obligations: account.obligations,
    ...standingOf(account),
    nextDeadline: nextWakeOn(account, policy) ?? null,
    ...(remarks.length > 0 ? { remarks } : {}),
    ...(hasEntries ? { entries: account.entries } : {}),
  };
}

function standingOf(account: DerivedAccount) {
  const { daysPastDue, bucket, assetClass, isNonAccrual, overdueFen, payoffFen } = account;
  const { availableFen, recoverableFen, freezes } = account;
  return {
    ...{ daysPastDue, bucket, assetClass, isNonAccrual, overdueFen, payoffFen },
    ...{ availableFen, recoverableFen, freezes },
  };
}
