/**
 * Whether the card that a decision uses may decide: its model is active, its validation lasts, and the scores of late
 * have not moved away from its baseline. One that may not refers, and never approves or declines by its points.
 */
import type { AssessmentPolicy } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import type { Assessment } from './assessment';
import { psiOf, sharesByBand } from './cards/cardMetrics';
import type { ModelStage } from './modelStages';

export const DRIFT_POLICY = {
  /** Scores of the last so many decisions are compared; of fewer nothing is said. */
  decisions: 200,
  /** Population stability index from which somebody looks, and above which the card decides nothing (facts 4.2). */
  watchFrom: 0.1,
  actAbove: 0.25,
} as const;

export interface PsiBaseline {
  below: readonly number[];
  shares: readonly number[];
}

/** `unknown`: there is no baseline yet, or too few decisions. */
type Drift = 'unknown' | 'stable' | 'watch' | 'act';

/** As it is stored with a decision; absent there where the card is not governed. */
export interface ModelStanding {
  model: string;
  cardHash: string;
  stage: ModelStage;
  validUntilMs: number | null;
  isLapsed: boolean;
  /** The policy's card is not the one that was registered under its name. */
  isOtherCard?: true | undefined;
  drift: Drift;
  /** With four decimals; absent where the drift is unknown. */
  psi?: string | undefined;
}

export interface GovernedModel {
  model: string;
  cardHash: string;
  stage: ModelStage;
  validUntilMs: number | null;
  isOtherCard?: true | undefined;
  psiBaseline: PsiBaseline | null;
}

/** Scores of decisions by the card, each at most `DRIFT_POLICY.decisions`; the first ones are its baseline where it has none. */
export interface ScoresOnRecord {
  first: readonly number[];
  last: readonly number[];
}

/** The bands of a card that brings no baseline are those of the policy. */
export function standingOf(
  { psiBaseline, ...model }: GovernedModel,
  scores: ScoresOnRecord,
  { assessment, asOfMs }: { assessment: AssessmentPolicy; asOfMs: number },
): ModelStanding {
  const { stage, validUntilMs } = model;
  const isLapsed = stage === 'lapsed' || (validUntilMs !== null && validUntilMs <= asOfMs);
  const psi = psiOfScores(psiBaseline ?? baselineOf(scores.first, assessment), scores.last);
  const known = { ...model, isLapsed };
  return psi === undefined ? { ...known, drift: 'unknown' } : { ...known, drift: driftOf(psi), psi: psi.toFixed(4) };
}

function driftOf(psi: number): Drift {
  if (psi > DRIFT_POLICY.actAbove) return 'act';
  return psi >= DRIFT_POLICY.watchFrom ? 'watch' : 'stable';
}

function baselineOf(first: readonly number[], policy: AssessmentPolicy): PsiBaseline | undefined {
  if (first.length < DRIFT_POLICY.decisions) return undefined;
  const { declineBelowPoints, referBelowPoints, bands } = policy;
  const bounds = [declineBelowPoints, referBelowPoints, ...bands.map(({ fromPoints }) => fromPoints)];
  const below = [...new Set(bounds)].sort((one, other) => one - other);
  return { below, shares: sharesByBand(first, below) };
}

function psiOfScores(baseline: PsiBaseline | undefined, last: readonly number[]): number | undefined {
  if (!baseline || last.length < DRIFT_POLICY.decisions) return undefined;
  return psiOf(baseline.shares, sharesByBand(last, baseline.below));
}

const UNFIT = ['MODEL_NOT_ACTIVE', 'MODEL_VALIDATION_LAPSED', 'MODEL_DRIFTED'] as const satisfies readonly ReasonCode[];

/** Why the card may not decide; nothing where it may. */
function unfitReasons({ stage, isLapsed, isOtherCard, drift }: ModelStanding): ReasonCode[] {
  if (isOtherCard || (stage !== 'active' && stage !== 'lapsed')) return ['MODEL_NOT_ACTIVE'];
  return [
    ...(isLapsed ? (['MODEL_VALIDATION_LAPSED'] as const) : []),
    ...(drift === 'act' ? (['MODEL_DRIFTED'] as const) : []),
  ];
}

/**
 * The judgement of the rules by a card as it stands. What was refused before the card was asked stands; whatever came of
 * its points is for a person. The points stay on record, so that a drift can be seen to end.
 */
export function judgedByStanding(judged: Assessment, standing: ModelStanding | undefined): Assessment {
  const reasons = standing ? unfitReasons(standing) : [];
  if (reasons.length === 0 || judged.scorePoints === undefined) return judged;
  const { rateReasonCode: _, ...rest } = judged;
  // Reasons of a decline, or of a limit, would be of the card that may not decide.
  const found = judged.outcome === 'referred' ? judged.reasonCodes : [];
  return { ...rest, outcome: 'referred', reasonCodes: [...reasons, ...found], limitFen: 0, dailyRate: '0' };
}

/** Whether a card that may not decide stands against the answer: then no change of facts would change it. */
export function isUnfitCard({ reasonCodes }: Pick<Assessment, 'reasonCodes'>): boolean {
  return reasonCodes.some((code) => (UNFIT as readonly string[]).includes(code));
}
