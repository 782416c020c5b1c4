/** The fold of either product behind one name. */

import type { LendingPolicy } from '../policy/lendingPolicy';
import type { IsoDate } from '../values/calendar';
import { type Bill, billedTerms, type DerivedAccount, startOf, type Terms } from './account';
import { foldCashLoan } from './cashLoan/cashLoan';
import type { Fact } from './facts';
import type { Remark } from './references';
import { foldRevolving } from './revolving/revolving';
import { type CachedAccountState, cachedStateDate, isStateCacheDue } from './revolving/revolvingStateCache';

export interface AccountRecord {
  terms: Terms;
  facts: readonly Fact[];
  issued: readonly Bill[];
  /** Where the fold goes on from; the facts are then those that count after it, and the bills those since its last. */
  from?: CachedAccountState | undefined;
}

/** What the account is at the date, under its own policy version. */
export function deriveAccount(record: AccountRecord, policy: LendingPolicy, asOf: IsoDate): DerivedAccount {
  return fold(record, policy, asOf, undefined).account;
}

/** The account, and the snapshot to go on from in later folds when there is a newer one than `from`. */
export function foldAccount(record: AccountRecord, policy: LendingPolicy, asOf: IsoDate): FoldedAccount {
  const { terms, from } = record;
  const { billDay } = policy.revolving;
  const isDue = billedTerms(terms) !== undefined && isStateCacheDue(from, startOf(terms), billDay, asOf);
  return fold(record, policy, asOf, isDue ? cachedStateDate(asOf, billDay) : undefined);
}

export interface FoldedAccount {
  account: DerivedAccount;
  snapshot: CachedAccountState | undefined;
  /** Facts that did not find what they name, in the order of the life; with `from`, those after it. */
  remarks: Remark[];
}

function fold(
  { terms, facts, issued, from }: AccountRecord,
  policy: LendingPolicy,
  asOf: IsoDate,
  keepThrough: IsoDate | undefined,
): FoldedAccount {
  const rungDays = policy.notices.afterDue.map((rung) => rung.daysPastDue);
  switch (terms.product) {
    case 'cash-loan':
      // A loan has few facts and a last instalment: its fold stays short.
      return { ...foldCashLoan({ terms, facts, policy: policy.cashLoan, asOf, rungDays }), snapshot: undefined };
    case 'revolving':
      return foldRevolving({ terms, facts, issued, policy: policy.revolving, asOf, rungDays }, { from, keepThrough });
  }
}
