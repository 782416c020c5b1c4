/**
 * From a zod schema to sentences that name the field, the fault and the fix. The fix is the message that the schema
 * itself carries (`schemas.ts`, of messages the contracts); the fault is told by what was found. A value that was sent is never repeated.
 */
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { NOT_ACCEPTED, WRONG_FORM } from '../../contracts/schema';
import {
  choiceFault,
  fieldNamed,
  NOT_KNOWN,
  TOO_LARGE,
  TOO_LONG,
  TOO_SHORT,
  TOO_SMALL,
  typeFault,
  UNKNOWN_FIX,
} from '../../contracts/schemaJudge';
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
      fault: NOT_KNOWN,
      fix: UNKNOWN_FIX,
    }));
  });
}

function faultOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeFault(issue.input);
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? TOO_SHORT : TOO_SMALL;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array' ? TOO_LONG : TOO_LARGE;
    case 'invalid_value':
      return choiceFault(issue.input);
    case 'invalid_format':
      return WRONG_FORM;
    case 'custom':
      return typeof issue.params?.fault === 'string' ? issue.params.fault : NOT_ACCEPTED;
    default:
      return NOT_ACCEPTED;
  }
}
