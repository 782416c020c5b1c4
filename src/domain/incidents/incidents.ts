/**
 * Emergency response: what an incident stops, for whom, and who may go on (docs/incidents.md). A restriction always
 * tells its reason and where to turn to, can be contested, and an answer is owed in time (facts 2.8, art. 32).
 */

import type { NoticeKind, Product } from '../policy/lendingPolicy';
import { isPrincipal, isSamePrincipal } from '../values/principals';
import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '../values/timeUnits';
import {
  INCIDENT_STAGE_NAMES,
  type IncidentStage,
  isInForce,
  isNarrowedBy,
  MEASURES,
  type Measure,
  type ScopeField,
} from './incidentStages';

export { type IncidentStage, isInForce, MEASURES, type Measure, type ScopeField } from './incidentStages';

/** What a measure is narrowed to; what is not named is not narrowed, and an empty scope is the whole tenant. */
export interface IncidentScope extends Partial<Record<ScopeField, string | undefined>> {
  product?: Product | undefined;
  templateKind?: NoticeKind | undefined;
  /** Of messages, by its name. */
  provider?: string | undefined;
  /** The beginning of an administrative code, such as 51. */
  region?: string | undefined;
  /** As the upstream names it in the borrower's contact profile. */
  segment?: string | undefined;
}

/** The measures of one incident that are in force. */
export interface MeasuresInForce {
  incidentId: string;
  measures: readonly Measure[];
  scope: IncidentScope;
  /** Borrowers whose appeal was upheld: nothing of it is stopped for them. */
  exemptBorrowerIds: readonly string[];
  /** Where a borrower turns to. */
  remedyChannel: string;
}

/** What is about to be done; what is not known of it is left out. */
export interface GuardedAction {
  measure: Measure;
  borrowerId?: string | undefined;
  product?: Product | undefined;
  templateKind?: NoticeKind | undefined;
  provider?: string | undefined;
  region?: string | undefined;
  segment?: string | undefined;
}

/** The measure and the field of a scope that do not go together; undefined when every measure can be enforced. */
export function unenforceable(
  measures: readonly Measure[],
  scope: IncidentScope,
): { measure: Measure; field: ScopeField } | undefined {
  for (const measure of measures) {
    const field = fieldsOf(scope).find((name) => !isNarrowedBy(measure, name));
    if (field) return { measure, field };
  }
  return undefined;
}

/**
 * The first incident that stops an action; undefined when it may be done. A scope names an action only where every field of
 * it is known and the same.
 */
export function restrictionOf(inForce: readonly MeasuresInForce[], action: GuardedAction): MeasuresInForce | undefined {
  return inForce.find(
    ({ measures, scope, exemptBorrowerIds }) =>
      measures.includes(action.measure) &&
      fieldsOf(scope).every((field) => isWithin(field, scope[field], action[field])) &&
      !(action.borrowerId !== undefined && exemptBorrowerIds.includes(action.borrowerId)),
  );
}

/** A region is named by the beginning of its administrative code: 51 is the province, 510100 a city of it. */
function isWithin(field: ScopeField, scope: string | undefined, action: string | undefined): boolean {
  if (field !== 'region') return scope === action;
  return action !== undefined && scope !== undefined && action.startsWith(scope);
}

/** What whoever is refused is told besides the reason code (facts 2.8): what to contest, and where. */
export interface Restriction {
  incidentId: string;
  remedyChannel: string;
}

/** As `restrictionOf`, by its id. */
export function stoppedBy(inForce: readonly MeasuresInForce[], action: GuardedAction): string | undefined {
  return restrictionOf(inForce, action)?.incidentId;
}

/** What is decided on; the row and the timeline of an incident hold it. */
export interface Incident {
  stage: IncidentStage;
  measures: readonly Measure[];
  scope: IncidentScope;
  openedAtMs: number;
  /** When the measures were lifted. */
  liftedAtMs: number | undefined;
  /** Who approved first that it goes on. */
  firstApprovalBy: string | undefined;
  /** Appeals that wait for an answer, by id. */
  openAppeals: readonly { appealId: string; borrowerId: string; filedAtMs: number }[];
  /** Keys of escalations that were made. */
  escalated: readonly string[];
}

export type IncidentRefusal =
  /** The measures are lifted already. */
  | 'not-in-force'
  /** They are still in force: it is reviewed when it is over. */
  | 'still-in-force'
  /** Two different people are needed. */
  | 'same-person'
  /** A word of two that no key signed. */
  | 'unverified'
  /** Less would be stopped: that takes two people, and is a resumption. */
  | 'stops-less'
  | 'nothing-new'
  /** Another scope would be compared with nothing where a measure is enforced. */
  | 'unenforceable'
  /** No appeal of that id waits for an answer. */
  | 'unknown-appeal'
  /** An answer is owed to those who contested it. */
  | 'appeals-wait'
  | 'reviewed-already'
  /** An appeal of that id is there, of another borrower or taken in by another one; or it was answered otherwise. */
  | 'same-id-other-content'
  /** It cannot be stored, or failed for another cause that no second try mends; it is kept as it came. */
  | 'not-taken';

/** Whether a stage may follow another: one way, nothing is resumed that nobody approved, an approval is withdrawn. */
export function mayFollow(from: IncidentStage, to: IncidentStage): boolean {
  if (from === 'resuming' && to === 'acknowledged') return true;
  const isUnapproved = from === 'open' || from === 'acknowledged';
  return (
    INCIDENT_STAGE_NAMES.indexOf(to) >= INCIDENT_STAGE_NAMES.indexOf(from) &&
    !(isUnapproved && (to === 'resumed' || to === 'reviewed'))
  );
}

/**
 * The measures after a change, which one person may make in an emergency: it can only stop more. To stop less, open a
 * narrower incident and resume this one: otherwise one person alone could lift measures by changing them.
 */
export function widened(
  incident: Pick<Incident, 'stage' | 'measures' | 'scope'>,
  change: { measures: readonly Measure[]; scope?: IncidentScope | undefined },
): { measures: Measure[]; scope: IncidentScope } | IncidentRefusal {
  if (!isInForce(incident.stage)) return 'not-in-force';
  const scope = change.scope ?? incident.scope;
  const keepsAll = incident.measures.every((measure) => change.measures.includes(measure));
  const isNarrower = fieldsOf(scope).some((field) => scope[field] !== incident.scope[field]);
  if (!keepsAll || isNarrower) return 'stops-less';
  const isSameScope = fieldsOf(incident.scope).every((field) => scope[field] === incident.scope[field]);
  if (isSameScope && change.measures.length === incident.measures.length) return 'nothing-new';
  if (unenforceable(change.measures, scope)) return 'unenforceable';
  return { measures: MEASURES.filter((measure) => change.measures.includes(measure)), scope };
}

/**
 * Two different people resume; who opened the incident may be one of them, and need not. `by`: a principal; a name that
 * was approved by before there were any is no first approval.
 */
export function approvalOf(
  { stage, firstApprovalBy }: Pick<Incident, 'stage' | 'firstApprovalBy'>,
  by: string,
): 'needs-second-person' | 'resumed' | IncidentRefusal {
  if (!isInForce(stage)) return 'not-in-force';
  if (!isPrincipal(by)) return 'unverified';
  if (!isPrincipal(firstApprovalBy)) return 'needs-second-person';
  return isSamePrincipal(firstApprovalBy, by) ? 'same-person' : 'resumed';
}

export type DeadlineName = 'acknowledge' | 'mitigate' | 'review' | 'appeal';

/** What must have happened so long after what; each missed one is told once more at every level. */
const DEADLINES: readonly { name: DeadlineName; level: number; afterMs: number }[] = [
  { name: 'acknowledge', level: 1, afterMs: 15 * MINUTE_MS },
  { name: 'acknowledge', level: 2, afterMs: HOUR_MS },
  { name: 'mitigate', level: 1, afterMs: 4 * HOUR_MS },
  { name: 'mitigate', level: 2, afterMs: DAY_MS },
  { name: 'review', level: 1, afterMs: 3 * DAY_MS },
  { name: 'review', level: 2, afterMs: WEEK_MS },
  // Facts 2.8: an appeal is received, checked, and what it is about released at once when it is upheld.
  { name: 'appeal', level: 1, afterMs: DAY_MS },
  { name: 'appeal', level: 2, afterMs: 3 * DAY_MS },
];

export interface Deadline {
  /** Key of its event, such as `escalation/acknowledge/1` or `escalation/appeal/1/APPEAL`. */
  key: string;
  name: DeadlineName;
  level: number;
  dueAtMs: number;
  appealId?: string | undefined;
}

/** What is still to happen and was not told of, earliest first. */
export function deadlinesOf(incident: Incident): Deadline[] {
  return DEADLINES.flatMap((deadline) => startsOf(deadline.name, incident).map((start) => at(deadline, start)))
    .filter(({ key }) => !incident.escalated.includes(key))
    .sort((first, second) => first.dueAtMs - second.dueAtMs || (first.key < second.key ? -1 : 1));
}

interface Start {
  atMs: number;
  appealId?: string | undefined;
}

/** Instants from which a deadline runs; none when what it asks for has happened, or cannot happen yet. */
function startsOf(name: DeadlineName, { stage, openedAtMs, liftedAtMs, openAppeals }: Incident): Start[] {
  switch (name) {
    case 'acknowledge':
      return stage === 'open' ? [{ atMs: openedAtMs }] : [];
    case 'mitigate':
      return isInForce(stage) ? [{ atMs: openedAtMs }] : [];
    case 'review':
      return stage === 'resumed' && liftedAtMs !== undefined ? [{ atMs: liftedAtMs }] : [];
    case 'appeal':
      return openAppeals.map(({ appealId, filedAtMs }) => ({ atMs: filedAtMs, appealId }));
  }
}

function at({ name, level, afterMs }: (typeof DEADLINES)[number], { atMs, appealId }: Start): Deadline {
  const key = ['escalation', name, level, appealId].filter((part) => part !== undefined).join('/');
  return { key, name, level, dueAtMs: atMs + afterMs, ...(appealId === undefined ? {} : { appealId }) };
}

/** One line for operators: stage, what is stopped for whom, and what is awaited. */
export function summaryOfIncident(incident: Incident): string {
  const { stage, measures, scope, firstApprovalBy, openAppeals, escalated } = incident;
  const narrowed = fieldsOf(scope).map((field) => `${field} ${scope[field]}`);
  return [
    `**${stage}**`,
    `${stopsWhat({ stage, measures })} for ${narrowed.join(', ') || 'the whole tenant'}`,
    ...(stage === 'resuming' ? [`${firstApprovalBy} approved, a second person is needed`] : []),
    ...(openAppeals.length > 0 ? [`appeals that wait: ${openAppeals.length}`] : []),
    ...(escalated.length > 0 ? [`missed: ${escalated.map((key) => key.replace('escalation/', '')).join(', ')}`] : []),
  ].join(' · ');
}

/** `stops notices, draws`; an alarm, which only calls a person, `stops nothing`. */
export function stopsWhat({ stage, measures }: Pick<Incident, 'stage' | 'measures'>): string {
  return `${isInForce(stage) ? 'stops' : 'stopped'} ${measures.join(', ') || 'nothing'}`;
}

function fieldsOf(scope: IncidentScope): ScopeField[] {
  return (Object.keys(scope) as ScopeField[]).filter((field) => scope[field] !== undefined);
}
