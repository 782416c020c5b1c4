/** SMS providers: how each does, which their own answers stopped, and a person's word that one works again. */
import { z } from 'zod';
import { readProviderHealth } from '../../db/messaging/delivery/providerHealth';
import { resumeProvider } from '../../db/messaging/delivery/providerStops';
import { RECEIPT_TROUBLES, readReceiptTroubles } from '../../db/messaging/delivery/receiptTroubles';
import { inTransaction } from '../../db/transaction';
import { HOUR_MS, WEEK_MS } from '../../domain/values/timeUnits';
import { businessNowMs } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, writeHeaders } from '../http/idempotency';
import { notFound } from '../http/problems';
import { keyed, type Routes } from '../http/route';
import { personId, problems, providerParams } from '../schemas';

/** Troubles of receipts that are listed: of so long, the newest. */
const TROUBLES_MS = WEEK_MS;
const MOST_TROUBLES = 100;

const resumeBody = z.strictObject({
  resumedBy: personId
    .describe('An id of the person in your own system: recorded beside the principal of the key.')
    .optional(),
});
const count = z.int();
const healthList = z
  .object({
    sinceMs: count.describe('Attempts from this instant on are counted: those of the last hour.'),
    items: z.array(
      z.object({
        provider: z.string(),
        attempts: count,
        accepted: count.describe('Taken, and no receipt yet.'),
        delivered: count,
        undelivered: count,
        refused: count,
        unknown: count.describe('No answer, or one that says nothing.'),
        lastAttemptAtMs: count.nullable(),
        stop: z
          .object({ provider: z.string(), stoppedAtMs: count, code: z.string(), detail: z.string() })
          .nullable()
          .describe('Its account cannot send: nothing is given to it until a person resumes it.'),
      }),
    ),
    receiptTroubles: z
      .array(
        z.object({
          provider: z.string(),
          troubleKey: z.string().describe('Names it for the command that shows what came.'),
          reason: z.enum(RECEIPT_TROUBLES),
          fault: z.string(),
          atMs: count,
          providerMessageId: z.string().nullable(),
          receiptKey: z.string().nullable(),
        }),
      )
      .describe('What providers told in the last 7 days and nothing could be made of; the newest 100.'),
  })
  .describe('How each provider has done, over all workers.');
const resumed = z.object({ provider: z.string(), status: z.literal('resumed') });

export const providerRoutes: Routes = (app, context) => {
  app.get(
    '/v1/providers',
    keyed('incidents:read', 'notices', {
      summary: 'Read how each SMS provider does, and which are stopped and why',
      response: { 200: healthList, ...problems(401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const nowMs = businessNowMs(context);
      const sinceMs = nowMs - HOUR_MS;
      const ofTroubles = { tenantId, sinceMs: nowMs - TROUBLES_MS, limit: MOST_TROUBLES };
      const [items, receiptTroubles] = await Promise.all([
        readProviderHealth(context.pool, { tenantId, sinceMs }),
        readReceiptTroubles(context.pool, ofTroubles),
      ]);
      return { sinceMs, items, receiptTroubles };
    },
  );
  app.post(
    '/v1/providers/:provider/resumption',
    keyed('incidents:write', 'notices', {
      summary: 'Say that a stopped SMS provider works again',
      headers: writeHeaders,
      params: providerParams,
      body: resumeBody,
      response: { 200: resumed, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { tenantId, principal } = callerOf(request);
      const { provider } = request.params;
      const { resumedBy = principal } = request.body;
      return answerOnce(context, request, reply, {
        perform: async () => {
          const asked = { tenantId, provider, resumedBy, principal, atMs: businessNowMs(context) };
          const isResumed = await inTransaction(context.pool, (client) => resumeProvider(client, asked));
          if (!isResumed) throw notFound('There is no such provider that is stopped.');
          return { status: 200, body: { provider, status: 'resumed' } };
        },
      });
    },
  );
};
