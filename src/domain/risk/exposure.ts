/**
 * Exposure (授信敞口): what a borrower has of us over all products, and what stands against new credit to the person.
 * A freeze or an overdue amount on one account stops new credit on every other (docs/architecture.md, monitoring).
 */

import type { Stage } from '../credit/account';
import { isClosed } from '../credit/accountStages';
import type { Frozen } from '../credit/facts';
import { freezesInForce } from '../credit/freezes';
import type { LendingPolicy } from '../policy/lendingPolicy';
import { PRODUCT_TABLE, type Product } from '../policy/products';
import { type DecimalRate, type Fen, RATE_ONE, scaleRate, toFen } from '../values/money';
import { dearestMonthFen, type OwnCredit } from './affordability';

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
  /** Of a loan's terms; null for a revolving account. */
  months: number | null;
  dailyRate: DecimalRate | null;
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

/**
 * What the borrower's open credit takes of a month and of what a person may owe. A loan is weighed by an equal part of
 * its principal, a revolving limit as if it were all owed and the minimum were paid, as new credit is.
 */
export function ownCreditOf(accounts: readonly BorrowerAccount[], policy: Pick<LendingPolicy, 'revolving'>): OwnCredit {
  const open = accounts.filter((account) => !isClosed(account));
  return {
    committedFen: open.reduce((sum, account) => sum + committedOf(account), 0),
    monthlyServiceFen: open.reduce((sum, account) => sum + serviceOf(account, policy), 0),
  };
}

function serviceOf(account: BorrowerAccount, { revolving }: Pick<LendingPolicy, 'revolving'>): Fen {
  const { grantedFen, months, dailyRate } = account;
  const owedFen = committedOf(account);
  if (months === null || dailyRate === null) {
    const minimumFen = shareOf(owedFen, revolving.minimumPaymentRatio);
    return dearestMonthFen(owedFen, minimumFen, revolving.revolvingDailyRate);
  }
  return dearestMonthFen(owedFen, Math.min(owedFen, Math.ceil(grantedFen / months)), dailyRate);
}

/** Rounded up: what is owed is never weighed as less. */
function shareOf(fen: Fen, ratio: DecimalRate): Fen {
  return toFen((BigInt(fen) * scaleRate(ratio) + RATE_ONE - 1n) / RATE_ONE);
}

function isInArrears({ stage, pastDueSince }: BorrowerAccount): boolean {
  return pastDueSince !== null || stage === 'write-off-review' || stage === 'written-off';
}
