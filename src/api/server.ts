/** The HTTP API, put together: who may call, what is checked, how it is refused, and the routes by subject. */
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyError, type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from './context';
import { accountChangeRoutes } from './credit/accountChangeRoutes';
import { accountReadRoutes } from './credit/accountReadRoutes';
import { accountRoutes } from './credit/accountRoutes';
import { instalmentRoutes } from './credit/instalmentRoutes';
import { paymentRoutes } from './credit/paymentRoutes';
import { portfolioRoutes } from './credit/portfolioRoutes';
import { auditRoutes } from './evidence/auditRoutes';
import { type Access, createAuthenticate } from './http/authentication';
import { answerClientError, answerWhatNodeRefuses } from './http/clientErrors';
import { readJsonExactly } from './http/jsonBody';
import { requestLogger } from './http/logging';
import { DOCS_PREFIX, describeApi } from './http/openApi';
import { badRequest, internalProblem, notFound, problemOf, sendProblem } from './http/problems';
import { createRateGuard } from './http/rates';
import type { App, Routes } from './http/route';
import { validatorCompiler } from './http/validation';
import { incidentMessageRoutes } from './incidents/incidentMessageRoutes';
import { incidentRoutes } from './incidents/incidentRoutes';
import { accountLedgerRoutes } from './ledger/accountLedgerRoutes';
import { ledgerRoutes } from './ledger/ledgerRoutes';
import { contactRoutes } from './messaging/contactRoutes';
import { noticeCheckRoutes } from './messaging/noticeCheckRoutes';
import { providerCallbackRoutes } from './messaging/providerCallbackRoutes';
import { providerRoutes } from './messaging/providerRoutes';
import { receiptRoutes } from './messaging/receiptRoutes';
import { templateRoutes } from './messaging/templateRoutes';
import { createAdmitUnknown } from './messaging/unknownIds';
import { healthRoutes } from './operations/healthRoutes';
import { keyRoutes } from './operations/keyRoutes';
import { applicationRoutes } from './origination/applicationRoutes';
import { consentRoutes } from './origination/consentRoutes';
import { costSheetRoutes } from './origination/costDisclosureRoutes';
import { decisionRoutes } from './origination/decisionRoutes';
import { identityRoutes } from './origination/identityRoutes';
import { objectionRoutes } from './origination/objectionRoutes';
import { offerRoutes } from './origination/offerRoutes';
import { referralRoutes } from './origination/referralRoutes';
import { problems } from './schemas';

const BODY_LIMIT_BYTES = 1_048_576;
const UNAUTHENTICATED = 401;
/** A request that is still coming in after this long is dropped, so that slow senders hold no connections. */
const REQUEST_WITHIN_MS = 30_000;

const ROUTES: readonly Routes[] = [
  healthRoutes,
  applicationRoutes,
  consentRoutes,
  referralRoutes,
  objectionRoutes,
  decisionRoutes,
  offerRoutes,
  costSheetRoutes,
  accountRoutes,
  paymentRoutes,
  accountChangeRoutes,
  instalmentRoutes,
  accountReadRoutes,
  accountLedgerRoutes,
  contactRoutes,
  identityRoutes,
  providerRoutes,
  receiptRoutes,
  providerCallbackRoutes,
  noticeCheckRoutes,
  portfolioRoutes,
  ledgerRoutes,
  auditRoutes,
  incidentRoutes,
  incidentMessageRoutes,
  templateRoutes,
  keyRoutes,
];

/** The API on any gateway. It does not listen yet: the caller does, and closes it. */
export async function createServer(context: ApiContext): Promise<FastifyInstance> {
  const fastify = Fastify({
    loggerInstance: requestLogger(context.logger),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_WITHIN_MS,
    // Else every caller could name its own address, and by it escape the limits of those that are counted.
    trustProxy: context.trustedProxies.length > 0 ? [...context.trustedProxies] : false,
    clientErrorHandler: answerClientError,
    // Checked below, with a document.
    http: { requireHostHeader: false },
    // Our own id, never the caller's: it is printed in logs.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // A path that cannot be decoded reaches no hook and no handler, and the answer of the framework would repeat it.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, (problemOf(error) ?? notFound('There is no such path.')).problem);
    },
  });
  const app: App = fastify.withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWhatNodeRefuses(fastify.server);
  readJsonExactly(app);
  answerRefusals(app);
  guardEveryRoute(app, context);
  await describeApi(app);
  const { admitUnknown = createAdmitUnknown(context.now) } = context;
  for (const routes of ROUTES) routes(app, { ...context, admitUnknown });
  await app.ready();
  return fastify;
}

/** What there is to call, and by whom. */
export interface RouteEntry {
  method: string;
  url: string;
  access: Access;
  schema: FastifySchema;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route as it is served: what is checked of all routes is checked of this list. */
    routeTable: readonly RouteEntry[];
  }
}

/** Nothing is open by forgetting: a route that does not say who may call it does not start. */
function guardEveryRoute(app: App, { pool, now, openDocs, rates }: ApiContext): void {
  const rateGuard = createRateGuard(rates, now);
  const routeTable: RouteEntry[] = [];
  app.decorate('routeTable', routeTable);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith(DOCS_PREFIX)) route.config = { ...route.config, access: openDocs ? 'open' : 'any-key' };
    const access = route.config?.access;
    if (!access) throw new Error(`route ${String(route.method)} ${route.url} does not say its access`);
    tellCost(route);
    for (const method of [route.method].flat()) {
      routeTable.push({ method, url: route.url, access, schema: route.schema ?? {} });
    }
  });
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    reply.header('Cache-Control', 'no-store');
    reply.header('X-Content-Type-Options', 'nosniff');
    const { httpVersion, headers } = request.raw;
    if (httpVersion === '1.1' && headers.host === undefined) {
      throw badRequest(400, 'The request cannot be read', 'Send a Host header.');
    }
  });
  app.addHook('onRequest', createAuthenticate(pool, now, rateGuard));
  // Whatever refused it: key, signature or secret path.
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode === UNAUTHENTICATED) rateGuard.spendRefused(request);
  });
}

/** What a route costs, and that it may be refused for it, in the OpenAPI document. */
function tellCost(route: RouteOptions): void {
  const cost = route.config?.cost ?? 1;
  if (!Number.isSafeInteger(cost) || cost < 0) throw new Error(`route ${route.url} costs ${cost}`);
  const { schema } = route;
  if (cost === 0 || !schema?.response) return;
  schema.response = { ...problems(429), ...schema.response };
  if (cost > 1) schema.description = [schema.description, `Counts as ${cost} requests.`].filter(Boolean).join(' ');
}

function answerRefusals(app: App): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = problemOf(error);
    if (!refusal) {
      request.log.error({ err: error }, 'request failed');
      return sendProblem(reply, internalProblem(request.id));
    }
    if (refusal.problem.status === 503)
      request.log.warn({ err: refusal }, 'request refused: a dependency is unreachable');
    return sendProblem(reply.headers(refusal.headers), refusal.problem);
  });
  app.setNotFoundHandler((_request, reply) => {
    const { problem } = notFound('There is no such route: /docs lists what there is.');
    return sendProblem(reply, problem);
  });
}
