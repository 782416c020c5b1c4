/**
 * The life of a model (模型生命周期): developed, tested, reviewed by another person, active while its validation lasts,
 * lapsed when nobody validated it again, retired. What a word does to it is decided here; what is decided is recorded.
 */
import type { Scorecard } from '../policy/lendingPolicy';
import { isPrincipal, isSamePrincipal } from '../values/principals';
import { DAY_MS } from '../values/timeUnits';
import type { RiskCard } from './cards/card';
import { isClosedModel, type ModelForm, type ModelStage } from './modelStages';

export const MODEL_POLICY = {
  /** Validated for so long; then it lapses. */
  validityDays: 365,
  /** Below it a group passes so much less often than the best one that two people must promote. */
  leastAdverseImpact: 0.8,
  /** Attributes whose groups are looked at, as cards name them: in any letters. */
  fairnessAttributes: ['sex', 'marriage', 'age', 'personal_status', 'foreign_worker'],
} as const;

/** Share of a group that passes at the cut-off, to that of the best group; a decimal such as `0.91`. */
export interface GroupImpactRatio {
  attribute: string;
  group: string;
  ratio: string;
}

/** What a holdout showed: rows that the model was not made of. */
export interface HoldoutTest {
  source: string;
  rows: number;
  auc: string;
  ks: string;
  impacts: GroupImpactRatio[];
}

export interface ModelRow {
  card: string;
  /** Of the card, such as `1` or `2026-01`. */
  version: string;
  form: ModelForm;
  content: Scorecard | RiskCard;
  stage: ModelStage;
  developedBy: string;
  test: HoldoutTest | null;
  /** Who said first that it is to be promoted, where two are needed. */
  firstPromotionBy: string | null;
  validUntilMs: number | null;
}

/** As a policy names the card: `expert-2026-01`. */
export function modelNameOf({ card, version }: Pick<ModelRow, 'card' | 'version'>): string {
  return `${card}-${version}`;
}

/** What the card calls itself. */
export function nameInCard(form: ModelForm, content: Scorecard | RiskCard): string {
  return form === 'points' ? (content as Scorecard).version : `${(content as RiskCard).id}-${content.version}`;
}

export const MODEL_REFUSALS = {
  developer: 'This person developed the model: another one reviews and validates it.',
  unverified: 'The word was not signed: send it with an API key.',
  'not-in-stage': 'The model is in another stage: its life goes on from there.',
  ended: 'The model was declined or retired, and that was its end: register another version.',
  'same-person': 'This person has said so already: a second, different one must.',
  'not-taken': 'It could not be taken: send it in other words.',
} as const;
export type ModelRefusal = keyof typeof MODEL_REFUSALS;

export type ModelWord =
  | { kind: 'test'; by: string; test: HoldoutTest }
  | { kind: 'review'; by: string; decision: 'approve' | 'decline'; reason: string }
  | { kind: 'promotion'; by: string; reason: string }
  | { kind: 'revalidation'; by: string; reason: string; test: HoldoutTest }
  | { kind: 'retirement'; by: string; reason: string };

type ModelChange = Partial<Pick<ModelRow, 'stage' | 'test' | 'firstPromotionBy' | 'validUntilMs'>>;
export type ModelOutcome =
  | { change: ModelChange; needsSecond?: true }
  /** It was said before: the model stands as it does. */
  | { refusal: ModelRefusal };

/** Whatever is refused changes nothing. */
export function afterWord(row: ModelRow, word: ModelWord, asOfMs: number): ModelOutcome {
  if (isClosedModel(row.stage)) return { refusal: 'ended' };
  const isIn = (...stages: ModelStage[]) => stages.includes(row.stage);
  const validUntilMs = asOfMs + MODEL_POLICY.validityDays * DAY_MS;
  switch (word.kind) {
    case 'test':
      // Tested again, by other rows, it is still to be reviewed.
      return isIn('developed', 'tested')
        ? { change: { stage: 'tested', test: word.test } }
        : { refusal: 'not-in-stage' };
    case 'review': {
      if (!isIn('tested')) return { refusal: 'not-in-stage' };
      const refusal = notOther(row, word.by);
      if (refusal) return { refusal };
      return { change: { stage: word.decision === 'approve' ? 'reviewed' : 'declined' } };
    }
    case 'promotion':
      return isIn('reviewed') ? afterPromotion(row, word.by, validUntilMs) : { refusal: 'not-in-stage' };
    case 'revalidation': {
      if (!isIn('active', 'lapsed')) return { refusal: 'not-in-stage' };
      const refusal = notOther(row, word.by);
      return refusal ? { refusal } : { change: { stage: 'active', test: word.test, validUntilMs } };
    }
    case 'retirement':
      return { change: { stage: 'retired' } };
  }
}

/** A second person is known by a key, and is not who developed it. */
function notOther({ developedBy }: ModelRow, by: string): ModelRefusal | undefined {
  if (!isPrincipal(by) || !isPrincipal(developedBy)) return 'unverified';
  return isSamePrincipal(by, developedBy) ? 'developer' : undefined;
}

function afterPromotion(row: ModelRow, by: string, validUntilMs: number): ModelOutcome {
  if (!isPrincipal(by)) return { refusal: 'unverified' };
  const { firstPromotionBy } = row;
  if (unevenGroups(row).length === 0) return { change: { stage: 'active', validUntilMs } };
  if (firstPromotionBy === null) return { change: { firstPromotionBy: by }, needsSecond: true };
  if (isSamePrincipal(firstPromotionBy, by)) return { refusal: 'same-person' };
  return { change: { stage: 'active', validUntilMs } };
}

/** When nobody has validated it in time; undefined while its validation lasts. */
export function afterDeadline({ stage, validUntilMs }: ModelRow, asOfMs: number): ModelChange | undefined {
  return stage === 'active' && validUntilMs !== null && validUntilMs <= asOfMs ? { stage: 'lapsed' } : undefined;
}

/** Groups of the listed attributes that pass too seldom: by the card's own training, and by the newest holdout. */
export function unevenGroups({ form, content, test }: Pick<ModelRow, 'form' | 'content' | 'test'>): GroupImpactRatio[] {
  const trained =
    form === 'trained'
      ? (content as RiskCard).trained.fairness.flatMap(({ name, groups }) =>
          groups.map(({ group, adverseImpactRatio }) => ({
            attribute: name,
            group,
            ratio: String(adverseImpactRatio),
          })),
        )
      : [];
  const listed: readonly string[] = MODEL_POLICY.fairnessAttributes;
  return [...trained, ...(test?.impacts ?? [])].filter(
    ({ attribute, ratio }) =>
      listed.includes(attribute.toLowerCase()) && Number(ratio) < MODEL_POLICY.leastAdverseImpact,
  );
}
