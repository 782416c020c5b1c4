/** What starts the life of a model and what is told to it, each said once. */
import type { GroupImpactRatio, HoldoutTest } from '../../domain/risk/modelLife';
import { acted, businessClock, id, personId, ratio, reason } from '../fields';
import { choice, described, type FieldsOf, list, matching, object, whole, wordsFor } from '../schema';
import {
  MODEL_DECISIONS,
  type ModelPromotion,
  type ModelRetirement,
  type ModelRevalidation,
  type ModelReviewDecision,
  type ModelReviewInput,
  type ModelTest,
} from './modelReview';

const MOST_ROWS = 1_000_000_000;
const MOST_GROUPS = 100;

export const cardName = matching(
  /^[a-z][a-z0-9-]{0,39}$/,
  wordsFor('1 to 40 small letters, digits or hyphens, such as "expert"'),
);
export const cardVersion = matching(
  /^[0-9][0-9.-]{0,19}$/,
  wordsFor('1 to 20 digits, points or hyphens, such as "1" or "2026-01"'),
);

const impact = object({ attribute: id, group: reason, ratio } satisfies FieldsOf<GroupImpactRatio>);

const test = described(
  object({
    source: reason,
    rows: whole(1, MOST_ROWS),
    auc: ratio,
    ks: ratio,
    impacts: list(impact, {
      words: wordsFor(`a list of at most ${MOST_GROUPS} groups with attribute, group and ratio; it may be empty`),
      max: MOST_GROUPS,
    }),
  } satisfies FieldsOf<HoldoutTest>),
  'Of rows that the model was not made of: their source and number, AUC, KS, and adverse-impact ratios by group.',
);

export const modelReviewInput = object(
  {
    tenantId: id,
    card: cardName,
    version: cardVersion,
    clock: businessClock,
  } satisfies FieldsOf<ModelReviewInput>,
  // A run of before goes on in another with the input that it had.
  { unknown: 'passed over' },
);

const by = { by: personId, ...acted };

export const modelTest = object({ ...by, test } satisfies FieldsOf<ModelTest>);
export const modelReviewDecision = object({
  ...by,
  decision: choice(MODEL_DECISIONS),
  reason,
} satisfies FieldsOf<ModelReviewDecision>);
export const modelPromotion = object({ ...by, reason } satisfies FieldsOf<ModelPromotion>);
export const modelRevalidation = object({ ...by, test, reason } satisfies FieldsOf<ModelRevalidation>);
export const modelRetirement = object({ ...by, reason } satisfies FieldsOf<ModelRetirement>);
