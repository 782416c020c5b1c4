/** Why a score is not higher: facts that lost the most points against their best, worst first. */
import type { RiskCard } from './card';
import { type CardPart, sumOfPoints } from './cardScore';

/** More than four tell nobody what counts most. */
const MOST_REASONS = 4;

export interface PointsLost {
  code: string;
  points: number;
}

/**
 * Codes of the card's reasons with the points that their features lost together. What is at its best is never named;
 * of as many points, the first of the card comes first.
 */
export function reasonsByCard(card: RiskCard, parts: readonly CardPart[]): PointsLost[] {
  const lost = new Map(card.reasons.map(({ code }) => [code, 0]));
  for (const part of parts) lost.set(part.reason, sumOfPoints([lost.get(part.reason) ?? 0, part.lost]));
  return [...lost]
    .map(([code, points]) => ({ code, points }))
    .filter(({ points }) => points > 0)
    .sort((first, second) => second.points - first.points)
    .slice(0, MOST_REASONS);
}
