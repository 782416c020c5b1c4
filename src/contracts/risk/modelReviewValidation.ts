/** The contract's own checks of what is told to the life of a model; as `validation.ts`. */
import { sentenceOf } from '../schemaJudge';
import type {
  ModelPromotion,
  ModelRetirement,
  ModelRevalidation,
  ModelReviewDecision,
  ModelReviewInput,
  ModelTest,
} from './modelReview';
import * as schemas from './modelReviewSchemas';

type Fault = string | undefined;

export const invalidModelReviewInput = (input: ModelReviewInput): Fault => sentenceOf(schemas.modelReviewInput, input);
export const invalidModelTest = (message: ModelTest): Fault => sentenceOf(schemas.modelTest, message);
export const invalidModelReviewDecision = (message: ModelReviewDecision): Fault =>
  sentenceOf(schemas.modelReviewDecision, message);
export const invalidModelPromotion = (message: ModelPromotion): Fault => sentenceOf(schemas.modelPromotion, message);
export const invalidModelRevalidation = (message: ModelRevalidation): Fault =>
  sentenceOf(schemas.modelRevalidation, message);
export const invalidModelRetirement = (message: ModelRetirement): Fault => sentenceOf(schemas.modelRetirement, message);
