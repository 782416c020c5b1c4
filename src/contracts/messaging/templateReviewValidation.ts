/** The contract's own checks of what is told to the review of a text; as `validation.ts`. */
import { newSentenceOf, sentenceOf } from '../schemaJudge';
import type { ReviewDecision, TemplateRetirement, TemplateReviewInput } from './templateReview';
import * as schemas from './templateReviewSchemas';

type Fault = string | undefined;

export const invalidTemplateReviewInput = (input: TemplateReviewInput): Fault =>
  sentenceOf(schemas.templateReviewInput, input, 'before');
/** What was not asked of starts before: see `newlyRefused` of the workflows. */
export const unacceptableTemplateReview = (input: TemplateReviewInput): Fault =>
  newSentenceOf(schemas.templateReviewInput, input);
export const invalidReviewDecision = (message: ReviewDecision): Fault => sentenceOf(schemas.reviewDecision, message);
export const invalidTemplateRetirement = (message: TemplateRetirement): Fault =>
  sentenceOf(schemas.templateRetirement, message);
