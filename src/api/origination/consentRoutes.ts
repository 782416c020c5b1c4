/** Consents: withdrawn by whoever gave them, for good (docs/data-sources.md). */
import { type ConsentRow, withdrawConsent } from '../../db/origination/consents';
import { type ApiContext, businessNowMs } from '../context';
import { principalOf } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, writeHeaders } from '../http/idempotency';
import { notFound } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { consentParams, consentWithdrawalBody, problems } from '../schemas';
import { consentView, consentViewOf } from '../views';
import { applicationOnRecord } from './applicationRoutes';

export const consentRoutes: Routes = (app, context) => withdrawing(app, context);

function withdrawing(app: App, context: ApiContext): void {
  app.post(
    '/v1/applications/:id/consents/:sourceKind/withdrawal',
    keyed('consents:withdraw', 'applications', {
      summary: 'Withdraw a consent of an applicant',
      description:
        'From then on nothing is asked of the source and nothing that it showed enters a decision. What was decided stands. ' +
        'Withdrawn again, it stays as it was withdrawn first.',
      headers: writeHeaders,
      params: consentParams,
      body: consentWithdrawalBody,
      response: { 200: consentView, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { id, sourceKind } = request.params;
      const { tenantId } = callerOf(request);
      const { applicationId } = await applicationOnRecord(context, tenantId, id);
      let consent: ConsentRow | undefined;
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          const [by, atMs, { reason }] = [principalOf(request), businessNowMs(context), request.body];
          const done = await withdrawConsent(client, { tenantId, applicationId, sourceKind, atMs, by, reason });
          if (done.status === 'unknown') throw notFound('There is no such consent.', { field: 'sourceKind' });
          consent = done.consent;
        },
        perform: async () => {
          if (!consent) throw new Error('a withdrawal is answered after it was kept');
          return { status: 200, body: consentViewOf(applicationId, consent) };
        },
      });
    },
  );
}
