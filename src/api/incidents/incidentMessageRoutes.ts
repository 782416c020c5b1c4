/** What people tell an incident: each an update of its workflow, under the key of the request. */
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
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
import { conflict, invalidInput, unavailable } from '../http/problems';
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

interface Sent<Params, Body> {
  params: Params;
  body: Body;
}

interface IncidentMessage<Params extends z.ZodType, Body extends z.ZodType, Message> {
  /** Below the incident. */
  path: string;
  summary: string;
  description?: string;
  params: Params;
  body: Body;
  /** Refuses at once what the incident shows to be wrong. */
  refuse?(incident: IncidentRow, body: z.output<Body>): Promise<void>;
  update: UpdateDefinition<IncidentAnswer, [Message]>;
  messageOf(sent: Sent<z.output<Params>, z.output<Body>>): NoInfer<Omit<Message, 'by'> & { by?: string | undefined }>;
}

/** One update of the incident's workflow, under the request's key. */
function messageOfIncident<Params extends z.ZodType, Body extends z.ZodType, Message>(
  app: App,
  context: ApiContext,
  route: IncidentMessage<Params, Body, Message>,
): void {
  const { path, summary, description, params, body } = route;
  const response = { 200: incidentAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) };
  const schema = { summary, description, headers: writeHeaders, params, body, response };
  app.post(`/v1/incidents/:id/${path}`, keyed('incidents:write', 'incidents', schema), async (request, reply) => {
    const sent = { params: request.params as z.output<Params>, body: request.body as z.output<Body> };
    const { id: incidentId } = request.params as { id: string };
    const { tenantId, principal } = callerOf(request);
    const row = await knownIncident(context, tenantId, incidentId);
    await route.refuse?.(row, sent.body);
    const said = route.messageOf(sent);
    const message = { ...said, by: said.by ?? principal } as Message;
    return answerOnce(context, request, reply, {
      perform: async () => {
        const workflow = incidentClient(actingFor(context, request), { tenantId, incidentId });
        const ask = () => workflow.update(route.update, message, keyOf(request));
        let outcome = await ask();
        if (outcome.status === 'not-running' && row.stage !== 'reviewed') {
          // Nobody has started it yet.
          await startIncident(context.gateway, { tenantId, incidentId, clock: context.clock() });
          outcome = await ask();
        }
        return { status: 200, body: { incidentId, ...answered(outcome, row) } };
      },
    });
  });
}

function handling(app: App, context: ApiContext): void {
  messageOfIncident(app, context, {
    path: 'acknowledgement',
    summary: 'Take an incident in hand',
    params: incidentParams,
    body: personBody,
    update: acknowledge,
    messageOf: ({ body }) => body,
  });
  messageOfIncident(app, context, {
    path: 'measures',
    summary: 'Stop more: measures are added, or the scope is widened',
    description: 'Less is stopped by resuming only. An approval to resume is withdrawn by it.',
    params: incidentParams,
    body: measuresBody,
    update: changeMeasures,
    messageOf: ({ body: { scope, ...change } }) => {
      const wider = scope && { ...scope, templateKind: scope.templateKind };
      return { ...change, ...(wider ? { scope: wider } : {}) };
    },
  });
  messageOfIncident(app, context, {
    path: 'notes',
    summary: 'Add a note to the timeline',
    params: incidentParams,
    body: noteBody,
    update: note,
    messageOf: ({ body }) => body,
  });
}

function contesting(app: App, context: ApiContext): void {
  messageOfIncident(app, context, {
    path: 'appeals',
    summary: 'Take in the appeal of a borrower whom an incident stops',
    params: incidentParams,
    body: appealBody,
    refuse: async ({ tenantId, measures }, { borrowerId }) => {
      // Of an applicant whom it turned away nothing was kept.
      if (!measures.includes('applications'))
        await mustKnowBorrower(context.pool, { tenantId, borrowerId }, 'borrowerId');
    },
    update: appeal,
    messageOf: ({ body }) => body,
  });
  messageOfIncident(app, context, {
    path: 'appeals/:appealId/answer',
    summary: 'Answer an appeal',
    description: 'Upheld, nothing of the incident is stopped for the borrower from then on.',
    params: appealParams,
    body: appealAnswerBody,
    update: answerAppeal,
    messageOf: ({ params: { appealId }, body }) => ({ appealId, ...body }),
  });
}

function closing(app: App, context: ApiContext): void {
  messageOfIncident(app, context, {
    path: 'resume-approvals',
    summary: 'Approve, as one of two different people, that it goes on',
    description: 'With the second approval the measures are lifted and every lane is rung.',
    params: incidentParams,
    body: personBody,
    update: approveResume,
    messageOf: ({ body }) => body,
  });
  messageOfIncident(app, context, {
    path: 'review',
    summary: 'Record the review, which ends the incident',
    params: incidentParams,
    body: reviewBody,
    update: recordReview,
    messageOf: ({ body }) => body,
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
      if (answer.refusal === 'not-taken') throw invalidInput(REFUSED['not-taken']);
      throw conflict(answer.refusal, REFUSED[answer.refusal]);
    }
    case 'rejected':
      throw invalidInput(`It is not valid: ${outcome.detail}.`);
    case 'not-running':
      if (isReviewed) throw conflict('reviewed-already', REFUSED['reviewed-already']);
      throw unavailable('The workflow of the incident');
  }
}
