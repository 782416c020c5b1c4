/** What a message does to an incident: its row after it and the event of the timeline; or why it is refused. */
import type { IncidentEventRow } from '../../db/incidents/incidentEvents';
import type { IncidentChange, IncidentRow } from '../../db/incidents/incidents';
import type { IncidentEventKind } from '../../domain/incidents/incidentStages';
import { approvalOf, type Incident, type IncidentRefusal, isInForce, widened } from '../../domain/incidents/incidents';
import type { SentIncidentMessage } from './incidentSenders';

export type Decision =
  | { refusal: IncidentRefusal }
  | {
      change: Partial<IncidentChange>;
      event: { kind: IncidentEventKind; by: string; body: object };
      status?: 'needs-second-person' | 'resumed';
    };

type Told<Kind extends SentIncidentMessage['kind']> = Extract<SentIncidentMessage, { kind: Kind }>;

/** The row and its timeline, as the domain decides on them. */
export function incidentOf(row: IncidentRow, events: readonly IncidentEventRow[]): Incident {
  const answered = new Set(events.filter(({ kind }) => kind === 'appeal-answered').map(({ body }) => body.appealId));
  return {
    stage: row.stage,
    measures: row.measures,
    scope: row.scope,
    openedAtMs: row.openedAtMs,
    liftedAtMs: row.liftedAtMs ?? undefined,
    firstApprovalBy: row.firstApprovalBy ?? undefined,
    openAppeals: events
      .filter(({ kind, body }) => kind === 'appealed' && !answered.has(body.appealId))
      .map(({ body, atMs }) => ({
        appealId: String(body.appealId),
        borrowerId: String(body.borrowerId),
        filedAtMs: atMs,
      })),
    escalated: events.filter(({ kind }) => kind === 'escalated').map(({ eventKey }) => eventKey),
  };
}

/** Two arrivals of one message have one key; an appeal and its answer have theirs by its id. */
export function eventKeyOf(message: SentIncidentMessage): string {
  switch (message.kind) {
    case 'appeal':
      return `appeal/${message.appeal.appealId}`;
    case 'appeal-answer':
      return `appeal-answer/${message.answer.appealId}`;
    default:
      return `told/${message.key}`;
  }
}

/** Of an appeal or its answer, which have ids of callers: whether what is on record under the id says something else. */
export function isOtherContent({ by, body }: IncidentEventRow, message: SentIncidentMessage): boolean {
  if (message.kind === 'appeal') return by !== message.appeal.by || body.borrowerId !== message.appeal.borrowerId;
  if (message.kind !== 'appeal-answer') return false;
  const { answer } = message;
  return by !== answer.by || body.isUpheld !== answer.isUpheld || body.reason !== answer.reason;
}

export function decide(
  row: IncidentRow,
  incident: Incident,
  message: Exclude<SentIncidentMessage, { kind: 'start' }>,
  asOfMs: number,
): Decision {
  switch (message.kind) {
    case 'acknowledgement':
      return acknowledged(row, message);
    case 'measures-change':
      return changed(row, incident, message);
    case 'resume-approval':
      return approved(row, incident, message, asOfMs);
    case 'appeal': {
      const { by, ...body } = message.appeal;
      return { change: {}, event: { kind: 'appealed', by, body } };
    }
    case 'appeal-answer':
      return answered(row, incident, message);
    case 'note': {
      const { by, saidBy, text } = message.note;
      return { change: {}, event: { kind: 'noted', by, body: { text, saidBy } } };
    }
    case 'review':
      return reviewed(incident, message);
  }
}

function acknowledged(row: IncidentRow, { acknowledgement: { by, saidBy } }: Told<'acknowledgement'>): Decision {
  if (!isInForce(row.stage)) return { refusal: 'not-in-force' };
  const stage = row.stage === 'open' ? 'acknowledged' : row.stage;
  const change = { stage, acknowledgedBy: row.acknowledgedBy ?? by } as const;
  return { change, event: { kind: 'acknowledged', by, body: { saidBy } } };
}

/** A wider measure is another one than was approved to be lifted: the approval is withdrawn. */
function changed(row: IncidentRow, incident: Incident, { change: asked }: Told<'measures-change'>): Decision {
  const after = widened(incident, asked);
  if (typeof after === 'string') return { refusal: after };
  const { by, saidBy } = asked;
  const withdrawn =
    row.stage === 'resuming'
      ? ({ stage: 'acknowledged', firstApprovalBy: null, acknowledgedBy: row.acknowledgedBy ?? by } as const)
      : {};
  const body = {
    ...after,
    saidBy,
    ...(row.firstApprovalBy === null ? {} : { withdrewApprovalOf: row.firstApprovalBy }),
  };
  return { change: { ...after, ...withdrawn }, event: { kind: 'measures-changed', by, body } };
}

function approved(
  row: IncidentRow,
  incident: Incident,
  { approval: { by, saidBy } }: Told<'resume-approval'>,
  asOfMs: number,
): Decision {
  const status = approvalOf(incident, by);
  if (status === 'needs-second-person') {
    const change = { stage: 'resuming', firstApprovalBy: by, acknowledgedBy: row.acknowledgedBy ?? by } as const;
    return { change, status, event: { kind: 'resume-approved', by, body: { saidBy } } };
  }
  if (status === 'resumed') {
    const change = { stage: 'resumed', secondApprovalBy: by, liftedAtMs: asOfMs } as const;
    const body = { approvedBy: [row.firstApprovalBy, by], saidBy, measures: row.measures, scope: row.scope };
    return { change, status, event: { kind: 'resumed', by, body } };
  }
  return { refusal: status };
}

/** Upheld, nothing of it is stopped for the borrower from the commit on (facts 2.8). */
function answered(row: IncidentRow, incident: Incident, { answer }: Told<'appeal-answer'>): Decision {
  const { by, ...body } = answer;
  const open = incident.openAppeals.find(({ appealId }) => appealId === answer.appealId);
  if (!open) return { refusal: 'unknown-appeal' };
  const isReleased = answer.isUpheld && isInForce(row.stage) && !row.exemptBorrowerIds.includes(open.borrowerId);
  const change = isReleased ? { exemptBorrowerIds: [...row.exemptBorrowerIds, open.borrowerId] } : {};
  return { change, event: { kind: 'appeal-answered', by, body } };
}

function reviewed(incident: Incident, { review }: Told<'review'>): Decision {
  if (isInForce(incident.stage)) return { refusal: 'still-in-force' };
  if (incident.stage === 'reviewed') return { refusal: 'reviewed-already' };
  if (incident.openAppeals.length > 0) return { refusal: 'appeals-wait' };
  const { by, ...body } = review;
  return { change: { stage: 'reviewed', reviewedBy: by }, event: { kind: 'reviewed', by, body } };
}
