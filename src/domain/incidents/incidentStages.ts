/** The words of incidents: their stages, what they stop, by what it is narrowed, and what happens to them. */
import { type NameOf, namesOf } from '../values/tables';

interface StageRow {
  /** Its measures stop what they name. */
  isInForce: boolean;
  isClosed: boolean;
}

/** One way: a stage is left for a later one, except that an approval to resume is withdrawn by a wider measure. */
export const INCIDENT_STAGES = {
  open: { isInForce: true, isClosed: false },
  acknowledged: { isInForce: true, isClosed: false },
  /** One of two people wants to go on. */
  resuming: { isInForce: true, isClosed: false },
  /** The measures are lifted. */
  resumed: { isInForce: false, isClosed: false },
  reviewed: { isInForce: false, isClosed: true },
} as const satisfies Record<string, StageRow>;

export type IncidentStage = NameOf<typeof INCIDENT_STAGES>;
export const INCIDENT_STAGE_NAMES = namesOf(INCIDENT_STAGES);

export function isInForce(stage: IncidentStage): boolean {
  return INCIDENT_STAGES[stage].isInForce;
}

export const SCOPE_FIELDS = ['product', 'templateKind', 'provider', 'region', 'segment'] as const;
export type ScopeField = (typeof SCOPE_FIELDS)[number];

/**
 * What an incident can stop, and by which fields each can be narrowed: by what is known where it is enforced. A scope
 * that nobody could compare would stop nothing, in an emergency, without anyone noticing. `draws` are new loans and
 * purchases; `applications` are new ones only.
 */
const MEASURE_TABLE = {
  notices: { narrowedBy: SCOPE_FIELDS },
  draws: { narrowedBy: ['product'] },
  'auto-debit': { narrowedBy: ['product'] },
  applications: { narrowedBy: ['product'] },
} as const satisfies Record<string, { narrowedBy: readonly ScopeField[] }>;

export type Measure = NameOf<typeof MEASURE_TABLE>;
export const MEASURES = namesOf(MEASURE_TABLE);

export function isNarrowedBy(measure: Measure, field: ScopeField): boolean {
  const fields: readonly ScopeField[] = MEASURE_TABLE[measure].narrowedBy;
  return fields.includes(field);
}

/** Who can open one. */
export const INCIDENT_OPENERS = ['guard', 'rule', 'person'] as const;
export type IncidentOpenerKind = (typeof INCIDENT_OPENERS)[number];

/** Who may open one that stops nothing: an alarm, which only calls a person, who can widen it. */
export const ALARM_OPENERS = ['guard', 'rule'] as const satisfies readonly IncidentOpenerKind[];

/** What its timeline holds. */
export const INCIDENT_EVENTS = [
  'opened',
  'seen-again',
  'acknowledged',
  'measures-changed',
  'resume-approved',
  'resumed',
  'appealed',
  'appeal-answered',
  'noted',
  'escalated',
  'reviewed',
] as const;
export type IncidentEventKind = (typeof INCIDENT_EVENTS)[number];
