/**
 * The step of an incident: deadlines that were missed are told, what was told is decided and recorded, measures are
 * lifted, in one transaction. What they stop reads them by itself, in transactions of its own.
 */
import type { AdvanceIncident, AdvanceIncidentResult, IncidentActivities } from '../../contracts/activities';
import type { IncidentAnswer, IncidentState, PersonalOpening } from '../../contracts/incidents/incident';
import { failureTypes, workflowIds } from '../../contracts/names';
import { keepRefusedMessage } from '../../db/credit/refusedMessages';
import { lanesWithDebits, resumePausedDebits } from '../../db/debits/plannedDebits';
import { faultName } from '../../db/faults';
import { type IncidentEventRow, readIncidentEvents, recordIncidentEvent } from '../../db/incidents/incidentEvents';
import { openIncident } from '../../db/incidents/incidentOpenings';
import {
  type IncidentRef,
  type IncidentRow,
  lockIncident,
  markWorkflowSeen,
  readIncident,
  saveIncident,
} from '../../db/incidents/incidents';
import { releaseHeld } from '../../db/messaging/guard/heldMessages';
import { resumePausedNotices } from '../../db/messaging/outbox/notices';
import type { Client } from '../../db/transaction';
import { deadlinesOf, summaryOfIncident } from '../../domain/incidents/incidents';
import type { BookDependencies } from '../bookDependencies';
import type { DebitLaneDependencies } from '../debits/debitDependencies';
import { takeOrRefuse } from '../messageAtFault';
import type { NoticeLaneDependencies } from '../messaging/noticeDependencies';
import { decide, eventKeyOf, incidentOf, isOtherContent } from './incidentDecisions';
import { incidentSentBy, type SentIncidentMessage } from './incidentSenders';

type IncidentDependencies = Pick<BookDependencies, 'pool' | 'actors'> & NoticeLaneDependencies & DebitLaneDependencies;

export function createIncidentActivities(deps: IncidentDependencies): IncidentActivities {
  return {
    /** Safe to retry: each event has a key, and a message that is recorded already is answered by where things stand. */
    async advanceIncident(input) {
      const sent = incidentSentBy(deps.actors, input);
      const result = await takeOrRefuse(deps.pool, {
        take: (client) => advance(client, sent),
        refuse: (client, fault) => advanceWithout(client, sent, fault),
      });
      // Also on a repeat: the first try may have died between its commit and its rings.
      if ('answer' in result && result.answer.status === 'resumed') await wakeAllLanes(deps, input);
      return result;
    },
  };
}

type Advance = Omit<AdvanceIncident, 'message'> & { message?: SentIncidentMessage | undefined };

/** Wakes every lane: what was paused goes on in its order. */
async function wakeAllLanes(deps: IncidentDependencies, { tenantId }: { tenantId: string }): Promise<void> {
  const debiting = await lanesWithDebits(deps.pool, { tenantId });
  await Promise.all([
    ...Array.from({ length: deps.lanes }, (_, lane) => deps.wakeLane(tenantId, lane)),
    ...debiting.map((lane) => deps.wakeDebitLane(tenantId, lane)),
  ]);
}

async function advance(client: Client, input: Advance): Promise<AdvanceIncidentResult> {
  const { tenantId, incidentId, asOfMs, message } = input;
  const ref = { tenantId, incidentId };
  const fault = message?.kind === 'start' ? await begin(client, input, message) : undefined;
  if (fault !== undefined) return { fault, type: failureTypes.conflict };
  const row = await lockIncident(client, ref);
  if (!row) return { fault: `incident ${incidentId} is not on record: start it with an opening` };
  const events = await readIncidentEvents(client, ref);
  await escalate(client, row, events, asOfMs);
  const answer = await take(client, { row, events, message, asOfMs });
  return { state: await stateOf(client, ref), answer };
}

/** Deadlines are told all the same; what was said is kept, and its sender hears that it was not taken. */
async function advanceWithout(client: Client, input: AdvanceIncident, fault: unknown): Promise<AdvanceIncidentResult> {
  const { tenantId, incidentId, asOfMs, message } = input;
  // A deadline alone, or the start: there is nothing that somebody could say otherwise.
  if (message === undefined || message.kind === 'start') throw fault;
  const result = await advance(client, { ...input, message: undefined });
  if ('fault' in result) return result;
  const { kind } = message;
  const kept = { kind, fault: faultName(fault), message, atMs: asOfMs };
  await keepRefusedMessage(client, { tenantId, subjectKind: 'incident', subjectId: incidentId, ...kept });
  return { ...result, answer: { status: 'refused', refusal: 'not-taken', stage: result.state.stage } };
}

/** An incident that is on record is taken up; one that a person opens by starting the workflow is opened. */
async function begin(
  client: Client,
  { tenantId, incidentId, asOfMs, workflowId }: Advance,
  { opening }: Extract<SentIncidentMessage, { kind: 'start' }>,
): Promise<string | undefined> {
  const expected = workflowIds.incident(tenantId, incidentId);
  if (workflowId !== undefined && workflowId !== expected) return `incident ${incidentId} lives as ${expected}`;
  if (opening) {
    const known = await readIncident(client, { tenantId, incidentId });
    const fault = known && otherThan(known, opening);
    if (fault !== undefined) return fault;
    const { by, saidBy, ...asked } = opening;
    const found = await openIncident(client, {
      tenantId,
      incidentId,
      dedupeKey: `opened/${incidentId}`,
      ...asked,
      openedBy: { kind: 'person' as const, id: by },
      body: { saidBy },
      atMs: asOfMs,
    });
    if (found.incidentId !== incidentId) return `incident ${found.incidentId} is this one already`;
  }
  await markWorkflowSeen(client, { tenantId, incidentId, atMs: asOfMs });
  return undefined;
}

/**
 * The books have an incident of that id: this start's own, or another one. Who opens one that is over would believe that
 * something is stopped.
 */
function otherThan(
  known: IncidentRow,
  { by, reasonCode, measures }: Pick<PersonalOpening, 'by' | 'reasonCode' | 'measures'>,
): string | undefined {
  const { incidentId, openedByKind, openedBy } = known;
  const isSame =
    openedByKind === 'person' &&
    openedBy === by &&
    known.reasonCode === reasonCode &&
    measures.every((measure) => known.measures.includes(measure));
  if (!isSame) return `incident ${incidentId} was opened before with other content: choose another incidentId`;
  return known.liftedAtMs === null ? undefined : `incident ${incidentId} is over: choose another incidentId`;
}

/** What was to happen by now and has not is told in the timeline, each level once. */
async function escalate(client: Client, row: IncidentRow, events: IncidentEventRow[], asOfMs: number): Promise<void> {
  const { tenantId, incidentId } = row;
  const missed = deadlinesOf(incidentOf(row, events)).filter(({ dueAtMs }) => dueAtMs <= asOfMs);
  for (const { key: eventKey, ...body } of missed) {
    const event = { tenantId, incidentId, eventKey, kind: 'escalated', atMs: asOfMs, by: 'deadline', body } as const;
    await recordIncidentEvent(client, event);
  }
}

interface Taking {
  row: IncidentRow;
  events: IncidentEventRow[];
  message: SentIncidentMessage | undefined;
  asOfMs: number;
}

async function take(client: Client, { row, events, message, asOfMs }: Taking): Promise<IncidentAnswer> {
  const { tenantId, incidentId, stage } = row;
  if (message === undefined || message.kind === 'start') return { status: 'accepted', stage };
  const eventKey = eventKeyOf(message);
  const known = events.find((event) => event.eventKey === eventKey);
  if (known && isOtherContent(known, message)) return { status: 'refused', refusal: 'same-id-other-content', stage };
  if (known) return { status: statusOf(known), stage };
  const decision = decide(row, incidentOf(row, events), message, asOfMs);
  if ('refusal' in decision) return { status: 'refused', refusal: decision.refusal, stage };
  const { change, event, status = 'accepted' } = decision;
  const after = { ...row, ...change };
  await saveIncident(client, after);
  await recordIncidentEvent(client, { tenantId, incidentId, eventKey, atMs: asOfMs, ...event });
  if (status === 'resumed') await goOn(client, row, event.by, asOfMs);
  return { status, stage: after.stage };
}

/** What was paused is due again, in its order; what the guard held is released, once past the rules that held it. */
async function goOn(client: Client, { tenantId, incidentId }: IncidentRow, by: string, atMs: number): Promise<void> {
  await resumePausedDebits(client, { tenantId });
  await resumePausedNotices(client, { tenantId, atMs });
  await releaseHeld(client, { tenantId, incidentId, by, atMs });
}

/** How a message was answered when it came first. */
function statusOf({ kind }: IncidentEventRow): 'accepted' | 'needs-second-person' | 'resumed' {
  if (kind === 'resume-approved') return 'needs-second-person';
  return kind === 'resumed' ? 'resumed' : 'accepted';
}

async function stateOf(client: Client, ref: IncidentRef): Promise<IncidentState> {
  const row = await readIncident(client, ref);
  if (!row) throw new Error(`incident ${ref.incidentId} is gone`);
  const incident = incidentOf(row, await readIncidentEvents(client, ref));
  const [next] = deadlinesOf(incident);
  return {
    stage: row.stage,
    measures: row.measures,
    scope: row.scope,
    firstApprovalBy: incident.firstApprovalBy,
    openAppeals: incident.openAppeals.map(({ appealId }) => appealId),
    escalated: incident.escalated.map((key) => key.replace('escalation/', '')),
    nextDeadline: next && { name: next.name, dueAtMs: next.dueAtMs },
    summary: summaryOfIncident(incident),
  };
}
