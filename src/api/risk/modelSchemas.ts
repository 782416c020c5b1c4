/** What goes in and out of models over HTTP: docs/model-life.md. */
import { z } from 'zod';
import * as messages from '../../contracts/risk/modelReviewSchemas';
import { MODEL_FORMS, MODEL_STAGE_NAMES } from '../../domain/risk/modelStages';
import { bodyOf, fieldsOf, zodOf } from '../http/messageSchemas';

const OBJECT_FIX = 'send a JSON object';
const card = zodOf(messages.cardName);
const version = zodOf(messages.cardVersion);

export const modelParams = z.strictObject({ card, version });

export const modelBody = z.strictObject(
  {
    card,
    version,
    content: z
      .record(z.string(), z.unknown(), OBJECT_FIX)
      .describe('The card itself: in the form of a policy, or as the training tool wrote it.'),
    psiBaseline: z
      .record(z.string(), z.unknown(), OBJECT_FIX)
      .describe('Of a card in the form of a policy: `below` are rising bounds of the score, `shares` one more.')
      .optional(),
  },
  OBJECT_FIX,
);
/** Who acts is the principal of the key, and says no other name. */
export const testBody = bodyOf(messages.modelTest, fieldsOf(messages.modelTest, 'test'));
export const modelReviewBody = bodyOf(
  messages.modelReviewDecision,
  fieldsOf(messages.modelReviewDecision, 'decision', 'reason'),
);
export const promotionBody = bodyOf(messages.modelPromotion, fieldsOf(messages.modelPromotion, 'reason'));
export const revalidationBody = bodyOf(
  messages.modelRevalidation,
  fieldsOf(messages.modelRevalidation, 'test', 'reason'),
);
export const modelRetirementBody = bodyOf(messages.modelRetirement, fieldsOf(messages.modelRetirement, 'reason'));

const stage = z.enum(MODEL_STAGE_NAMES);

export const modelRegistered = z
  .object({ card, version, model: z.string(), stage, links: z.record(z.string(), z.string()) })
  .describe('On record; it decides nothing yet.');
export const modelAnswer = z
  .object({ card, version, status: z.enum(['accepted', 'needs-second-person']), stage })
  .describe('Taken by the workflow of the model.');

const impact = z.object({ attribute: z.string(), group: z.string(), ratio: z.string() });
const test = z.object({
  source: z.string(),
  rows: z.int(),
  auc: z.string(),
  ks: z.string(),
  impacts: z.array(impact),
});
const model = z.object({
  card,
  version,
  model: z.string().describe('As policies and decisions name it.'),
  form: z.enum(MODEL_FORMS),
  contentHash: z.string(),
  stage,
  developedBy: z.string(),
  registeredAtMs: z.int(),
  validUntilMs: z.int().nullable(),
  firstPromotionBy: z.string().nullable(),
  test: test.nullable(),
  unevenGroups: z.array(impact).describe('Groups that pass too seldom: two people must promote the model.'),
});
export const modelList = z.object({ items: z.array(model) }).describe('By card and version.');
export const modelView = model
  .extend({
    content: z.record(z.string(), z.unknown()),
    events: z.array(
      z.object({
        eventKey: z.string(),
        kind: z.string(),
        atMs: z.int(),
        by: z.string(),
        body: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .describe('The model with its card and its life.');
export const cardComparisons = z
  .object({
    items: z.array(
      z.object({
        champion: z.string(),
        challenger: z.string(),
        decisions: z.int(),
        championApproved: z.int(),
        challengerApproved: z.int(),
        disagreements: z.int(),
        outcomes: z.array(
          z.object({
            card: z.enum(['champion', 'challenger']),
            fromPoints: z.int(),
            decisions: z.int(),
            opened: z.int(),
            bad: z.int().describe('More than 30 days past due now, in review or written off.'),
          }),
        ),
      }),
    ),
  })
  .describe('Of decisions that a challenger scored in the shadow.');
