/** What a borrower can carry: the share of income that debts may take, and the cap on unsecured credit. */

import type { AssessmentPolicy, LendingPolicy, Product } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import { type DecimalRate, type Fen, RATE_ONE, scaleRate, toFen } from '../values/money';

/** Interest is weighed by the longest month, so that no month costs more than was judged. */
const LONGEST_MONTH_DAYS = 31n;

export interface KnownFinances {
  monthlyIncomeFen: Fen;
  monthlyDebtServiceFen: Fen;
  unsecuredDebtFen: Fen;
}

export interface Affordability {
  /** What is left for new debts in a month; 0 when existing debts take it all. */
  capacityFen: Fen;
  /** What is left of the cap on unsecured credit; 0 when it is used up. */
  unsecuredHeadroomFen: Fen;
  /** The costs of living alone leave no capacity. */
  isResidualShort?: true;
}

/** What the borrower has of us already, over all products. Told debts are those of others. */
export interface OwnCredit {
  monthlyServiceFen: Fen;
  committedFen: Fen;
}

const NO_OWN_CREDIT: OwnCredit = { monthlyServiceFen: 0, committedFen: 0 };

/**
 * The smaller of a share of the income and of what is left of it after the costs of living, less what debts take
 * already. Floors, never rounds up: half a fen of capacity is no capacity.
 */
export function affordabilityOf(
  known: KnownFinances,
  policy: Pick<AssessmentPolicy, 'maxDebtServiceRatio' | 'maxUnsecuredFen' | 'residualIncomeFen'>,
  ours: OwnCredit = NO_OWN_CREDIT,
): Affordability {
  const { monthlyIncomeFen, monthlyDebtServiceFen, unsecuredDebtFen } = known;
  const allowedFen = toFen((BigInt(monthlyIncomeFen) * scaleRate(policy.maxDebtServiceRatio)) / RATE_ONE);
  const residualFen = monthlyIncomeFen - (policy.residualIncomeFen ?? 0);
  const serviceFen = monthlyDebtServiceFen + ours.monthlyServiceFen;
  return {
    capacityFen: Math.max(0, Math.min(allowedFen, residualFen) - serviceFen),
    unsecuredHeadroomFen: Math.max(0, policy.maxUnsecuredFen - unsecuredDebtFen - ours.committedFen),
    ...(residualFen <= serviceFen && serviceFen < allowedFen && { isResidualShort: true }),
  };
}

/** Why nothing can be lent at all, whatever the score; otherwise the limit is reduced to what can be carried. */
export function unaffordable(found: Affordability, productMinFen: Fen): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (found.capacityFen === 0) {
    reasons.push(found.isResidualShort ? 'RESIDUAL_INCOME_TOO_LOW' : 'DEBT_SERVICE_TOO_HIGH');
  }
  if (found.unsecuredHeadroomFen < productMinFen) reasons.push('UNSECURED_DEBT_CAP');
  return reasons;
}

/**
 * The largest credit whose dearest month stays within the capacity, new credit included. A cash loan is weighed over
 * the longest term offered, in equal parts of principal: its first month costs more than any month of a level plan.
 * A revolving limit is weighed as if it were all owed and the minimum were paid.
 */
export function affordableFen(
  capacityFen: Fen,
  product: Product,
  dailyRate: DecimalRate,
  policy: Pick<LendingPolicy, 'cashLoan' | 'revolving'>,
): Fen {
  const interestScaled = LONGEST_MONTH_DAYS * scaleRate(dailyRate);
  const principalScaled = {
    'cash-loan': () => ceilDivide(RATE_ONE, BigInt(Math.max(...policy.cashLoan.termsMonths))),
    revolving: () => scaleRate(policy.revolving.minimumPaymentRatio),
  }[product]();
  return toFen((BigInt(capacityFen) * RATE_ONE) / (principalScaled + interestScaled));
}

/** What the dearest month of a credit costs that is open already: its interest, and `principalFen` of what is owed. */
export function dearestMonthFen(owedFen: Fen, principalFen: Fen, dailyRate: DecimalRate): Fen {
  const interestScaled = BigInt(owedFen) * LONGEST_MONTH_DAYS * scaleRate(dailyRate);
  return principalFen + toFen(ceilDivide(interestScaled, RATE_ONE));
}

function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
