/**
 * From a zod schema to sentences that name the field, the fault and the fix. The fix is the message that the schema
 * itself carries (`schemas.ts`); the fault is told by what was found. A value that was sent is never repeated.
 */
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { type FieldFault, invalidRequest } from './problems';

type Issue = z.core.$ZodIssue;

/** Which part of a request is looked at, as a reader of the refusal knows it. */
const PART: Record<string, string> = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' };

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = PART[httpPart ?? 'body'] ?? 'body';
  return (data: unknown) => {
    const result = z.safeParse(schema, data, { reportInput: true });
    return result.success ? { value: result.data } : { error: invalidRequest(faultsOf(result.error, part)) };
  };
};

/** Checks what only the handler can check, such as a body whose shape depends on the product. */
export function parseBody<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  return parsePart(schema, body, 'body');
}

export function parseQuery<Output>(schema: z.ZodType<Output>, query: unknown): Output {
  return parsePart(schema, query, 'query');
}

function parsePart<Output>(schema: z.ZodType<Output>, value: unknown, part: string): Output {
  const result = z.safeParse(schema, value, { reportInput: true });
  if (!result.success) throw invalidRequest(faultsOf(result.error, part));
  return result.data;
}

export function faultsOf(error: z.core.$ZodError, part: string): FieldFault[] {
  return error.issues.flatMap((issue) => {
    const at = fieldNamed(issue.path.map(String));
    if (issue.code !== 'unrecognized_keys') return [{ field: at || part, fault: faultOf(issue), fix: issue.message }];
    return issue.keys.map((key) => ({
      field: fieldNamed([...issue.path.map(String), key]),
      fault: 'is not known here',
      fix: 'remove the field, or correct its name',
    }));
  });
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

function faultOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is ${typeName(issue.input)} where another type belongs`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'is too short' : 'is too small';
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array' ? 'is too long' : 'is too large';
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : 'is none of the known values';
    case 'invalid_format':
      return 'does not have the right form';
    case 'custom':
      return typeof issue.params?.fault === 'string' ? issue.params.fault : 'is not accepted';
    default:
      return 'is not accepted';
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' && !Number.isInteger(value) ? 'not a whole number' : `a ${typeof value}`;
}
