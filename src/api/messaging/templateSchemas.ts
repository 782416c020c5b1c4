/** What goes in and out of the review of notice texts over HTTP: docs/template-review.md. */
import { z } from 'zod';
import * as messages from '../../contracts/messaging/templateReviewSchemas';
import { REGISTRATION_STATUSES, TEMPLATE_STAGE_NAMES } from '../../domain/messaging/templates/templateStages';
import { bodyOf, fieldsOf, zodOf } from '../http/messageSchemas';
import { charactersOf } from '../http/textSchema';

const OBJECT_FIX = 'send a JSON object';
const BODY_FIX = 'send a text of 1 to 500 characters, without the signature';
const SIGNATURE_FIX = 'send 1 to 16 characters, without 【】';
const VERSION_FIX = 'send a whole number from 1 to 1000000';

const kind = zodOf(messages.wording);
const version = zodOf(messages.templateVersion);

export const templateParams = z.strictObject({
  kind,
  version: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, VERSION_FIX)
    .transform(Number),
});
export const templateQuery = z.strictObject({ kind: kind.optional() });

export const templateBody = z.strictObject(
  {
    kind,
    version: version.describe('The next one of its kind: it is the key under which a repeat is the same draft.'),
    body: charactersOf(BODY_FIX, { max: 500 }),
    signature: charactersOf(SIGNATURE_FIX, { max: 16 }),
  },
  OBJECT_FIX,
);
/** Who decides is the principal of the key, and says no other name. */
export const decisionBody = bodyOf(messages.reviewDecision, fieldsOf(messages.reviewDecision, 'decision', 'reason'));
export const retirementBody = bodyOf(messages.templateRetirement, fieldsOf(messages.templateRetirement, 'reason'));

const stage = z.enum(TEMPLATE_STAGE_NAMES);

export const templateSubmitted = z
  .object({ kind, version, status: stage, links: z.record(z.string(), z.string()) })
  .describe('The checks found nothing; a reviewer decides.');
export const templateAnswer = z.object({ kind, version, status: stage }).describe('Taken by the workflow.');

const template = z.object({
  kind,
  version,
  status: stage,
  body: z.string(),
  signature: z.string(),
  contentHash: z.string(),
  submittedBy: z.string(),
  submittedAtMs: z.int().nullable(),
  requiredProviders: z
    .array(z.string())
    .describe('Configured providers that take registered texts only: it is active when each of them knows it.'),
  findings: z.array(z.object({ rule: z.string(), words: z.string(), why: z.string(), fix: z.string() })),
  reviewByMs: z.int().nullable(),
  approvedBy: z.string().nullable(),
  rejectedBy: z.string().nullable(),
  decidedAtMs: z.int().nullable(),
  decisionReason: z.string().nullable(),
  activatedAtMs: z.int().nullable(),
  retiredBy: z.string().nullable(),
  retiredAtMs: z.int().nullable(),
  retireReason: z.string().nullable(),
});
export const templateList = z.object({ items: z.array(template) }).describe('By kind and version.');
export const templateView = template
  .extend({
    size: z
      .object({ longest: z.string(), length: z.int(), parts: z.int(), costFen: z.int() })
      .nullable()
      .describe('With the longest values that the books can come to.'),
    registrations: z.array(
      z.object({
        provider: z.string(),
        status: z.enum(REGISTRATION_STATUSES),
        code: z.string().nullable(),
        reason: z.string().nullable(),
        submittedAtMs: z.int(),
        askedAtMs: z.int(),
      }),
    ),
  })
  .describe('The text with what was found in it and where it is registered.');
