/**
 * The answer of a supplier, checked: figures that its kind may bring, each of its form, and all the others named as
 * missing. A fault is one sentence with field, fault and fix; what was sent is never repeated.
 */
import { figureNamesOf, SOURCE_STATUSES, type SuppliedKind } from '../../domain/origination/dataSources';
import { FIGURE_FORMS } from '../../domain/origination/figureForms';
import type { ProvedFigures } from '../../domain/risk/assessment';
import type { SourceAnswer, SourceQuestion } from './port';

/** Thrown for a signed answer that does not keep the contract: the supplier is to be mended. */
export class SourceAnswerError extends Error {
  override readonly name = 'SourceAnswerError';

  constructor(
    readonly field: string,
    readonly fix: string,
  ) {
    super(`the supplier's answer is not usable: ${field} ${fix}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const ANSWER_FIELDS = ['requestId', 'status', 'figures', 'missing'];

/** Throws {@link SourceAnswerError}. */
export function readSourceAnswer(
  body: Buffer,
  { requestId, sourceKind }: Pick<SourceQuestion, 'requestId' | 'sourceKind'>,
): Exclude<SourceAnswer, { status: 'unavailable' }> {
  const fields = objectIn(parsed(body), 'body', ANSWER_FIELDS);
  if (fields.requestId !== requestId) throw fault('requestId', 'must be that of the request');
  const status = SOURCE_STATUSES.find((each) => each === fields.status);
  if (!status) throw fault('status', `must be one of ${SOURCE_STATUSES.join(', ')}`);
  const names = figureNamesOf(sourceKind);
  const found = figuresIn(fields.figures, sourceKind);
  const missing = missingIn(fields.missing, names);
  for (const name of names) {
    if (found.has(name) === missing.includes(name)) {
      throw fault('missing', `must name ${name} where figures does not have it, and only there`);
    }
  }
  if ((status === 'complete') !== (missing.length === 0)) {
    throw fault('status', 'must be complete where nothing is missing, and partial where something is');
  }
  return { status, figures: inGroups(found), missing };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw fault('body', 'must be one JSON object in UTF-8');
  }
}

/** A field that is not known would be lost without a word: it is refused. */
function objectIn(value: unknown, field: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(field, 'must be a JSON object');
  if (Object.keys(value).some((name) => !known.includes(name))) {
    throw fault(field, `must have no other fields than ${known.join(', ')}`);
  }
  return value as Fields;
}

function figuresIn(value: unknown, kind: SuppliedKind): Map<string, unknown> {
  const names = figureNamesOf(kind);
  const groups = [...new Set(names.map((name) => name.split('.')[0] ?? ''))];
  const given = objectIn(value, 'figures', groups);
  const found = new Map<string, unknown>();
  for (const group of groups) {
    if (given[group] === undefined) continue;
    const own = names.filter((name) => name.startsWith(`${group}.`)).map((name) => name.slice(group.length + 1));
    for (const [field, figure] of Object.entries(objectIn(given[group], `figures.${group}`, own))) {
      const name = `${group}.${field}`;
      const form = FIGURE_FORMS[name];
      if (!form?.fits(figure)) throw fault(`figures.${name}`, `must be ${form?.must ?? 'left out'}`);
      found.set(name, figure);
    }
  }
  return found;
}

function missingIn(value: unknown, names: readonly string[]): string[] {
  const isList = Array.isArray(value) && value.every((name) => names.includes(String(name)));
  if (!isList || new Set(value).size !== value.length) {
    throw fault('missing', `must be a list of figures of this source, each once: some of ${names.join(', ')}, or none`);
  }
  return names.filter((name) => value.includes(name));
}

function inGroups(found: ReadonlyMap<string, unknown>): ProvedFigures {
  const groups = [...new Set([...found.keys()].map((name) => name.split('.')[0] ?? ''))];
  return Object.fromEntries(
    groups.map((group) => [
      group,
      Object.fromEntries(
        [...found]
          .filter(([name]) => name.startsWith(`${group}.`))
          .map(([name, figure]) => [name.slice(group.length + 1), figure]),
      ),
    ]),
  ) as ProvedFigures;
}

function fault(field: string, fix: string): SourceAnswerError {
  return new SourceAnswerError(field, fix);
}
