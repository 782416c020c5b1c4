/** The contract's own checks of what is told to incidents; as `validation.ts`. */
import { MEASURES, SCOPE_FIELDS } from '../domain/incidentStages';
import { PRODUCTS } from '../domain/products';
import {
  badChoice,
  badClock,
  badId,
  badInstantsOfClock,
  badPersonalNumber,
  badPersonId,
  badText,
  type Fault,
  ifGiven,
} from './checks';
import type {
  Acknowledgement,
  AppealAnswer,
  IncidentAppeal,
  IncidentInput,
  IncidentNote,
  IncidentReview,
  MeasuresChange,
  PersonalOpening,
  ResumeApproval,
} from './incident';

const REASON_CODE = /^[A-Z][A-Z0-9_]{2,59}$/;
const MAX_ACTIONS = 20;

export function invalidIncidentInput(input: IncidentInput): Fault {
  return (
    badId('tenantId', input.tenantId) ??
    badId('incidentId', input.incidentId) ??
    ifGiven(input.opening, invalidPersonalOpening) ??
    badClock(input.clock)
  );
}

/** What was not asked of starts before: see `newlyRefused` of the workflows. */
export function unacceptableIncident({ opening, clock }: IncidentInput): Fault {
  return ifGiven(opening, ({ by }) => badPersonalNumber('by', by)) ?? badInstantsOfClock(clock);
}

export function invalidPersonalOpening(opening: PersonalOpening): Fault {
  const isReason = typeof opening.reasonCode === 'string' && REASON_CODE.test(opening.reasonCode);
  return (
    badId('by', opening.by) ??
    badMeasures(opening.measures) ??
    ifGiven(opening.scope, badScope) ??
    (isReason ? undefined : 'reasonCode must be 3 to 60 capitals, digits or _ such as "WRONG_AMOUNTS"') ??
    badId('remedyChannel', opening.remedyChannel)
  );
}

export function invalidAcknowledgement({ by }: Acknowledgement): Fault {
  return badPersonId('by', by);
}

export function invalidMeasuresChange({ by, measures, scope }: MeasuresChange): Fault {
  return badPersonId('by', by) ?? badMeasures(measures) ?? ifGiven(scope, badScope);
}

export function invalidResumeApproval({ by }: ResumeApproval): Fault {
  return badPersonId('by', by);
}

export function invalidIncidentAppeal({ appealId, borrowerId, by }: IncidentAppeal): Fault {
  return badId('appealId', appealId) ?? badPersonId('borrowerId', borrowerId) ?? badPersonId('by', by);
}

export function invalidAppealAnswer({ appealId, by, isUpheld, reason }: AppealAnswer): Fault {
  return (
    badId('appealId', appealId) ??
    badPersonId('by', by) ??
    (typeof isUpheld === 'boolean' ? undefined : 'isUpheld must be true or false') ??
    badText('reason', reason)
  );
}

export function invalidIncidentNote({ by, text }: IncidentNote): Fault {
  return badPersonId('by', by) ?? badText('text', text);
}

export function invalidIncidentReview({ by, summary, actions }: IncidentReview): Fault {
  const isList = Array.isArray(actions) && actions.length <= MAX_ACTIONS;
  return (
    badPersonId('by', by) ??
    badText('summary', summary) ??
    (isList
      ? undefined
      : `actions must be a list of at most ${MAX_ACTIONS} sentences; an empty one where none follow`) ??
    actions.map((action) => badText('actions', action)).find((fault) => fault !== undefined)
  );
}

function badMeasures(value: unknown): Fault {
  const measures: unknown[] = Array.isArray(value) ? value : [];
  const isOnce = measures.length > 0 && new Set(measures).size === measures.length;
  if (!isOnce) return `measures must be a list of some of ${MEASURES.join(', ')}, each once`;
  return measures.map((measure) => badChoice('measures', measure, MEASURES)).find((fault) => fault !== undefined);
}

function badScope(value: unknown): Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'scope must be a JSON object';
  for (const [field, part] of Object.entries(value)) {
    if (!(SCOPE_FIELDS as readonly string[]).includes(field))
      return `scope must have no fields but ${SCOPE_FIELDS.join(', ')}`;
    const fault = field === 'product' ? badProduct(part) : badId(`scope.${field}`, part);
    if (part !== undefined && fault) return fault;
  }
  return undefined;
}

function badProduct(value: unknown): Fault {
  return badChoice('scope.product', value, PRODUCTS);
}
