/** Judges a message by its schema, and says what is wrong of it. */
import { type Definition, type Field, object, type RuleAcross, type Words } from './schema';

/** One fault: which field, what is wrong of it, what to do about it. No value that was sent is repeated. */
export interface Refusal {
  field: string;
  fault: string;
  fix: string;
  /** The same in one sentence. */
  sentence: string;
}

/** `before`: as messages were judged before what is {@link newly} judged. */
export type Era = 'now' | 'before';

/** Every fault of a message; empty when it is accepted. */
export function refusalsOf(schema: Field, message: unknown, era: Era = 'now'): Refusal[] {
  return judge(schema, message, [], era);
}

/** What a value by itself must be, where it is not: for a caller that names it in its own way, such as an option. */
export function mustOf(field: Field, value: unknown): string | undefined {
  const [found] = refusalsOf(object({ value: field }), { value });
  return found?.sentence.replace(/^value /, '');
}

/** The first fault of a message, in one sentence that names the field, the fault and the fix. */
export function sentenceOf(schema: Field, message: unknown, era?: Era): string | undefined {
  return refusalsOf(schema, message, era)[0]?.sentence;
}

/** As {@link sentenceOf}, of what was not refused before. */
export function newSentenceOf(schema: Field, message: unknown): string | undefined {
  const before = new Set(refusalsOf(schema, message, 'before').map(({ sentence }) => sentence));
  return refusalsOf(schema, message).find(({ sentence }) => !before.has(sentence))?.sentence;
}

type Path = readonly (string | number)[];

function judge(given: Field, value: unknown, path: Path, era: Era): Refusal[] {
  const field = era === 'before' ? (given.before ?? given) : given;
  const { definition, isNullable } = field;
  if (value === undefined && given.isOptional) return [];
  if (value === null && isNullable) return [];
  if (definition.kind === 'object') return judgeObject(definition, value, path, era);
  if (definition.kind === 'list') return judgeList(definition, value, path, era);
  const found = leafFault(definition, value);
  return found === undefined ? [] : [refusal(path, found.fault, found.words ?? definition.words)];
}

type LeafDefinition = Exclude<Definition, { kind: 'object' | 'list' }>;

function leafFault(
  definition: LeafDefinition,
  value: unknown,
): { fault: string; words?: Words | undefined } | undefined {
  switch (definition.kind) {
    case 'text': {
      if (typeof value !== 'string') return { fault: typeFault(value) };
      return definition.rules.find(({ holds }) => !holds(value));
    }
    case 'whole':
      if (typeof value !== 'number' || !Number.isInteger(value)) return { fault: typeFault(value) };
      if (value < definition.min) return { fault: TOO_SMALL };
      return value > definition.max ? { fault: TOO_LARGE } : undefined;
    case 'choice':
      return typeof value === 'string' && definition.choices.includes(value)
        ? undefined
        : { fault: choiceFault(value) };
    case 'true':
      return value === true ? undefined : { fault: choiceFault(value) };
    case 'flag':
      return typeof value === 'boolean' ? undefined : { fault: typeFault(value) };
    case 'opaque':
      return definition.rules.find(({ holds }) => !holds(value));
  }
}

function judgeList(
  { of, min, max, rules, words }: Extract<Definition, { kind: 'list' }>,
  value: unknown,
  path: Path,
  era: Era,
): Refusal[] {
  if (!Array.isArray(value)) return [refusal(path, typeFault(value), words)];
  const found = value.flatMap((each, index) => judge(of, each, [...path, index], era));
  if (found.length > 0) return found;
  if (value.length < min) return [refusal(path, TOO_SHORT, words)];
  if (value.length > max) return [refusal(path, TOO_LONG, words)];
  const broken = rules.find(({ holds }) => !holds(value as never[]));
  return broken ? [refusal(path, broken.fault, broken.words ?? words)] : [];
}

function judgeObject(
  { fields, rules, unknown, words, only }: Extract<Definition, { kind: 'object' }>,
  value: unknown,
  path: Path,
  era: Era,
): Refusal[] {
  if (!isObject(value)) return [refusal(path, typeFault(value), words)];
  const found = Object.entries(fields).flatMap(([name, field]) => judge(field, value[name], [...path, name], era));
  const strangers = unknown === 'refused' ? Object.keys(value).filter((name) => isStranger(value, name, fields)) : [];
  const about = only === undefined ? undefined : `${nameOf(path)} ${only}`;
  for (const name of strangers) {
    const refused = refusal([...path, name], NOT_KNOWN, UNKNOWN_WORDS);
    found.push(about === undefined ? refused : { ...refused, sentence: about });
  }
  if (found.length > 0) return found;
  const broken = rules.find(({ holds }) => !holds(value as never));
  return broken ? [acrossRefusal(broken, path)] : [];
}

/** An absent field and an undefined one are the same. */
function isStranger(value: Record<string, unknown>, name: string, fields: Readonly<Record<string, Field>>): boolean {
  return value[name] !== undefined && !Object.hasOwn(fields, name);
}

function acrossRefusal({ at, fault, words, names }: RuleAcross, path: Path): Refusal {
  const refused = refusal([...path, at], fault, words);
  return names === undefined ? refused : { ...refused, sentence: `${names} ${words.must}` };
}

function refusal(path: Path, fault: string, { must, fix, below }: Words): Refusal {
  const field = fieldNamed(path.map(String)) || 'body';
  const named = nameOf(below === undefined ? path : [...path, below]);
  return { field, fault, fix, sentence: named === '' ? fix : `${named} ${must}` };
}

/** In one sentence a list is told of as a whole. */
function nameOf(path: Path): string {
  return fieldNamed(path.filter((name) => typeof name === 'string'));
}

/** As our own fields are named; positions are those of a list. */
const FIELD_NAME = /^((?!.*\d{4})[A-Za-z][A-Za-z0-9_-]{0,39}|\d{1,4})$/;

/**
 * The way to a field. A name may be the caller's own text, such as a phone number that came as a name: what is not named
 * as fields are is told as `*`.
 */
export function fieldNamed(path: readonly string[]): string {
  return path.map((name) => (FIELD_NAME.test(name) ? name : '*')).join('.');
}

export const NOT_KNOWN = 'is not known here';
export const UNKNOWN_FIX = 'remove the field, or correct its name';
const UNKNOWN_WORDS: Words = { must: `${NOT_KNOWN}: ${UNKNOWN_FIX}`, fix: UNKNOWN_FIX };
const MISSING = 'is missing';
export const TOO_SMALL = 'is too small';
export const TOO_LARGE = 'is too large';
export const TOO_SHORT = 'is too short';
export const TOO_LONG = 'is too long';

/** What is wrong of a value that is none of the type. */
export function typeFault(value: unknown): string {
  return value === undefined ? MISSING : `is ${typeName(value)} where another type belongs`;
}

export function choiceFault(value: unknown): string {
  return value === undefined ? MISSING : 'is none of the known values';
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' && !Number.isInteger(value) ? 'not a whole number' : `a ${typeof value}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
