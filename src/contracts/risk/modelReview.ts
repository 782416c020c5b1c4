/**
 * The workflow of a model's life: what starts it, what people tell it, what it answers. In the Temporal Web UI each message
 * is an update with one JSON input (docs/model-life.md). The card itself stays in the database.
 */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { GroupImpactRatio, HoldoutTest, ModelRefusal } from '../../domain/risk/modelLife';
import type { ModelStage } from '../../domain/risk/modelStages';
import type { BusinessClock } from '../../domain/values/clock';
import type { Acted } from '../operations/actor';

/** Id: `model-review/TENANT/CARD/VERSION`. The card is on record before the start. */
export interface ModelReviewInput {
  tenantId: string;
  card: string;
  version: string;
  clock: BusinessClock;
}

/** What a holdout showed. */
export interface ModelTest extends Acted {
  by: string;
  test: HoldoutTest;
}

export const MODEL_DECISIONS = ['approve', 'decline'] as const;

/** By another person than who developed it. */
export interface ModelReviewDecision extends Acted {
  by: string;
  decision: (typeof MODEL_DECISIONS)[number];
  reason: string;
}

/** It decides from now on; where a group passes too seldom, it is one of the two words that are needed. */
export interface ModelPromotion extends Acted {
  by: string;
  reason: string;
}

/** Validated for another year, by another person than who developed it. */
export interface ModelRevalidation extends Acted {
  by: string;
  test: HoldoutTest;
  reason: string;
}

export interface ModelRetirement extends Acted {
  by: string;
  reason: string;
}

export type ModelAnswer =
  | { status: 'accepted' | 'needs-second-person'; stage: ModelStage }
  | { status: 'refused'; refusal: ModelRefusal; stage: ModelStage };

export interface ModelReviewState {
  stage: ModelStage;
  /** Until when it is validated. */
  validUntilMs?: number | undefined;
  /** Who said first that it is to be promoted, where two are needed. */
  firstPromotionBy?: string | undefined;
  /** Groups that pass too seldom at the cut-off. */
  unevenGroups: GroupImpactRatio[];
  /** One line for operators. */
  summary: string;
}

export interface ModelReviewResult {
  stage: ModelStage;
}

export const recordModelTest = defineUpdate<ModelAnswer, [ModelTest]>('recordModelTest');
export const reviewModel = defineUpdate<ModelAnswer, [ModelReviewDecision]>('reviewModel');
export const promoteModel = defineUpdate<ModelAnswer, [ModelPromotion]>('promoteModel');
export const revalidateModel = defineUpdate<ModelAnswer, [ModelRevalidation]>('revalidateModel');
export const retireModel = defineUpdate<ModelAnswer, [ModelRetirement]>('retireModel');
export const modelReviewState = defineQuery<ModelReviewState>('modelReviewState');
