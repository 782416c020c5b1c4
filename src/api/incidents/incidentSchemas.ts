/** What goes in and out of incidents over HTTP: docs/incidents.md. */
import { z } from 'zod';
import * as messages from '../../contracts/incidents/incidentSchemas';
import { INCIDENT_OPENERS, INCIDENT_STAGE_NAMES, MEASURES } from '../../domain/incidents/incidentStages';
import { saidBy } from '../credit/accountBodies';
import { bodyOf, fieldsOf, zodOf } from '../http/messageSchemas';
import { id } from '../schemas';

const by = saidBy;

export const incidentParams = z.strictObject({ id });
export const appealParams = z.strictObject({ id, appealId: id });
export const incidentQuery = z.strictObject({
  inForce: z
    .enum(['true', 'false'], 'send true or false')
    .describe('`true`: only what stops something now.')
    .optional(),
});

export const incidentBody = bodyOf(messages.personalOpening, {
  ...fieldsOf(messages.personalOpening, 'measures', 'reasonCode', 'remedyChannel'),
  scope: zodOf(messages.scope).default({}),
  by,
});
export const personBody = bodyOf(messages.acknowledgement, { by });
export const measuresBody = bodyOf(messages.measuresChange, {
  ...fieldsOf(messages.measuresChange, 'measures', 'scope'),
  by,
});
export const appealBody = bodyOf(messages.incidentAppeal, {
  ...fieldsOf(messages.incidentAppeal, 'appealId', 'borrowerId'),
  by,
});
export const appealAnswerBody = bodyOf(messages.appealAnswer, {
  ...fieldsOf(messages.appealAnswer, 'isUpheld', 'reason'),
  by,
});
export const noteBody = bodyOf(messages.incidentNote, { ...fieldsOf(messages.incidentNote, 'text'), by });
export const reviewBody = bodyOf(messages.incidentReview, {
  ...fieldsOf(messages.incidentReview, 'summary'),
  actions: fieldsOf(messages.incidentReview, 'actions').actions.default([]),
  by,
});

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
  measures: z.array(z.enum(MEASURES)),
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
