/**
 * The contract of a supplier as JSON Schema, made of the same forms by which answers are judged;
 * docs/schemas/data-source.schema.json is this, and a test compares. That `figures` and `missing` share out the figures of a
 * kind without rest is said in words there and checked by `readSourceAnswer`.
 */
import { CONSENT_PURPOSES, figureNamesOf, SOURCE_STATUSES, SUPPLIED_KINDS } from '../../domain/origination/dataSources';
import { FIGURE_FORMS } from '../../domain/origination/figureForms';

const ID = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,139}$' };
const INSTANT = { type: 'integer', minimum: 0, description: 'Milliseconds since 1970, of business time.' };

const PERSON = strict(
  { name: { type: 'string' }, idNumber: { type: 'string' }, phone: { type: 'string' } },
  ['name', 'idNumber', 'phone'],
  'Who is asked about; only a source of identity is told.',
);

const QUESTION = strict(
  {
    requestId: { ...ID, description: 'The same question again bears the same, and gets the same answer.' },
    sourceKind: { enum: [...SUPPLIED_KINDS] },
    purpose: { enum: [...CONSENT_PURPOSES] },
    consent: strict(
      { consentId: ID, fromMs: INSTANT, untilMs: { anyOf: [INSTANT, { const: null }] } },
      ['consentId', 'fromMs', 'untilMs'],
      'The consent that it is asked under; untilMs null: until it is withdrawn.',
    ),
    borrowerId: { ...ID, description: 'The borrower by the id of the lender.' },
    person: { $ref: '#/$defs/person' },
  },
  ['requestId', 'sourceKind', 'purpose', 'consent', 'borrowerId'],
  'POST …/inquiries',
);

export const SOURCE_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What a lender asks a supplier of data about an applicant, and what the supplier answers',
  anyOf: [{ $ref: '#/$defs/question' }, ...SUPPLIED_KINDS.map((kind) => ({ $ref: `#/$defs/answer-${kind}` }))],
  $defs: {
    question: QUESTION,
    person: PERSON,
    ...Object.fromEntries(SUPPLIED_KINDS.map((kind) => [`answer-${kind}`, answerOf(figureNamesOf(kind))])),
  },
};

function answerOf(names: readonly string[]) {
  const groups = [...new Set(names.map((name) => name.split('.')[0] ?? ''))];
  const figuresOf = (group: string) => {
    const own = names.filter((name) => name.startsWith(`${group}.`));
    return strict(
      Object.fromEntries(own.map((name) => [name.slice(group.length + 1), FIGURE_FORMS[name]?.schema])),
      [],
    );
  };
  return strict(
    {
      requestId: { ...ID, description: 'That of the question.' },
      status: { enum: [...SOURCE_STATUSES], description: 'complete exactly where missing is empty.' },
      figures: strict(Object.fromEntries(groups.map((group) => [group, figuresOf(group)])), []),
      missing: {
        type: 'array',
        items: { enum: [...names] },
        description: 'Every figure that figures does not have, each once, and no other.',
      },
    },
    ['requestId', 'status', 'figures', 'missing'],
    'Status 200',
  );
}

function strict(properties: Record<string, unknown>, required: readonly string[], description?: string) {
  const about = description === undefined ? {} : { description };
  return { ...about, type: 'object', properties, required: [...required], additionalProperties: false };
}
