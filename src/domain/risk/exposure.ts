/**
 * Exposure (授信敞口): what a borrower has of us over all products, and what stands against new credit to the person.
 * A freeze or an overdue amount on one account stops new credit on every other (docs/architecture.md, monitoring).
 */

import type { Stage } from '../credit/account';
import { isClosed } from '../credit/accountStages';
import type { Frozen } from '../credit/facts';
import { freezesInForce } from '../credit/freezes';
import { PRODUCT_TABLE, type Product } from '../policy/products';
import type { Fen } from '../values/money';

/** One account of the borrower, as its last step left it. */
export interface BorrowerAccount {
  product: Product;
  stage: Stage;
  /** Of the terms: the limit of a revolving account, the principal of a loan. */
  grantedFen: Fen;
  outstandingFen: Fen;
  /** A date while something is past due. */
  pastDueSince: string | null;
  /** Null until the first step. */
  advancedAtMs: number | null;
  /** Every freeze and lift that is on record. */
  freezes: readonly Frozen[];
}

export interface Exposure {
  isOverdue: boolean;
  /** Whether new credit is stopped on any account of the borrower. */
  isFrozen: boolean;
  /** Limits of open revolving accounts, and what open loans owe: unsecured credit that the borrower has with us. */
  committedFen: Fen;
}

export function exposureOf(accounts: readonly BorrowerAccount[]): Exposure {
  return {
    isOverdue: accounts.some(isInArrears),
    isFrozen: accounts.some(({ freezes }) => freezesInForce(freezes).length > 0),
    committedFen: accounts.reduce((sum, account) => sum + committedOf(account), 0),
  };
}

/** A limit is committed whether it is used or not; a loan that was opened and is not paid out yet by its principal. */
function committedOf({ product, stage, grantedFen, outstandingFen, advancedAtMs }: BorrowerAccount): Fen {
  if (isClosed({ stage })) return 0;
  return PRODUCT_TABLE[product].hasLimit || advancedAtMs === null ? grantedFen : outstandingFen;
}

function isInArrears({ stage, pastDueSince }: BorrowerAccount): boolean {
  return pastDueSince !== null || stage === 'write-off-review' || stage === 'written-off';
}
