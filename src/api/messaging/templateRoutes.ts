/** Notice texts: drafts are submitted and checked, read with what was found, decided on, and retired. */
import type { UpdateDefinition } from '@temporalio/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decideReview, retire, type TemplateAnswer, type TemplateRefusal } from '../../contracts';
import { startTemplateReview, templateReviewClient } from '../../contracts/messaging/templateReviewClient';
import { readRegistrations } from '../../db/messaging/templates/templateRegistrations';
import {
  insertTemplate,
  listTemplates,
  nextTemplateVersion,
  readTemplate,
  type TemplateRef,
  type TemplateRow,
} from '../../db/messaging/templates/templates';
import type { Reader } from '../../db/transaction';
import { checkTemplateText, sizeOf } from '../../domain/messaging/templates/templateChecks';
import type { TemplateFinding } from '../../domain/messaging/templates/templateFindings';
import { templatePolicyOf } from '../../domain/messaging/templates/templatePolicy';
import { isClosedTemplate } from '../../domain/messaging/templates/templateStages';
import { type ApiContext, businessNowMs } from '../context';
import { actingFor } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, invalidInput, notFound, ProblemError, refusal, unavailable } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { problems } from '../schemas';
import {
  decisionBody,
  retirementBody,
  templateAnswer,
  templateBody,
  templateList,
  templateParams,
  templateQuery,
  templateSubmitted,
  templateView,
} from './templateSchemas';

export const templateRoutes: Routes = (app, context) => {
  submitting(app, context);
  reading(app, context);
  deciding(app, context);
};

function submitting(app: App, context: ApiContext): void {
  app.post(
    '/v1/templates',
    keyed('templates:write', 'templates', {
      summary: 'Submit the draft of a notice text for review',
      description:
        'The checks are made at once: 422 names the words and the rule of each finding, nothing is kept, and the version stays free.',
      headers: writeHeaders,
      body: templateBody,
      response: { 201: templateSubmitted, ...problems(400, 401, 403, 409, 413, 415, 422, 503) },
    }),
    async (request, reply) => {
      const { tenantId, principal: submittedBy } = callerOf(request);
      const draft = { tenantId, ...request.body, submittedBy };
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          // Before it is kept: a wording that is never reviewed takes no version from the one that is.
          const findings = checkTemplateText({ ...draft, policy: templatePolicyOf(context.officialNumbers) });
          if (findings.length > 0) throw refused(draft, findings);
          const outcome = await insertTemplate(client, { ...draft, submittedAtMs: businessNowMs(context) });
          if (outcome === 'conflict') throw await taken(client, draft);
        },
        perform: async () => {
          const row = await knownTemplate(context, draft);
          if (row.submittedBy !== draft.submittedBy) throw await taken(context.pool, draft);
          await start(context, row);
          const { kind, version } = draft;
          const links = { self: `/v1/templates/${kind}/${version}` };
          return { status: 201, body: { kind, version, status: 'in-review', links } };
        },
      });
    },
  );
}

async function taken(reader: Reader, { tenantId, kind }: TemplateRef): Promise<ProblemError> {
  const next = await nextTemplateVersion(reader, { tenantId, kind });
  const detail = `This version is there with other content: a wording that was submitted stands. Send version ${next}.`;
  return conflict('version-taken', detail, { field: 'version' });
}

/** Each finding by its rule and words, and what to do. */
function refused({ version }: TemplateRef, findings: TemplateFinding[]): ProblemError {
  const errors = findings.map(({ rule, words, why, fix }) => ({
    field: 'body',
    fault: `${rule} "${words}": ${why}`,
    fix,
  }));
  const found = findings.map(({ rule, words, fix }) => `${rule} "${words}": ${fix}.`).join(' ');
  const detail = `${found} Nothing was kept: send the mended text as version ${version}.`;
  return new ProblemError(refusal(detail, [...new Set(findings.map(({ rule }) => rule))], { field: 'body', errors }));
}

function reading(app: App, context: ApiContext): void {
  app.get(
    '/v1/templates',
    keyed('templates:read', 'templates', {
      summary: 'List the versions of notice texts with what was found in them',
      querystring: templateQuery,
      response: { 200: templateList, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      return { items: await listTemplates(context.pool, { tenantId, kind: request.query.kind }) };
    },
  );
  app.get(
    '/v1/templates/:kind/:version',
    keyed('templates:read', 'templates', {
      summary: 'Read a notice text, its size, cost and registrations',
      params: templateParams,
      response: { 200: templateView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const row = await knownTemplate(context, { tenantId: callerOf(request).tenantId, ...request.params });
      const size = sizeOf({ ...row, policy: templatePolicyOf(context.officialNumbers) }) ?? null;
      return { ...row, size, registrations: await readRegistrations(context.pool, row) };
    },
  );
}

const TOLD = { 200: templateAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) };

function deciding(app: App, context: ApiContext): void {
  app.post(
    '/v1/templates/:kind/:version/decision',
    keyed('templates:review', 'templates', {
      summary: 'Decide on a text as another person than its author',
      headers: writeHeaders,
      params: templateParams,
      body: decisionBody,
      response: TOLD,
    }),
    async (request, reply) =>
      updateReview(context, { request, reply }, request.params, { definition: decideReview, said: request.body }),
  );
  app.post(
    '/v1/templates/:kind/:version/retirement',
    keyed('templates:review', 'templates', {
      summary: 'Retire a text: no notice goes out with it any more',
      headers: writeHeaders,
      params: templateParams,
      body: retirementBody,
      response: TOLD,
    }),
    async (request, reply) =>
      updateReview(context, { request, reply }, request.params, { definition: retire, said: request.body }),
  );
}

/** One update of the text's workflow, under the request's key. */
async function updateReview<Message>(
  context: ApiContext,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { kind, version }: Pick<TemplateRef, 'kind' | 'version'>,
  { definition, said }: { definition: UpdateDefinition<TemplateAnswer, [Message]>; said: Omit<Message, 'decidedBy'> },
): Promise<FastifyReply> {
  const { tenantId, principal: decidedBy } = callerOf(request);
  const message = { ...said, decidedBy } as Message;
  const row = await knownTemplate(context, { tenantId, kind, version });
  return answerOnce(context, request, reply, {
    perform: async () => {
      const workflow = templateReviewClient(actingFor(context, request), { tenantId, kind, version });
      const ask = () => workflow.update(definition, message, keyOf(request));
      let outcome = await ask();
      if (outcome.status === 'not-running' && !isClosedTemplate(row.status)) {
        // A text that came with a release has had no workflow so far.
        await start(context, row);
        outcome = await ask();
      }
      if (outcome.status === 'rejected') throw invalidInput(`It is not valid: ${outcome.detail}.`);
      if (outcome.status === 'not-running') {
        if (isClosedTemplate((await knownTemplate(context, row)).status)) throw conflict('ended', REFUSED.ended);
        throw unavailable('The workflow of the text');
      }
      const { answer } = outcome;
      if (answer.status === 'refused' && answer.refusal === 'not-taken') throw invalidInput(REFUSED['not-taken']);
      if (answer.status === 'refused') throw conflict(answer.refusal, REFUSED[answer.refusal]);
      return { status: 200, body: { kind, version, status: answer.stage } };
    },
  });
}

const REFUSED: Record<TemplateRefusal, string> = {
  author: 'This person wrote the text: another one reviews it.',
  unverified:
    'The word was not signed: send it with an API key. A text whose author is not known by a key is submitted again.',
  'not-in-review': 'The text is not in review: it was decided, or its deadline has passed.',
  ended: 'The text was rejected, retired or superseded, and that was its end.',
  'not-taken': 'It could not be taken: send it in other words.',
};

function start(
  context: ApiContext,
  { tenantId, kind, version, submittedBy, requiredProviders }: TemplateRow,
): Promise<void> {
  const input = { tenantId, kind, version, submittedBy, requiredProviders };
  return startTemplateReview(context.gateway, { ...input, clock: context.clock() });
}

async function knownTemplate(context: ApiContext, ref: TemplateRef): Promise<TemplateRow> {
  const row = await readTemplate(context.pool, ref);
  if (!row) throw notFound('There is no such version of this text.', { field: 'version' });
  return row;
}
