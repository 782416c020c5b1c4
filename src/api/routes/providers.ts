/** SMS providers that their own answers stopped: which, why, and a person's word that one works again. */
import { z } from 'zod';
import { resumeProvider, stoppedProviders } from '../../db/statements/providerStops';
import { inTransaction } from '../../db/transaction';
import { callerOf } from '../authentication';
import { businessNowMs } from '../context';
import { answerOnce, writeHeaders } from '../idempotency';
import { notFound } from '../problems';
import { problems, providerParams } from '../schemas';
import { keyed, type Routes } from './route';

const resumeBody = z.strictObject({
  resumedBy: z.string('send the id of the person who decides').min(1).max(100).describe('Staff id; no name.'),
});
const stopList = z
  .object({
    items: z.array(z.object({ provider: z.string(), stoppedAtMs: z.int(), code: z.string(), detail: z.string() })),
  })
  .describe('Providers that nothing is given to.');
const resumed = z.object({ provider: z.string(), status: z.literal('resumed') });

export const providerRoutes: Routes = (app, context) => {
  const stops = keyed('incidents:read', 'notices', 'Read which SMS providers are stopped, and why');
  app.get(
    '/v1/providers/stops',
    { config: stops.config, schema: { ...stops.about, response: { 200: stopList, ...problems(401, 403, 503) } } },
    async (request) => {
      const { tenantId } = callerOf(request);
      return { items: await stoppedProviders(context.pool, { tenantId }) };
    },
  );
  const resume = keyed('incidents:write', 'notices', 'Say that a stopped SMS provider works again');
  app.post(
    '/v1/providers/:provider/resumption',
    {
      config: resume.config,
      schema: {
        ...resume.about,
        ...{ headers: writeHeaders, params: providerParams, body: resumeBody },
        response: { 200: resumed, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request);
      const { provider } = request.params;
      return answerOnce(context, request, reply, {
        perform: async () => {
          const asked = { tenantId, provider, resumedBy: request.body.resumedBy, atMs: businessNowMs(context) };
          const isResumed = await inTransaction(context.pool, (client) => resumeProvider(client, asked));
          if (!isResumed) throw notFound(`Provider ${provider} is not stopped.`);
          return { status: 200, body: { provider, status: 'resumed' } };
        },
      });
    },
  );
};
