/**
 * An instalment plan of a bill or a purchase: no interest, but a fee, which the borrower pays in parts or the merchant
 * pays as a whole. Source: facts 1.1 (terms, rates, who pays, early settlement), 4.1 (parts), worked example 4.3 V6.
 */

import type { InstalmentPolicy } from '../../policy/lendingPolicy';
import { type DecimalRate, type Fen, shareFen, splitEvenly } from '../../values/money';

export const FEE_PAYERS = ['borrower', 'merchant'] as const;
export type FeePayer = (typeof FEE_PAYERS)[number];

export interface InstalmentTerms {
  principalFen: Fen;
  months: number;
  /** Of the principal, for the whole term and not for a year. */
  feeRate: DecimalRate;
  feePayer: FeePayer;
}

interface InstalmentPart {
  /** From 1. */
  number: number;
  principalFen: Fen;
  /** The borrower's part of the fee: 0 where the merchant pays. */
  feeFen: Fen;
  /** Principal still to come after it. */
  balanceFen: Fen;
}

export interface InstalmentPlan {
  parts: InstalmentPart[];
  /** The whole fee by who pays it; one of both is 0. */
  borrowerFeeFen: Fen;
  merchantFeeFen: Fen;
}

/**
 * The plan: principal and fee in equal floor parts, the remainder of each on the last, so that both sum exactly.
 * Throws `RangeError` for a principal that is no positive whole number of fen, or for no months.
 */
export function splitIntoInstalments({ principalFen, months, feeRate, feePayer }: InstalmentTerms): InstalmentPlan {
  if (!Number.isSafeInteger(principalFen) || principalFen <= 0) {
    throw new RangeError(`cannot split ${principalFen} fen: a plan needs a positive whole number of fen`);
  }
  const feeFen = shareFen(principalFen, feeRate);
  const borrowerFeeFen = feePayer === 'borrower' ? feeFen : 0;
  const fees = splitEvenly(borrowerFeeFen, months);
  let balanceFen = principalFen;
  const parts = splitEvenly(principalFen, months).map((partFen, index) => {
    balanceFen -= partFen;
    return { number: index + 1, principalFen: partFen, feeFen: fees[index] ?? 0, balanceFen };
  });
  return { parts, borrowerFeeFen, merchantFeeFen: feeFen - borrowerFeeFen };
}

/** The terms in months that a policy offers, shortest first; none where it has no instalments. */
export function instalmentTermsOf(policy: InstalmentPolicy | undefined): number[] {
  return Object.keys(policy?.feeRates ?? {})
    .map(Number)
    .sort((a, b) => a - b);
}

/** The fee rate of a term, or undefined where the policy does not offer it. */
export function feeRateOf(months: number, policy: InstalmentPolicy | undefined): DecimalRate | undefined {
  return instalmentTermsOf(policy).includes(months) ? policy?.feeRates[String(months)] : undefined;
}
