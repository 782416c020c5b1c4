/**
 * Zod schemas of the messages of the contracts, for what comes over HTTP and for the OpenAPI document: the same bounds, the
 * same words. A route takes the fields of a message, leaves out what its path says or the API adds, and may make one
 * optional that it fills in itself.
 */
import { z } from 'zod';
import type { Definition, Field, ObjectField, Rule, ValueOf } from '../../contracts/schema';
import { TOO_LONG, TOO_SHORT } from '../../contracts/schemaJudge';

type ZodOf<Of> =
  Of extends Field<infer Value, true> ? z.ZodOptional<z.ZodType<Value, Value>> : z.ZodType<ValueOf<Of>, ValueOf<Of>>;

/** Fields of a message by name, each as a zod schema: to build a body of. */
export function fieldsOf<Fields extends Record<string, Field>, Name extends keyof Fields & string>(
  { fields }: ObjectField<Fields>,
  ...names: Name[]
) {
  const made = names.map((name) => [name, zodOf(fields[name] as Field)]);
  return Object.fromEntries(made) as { [Each in Name]: ZodOf<Fields[Each]> };
}

/** Whatever the contracts say of a field. */
export function zodOf<Of extends Field>(field: Of): ZodOf<Of> {
  let made = schemaOf(field.definition);
  if (field.isNullable) made = made.nullable();
  if (field.isOptional) made = made.optional();
  if (field.description !== undefined) made = made.describe(field.description);
  return made as unknown as ZodOf<Of>;
}

/** A body of these fields, with the rules of the message that go over several of them. */
export function bodyOf<Shape extends z.ZodRawShape>(message: Field, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const { definition } = message;
  const body = z.strictObject(shape, definition.words.fix);
  const rules = definition.kind === 'object' ? definition.rules : [];
  if (rules.length === 0) return body;
  return body.superRefine((value, check) => {
    const broken = rules.find(({ holds }) => !holds(value as never));
    if (!broken) return;
    const { words, fault, at } = broken;
    check.addIssue({ code: 'custom', message: words.fix, params: { fault }, path: [at], input: value });
  });
}

function schemaOf(definition: Definition): z.ZodType {
  const { fix } = definition.words;
  switch (definition.kind) {
    case 'text':
      return ruled(z.string(fix), definition.rules, fix).meta({ ...definition.hints });
    case 'whole':
      return z
        .int(fix)
        .min(definition.min, { message: fix, abort: true })
        .max(definition.max, { message: fix, abort: true });
    case 'choice':
      return z.enum(definition.choices as [string, ...string[]], fix);
    case 'flag':
      return z.boolean(fix);
    case 'true':
      return z.literal(true, fix);
    case 'list': {
      const { of, min, max, rules } = definition;
      const bounds: Rule<unknown[]>[] = [
        { holds: ({ length }) => length >= min, fault: TOO_SHORT },
        { holds: ({ length }) => length <= max, fault: TOO_LONG },
      ];
      const items = z.array<z.ZodType>(zodOf(of), fix);
      return ruled(items, [...bounds, ...rules], fix).meta({ minItems: min, maxItems: max });
    }
    case 'object':
      return bodyOf({ definition, isOptional: false }, shapeOf(definition.fields));
    case 'opaque':
      return ruled(z.unknown(), definition.rules, fix);
  }
}

function shapeOf(fields: Readonly<Record<string, Field>>): z.ZodRawShape {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, zodOf(field)]));
}

/** The first rule that does not hold is told, as in the contracts. */
function ruled<Value>(schema: z.ZodType<Value>, rules: readonly Rule<never>[], fix: string): z.ZodType {
  if (rules.length === 0) return schema;
  return schema.superRefine((value, check) => {
    const broken = rules.find(({ holds }) => !holds(value as never));
    if (!broken) return;
    const { words, fault } = broken;
    check.addIssue({ code: 'custom', message: words?.fix ?? fix, params: { fault }, continue: false, input: value });
  });
}
