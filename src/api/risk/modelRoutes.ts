/** Models: registered through the gate, read with their life, told what people say of them, and compared. */
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import {
  type ModelAnswer,
  promoteModel,
  recordModelTest,
  retireModel,
  revalidateModel,
  reviewModel,
} from '../../contracts';
import { modelReviewClient, startModelReview } from '../../contracts/risk/modelReviewClient';
import { compareCards } from '../../db/risk/cardComparison';
import {
  listModels,
  type ModelOnRecord,
  type ModelRef,
  readModel,
  readModelEvents,
  registerModel,
} from '../../db/risk/models';
import { BAND_POINTS } from '../../domain/risk/cardComparison';
import { MODEL_REFUSALS, unevenGroups } from '../../domain/risk/modelLife';
import { isClosedModel } from '../../domain/risk/modelStages';
import { ModelCardError, parseBaseline, parseModelCard } from '../../platform/policy/modelCard';
import { type ApiContext, businessNowMs } from '../context';
import { actingFor } from '../http/acting';
import { callerOf, type Scope } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, invalidInput, invalidRequest, notFound, unavailable } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { problems } from '../schemas';
import * as schemas from './modelSchemas';

export const modelRoutes: Routes = (app, context) => {
  registering(app, context);
  reading(app, context);
  telling(app, context);
};

function registering(app: App, context: ApiContext): void {
  app.post(
    '/v1/models',
    keyed('models:write', 'models', {
      summary: 'Register a card as a model that was developed',
      description: 'Who registers it is who developed it, and does not review it. What is wrong with the card is told.',
      headers: writeHeaders,
      body: schemas.modelBody,
      response: { 201: schemas.modelRegistered, ...problems(400, 401, 403, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { tenantId, principal: developedBy } = callerOf(request);
      const { card, version, content, psiBaseline } = request.body;
      const ref = { tenantId, card, version };
      const read = cardOf(content, ref, psiBaseline);
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          const registeredAtMs = businessNowMs(context);
          const outcome = await registerModel(client, { ...ref, ...read, developedBy, registeredAtMs });
          if (outcome === 'conflict') {
            const detail = 'This version is on record with other content, or of another person: send another version.';
            throw conflict('version-taken', detail, { field: 'version' });
          }
        },
        perform: async () => {
          await startModelReview(context.gateway, { ...ref, clock: context.clock() });
          const { model, stage } = await knownModel(context, ref);
          const links = { self: `/v1/models/${card}/${version}` };
          return { status: 201, body: { card, version, model, stage, links } };
        },
      });
    },
  );
}

function cardOf(content: unknown, ref: ModelRef, psiBaseline: unknown) {
  const gated = <Value>(field: string, parse: () => Value): Value => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ModelCardError)) throw error;
      throw invalidRequest([{ field, fault: error.message, fix: 'send a card that passes the gate' }]);
    }
  };
  const read = gated('content', () => parseModelCard(content, ref));
  if (psiBaseline === undefined) return read;
  return { ...read, psiBaseline: gated('psiBaseline', () => parseBaseline(psiBaseline)) };
}

function reading(app: App, context: ApiContext): void {
  const { pool } = context;
  app.get(
    '/v1/models',
    keyed('models:read', 'models', {
      summary: 'List models and where they stand',
      response: { 200: schemas.modelList, ...problems(401, 403, 503) },
    }),
    async (request) => ({ items: (await listModels(pool, callerOf(request))).map(viewOf) }),
  );
  app.get(
    '/v1/models/:card/:version',
    keyed('models:read', 'models', {
      summary: 'Read a model with its card and its life',
      params: schemas.modelParams,
      response: { 200: schemas.modelView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const row = await knownModel(context, { ...request.params, tenantId: callerOf(request).tenantId });
      const content = { ...row.content } as Record<string, unknown>;
      return { ...viewOf(row), content, events: await readModelEvents(pool, row) };
    },
  );
  app.get(
    '/v1/model-comparison',
    keyed('models:read', 'models', {
      summary: 'Compare challengers with the cards that decide',
      cost: 20,
      response: { 200: schemas.cardComparisons, ...problems(401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      return { items: await compareCards(pool, { tenantId, bandPoints: BAND_POINTS }) };
    },
  );
}

function viewOf(row: ModelOnRecord) {
  const { card, version, model, form, contentHash, stage, developedBy, registeredAtMs } = row;
  const { validUntilMs, firstPromotionBy, test } = row;
  const standing = { stage, validUntilMs, firstPromotionBy, test, unevenGroups: unevenGroups(row) };
  return { card, version, model, form, contentHash, developedBy, registeredAtMs, ...standing };
}

interface ModelRoute<Body extends z.ZodType, Message> {
  path: string;
  scope: Scope;
  summary: string;
  description?: string;
  body: Body;
  update: UpdateDefinition<ModelAnswer, [Message]>;
}

function telling(app: App, context: ApiContext): void {
  messageOfModel(app, context, {
    path: 'tests',
    scope: 'models:write',
    summary: 'Record what rows showed that the model was not made of',
    body: schemas.testBody,
    update: recordModelTest,
  });
  messageOfModel(app, context, {
    path: 'review',
    scope: 'models:review',
    summary: 'Review a model as another person than who developed it',
    body: schemas.modelReviewBody,
    update: reviewModel,
  });
  messageOfModel(app, context, {
    path: 'promotions',
    scope: 'models:review',
    summary: 'Promote a reviewed model: it decides from then on',
    description: 'Where a group passes less than 0.80 times as often as the best one, a second person must say so too.',
    body: schemas.promotionBody,
    update: promoteModel,
  });
  messageOfModel(app, context, {
    path: 'revalidations',
    scope: 'models:review',
    summary: 'Validate a model for another year',
    body: schemas.revalidationBody,
    update: revalidateModel,
  });
  messageOfModel(app, context, {
    path: 'retirement',
    scope: 'models:review',
    summary: 'Retire a model: nobody is approved by it any more',
    body: schemas.modelRetirementBody,
    update: retireModel,
  });
}

/** One update of the model's workflow, under the request's key. */
function messageOfModel<Body extends z.ZodType, Message>(
  app: App,
  context: ApiContext,
  { path, scope, summary, description, body, update }: ModelRoute<Body, Message>,
): void {
  const response = { 200: schemas.modelAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 503) };
  const schema = { summary, description, headers: writeHeaders, params: schemas.modelParams, body, response };
  app.post(`/v1/models/:card/:version/${path}`, keyed(scope, 'models', schema), async (request, reply) => {
    const { tenantId, principal: by } = callerOf(request);
    const { card, version } = request.params;
    const ref = { tenantId, card, version };
    const row = await knownModel(context, ref);
    const message = { ...(request.body as object), by } as Message;
    return answerOnce(context, request, reply, {
      perform: async () => {
        const workflow = modelReviewClient(actingFor(context, request), ref);
        const ask = () => workflow.update(update, message, keyOf(request));
        let outcome = await ask();
        if (outcome.status === 'not-running' && !isClosedModel(row.stage)) {
          // One that `prepare` put in place has had no workflow so far.
          await startModelReview(context.gateway, { ...ref, clock: context.clock() });
          outcome = await ask();
        }
        if (outcome.status === 'rejected') throw invalidInput(`It is not valid: ${outcome.detail}.`);
        if (outcome.status === 'not-running') {
          if (isClosedModel((await knownModel(context, ref)).stage)) throw conflict('ended', MODEL_REFUSALS.ended);
          throw unavailable('The workflow of the model');
        }
        const { answer } = outcome;
        if (answer.status !== 'refused') return { status: 200, body: { card, version, ...answer } };
        const detail = MODEL_REFUSALS[answer.refusal];
        throw answer.refusal === 'not-taken' ? invalidInput(detail) : conflict(answer.refusal, detail);
      },
    });
  });
}

async function knownModel({ pool }: ApiContext, ref: ModelRef): Promise<ModelOnRecord> {
  const row = await readModel(pool, ref);
  if (!row) throw notFound('There is no such version of this model.', { field: 'version' });
  return row;
}
