/** What a card says of a row: points, the probability of default that they stand for, and each part on its own. */
import type { CardBin, CardFeature, CardRow, CardValue, RiskCard } from './card';
import { deriveFeature } from './cardFeatures';
import type { PointsScale } from '../scorecard';

export interface CardPart {
  feature: string;
  reason: string;
  points: number;
  /** Points of the feature's best bin less its own: 0 at its best. */
  lost: number;
}

export interface CardScore {
  points: number;
  /** Of default, from the points alone. */
  probability: number;
  /** In the order of the card's features. */
  parts: CardPart[];
}

/** Points have one decimal and are added as whole tenths, so that no order of adding gives another sum. */
const TENTHS = 10;

export function scoreByCard(card: RiskCard, row: CardRow): CardScore {
  const parts = card.features.map((feature) => partOf(feature, deriveFeature(feature.derivation, row)));
  const points = sumOfPoints([card.basePoints, ...parts.map((part) => part.points)]);
  return { points, probability: defaultProbability(points, card.scale), parts };
}

export function sumOfPoints(points: readonly number[]): number {
  return points.reduce((sum, each) => sum + Math.round(TENTHS * each), 0) / TENTHS;
}

function partOf(feature: CardFeature, value: CardValue): CardPart {
  const points = binOf(feature.bins, value)?.points ?? feature.missingPoints;
  const best = Math.max(...feature.bins.map((bin) => bin.points));
  return { feature: feature.name, reason: feature.reason, points, lost: sumOfPoints([best, -points]) };
}

/** Undefined for what is not known, and for a code that no bin has. */
function binOf(bins: readonly CardBin[], value: CardValue): CardBin | undefined {
  if (value === null) return undefined;
  return bins.find(({ codes, below }) => {
    if (codes !== undefined) return codes.includes(value);
    return typeof value === 'number' && (below === undefined || value < below);
  });
}

/** The inverse of `scaledPoints` (facts 4.2): the odds good:bad double with each `pdo` points. */
export function defaultProbability(points: number, { base, odds, pdo }: PointsScale): number {
  const factor = pdo / Math.LN2;
  const offset = base - factor * Math.log(odds);
  return 1 / (1 + Math.exp((points - offset) / factor));
}
