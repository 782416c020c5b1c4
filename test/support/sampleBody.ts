/** A body that a JSON Schema takes, as far as its keywords tell; `known` are values of fields by their names. */

type Schema = Record<string, unknown>;

const TEXTS = ['2026-07-01', '2026-07-01T08:00:00+08:00', '0.5', 'staff-01', 'CODE_OF_IT', '510100', '12345', 'x'];

/** The same index gives the same body; another one takes other choices where there are some. */
export function sampleOf(schema: object, index: number, known: Record<string, unknown> = {}): unknown {
  return sample(schema as Schema, schema as Schema, index, known);
}

function sample(schema: Schema, root: Schema, index: number, known: Record<string, unknown>): unknown {
  const of = (part: unknown) => sample(part as Schema, root, index, known);
  if (typeof schema.$ref === 'string') return of((root.$defs as Schema)[schema.$ref.replace('#/$defs/', '')]);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[index % schema.enum.length];
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices) return of(choices[index % choices.length]);
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Schema);
      return Object.fromEntries(properties.map(([name, part]) => [name, name in known ? known[name] : of(part)]));
    }
    case 'array':
      return Array.isArray(schema.prefixItems) ? schema.prefixItems.map(of) : [of(schema.items ?? {})];
    case 'integer':
    case 'number':
      return Math.max(Number(schema.minimum ?? 1), Math.min(Number(schema.maximum ?? 1), 1));
    case 'boolean':
      return index % 2 === 0;
    case 'null':
      return null;
    case 'string':
      return textOf(schema);
    default:
      return 'x';
  }
}

function textOf({ pattern, format, minLength }: Schema): string {
  if (format === 'date') return '2026-07-01';
  const fits = (text: string) => typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text);
  const found = (typeof pattern === 'string' ? TEXTS : ['x']).find(fits) ?? 'x';
  return found.padEnd(Number(minLength ?? 1), 'x');
}
