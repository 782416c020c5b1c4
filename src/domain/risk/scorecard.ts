/** The scorecard: points by bins, each part on its own so that a score can be explained. Source: facts 4.2. */

import type { Scorecard } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import type { AssessmentInput } from './assessment';

/** An assessment input in which nothing is missing. */
export type CompleteInput = { [Group in keyof AssessmentInput]: Required<NonMissing<AssessmentInput[Group]>> };
type NonMissing<Group> = { [Field in keyof Group]: Exclude<Group[Field], undefined> };

/** What a scorecard may look at, and the reason given when it costs points. */
export const CHARACTERISTICS = {
  monthlyIncomeFen: 'WEAK_INCOME',
  debtServiceRatio: 'WEAK_DEBT_SERVICE',
  unsecuredDebtToAnnualIncome: 'WEAK_UNSECURED_DEBT',
  worstBureauCode: 'WEAK_BUREAU_HISTORY',
  bureauInquiries3Months: 'WEAK_INQUIRIES',
  monthsOnPlatform: 'WEAK_PLATFORM_MONTHS',
  monthlySpendFen: 'WEAK_SPEND',
  spendToIncome: 'WEAK_SPEND_TO_INCOME',
  onTimePaymentRatio: 'WEAK_ON_TIME_RATIO',
  refundRatio: 'WEAK_REFUND_RATIO',
} as const satisfies Record<string, ReasonCode>;

export type CharacteristicName = keyof typeof CHARACTERISTICS;

export interface Score {
  points: number;
  parts: Record<string, number>;
}

/** Floating point is good enough here: a ratio only chooses a bin, no amount comes of it. */
export function characteristicsOf(input: CompleteInput): Record<CharacteristicName, number> {
  const { finances, behaviour } = input;
  const income = finances.monthlyIncomeFen;
  return {
    monthlyIncomeFen: income,
    debtServiceRatio: shareOfWhole(finances.monthlyDebtServiceFen, income),
    unsecuredDebtToAnnualIncome: shareOfWhole(finances.unsecuredDebtFen, 12 * income),
    worstBureauCode: finances.worstBureauCode,
    bureauInquiries3Months: finances.bureauInquiries3Months,
    monthsOnPlatform: behaviour.monthsOnPlatform,
    monthlySpendFen: behaviour.monthlySpendFen,
    spendToIncome: shareOfWhole(behaviour.monthlySpendFen, income),
    onTimePaymentRatio: Number(behaviour.onTimePaymentRatio),
    refundRatio: Number(behaviour.refundRatio),
  };
}

/** Throws for a characteristic that has no value: a policy is checked before it is used, so that is a bug. */
export function scoreOf(card: Scorecard, values: Record<string, number>): Score {
  const parts: Record<string, number> = {};
  for (const { name, bins } of card.characteristics) {
    const value = values[name];
    if (value === undefined) throw new Error(`scorecard ${card.version} asks for ${name}, which has no value`);
    const bin = bins.find(({ below }) => below === undefined || value < below);
    if (!bin) throw new Error(`scorecard ${card.version} has no bin of ${name} for ${value}`);
    parts[name] = bin.points;
  }
  const points = Object.values(parts).reduce((sum, part) => sum + part, card.basePoints);
  return { points, parts };
}

/** The characteristics that lost the most points against their best bin, as reasons, worst first. */
export function weakestReasons(card: Scorecard, parts: Record<string, number>, count: number): ReasonCode[] {
  return card.characteristics
    .map(({ name, bins }) => ({
      reason: CHARACTERISTICS[name as CharacteristicName],
      lost: Math.max(...bins.map(({ points }) => points)) - (parts[name] ?? 0),
    }))
    .filter(({ lost }) => lost > 0)
    .sort((first, second) => second.lost - first.lost)
    .slice(0, count)
    .map(({ reason }) => reason);
}

/** How points are scaled: `base` points at good:bad odds of `odds`, and `pdo` more for each doubling of the odds. */
export interface PointsScale {
  base: number;
  odds: number;
  pdo: number;
}

/** The points of a probability of default (facts 4.2, V12). The odds are good:bad, so fewer defaults give more. */
export function scaledPoints(defaultProbability: number, scale: PointsScale): number {
  if (!(defaultProbability > 0 && defaultProbability < 1)) {
    throw new RangeError(`probability ${defaultProbability} is not between 0 and 1, both excluded`);
  }
  const factor = scale.pdo / Math.LN2;
  const offset = scale.base - factor * Math.log(scale.odds);
  return offset + factor * Math.log((1 - defaultProbability) / defaultProbability);
}

/** Something owed or spent without any income is the worst ratio there is; nothing of nothing is none. */
export function shareOfWhole(part: number, whole: number): number {
  if (whole > 0) return part / whole;
  return part > 0 ? Number.POSITIVE_INFINITY : 0;
}
