/** What `account derive` says of an account: the JSON of it, in the order in which it is read. Amounts in fen. */
import type {
  Balances,
  Bill,
  DerivedAccount,
  Obligation,
  ScheduleRow,
  Stage,
  Terms,
} from '../../domain/credit/account';
import type { HistoricalAccount } from '../../domain/credit/historicalOrder';
import type { Remark } from '../../domain/credit/references';
import type { JournalEntry } from '../../domain/ledger/journal';
import type { AssetClass, Bucket, LendingPolicy } from '../../domain/policy/lendingPolicy';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';

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
  bills?: Bill[];
  /** In force: other than agreed after a restructuring or a corrected rate. */
  terms: Terms;
  obligations: Obligation[];
  daysPastDue: number;
  /** The due date from which days past due are counted; null while nothing is past due. */
  pastDueSince: IsoDate | null;
  /** Null once the account is closed. */
  bucket: Bucket | null;
  assetClass: AssetClass;
  isNonAccrual: boolean;
  /** All that is owed of obligations whose late date has come; of it the least that brings days past due to 0. */
  overdueFen: Fen;
  minimumOverdueFen: Fen;
  /** Past due and what comes due next, in full and at least. */
  dueFen: Fen;
  minimumDueFen: Fen;
  payoffFen: Fen;
  /** All that the lender still claims, what was written off included. */
  claimedFen: Fen;
  availableFen: Fen;
  /** Why nothing is available. */
  stoppedBy: string[];
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
    terms: account.terms,
    balances: account.balances,
    ...(PRODUCT_TABLE[account.product].isBilled ? { bills: issued } : { schedule: account.schedule }),
    obligations: account.obligations,
    ...standingOf(account),
    nextDeadline: account.nextChangeOn ?? null,
    ...(remarks.length > 0 ? { remarks } : {}),
    ...(hasEntries ? { entries: account.entries } : {}),
  };
}

function standingOf(account: DerivedAccount) {
  const { daysPastDue, pastDueSince = null, bucket = null, assetClass, isNonAccrual } = account;
  const { overdueFen, minimumOverdueFen, dueFen, minimumDueFen, payoffFen, claimedFen } = account;
  const { availableFen, stoppedBy, recoverableFen, freezes } = account;
  return {
    daysPastDue,
    pastDueSince,
    bucket,
    assetClass,
    isNonAccrual,
    overdueFen,
    minimumOverdueFen,
    dueFen,
    minimumDueFen,
    payoffFen,
    claimedFen,
    availableFen,
    stoppedBy,
    recoverableFen,
    freezes,
  };
}
