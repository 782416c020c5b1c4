/** From score band to limit: the smallest of what is asked, earned, affordable, offered and allowed in all. */

import type { AssessmentPolicy, LendingPolicy, Product, Range } from '../policy/lendingPolicy';
import { PRODUCT_TABLE } from '../policy/products';
import type { ReasonCode } from '../policy/reasonCodes';
import { type DecimalRate, type Fen, RATE_ONE, scaleRate, toFen } from '../values/money';
import { type Affordability, affordableFen } from './affordability';

export type Band = AssessmentPolicy['bands'][number];

export interface CreditRequest {
  product: Product;
  requestedFen: Fen;
}

/** A limit with what bound it first; 0 with the reasons when the product's smallest amount is not reached. */
export interface LimitResult {
  limitFen: Fen;
  reasons: ReasonCode[];
}

/** The band of a score: the first whose points are reached. Undefined below the last band. */
export function bandOf(points: number, bands: readonly Band[]): Band | undefined {
  return bands.find(({ fromPoints }) => points >= fromPoints);
}

export function limitRangeOf(product: Product, policy: Pick<LendingPolicy, 'cashLoan' | 'revolving'>): Range {
  return { 'cash-loan': policy.cashLoan.principalFen, revolving: policy.revolving.limitFen }[product];
}

/** The rate an offer names: a cash loan's by band, the revolving product's by policy. */
export function rateOf(product: Product, band: Band, policy: Pick<LendingPolicy, 'revolving'>): DecimalRate {
  return { 'cash-loan': band.dailyRate, revolving: policy.revolving.revolvingDailyRate }[product];
}

/** Why that rate: a loan's by the band of its score, the revolving product's for all alike. */
export function rateReasonOf(product: Product, band: Band, bands: readonly Band[]): ReasonCode {
  if (PRODUCT_TABLE[product].hasLimit) return 'RATE_BY_PRODUCT';
  return band === bands[0] ? 'RATE_BEST_BAND' : 'RATE_BY_BAND';
}

export function limitFor(
  request: CreditRequest,
  band: Band,
  found: Affordability,
  policy: Pick<LendingPolicy, 'cashLoan' | 'revolving' | 'assessment'>,
): LimitResult {
  const range = limitRangeOf(request.product, policy);
  const rate = rateOf(request.product, band, policy);
  const bounds: { fen: Fen; reason: ReasonCode }[] = [
    { fen: request.requestedFen, reason: 'LIMIT_AS_REQUESTED' },
    { fen: range.max, reason: 'LIMIT_BY_PRODUCT' },
    { fen: found.unsecuredHeadroomFen, reason: 'LIMIT_BY_UNSECURED_DEBT' },
    { fen: affordableFen(found.capacityFen, request.product, rate, policy), reason: 'LIMIT_BY_CAPACITY' },
    { fen: multipleFen(found.capacityFen, band.incomeMultiple), reason: 'LIMIT_BY_BAND' },
  ];
  // On a tie the earlier reason is the one to give: what was asked for was granted.
  const tightest = bounds.reduce((least, bound) => (bound.fen < least.fen ? bound : least));
  return limitWithin(tightest.fen, range, tightest.reason, policy);
}

/** Rounds down to whole steps of the policy, and refuses what falls below the product's smallest amount. */
export function limitWithin(
  fen: Fen,
  range: Range,
  reason: ReasonCode,
  { assessment: { limitStepFen } }: Pick<LendingPolicy, 'assessment'>,
): LimitResult {
  const limitFen = Math.floor(fen / limitStepFen) * limitStepFen;
  if (limitFen >= range.min) return { limitFen, reasons: [reason] };
  if (reason === 'LIMIT_AS_REQUESTED') return { limitFen: 0, reasons: ['REQUEST_BELOW_MINIMUM'] };
  return { limitFen: 0, reasons: ['LIMIT_BELOW_MINIMUM', reason] };
}

function multipleFen(capacityFen: Fen, multiple: DecimalRate): Fen {
  return toFen((BigInt(capacityFen) * scaleRate(multiple)) / RATE_ONE);
}
