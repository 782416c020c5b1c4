/** What starts the review of a notice text and what is told to it, each said once. */
import { WORDING_NAMES } from '../../domain/messaging/outbox/wordings';
import { acted, businessClock, id, personId, reason } from '../fields';
import { choice, described, type FieldsOf, list, newly, object, optional, whole, wordsFor } from '../schema';
import {
  REVIEW_DECISIONS,
  type ReviewDecision,
  type TemplateRetirement,
  type TemplateReviewInput,
} from './templateReview';

const MAX_PROVIDERS = 20;

export const wording = described(
  choice(WORDING_NAMES, {
    must: `must be one of ${WORDING_NAMES.join(', ')}`,
    fix: 'send a wording such as due-soon or due-soon.loan',
  }),
  'The wording: a kind of notice, or one of its variants, for loans or for who has a mandate.',
);
export const templateVersion = whole(1, 1_000_000);

export const templateReviewInput = object(
  {
    tenantId: id,
    kind: wording,
    version: templateVersion,
    submittedBy: newly(personId, id),
    requiredProviders: list(id, {
      words: wordsFor(`a list of at most ${MAX_PROVIDERS} names; it may be empty`),
      max: MAX_PROVIDERS,
    }),
    clock: businessClock,
    polls: optional(whole(0, Number.MAX_SAFE_INTEGER)),
  } satisfies FieldsOf<TemplateReviewInput>,
  // A run of before goes on in another with the input that it had.
  { unknown: 'passed over' },
);

export const reviewDecision = object({
  decidedBy: personId,
  decision: choice(REVIEW_DECISIONS),
  reason,
  ...acted,
} satisfies FieldsOf<ReviewDecision>);

export const templateRetirement = object({
  decidedBy: personId,
  reason,
  ...acted,
} satisfies FieldsOf<TemplateRetirement>);
