/**
 * What a message is made of, said once: each field with its bounds and its words of refusal. The workflows judge by it
 * (`schemaJudge.ts`); the API makes its zod schemas and its OpenAPI document of it (`api/messageSchemas.ts`), and a test
 * holds the two to the same verdicts. Plain data and one judge, because a library costs every workflow its loading
 * (docs/decisions/0065-one-schema-per-message.md).
 */

/** One refusal in two grammars: of one sentence, and as the fix of a problem document. */
export interface Words {
  /** What follows the field: `must be a date such as "2026-07-10"`. */
  must: string;
  /** What a caller does about it: `send a date such as "2026-07-10"`. */
  fix: string;
  /** Where the sentence is about a field of the one at fault. */
  below?: string;
}

/** What is right, in both grammars. */
export function wordsFor(what: string, fix = `send ${what}`): Words {
  return { must: `must be ${what}`, fix };
}

export interface Rule<Value> {
  holds: (value: Value) => boolean;
  /** What is wrong of a value for which it does not hold. */
  fault: string;
  /** Where those of the field do not say it. */
  words?: Words;
}

/** A rule over several fields of one object. */
export interface RuleAcross extends Rule<never> {
  words: Words;
  /** The field that is told to be at fault. */
  at: string;
  /** What the sentence begins with, where it is not that field alone. */
  names?: string;
}

/** What JSON Schema can say of a text. */
export interface TextHints {
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
}

export type Definition = { words: Words } & (
  | { kind: 'text'; rules: readonly Rule<string>[]; hints: TextHints }
  | { kind: 'whole'; min: number; max: number }
  | { kind: 'choice'; choices: readonly string[] }
  | { kind: 'flag' }
  | { kind: 'true' }
  | { kind: 'list'; of: Field; min: number; max: number; rules: readonly Rule<never[]>[] }
  | {
      kind: 'object';
      fields: Readonly<Record<string, Field>>;
      rules: readonly RuleAcross[];
      unknown: Unknown;
      /** The sentence about the object, where it has a field that is not known. */
      only?: string | undefined;
    }
  /** What only its own rules know; without any, it is judged elsewhere, such as a signature. */
  | { kind: 'opaque'; rules: readonly Rule<unknown>[] }
);

/** What becomes of a field that the schema does not have: a misspelt optional field must not be lost. */
type Unknown = 'refused' | 'passed over';

export interface Field<Value = unknown, IsOptional extends boolean = boolean> {
  readonly definition: Definition;
  readonly isOptional: IsOptional;
  readonly isNullable?: true;
  readonly description?: string;
  /** What it was before it was judged like this: messages of before are judged by that one. */
  readonly before?: Field;
  /** Never there: the type of what is accepted. */
  readonly value?: Value;
}

export type ValueOf<Of> = Of extends Field<infer Value> ? Value : never;
/** The fields of an interface, each with a schema of its type: one that is forgotten does not compile. */
export type FieldsOf<Message> = {
  [Name in keyof Message]-?: Field<Exclude<Message[Name], undefined>, undefined extends Message[Name] ? true : false>;
};
type OptionalNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends Field<unknown, true> ? Name : never;
}[keyof Fields];
type ObjectOf<Fields> = { [Name in Exclude<keyof Fields, OptionalNames<Fields>>]: ValueOf<Fields[Name]> } & {
  [Name in OptionalNames<Fields>]?: ValueOf<Fields[Name]> | undefined;
};

export const text = (words: Words, rules: readonly Rule<string>[], hints: TextHints = {}): Field<string, false> =>
  required({ kind: 'text', words, rules, hints });

export function matching(pattern: RegExp, words: Words): Field<string, false> {
  return text(words, [{ holds: (value) => pattern.test(value), fault: WRONG_FORM }], { pattern: pattern.source });
}

export function whole(min: number, max: number, words = wordsFor(`a whole number from ${min} to ${max}`)) {
  return required<number>({ kind: 'whole', words, min, max });
}

export function choice<const Choice extends string>(
  choices: readonly Choice[],
  words: Words = { must: `must be one of ${choices.join(', ')}`, fix: `send one of ${choices.join(', ')}` },
) {
  return required<Choice>({ kind: 'choice', words, choices });
}

export const flag = (): Field<boolean, false> => required({ kind: 'flag', words: wordsFor('true or false') });

/** Said, or left out. */
export const isTrue = (): Field<true, false> =>
  required({ kind: 'true', words: { must: 'must be true, or absent', fix: 'send true, or leave it out' } });

export function opaque<Value>(words: Words = OBJECT_WORDS, rules: readonly Rule<unknown>[] = []): Field<Value, false> {
  return required({ kind: 'opaque', words, rules });
}

export function list<Value>(
  of: Field<Value, false>,
  { words, min = 0, max, rules = [] }: { words: Words; min?: number; max: number; rules?: readonly Rule<never[]>[] },
) {
  return required<Value[]>({ kind: 'list', words, of, min, max, rules });
}

export interface ObjectOptions {
  words?: Words;
  rules?: readonly RuleAcross[];
  unknown?: Unknown;
  only?: string;
}

export function object<Fields extends Record<string, Field>>(
  fields: Fields,
  { words = OBJECT_WORDS, rules = [], unknown = 'refused', only }: ObjectOptions = {},
): ObjectField<Fields> {
  return { ...required<ObjectOf<Fields>>({ kind: 'object', words, fields, rules, unknown, only }), fields };
}

export interface ObjectField<Fields> extends Field<ObjectOf<Fields>, false> {
  readonly fields: Fields;
}

export function optional<Of extends Field>(of: Of): Field<ValueOf<Of>, true> {
  return { ...of, isOptional: true } as Field<ValueOf<Of>, true>;
}

export function nullable<Value>(of: Field<Value, false>): Field<Value | null, false> {
  return { ...of, isNullable: true };
}

export function described<Of extends Field>(of: Of, description: string): Of {
  return { ...of, description };
}

/** A text with one rule more. */
export function also(of: Field<string, false>, rule: Rule<string>): Field<string, false> {
  const { definition } = of;
  if (definition.kind !== 'text') return of;
  return { ...of, definition: { ...definition, rules: [...definition.rules, rule] } };
}

/** The rule that was added last to a text, which has words of its own. */
export function ruleOf({ definition }: Field<string, boolean>): Rule<string> & { words: Words } {
  const rule = definition.kind === 'text' ? definition.rules.at(-1) : undefined;
  if (!rule) throw new Error('a text without rules');
  return { words: definition.words, ...rule };
}

export function hintsOf({ definition }: Field<string, boolean>): TextHints {
  return definition.kind === 'text' ? definition.hints : {};
}

export function rangeOf({ definition }: Field<number, boolean>): [min: number, max: number] {
  if (definition.kind !== 'whole') throw new Error('no whole number');
  return [definition.min, definition.max];
}

export function choicesOf<Choice extends string>({ definition }: Field<Choice, boolean>): [Choice, ...Choice[]] {
  if (definition.kind !== 'choice') throw new Error('no choice');
  return definition.choices as [Choice, ...Choice[]];
}

/** Judged by `before` where a message of before must go on as it went. */
export function newly<Of extends Field>(of: Of, before: Field): Of {
  return { ...of, before };
}

function required<Value>(definition: Definition): Field<Value, false> {
  return { definition, isOptional: false };
}

const OBJECT_WORDS: Words = { must: 'must be a JSON object', fix: 'send a JSON object' };
export const WRONG_FORM = 'does not have the right form';
export const NOT_ACCEPTED = 'is not accepted';
