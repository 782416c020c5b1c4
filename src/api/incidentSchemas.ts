/** What goes in and out of incidents over HTTP: docs/incidents.md. */
import { z } from 'zod';
import { INCIDENT_OPENERS, INCIDENT_STAGE_NAMES, MEASURES } from '../domain/incidentStages';
import { NOTICE_KINDS } from '../domain/noticeKinds';
import { id, personId, product, saidBy } from './schemas';
import { charactersOf } from './textSchema';

const OBJECT_FIX = 'send a JSON object';
const MEASURES_FIX = `send some of ${MEASURES.join(', ')}, each once`;
const REASON_FIX = 'send 3 to 60 capitals, digits or _ such as "WRONG_AMOUNTS"';
const TEXT_FIX = 'send a text of 1 to 2000 characters, without personal data';
const ACTIONS_FIX = 'send at most 20 sentences; an empty list where none follow';

const by = saidBy;
const text = charactersOf(TEXT_FIX, { max: 2000 }).refine((value) => value.trim() !== '', TEXT_FIX);
const measure = z.enum(MEASURES, MEASURES_FIX);
const measures = z
  .array(measure, MEASURES_FIX)
  .min(1, MEASURES_FIX)
  .refine((list) => new Set(list).size === list.length, MEASURES_FIX);
const scope = z
  .strictObject(
    {
      product: product.optional(),
      templateKind: z.enum(NOTICE_KINDS, `send one of ${NOTICE_KINDS.join(', ')}`).optional(),
      provider: id.optional(),
      region: id.optional(),
      segment: id.optional(),
    },
    OBJECT_FIX,
  )
  .describe('What it is narrowed to; empty: the whole tenant. All but `product` narrow notices only.');

export const incidentParams = z.strictObject({ id });
export const appealParams = z.strictObject({ id, appealId: id });
export const incidentQuery = z.strictObject({
  inForce: z
    .enum(['true', 'false'], 'send true or false')
    .describe('`true`: only what stops something now.')
    .optional(),
});

export const incidentBody = z.strictObject(
  {
    by,
    measures,
    scope: scope.default({}),
    reasonCode: z.string(REASON_FIX).regex(/^[A-Z][A-Z0-9_]{2,59}$/, REASON_FIX),
    remedyChannel: id.describe('Where a borrower turns to, such as `hotline`; it is told with every refusal.'),
  },
  OBJECT_FIX,
);
export const personBody = z.strictObject({ by }, OBJECT_FIX);
export const measuresBody = z.strictObject({ by, measures, scope: scope.optional() }, OBJECT_FIX);
export const appealBody = z.strictObject({ appealId: id, borrowerId: personId, by }, OBJECT_FIX);
export const appealAnswerBody = z.strictObject(
  { by, isUpheld: z.boolean('send true or false'), reason: text },
  OBJECT_FIX,
);
export const noteBody = z.strictObject({ by, text }, OBJECT_FIX);
export const reviewBody = z.strictObject(
  { by, summary: text, actions: z.array(text, ACTIONS_FIX).max(20, ACTIONS_FIX).default([]) },
  OBJECT_FIX,
);

const stage = z.enum(INCIDENT_STAGE_NAMES);

export const incidentOpened = z
  .object({
    incidentId: z.string(),
    stage,
    workflow: z
      .enum(['started', 'pending'])
      .describe('`pending`: Temporal is away. It is in force all the same; a worker starts the workflow.'),
    links: z.record(z.string(), z.string()),
  })
  .describe('In force.');

export const incidentAnswer = z
  .object({
    incidentId: z.string(),
    status: z.enum(['accepted', 'needs-second-person', 'resumed']),
    stage,
  })
  .describe('Taken by the workflow of the incident.');

const incident = z.object({
  incidentId: z.string(),
  stage,
  measures: z.array(measure),
  scope: z.record(z.string(), z.string()),
  reasonCode: z.string(),
  remedyChannel: z.string(),
  openedBy: z.object({ kind: z.enum(INCIDENT_OPENERS), id: z.string() }),
  openedAtMs: z.int(),
  acknowledgedBy: z.string().nullable(),
  resumeApprovedBy: z.array(z.string()),
  liftedAtMs: z.int().nullable(),
  reviewedBy: z.string().nullable(),
  hasWorkflow: z.boolean(),
});

export const incidentList = z.object({ items: z.array(incident) }).describe('Those without a review first.');

export const incidentView = incident
  .extend({
    exemptBorrowerIds: z.array(z.string()),
    timeline: z.array(
      z.object({
        kind: z.string(),
        atMs: z.int(),
        by: z.string(),
        body: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .describe('The incident with its timeline.');
