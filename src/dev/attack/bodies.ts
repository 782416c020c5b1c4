/**
 * Bodies for a route, drawn from its own schema: one that it accepts, and from it every neighbour with one hostile value
 * at one place. Values are kept only where the schema of the place itself says yes, so the draw knows nothing of routes.
 */

import type { z } from 'zod';
import type { Random } from '../../domain/values/random';
import { inventedResidentId } from '../../domain/values/residentId';
import { HOSTILE_NUMBERS, HOSTILE_OTHERS, HOSTILE_TEXTS } from './hostileValues';

/** What zod tells of itself; only what is read here. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  items?: z.ZodType[];
  options?: z.ZodType[];
  entries?: Record<string, string | number>;
  values?: unknown[];
  in?: z.ZodType;
  valueType?: z.ZodType;
}

export function definitionOf(schema: z.ZodType): Definition {
  return schema.def;
}

/** A value for a field by its name; undefined leaves it to the draw. Taken only where the field's schema accepts it. */
export type Hints = (field: string) => unknown;

export interface DrawnValue {
  random: Random;
  /** The business date: what happened, happened on it. */
  today: string;
  /** Makes ids that were never used. */
  freshId(): string;
  hints: Hints;
  /** Of the fields that may be left out. */
  fullness: number;
}

/** Well-formed texts of each kind that a schema may ask for. Whoever is named in them is invented. */
const KNOWN_TEXTS: readonly string[] = [
  '样例',
  'hotline',
  'ATTACK_DRILL',
  'staff-attack',
  'staff:attack',
  'portfolio:read',
  '4',
  '510100',
  '0.0004',
  '0.985',
  '0',
  '19900000001',
  inventedResidentId(7),
  'a'.repeat(64).replaceAll('a', '0'),
  'nobody@mail.example',
  'token-of-a-device',
  '1',
  '00000000-0000-4000-8000-000000000000',
  'A sentence of an attack.',
  'sink',
];

const NOTHING = Symbol('left out');
const TRIES = 80;

/** A body that the schema accepts; undefined where the draw finds none: then the schema asks for a kind unknown here. */
export function accepted(schema: z.ZodType, draw: DrawnValue): unknown {
  for (let tries = 0; tries < TRIES; tries += 1) {
    // Rules between fields, such as one of two: fields are left out by turns until they hold.
    const fullness = tries === 0 ? draw.fullness : draw.random.next();
    const value = drawn(schema, 'body', { ...draw, fullness });
    if (value !== NOTHING && schema.safeParse(value).success) return value;
  }
  return undefined;
}

function drawn(schema: z.ZodType, field: string, draw: DrawnValue): unknown {
  const hint = draw.hints(field);
  if (hint !== undefined && schema.safeParse(hint).success) return hint;
  const { type, innerType, shape, element, items, options, entries, values, in: input } = definitionOf(schema);
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape ?? {}).flatMap(([name, of]) => {
          const value = drawn(of, name, draw);
          return value === NOTHING ? [] : [[name, value]];
        }),
      );
    case 'optional':
    case 'default':
    case 'prefault':
      return innerType && draw.random.next() < draw.fullness ? drawn(innerType, field, draw) : NOTHING;
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return innerType ? drawn(innerType, field, draw) : NOTHING;
    case 'pipe':
      return input ? drawn(input, field, draw) : NOTHING;
    case 'array':
      return element ? [drawn(element, field, draw)] : [];
    case 'tuple':
      return (items ?? []).map((item) => drawn(item, field, draw));
    case 'union':
      return drawn(draw.random.pick(options ?? []), field, draw);
    case 'enum':
      return draw.random.pick(Object.values(entries ?? {}));
    case 'literal':
      return draw.random.pick(values ?? []);
    case 'boolean':
      return draw.random.next() < 0.5;
    case 'record':
      return {};
    default:
      return leaf(schema, draw);
  }
}

function leaf(schema: z.ZodType, draw: DrawnValue): unknown {
  const numbers = [1, draw.random.between(2, 20), draw.random.between(100, 90_000), 0, 480];
  const times = [draw.today, `${draw.today}T00:00:01+08:00`];
  const texts = shuffled([...KNOWN_TEXTS, ...times], draw.random);
  const found = [draw.freshId(), ...texts, ...numbers, true, {}, []];
  const value = found.find((each) => schema.safeParse(each).success);
  return value === undefined ? NOTHING : value;
}

export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const list = [...items];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = random.between(0, at);
    [list[at], list[other]] = [list[other] as Item, list[at] as Item];
  }
  return list;
}

export interface Mutation {
  path: Path;
  /** `decidedBy`, `borrower.name`, `actions[0]`. */
  place: string;
  value: unknown;
}

/** One hostile value at one place of a body, and a field that nobody knows; the critical ones of each place first. */
export function mutationsOf(body: unknown): Mutation[] {
  const mutations = leavesOf(body, []).flatMap(({ path, value }) => {
    // A number is attacked by numbers, a text by texts; each by other things as well.
    const values =
      typeof value === 'number'
        ? [...HOSTILE_NUMBERS, ...HOSTILE_OTHERS, '1', '']
        : [...HOSTILE_TEXTS, 0, 1e21, ...HOSTILE_OTHERS];
    return values.map((hostile) => ({ path, place: placeOf(path), value: hostile }));
  });
  return [...mutations, { path: ['unknownToAll'], place: '(unknown field)', value: true }];
}

function leavesOf(value: unknown, path: Path): { path: Path; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => leavesOf(item, [...path, at]));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => leavesOf(item, [...path, name]));
  }
  return path.length === 0 ? [] : [{ path, value }];
}

export type Path = (string | number)[];

/** A copy with another value at one place. */
export function replaced(body: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const copy: Record<string | number, unknown> = Array.isArray(body)
    ? ([...body] as unknown as Record<number, unknown>)
    : { ...(body as object) };
  copy[step] = replaced(copy[step], rest, value);
  return copy;
}

function placeOf(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

const SHOWN = 40;

/** A value as one line of ASCII: findings are printed. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' || value === null ? JSON.stringify(value) : String(JSON.stringify(value));
  const ascii = text.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return ascii.length <= SHOWN ? ascii : `${ascii.slice(0, SHOWN)}… (${text.length})`;
}

export interface RawBody {
  what: string;
  raw: string | Buffer;
  headers?: Record<string, string>;
  /** RFC 8259 gives the charset of JSON no meaning: such a body may be taken for what it is. */
  mayBeDone?: true;
}

const DEEP_LEVELS = 20_000;

/** Bodies that no value stands for: bytes, names given twice, depth, other media types. None may be done. */
export function rawBodiesOf(body: unknown): RawBody[] {
  const text = JSON.stringify(body);
  const [name = 'x', value = 1] = Object.entries(body ?? {})[0] ?? [];
  const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  const twice = `{${pair},${text.slice(1)}`;
  return [
    { what: 'a name given twice', raw: twice },
    {
      what: 'a name given twice, once escaped',
      raw: `{"\\u${hex(name)}${JSON.stringify(name.slice(1)).slice(1)}:1,${text.slice(1)}`,
    },
    { what: 'a name of the prototype', raw: `{"__proto__":{"x":1},${text.slice(1)}` },
    { what: 'the constructor of the prototype', raw: `{"constructor":{"prototype":{"x":1}},${text.slice(1)}` },
    { what: 'an empty name', raw: `{"":1,${text.slice(1)}` },
    { what: 'depth', raw: `${'['.repeat(DEEP_LEVELS)}${']'.repeat(DEEP_LEVELS)}` },
    {
      what: 'depth inside a field',
      raw: `{${JSON.stringify(name)}:${'{"a":'.repeat(DEEP_LEVELS)}1${'}'.repeat(DEEP_LEVELS)}}`,
    },
    {
      what: 'bytes that are not UTF-8',
      raw: Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xc3, 0x28, 0x7d])]),
    },
    {
      what: 'half a surrogate pair as bytes',
      raw: Buffer.concat([Buffer.from(`{"x":"`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    },
    { what: 'a byte order mark', raw: `\ufeff{"x":1}` },
    { what: 'a number beyond all', raw: `{${JSON.stringify(name)}:1e400}` },
    { what: 'a number with too many digits', raw: `{${JSON.stringify(name)}:9007199254740993}` },
    { what: 'no JSON', raw: '{' },
    { what: 'nothing', raw: '' },
    { what: 'null', raw: 'null' },
    { what: 'a list', raw: '[]' },
    { what: 'a text', raw: '"x"' },
    { what: 'another media type', raw: text, headers: { 'content-type': 'text/plain' } },
    { what: 'a form', raw: 'a=1&a=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    {
      what: 'a wrong charset',
      raw: text,
      headers: { 'content-type': 'application/json; charset=utf-16' },
      mayBeDone: true,
    },
  ];
}

function hex(text: string): string {
  return text.charCodeAt(0).toString(16).padStart(4, '0');
}
