/** Incidents: opened in the books, in force with the commit, and read. What follows is told to their workflows. */
import { startIncident } from '../../contracts/incidents/incidentClient';
import { readIncidentEvents } from '../../db/incidents/incidentEvents';
import { openIncident } from '../../db/incidents/incidentOpenings';
import { type IncidentRow, listIncidents, readIncident } from '../../db/incidents/incidents';
import { unenforceable } from '../../domain/incidents/incidents';
import { type ApiContext, businessNowMs } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { invalidRequest, notFound, type ProblemError } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { problems } from '../schemas';
import {
  incidentBody,
  incidentList,
  incidentOpened,
  incidentParams,
  incidentQuery,
  incidentView,
} from './incidentSchemas';

export const incidentRoutes: Routes = (app, context) => {
  opening(app, context);
  reading(app, context);
};

const LISTED = 200;

function opening(app: App, context: ApiContext): void {
  app.post(
    '/v1/incidents',
    keyed('incidents:write', 'incidents', {
      summary: 'Open an incident: what it names is stopped at once',
      description:
        'In force everywhere when this is answered, also when Temporal is away. Two different people lift it.',
      headers: writeHeaders,
      body: incidentBody,
      response: { 201: incidentOpened, ...problems(400, 401, 403, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { tenantId, principal } = callerOf(request);
      const { by: said, scope: asked, ...body } = request.body;
      const scope = { ...asked, templateKind: asked.templateKind };
      const fault = unenforceable(body.measures, scope);
      if (fault) throw cannotNarrow(fault);
      const openingKey = `request/${keyOf(request)}`;
      let incidentId = '';
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          ({ incidentId } = await openIncident(client, {
            tenantId,
            dedupeKey: openingKey,
            openingKey,
            ...body,
            scope,
            openedBy: { kind: 'person', id: principal },
            atMs: businessNowMs(context),
            ...(said === undefined || said === principal ? {} : { body: { saidBy: said } }),
          }));
        },
        perform: async () => {
          const workflow = await startWorkflow(context, tenantId, incidentId);
          const links = { self: `/v1/incidents/${incidentId}` };
          return { status: 201, body: { incidentId, stage: 'open', workflow, links } };
        },
      });
    },
  );
}

function cannotNarrow({ field }: { field: string }): ProblemError {
  const fix = 'leave it out, or open two incidents';
  return invalidRequest([{ field: `scope.${field}`, fault: 'cannot narrow this measure', fix }]);
}

/** An incident is in force without its workflow, which a worker starts when it cannot be started now. */
async function startWorkflow(context: ApiContext, tenantId: string, incidentId: string) {
  try {
    await startIncident(context.gateway, { tenantId, incidentId, clock: context.clock() });
    return 'started';
  } catch (error) {
    context.logger.warn({ err: error, incidentId }, 'the workflow of an incident could not be started');
    return 'pending';
  }
}

function reading(app: App, context: ApiContext): void {
  app.get(
    '/v1/incidents',
    keyed('incidents:read', 'incidents', {
      summary: 'List incidents',
      querystring: incidentQuery,
      response: { 200: incidentList, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const onlyInForce = request.query.inForce === 'true';
      const rows = await listIncidents(context.pool, { tenantId, limit: LISTED, onlyInForce });
      return { items: rows.map(viewOf) };
    },
  );
  app.get(
    '/v1/incidents/:id',
    keyed('incidents:read', 'incidents', {
      summary: 'Read an incident with its timeline',
      params: incidentParams,
      response: { 200: incidentView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const row = await knownIncident(context, callerOf(request).tenantId, request.params.id);
      const timeline = await readIncidentEvents(context.pool, row);
      return { ...viewOf(row), exemptBorrowerIds: row.exemptBorrowerIds, timeline };
    },
  );
}

export async function knownIncident(context: ApiContext, tenantId: string, incidentId: string): Promise<IncidentRow> {
  const row = await readIncident(context.pool, { tenantId, incidentId });
  if (!row) throw notFound('There is no such incident.', { field: 'id' });
  return row;
}

function viewOf(row: IncidentRow) {
  const { incidentId, stage, measures, scope, reasonCode, remedyChannel, openedAtMs } = row;
  return {
    incidentId,
    stage,
    measures,
    scope: { ...scope } as Record<string, string>,
    reasonCode,
    remedyChannel,
    openedBy: { kind: row.openedByKind, id: row.openedBy },
    openedAtMs,
    acknowledgedBy: row.acknowledgedBy,
    resumeApprovedBy: [row.firstApprovalBy, row.secondApprovalBy].filter((person) => person !== null),
    liftedAtMs: row.liftedAtMs,
    reviewedBy: row.reviewedBy,
    hasWorkflow: row.workflowSeenAtMs !== null,
  };
}
