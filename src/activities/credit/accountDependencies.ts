/** How activities reach an account's workflow. */

import type { SettledDebit } from '../../contracts/credit/account';
import type { StartAccount } from '../../contracts/origination/applicationActivities';
import type { Product } from '../../domain/policy/lendingPolicy';

export interface AccountStarts {
  /** Starts the workflow of an account; does nothing when it was started before. */
  startAccount(input: StartAccount): Promise<void>;
}

interface AccountStartRef {
  tenantId: string;
  accountId: string;
  product: Product;
}

export interface AccountPayments {
  /** Tells an account of money that its debit brought; one that has ended lives again for it. */
  tellPayment(account: AccountStartRef, debit: SettledDebit): Promise<void>;
}
