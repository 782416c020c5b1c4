/** The fold of either product behind one name. */
import type { DerivedAccount, Statement, Terms } from './account';
import type { IsoDate } from './calendar';
import { deriveCashLoan } from './cashLoan';
import type { Fact } from './facts';
import type { LendingPolicy } from './products';
import { deriveRevolving } from './revolving';

export interface AccountRecord {
  terms: Terms;
  facts: readonly Fact[];
  issued: readonly Statement[];
}

/** What the account is at the date, under its own policy version. */
export function deriveAccount(record: AccountRecord, policy: LendingPolicy, asOf: IsoDate): DerivedAccount {
  const { terms, facts, issued } = record;
  return terms.product === 'cash-loan'
    ? deriveCashLoan({ terms, facts, policy: policy.cashLoan, asOf })
    : deriveRevolving({ terms, facts, issued, policy: policy.revolving, asOf });
}
