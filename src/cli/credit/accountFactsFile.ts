/**
 * Reads a facts file: one JSON object a line, in any order. Nothing of a file with a bad line is used; every bad line
 * is told with its number, the field, the fault and the fix. The format: docs/account-derive.md.
 */
import type { z } from 'zod';
import { startOf, type Terms } from '../../domain/credit/account';
import { type ArrivedFact, openingFactOf } from '../../domain/credit/historicalOrder';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { faultsOfJson, type JsonFault } from '../../domain/values/exactJson';
import { agree, type FactsFileHeader } from './accountAgreement';
import { faultsAcrossLines } from './accountFactsChecks';
import type { LineFault, NumberedFact } from './accountFactsFaults';
import { FACT_SCHEMAS, HEADER_SCHEMAS } from './accountFactsSchema';

export interface FactsFile {
  terms: Terms;
  /** The policy in use with what the file changes of it. */
  policy: LendingPolicy;
  /** Names of the fields of the product's section that the file gives, sorted. */
  overrides: string[];
  /** The opening fact is among them; each key once. */
  arrivals: ArrivedFact[];
}

/** A thousand a year for fifty years. Of more, each within its bound, a sum could leave the safe integers unseen. */
const MAX_FACTS = 50_000;

type Reading<Value> = { value: Value; faults: [] } | { value: undefined; faults: LineFault[] };
type Line = { header: FactsFileHeader } | { fact: NumberedFact } | { faults: LineFault[]; key: string | undefined };

/** The facts of a file, or everything that is wrong with it, in the order of its lines. */
export function readFactsFile(text: string, usualPolicy: LendingPolicy): Reading<FactsFile> {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, index + 1)]));
  const headers = lines.flatMap((line) => ('header' in line ? [line.header] : []));
  const facts = lines.flatMap((line) => ('fact' in line ? [line.fact] : []));
  const bad = lines.flatMap((line) => ('faults' in line ? [line] : []));
  const [header] = headers;
  const agreement = header && agree(header, usualPolicy);
  const faults = [
    ...bad.flatMap((line) => line.faults),
    ...headerFaults(headers, bad),
    ...countFaults(facts),
    ...(agreement?.faults ?? []),
    ...faultsAcrossLines({
      terms: headers.length === 1 ? header?.terms : undefined,
      policy: agreement?.policy,
      facts,
      // What refers to a bad line is not wrong for that.
      keysOfBadLines: new Set(bad.flatMap(({ key }) => key ?? [])),
    }),
  ].sort((first, second) => first.line - second.line);
  if (!agreement || faults.length > 0) return { value: undefined, faults };
  const { terms, policy, overrides } = agreement;
  return { value: { terms, policy, overrides, arrivals: arrivalsOf(terms, facts) }, faults: [] };
}

function readLine(text: string, line: number): Line {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return bad(line, 'the line', `is not JSON: ${shown(text.trim())}`, 'write one whole JSON object on each line');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return bad(line, 'the line', `is ${shown(json)}`, 'write a JSON object, the terms or a fact');
  }
  const record = json as Record<string, unknown>;
  // Judged on the text: the value has one of both contents, or a number near the one that is written.
  const inexact = faultsOfJson(text);
  if (inexact.length > 0) return { faults: inexact.map((fault) => exactFault(fault, line)), key: keyOf(record) };
  return isHeader(record) ? readHeader(record, line) : readFact(record, line);
}

function isHeader(record: Record<string, unknown>): boolean {
  return !('kind' in record) && ('terms' in record || 'policy' in record);
}

function readHeader(record: Record<string, unknown>, line: number): Line {
  const { terms } = record;
  const product = typeof terms === 'object' && terms !== null && 'product' in terms ? terms.product : undefined;
  const schema = ownValue(HEADER_SCHEMAS, product);
  if (!schema) {
    const fix = `give one of ${Object.keys(HEADER_SCHEMAS).join(', ')}`;
    return bad(line, 'terms.product', faultOf(product), fix);
  }
  const result = schema.safeParse(record, { reportInput: true });
  if (!result.success) return { faults: shapeFaults(result.error, line, schema), key: undefined };
  return { header: { line, terms: result.data.terms, policy: result.data.policy ?? {} } };
}

function readFact(record: Record<string, unknown>, line: number): Line {
  const schema = ownValue(FACT_SCHEMAS, record.kind);
  const key = keyOf(record);
  if (!schema) {
    const fix = `give one of ${Object.keys(FACT_SCHEMAS).join(', ')}`;
    return { ...bad(line, 'kind', faultOf(record.kind), fix), key };
  }
  const result = schema.safeParse(record, { reportInput: true });
  if (!result.success) return { faults: shapeFaults(result.error, line, schema), key };
  const { arrivedOn, ...fact } = result.data;
  return { fact: { line, fact, arrivedOn: arrivedOn ?? fact.valueDate } };
}

function keyOf({ key }: Record<string, unknown>): string | undefined {
  return typeof key === 'string' ? key : undefined;
}

function exactFault(found: JsonFault, line: number): LineFault {
  const field = cut(found.field);
  if (found.kind === 'twice') {
    return { line, field, fault: 'is given twice on this line', fix: 'remove one of both' };
  }
  const fault = `is ${cut(found.written)}, which would be read as ${found.readAs}`;
  return { line, field, fault, fix: 'give a number that is kept as it is written' };
}

function ownValue<Value>(values: Record<string, Value>, name: unknown): Value | undefined {
  return typeof name === 'string' && Object.hasOwn(values, name) ? values[name] : undefined;
}

function shapeFaults(error: z.core.$ZodError, line: number, schema: z.ZodObject): LineFault[] {
  return error.issues.flatMap((issue): LineFault[] => {
    const at = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') {
      return [{ line, field: at, fault: faultOf(issue.input), fix: issue.message }];
    }
    const known = Object.keys(issue.path.length === 0 ? schema.shape : termsShape(schema));
    const fix = `remove it, or correct it to one of ${known.join(', ')}`;
    return issue.keys.map((key) => ({
      line,
      field: [at, cut(key)].filter(Boolean).join('.'),
      fault: 'is not known here',
      fix: key === 'billableFrom' ? 'remove it: it follows from arrivedOn' : fix,
    }));
  });
}

/** Of the one object that is in another: the terms in their line. */
function termsShape(schema: z.ZodObject): object {
  const { terms } = schema.shape as { terms?: z.ZodObject };
  return terms?.shape ?? {};
}

function headerFaults(
  headers: readonly FactsFileHeader[],
  bad: readonly { faults: readonly LineFault[] }[],
): LineFault[] {
  const [first, ...more] = headers;
  const isBad = bad.some(({ faults }) => faults.some(({ field }) => /^(terms|policy|the line)\b/.test(field)));
  if (!first && !isBad) {
    const fix = 'add a line such as {"terms": {"product": "revolving", "limitFen": 1000000, …}}';
    return [{ line: 1, field: 'terms', fault: 'is missing in the whole file', fix }];
  }
  return more.map(({ line }) => ({
    line,
    field: 'terms',
    fault: `is on line ${first?.line} already`,
    fix: 'remove one of both: a file is about one account',
  }));
}

function countFaults(facts: readonly NumberedFact[]): LineFault[] {
  const beyond = facts[MAX_FACTS];
  if (!beyond) return [];
  const fault = `is fact ${MAX_FACTS + 1} of ${facts.length}`;
  const fix = `keep to ${MAX_FACTS}: no account has more, so this may be more than one`;
  return [{ line: beyond.line, field: 'the line', fault, fix }];
}

/** Each key once, by its first arrival: the same fact told again changes nothing. The opening is there in any case. */
function arrivalsOf(terms: Terms, facts: readonly NumberedFact[]): ArrivedFact[] {
  const byKey = new Map<string, ArrivedFact>();
  for (const { fact, arrivedOn } of facts) {
    const known = byKey.get(fact.key);
    if (!known || arrivedOn < known.arrivedOn) byKey.set(fact.key, { fact, arrivedOn });
  }
  const opening = openingFactOf(terms);
  const isOpen = facts.some(({ fact }) => fact.kind === opening.kind);
  return [...(isOpen ? [] : [{ fact: opening, arrivedOn: startOf(terms) }]), ...byKey.values()];
}

function bad(line: number, field: string, fault: string, fix: string): { faults: LineFault[]; key: undefined } {
  return { faults: [{ line, field, fault, fix }], key: undefined };
}

function faultOf(input: unknown): string {
  return input === undefined ? 'is missing' : `is ${shown(input)}`;
}

function shown(value: unknown): string {
  return cut(JSON.stringify(value) ?? String(value));
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
