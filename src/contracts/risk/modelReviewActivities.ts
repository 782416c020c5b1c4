/** Risk: what the life of a model asks of activities. The signatures, and nothing of how. */
import type {
  ModelAnswer,
  ModelPromotion,
  ModelRetirement,
  ModelRevalidation,
  ModelReviewDecision,
  ModelReviewState,
  ModelTest,
} from './modelReview';

export interface ModelReviewActivities {
  /** One step of a model, in one transaction; done again, it finds what it did and changes nothing. */
  advanceModel(input: AdvanceModel): Promise<AdvanceModelResult>;
}

/** What is told to a model; `key` is the id of its update, by which a repeat is known. */
export type ModelMessage =
  | { kind: 'test'; key: string; message: ModelTest }
  | { kind: 'review'; key: string; message: ModelReviewDecision }
  | { kind: 'promotion'; key: string; message: ModelPromotion }
  | { kind: 'revalidation'; key: string; message: ModelRevalidation }
  | { kind: 'retirement'; key: string; message: ModelRetirement };

export interface AdvanceModel {
  tenantId: string;
  card: string;
  version: string;
  asOfMs: number;
  /** Absent: a deadline, or the first step. */
  message?: ModelMessage | undefined;
  /** With the first step: whose workflow it is. */
  workflowId?: string | undefined;
}

export type AdvanceModelResult =
  | { state: ModelReviewState; answer: ModelAnswer }
  /** There is no such model on record. */
  | { fault: string };
