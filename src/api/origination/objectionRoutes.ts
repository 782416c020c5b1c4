/**
 * Objections to declines that no person made (PIPL art. 24). Figures that one tells are stored here and named by it: they
 * enter no workflow, and decide nothing before a person has seen proof.
 */
import { applicationClient } from '../../contracts/origination/applicationClient';
import { insertReferralFigures } from '../../db/origination/referralFigures';
import { businessNowMs } from '../context';
import { actingFor, principalOf } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, invalidInput, unavailable } from '../http/problems';
import { keyed, type Routes } from '../http/route';
import { idParams, objectionBody, problems } from '../schemas';
import { explain, objectionAnswer } from '../views';
import { applicationOnRecord } from './applicationRoutes';

export const objectionRoutes: Routes = (app, context) => {
  app.post(
    '/v1/applications/:id/objections',
    keyed('applications:write', 'applications', {
      summary: 'Object to a decline that no person made: a person reviews it by a deadline',
      headers: writeHeaders,
      params: idParams,
      body: objectionBody,
      response: { 202: objectionAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
    }),
    async (request, reply) => {
      const { tenantId } = callerOf(request);
      const row = await applicationOnRecord(context, tenantId, request.params.id);
      const { applicationId } = row;
      const { claimed, ...said } = request.body;
      const key = keyOf(request);
      const inReview = (reviewByMs: number, reasonCodes: readonly string[]) => ({
        status: 202,
        body: { applicationId, stage: 'referred', reviewByMs, reasonCodes, reasons: explain(reasonCodes) },
      });
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          if (claimed === undefined) return;
          const entered = { enteredBy: principalOf(request), enteredAtMs: businessNowMs(context) };
          const figures = { tenantId, applicationId, figuresId: key, figures: claimed };
          await insertReferralFigures(client, { ...figures, ...entered });
        },
        perform: async () => {
          const objection = { ...said, key, ...(claimed === undefined ? {} : { figuresId: key }) };
          const outcome = await applicationClient(actingFor(context, request), row).objectToDecision(objection);
          const now = await applicationOnRecord(context, tenantId, applicationId);
          const reasonCodes = now.assessment?.reasonCodes ?? [];
          if (outcome.status === 'rejected') throw notOpen(outcome.detail);
          if (outcome.status === 'answered') {
            const { answer } = outcome;
            if (answer.status === 'in-review') return inReview(answer.reviewByMs, reasonCodes);
            if (answer.reasonCodes.includes('INVALID_INPUT')) {
              throw invalidInput('The objection could not be taken: give the reason in other words.');
            }
            throw notOpen('it was made before, or its time is over');
          }
          // By the books: what is open to an objection, or in its review, has a workflow, which is away for now.
          const isOpen =
            now.stage === 'declined' && now.objectUntilMs !== null && businessNowMs(context) < now.objectUntilMs;
          if (isOpen || now.stage === 'referred') throw unavailable('The workflow of the application');
          throw notOpen(`the application is ${now.stage}`);
        },
      });
    },
  );
};

function notOpen(detail: string) {
  return conflict('not-open-to-objection', `No objection can be made now: ${detail}.`, { field: 'id' });
}
