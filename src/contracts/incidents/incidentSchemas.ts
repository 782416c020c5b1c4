/** What starts an incident and what is told to it, each said once. */
import { type IncidentScope, MEASURES, type Measure } from '../../domain/incidents/incidents';
import { NOTICE_KINDS } from '../../domain/messaging/outbox/noticeKinds';
import { acted, businessClock, id, personId, product, reason } from '../fields';
import { choice, described, type FieldsOf, flag, list, matching, newly, object, optional, wordsFor } from '../schema';
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

const MAX_ACTIONS = 20;

const measures = list(choice(MEASURES), {
  words: wordsFor(`a list of some of ${MEASURES.join(', ')}, each once`),
  min: 1,
  max: MEASURES.length,
  rules: [{ holds: (given: Measure[]) => new Set(given).size === given.length, fault: 'names one twice' }],
});

const narrowed = { product: optional(product), provider: optional(id), region: optional(id), segment: optional(id) };

export const templateKind = choice(NOTICE_KINDS);

export const scope = described(
  object({ ...narrowed, templateKind: optional(templateKind) } satisfies FieldsOf<IncidentScope>, {
    only: 'must have no fields but product, templateKind, provider, region, segment',
  }),
  'What it is narrowed to; empty: the whole tenant. All but `product` narrow notices only.',
);

const reasonCode = matching(
  /^[A-Z][A-Z0-9_]{2,59}$/,
  wordsFor('3 to 60 capitals, digits or _ such as "WRONG_AMOUNTS"'),
);
const remedyChannel = described(id, 'Where a borrower turns to, such as `hotline`; it is told with every refusal.');
const opened = { measures, reasonCode, remedyChannel, ...acted };

export const personalOpening = object({
  by: personId,
  ...opened,
  scope: optional(scope),
} satisfies FieldsOf<PersonalOpening>);

/** Incidents of before were opened by whoever, in the name of a kind of notice that there may not be. */
const openingOfBefore = object(
  { by: id, ...opened, scope: optional(object({ ...narrowed, templateKind: optional(id) })) },
  { unknown: 'passed over' },
);

export const incidentInput = object(
  {
    tenantId: id,
    incidentId: id,
    opening: optional(newly(personalOpening, openingOfBefore)),
    clock: businessClock,
  } satisfies FieldsOf<IncidentInput>,
  // A run of before goes on in another with the input that it had.
  { unknown: 'passed over' },
);

const by = { by: personId, ...acted };

export const acknowledgement = object(by satisfies FieldsOf<Acknowledgement>);
export const measuresChange = object({ ...by, measures, scope: optional(scope) } satisfies FieldsOf<MeasuresChange>);
export const resumeApproval = object(by satisfies FieldsOf<ResumeApproval>);
export const incidentAppeal = object({ ...by, appealId: id, borrowerId: personId } satisfies FieldsOf<IncidentAppeal>);
export const appealAnswer = object({ ...by, appealId: id, isUpheld: flag(), reason } satisfies FieldsOf<AppealAnswer>);
export const incidentNote = object({ ...by, text: reason } satisfies FieldsOf<IncidentNote>);
export const incidentReview = object({
  ...by,
  summary: reason,
  actions: list(reason, {
    words: wordsFor(`a list of at most ${MAX_ACTIONS} sentences; an empty one where none follow`),
    max: MAX_ACTIONS,
  }),
} satisfies FieldsOf<IncidentReview>);
