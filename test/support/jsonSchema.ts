/** Checks a value against a JSON Schema by the few keywords that ours use; any other keyword is refused, not passed over. */

type Schema = Record<string, unknown>;
type Check = (value: unknown, argument: never, schema: Schema, root: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
};

/** As the drafts have it: a keyword says nothing of values that are not of its type. */
const KEYWORDS: Record<string, Check> = {
  type: (value, type: string) => TYPES[type]?.(value) ?? fail(`type ${type}`),
  const: (value, wanted: unknown) => value === wanted,
  enum: (value, choices: unknown[]) => choices.includes(value),
  pattern: (value, pattern: string) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minLength: (value, least: number) => typeof value !== 'string' || [...value].length >= least,
  maxLength: (value, most: number) => typeof value !== 'string' || [...value].length <= most,
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
  prefixItems: (value, items: Schema[], _, root) =>
    !Array.isArray(value) || value.slice(0, items.length).every((each, at) => fits(each, items[at] ?? {}, root)),
  items: (value, item: Schema | false, { prefixItems }, root) => {
    if (!Array.isArray(value)) return true;
    const rest = value.slice(Array.isArray(prefixItems) ? prefixItems.length : 0);
    return rest.every((each) => item !== false && fits(each, item, root));
  },
  required: (value, names: string[]) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (value, shape: Record<string, Schema>, _, root) =>
    !isObject(value) ||
    Object.entries(shape).every(([name, of]) => !Object.hasOwn(value, name) || fits(value[name], of, root)),
  propertyNames: (value, of: Schema, _, root) =>
    !isObject(value) || Object.keys(value).every((name) => fits(name, of, root)),
  additionalProperties: (value, of: Schema | false, { properties }, root) => {
    if (!isObject(value)) return true;
    const others = Object.keys(value).filter((name) => !Object.hasOwn(properties ?? {}, name));
    return others.every((name) => of !== false && fits(value[name], of, root));
  },
  anyOf: (value, choices: Schema[], _, root) => choices.some((each) => fits(value, each, root)),
  $ref: (value, name: string, _, root) => {
    const target = (root.$defs as Record<string, Schema>)[name.replace('#/$defs/', '')];
    return target ? fits(value, target, root) : fail(`reference ${name}`);
  },
};

const ANNOTATIONS = new Set(['$schema', '$defs', 'title', 'description']);

export function fits(value: unknown, schema: Schema, root: Schema = schema): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    if (ANNOTATIONS.has(keyword)) return true;
    const check = KEYWORDS[keyword] ?? fail(`keyword ${keyword}`);
    return check(value, argument as never, schema, root);
  });
}

function fail(what: string): never {
  throw new Error(`${what} is not known to this check of schemas: add it`);
}
