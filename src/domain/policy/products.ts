/**
 * The products, one row each: what they are called and what they have. Who asks names a column, so that a new product is
 * decided by its row; what only code can say of each stands in a record of all of them, and does not compile without one.
 */

import { namesOf } from '../values/tables';

interface ProductRow {
  /** One account of it, in English. */
  words: string;
  /** As borrowers know it, without the words that carriers refuse (facts 3.1). */
  chineseName: string;
  /** Where a policy says what holds for it. */
  policySection: 'cashLoan' | 'revolving';
  /** The offer is drawn in parts, each paid out to the borrower as an account of its own. */
  isDisbursed: boolean;
  /** A limit for purchases, free again when they are repaid. */
  hasLimit: boolean;
  /** Bills ask for the debt, at least for a minimum of each; otherwise the instalments of a schedule do. */
  isBilled: boolean;
}

export const PRODUCT_TABLE = {
  'cash-loan': {
    words: 'cash loan',
    chineseName: '借款',
    policySection: 'cashLoan',
    isDisbursed: true,
    hasLimit: false,
    isBilled: false,
  },
  revolving: {
    words: 'revolving account',
    chineseName: '月付',
    policySection: 'revolving',
    isDisbursed: false,
    hasLimit: true,
    isBilled: true,
  },
} as const satisfies Record<string, ProductRow>;

export type Product = keyof typeof PRODUCT_TABLE;
export const PRODUCTS = namesOf(PRODUCT_TABLE);

/** What the case of its product makes of a value. */
export function byProduct<Value extends { product: Product }, Result>(
  value: Value,
  cases: { [Name in Product]: (value: Extract<Value, { product: Name }>) => Result },
): Result {
  return (cases[value.product] as (value: Value) => Result)(value);
}
