/** What people tell an incident: each an update of its workflow, under the key of the request. */
import type { UpdateDefinition } from '@temporalio/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  changeMeasures,
  type IncidentAnswer,
  note,
  recordReview,
} from '../../contracts';
import type { UpdateOutcome } from '../../contracts/gateway';
import { incidentClient, startIncident } from '../../contracts/incidents/incidentClient';
import type { IncidentRow } from '../../db/incidents/incidents';
import type { IncidentRefusal } from '../../domain/incidents/incidents';
import type { ApiContext } from '../context';
import { actingFor } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, ProblemError, refusal, unavailable } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { mustKnowBorrower } from '../origination/knownBorrower';
import { problems } from '../schemas';
import { knownIncident } from './incidentRoutes';
import {
  appealAnswerBody,
  appealBody,
  appealParams,
  incidentAnswer,
  incidentParams,
  measuresBody,
  noteBody,
  personBody,
  reviewBody,
} from './incidentSchemas';

export const incidentMessageRoutes: Routes = (app, context) => {
  handling(app, context);
  contesting(app, context);
  closing(app, context);
};

const TOLD = { 200: incidentAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) };

function handling(app: App, context: ApiContext): void {
  const acknowledging = keyed('incidents:write', 'incidents', 'Take an incident in hand');
  app.post(
    '/v1/incidents/:id/acknowledgement',
    {
      config: acknowledging.config,
      schema: {
        ...acknowledging.about,
        headers: writeHeaders,
        params: incidentParams,
        body: personBody,
        response: TOLD,
      },
    },
    async (request, reply) =>
      tell(context, { request, reply }, request.params.id, { definition: acknowledge, said: request.body }),
  );
  const changing = keyed(
    'incidents:write',
    'incidents',
    'Stop more: measures are added, or the scope is widened',
    'Less is stopped by resuming only. An approval to resume is withdrawn by it.',
  );
  app.post(
    '/v1/incidents/:id/measures',
    {
      config: changing.config,
      schema: { ...changing.about, headers: writeHeaders, params: incidentParams, body: measuresBody, response: TOLD },
    },
    async (request, reply) => {
      const { scope, ...change } = request.body;
      const wider = scope && { ...scope, templateKind: scope.templateKind };
      const message = { ...change, ...(wider ? { scope: wider } : {}) };
      return tell(context, { request, reply }, request.params.id, { definition: changeMeasures, said: message });
    },
  );
  const noting = keyed('incidents:write', 'incidents', 'Add a note to the timeline');
  app.post(
    '/v1/incidents/:id/notes',
    {
      config: noting.config,
      schema: { ...noting.about, headers: writeHeaders, params: incidentParams, body: noteBody, response: TOLD },
    },
    async (request, reply) =>
      tell(context, { request, reply }, request.params.id, { definition: note, said: request.body }),
  );
}

function contesting(app: App, context: ApiContext): void {
  const filing = keyed('incidents:write', 'incidents', 'Take in the appeal of a borrower whom an incident stops');
  app.post(
    '/v1/incidents/:id/appeals',
    {
      config: filing.config,
      schema: { ...filing.about, headers: writeHeaders, params: incidentParams, body: appealBody, response: TOLD },
    },
    async (request, reply) => {
      const { tenantId } = callerOf(request);
      const { borrowerId } = request.body;
      const { measures } = await knownIncident(context, tenantId, request.params.id);
      // Of an applicant whom it turned away nothing was kept.
      if (!measures.includes('applications')) {
        await mustKnowBorrower(context.pool, { tenantId, borrowerId }, 'borrowerId');
      }
      return tell(context, { request, reply }, request.params.id, { definition: appeal, said: request.body });
    },
  );
  const answering = keyed(
    'incidents:write',
    'incidents',
    'Answer an appeal',
    'Upheld, nothing of the incident is stopped for the borrower from then on.',
  );
  app.post(
    '/v1/incidents/:id/appeals/:appealId/answer',
    {
      config: answering.config,
      schema: {
        ...answering.about,
        headers: writeHeaders,
        params: appealParams,
        body: appealAnswerBody,
        response: TOLD,
      },
    },
    async (request, reply) => {
      const { id, appealId } = request.params;
      return tell(context, { request, reply }, id, { definition: answerAppeal, said: { appealId, ...request.body } });
    },
  );
}

function closing(app: App, context: ApiContext): void {
  const approving = keyed(
    'incidents:write',
    'incidents',
    'Approve, as one of two different people, that it goes on',
    'With the second approval the measures are lifted and every lane is rung.',
  );
  app.post(
    '/v1/incidents/:id/resume-approvals',
    {
      config: approving.config,
      schema: { ...approving.about, headers: writeHeaders, params: incidentParams, body: personBody, response: TOLD },
    },
    async (request, reply) =>
      tell(context, { request, reply }, request.params.id, { definition: approveResume, said: request.body }),
  );
  const reviewing = keyed('incidents:write', 'incidents', 'Record the review, which ends the incident');
  app.post(
    '/v1/incidents/:id/review',
    {
      config: reviewing.config,
      schema: { ...reviewing.about, headers: writeHeaders, params: incidentParams, body: reviewBody, response: TOLD },
    },
    async (request, reply) =>
      tell(context, { request, reply }, request.params.id, { definition: recordReview, said: request.body }),
  );
}

interface Told<Message> {
  definition: UpdateDefinition<IncidentAnswer, [Message]>;
  said: Omit<Message, 'by'> & { by?: string | undefined };
}

/** One update of the incident's workflow, under the request's key. */
async function tell<Message>(
  context: ApiContext,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  incidentId: string,
  { definition, said }: Told<Message>,
): Promise<FastifyReply> {
  const { tenantId, principal } = callerOf(request);
  const message = { ...said, by: said.by ?? principal } as Message;
  const row = await knownIncident(context, tenantId, incidentId);
  return answerOnce(context, request, reply, {
    perform: async () => {
      const workflow = incidentClient(actingFor(context, request), { tenantId, incidentId });
      const ask = () => workflow.update(definition, message, keyOf(request));
      let outcome = await ask();
      if (outcome.status === 'not-running' && row.stage !== 'reviewed') {
        // Nobody has started it yet.
        await startIncident(context.gateway, { tenantId, incidentId, clock: context.clock() });
        outcome = await ask();
      }
      return { status: 200, body: { incidentId, ...answered(outcome, row) } };
    },
  });
}

const REFUSED: Record<IncidentRefusal, string> = {
  'not-in-force': 'The measures of the incident are lifted already.',
  'still-in-force': 'The incident is still in force: it is reviewed when two people have resumed it.',
  'same-person': 'This person approved already: resuming needs a second, different person.',
  unverified: 'The word was not signed: send it with an API key.',
  'stops-less': 'One person alone cannot stop less: open a narrower incident, and resume this one by two people.',
  'nothing-new': 'The change stops nothing that is not stopped already.',
  unenforceable: 'A measure cannot be narrowed by the scope of this incident: open another one for it.',
  'unknown-appeal': 'No appeal of that id waits for an answer.',
  'appeals-wait': 'Appeals wait for an answer: answer them before the review.',
  'reviewed-already': 'The incident is reviewed, and that was its end.',
  'same-id-other-content': 'It was said before with other content: that stands.',
  'not-taken': 'It could not be taken: send it in other words.',
};

function answered(outcome: UpdateOutcome<IncidentAnswer>, { stage }: IncidentRow) {
  const isReviewed = stage === 'reviewed';
  switch (outcome.status) {
    case 'answered': {
      const { answer } = outcome;
      if (answer.status !== 'refused') return answer;
      if (answer.refusal === 'not-taken') throw new ProblemError(refusal(REFUSED['not-taken'], ['INVALID_INPUT']));
      throw conflict(answer.refusal, REFUSED[answer.refusal]);
    }
    case 'rejected':
      throw new ProblemError(refusal(`It is not valid: ${outcome.detail}.`, ['INVALID_INPUT']));
    case 'not-running':
      if (isReviewed) throw conflict('reviewed-already', REFUSED['reviewed-already']);
      throw unavailable('The workflow of the incident');
  }
}
