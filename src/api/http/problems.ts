/**
 * Refusals as RFC 9457 problem documents. Each says what is wrong and what to do about it, and none repeats what was
 * sent: a wrong value may be somebody's identity number.
 */
import type { FastifyError, FastifyReply } from 'fastify';
import { OutcomeUnknown, Unreachable } from '../../platform/outcomeUnknown';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** How long a caller should wait before it tries an unreachable part again. */
const RETRY_AFTER_SECONDS = 5;
/** An incident takes people. */
const STOPPED_RETRY_AFTER_SECONDS = 300;

/** One fault of a request, in words: "{field} {fault}: {fix}." */
export interface FieldFault {
  field: string;
  fault: string;
  fix: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The first field at fault, for callers that show one. */
  field?: string;
  errors?: FieldFault[];
  /** Why the business refused: codes of docs/reason-codes.md. */
  reasonCodes?: string[];
  /** What the refusal was measured by, such as the annualised cost that is above the cap. */
  figures?: Record<string, number | string>;
  /** What stops it, and where a borrower turns to: docs/incidents.md. */
  restriction?: { incidentId: string; remedyChannel: string };
  /** The scope that the key lacks. */
  scope?: string;
}

/** Thrown anywhere in a request; the error handler answers with the document. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly headers: Record<string, string> = {},
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
  }
}

function problem(kind: string, status: number, title: string, parts: Partial<Problem> & { detail: string }): Problem {
  return { type: `urn:creditloom:problem:${kind}`, title, status, ...parts };
}

export function invalidRequest(errors: FieldFault[]): ProblemError {
  const [first] = errors;
  const detail = errors.map(({ field, fault, fix }) => `${field} ${fault}: ${fix}.`).join(' ');
  const named = first === undefined ? {} : { field: first.field, errors };
  return new ProblemError(problem('invalid-request', 400, 'The request breaks the contract', { detail, ...named }));
}

export function unauthenticated(detail: string, scheme: 'Bearer' | 'Signature'): ProblemError {
  const headers: Record<string, string> = scheme === 'Bearer' ? { 'WWW-Authenticate': 'Bearer' } : {};
  const field = scheme === 'Bearer' ? 'authorization' : 'x-receipt-signature';
  return new ProblemError(problem('unauthenticated', 401, 'The caller is not known', { detail, field }), headers);
}

export function forbidden(scope: string): ProblemError {
  const detail = `The API key lacks the scope ${scope}: ask the operator of this deployment for a key that has it.`;
  const named = { field: 'authorization', scope };
  return new ProblemError(problem('missing-scope', 403, 'The key does not allow this', { detail, ...named }));
}

/** Says the same of a wrong secret and of a provider that is not there. */
export function wrongCallbackAddress(): ProblemError {
  const detail = 'There is no such callback address: enter the one that this deployment gives for the provider.';
  return new ProblemError(problem('unauthenticated', 401, 'The caller is not known', { detail, field: 'path' }));
}

export function wrongCallbackSource(): ProblemError {
  const detail = 'Callbacks of this provider are not taken from this address: see CALLBACK_ADDRESSES.';
  return new ProblemError(
    problem('wrong-source', 403, 'The caller may not call from here', { detail, field: 'address' }),
  );
}

export function notFound(detail: string, more: Partial<Problem> = {}): ProblemError {
  return new ProblemError(problem('not-found', 404, 'There is nothing here', { detail, ...more }));
}

export function conflict(kind: string, detail: string, more: Partial<Problem> = {}): ProblemError {
  return new ProblemError(problem(kind, 409, 'The request contradicts what is there', { detail, ...more }));
}

/** A refusal of the business, as a document that an idempotent answer can hold. */
export function refusal(detail: string, reasonCodes: string[], more: Partial<Problem> = {}): Problem {
  return problem('refused', 422, 'The request is refused', { detail, reasonCodes, ...more });
}

/** The request has no meaning for what it names, such as a purchase on a cash loan. */
export function unprocessable(kind: string, detail: string): ProblemError {
  return new ProblemError(problem(kind, 422, 'The request does not fit what it names', { detail, field: 'id' }));
}

export function unavailable(what: string, cause?: unknown): ProblemError {
  const detail = `${what} cannot be reached now; nothing is lost. Send the same request with the same Idempotency-Key again.`;
  const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  const document = problem('unavailable', 503, 'A part of the system cannot be reached', { detail });
  return new ProblemError(document, headers, { cause });
}

/** It may have been done, or not: only the same request again can tell. The detail of the fault is logged, not told. */
function outcomeUnknown(cause: unknown): ProblemError {
  const detail =
    'No clear answer came, so it is not known whether this was done. Send the same request with the same ' +
    'Idempotency-Key again: it is done once.';
  const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  const document = problem('unavailable', 503, 'It is not known whether it was done', { detail });
  return new ProblemError(document, headers, { cause });
}

/** Whoever asks is to wait; says nothing of what was asked. */
export function tooManyRequests(
  retryAfterSeconds: number,
  detail = 'This address has asked too often within an hour: ask again after Retry-After.',
): ProblemError {
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new ProblemError(problem('too-many-requests', 429, 'Too many requests', { detail }), headers);
}

/** Too many ask at this moment, whoever they are. */
export function busy(): ProblemError {
  const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  return new ProblemError(
    problem('busy', 503, 'Too many ask at once', { detail: 'Ask again after Retry-After.' }),
    headers,
  );
}

/** What is known of a push was kept. */
function tooManyUnknown(leftOut: number): ProblemError {
  const detail =
    `${leftOut} receipts are of messages that are not known here, and too many such came: these were not kept, the ` +
    'others were. Send the same push again after Retry-After.';
  const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  return new ProblemError(problem('too-many-unknown', 503, 'Too many unknown messages', { detail }), headers);
}

/** Throws where something of a push was left out: what was kept stays, and the push is to come again as a whole. */
export function refuseLeftOut({ leftOut }: { leftOut?: number | undefined }): void {
  if (leftOut !== undefined) throw tooManyUnknown(leftOut);
}

/** An incident stops new ones; what is sent again after it is taken as if it came first. */
export function stopped(what: string, restriction: { incidentId: string; remedyChannel: string }): ProblemError {
  const { incidentId, remedyChannel } = restriction;
  const detail =
    `${what} are stopped by incident ${incidentId}; borrowers turn to ${remedyChannel}. Nothing was kept: send the ` +
    'same request with the same Idempotency-Key again.';
  const more = { reasonCodes: ['INCIDENT_MEASURE'], restriction };
  const headers = { 'Retry-After': String(STOPPED_RETRY_AFTER_SECONDS) };
  return new ProblemError(problem('stopped-by-incident', 503, 'It is stopped for now', { detail, ...more }), headers);
}

export function sendProblem(reply: FastifyReply, document: Problem): FastifyReply {
  // Route schemas describe problems; the document is sent as it is, so that no schema can hide a refusal.
  return reply
    .code(document.status)
    .serializer((body: unknown) => JSON.stringify(body))
    .type(PROBLEM_MEDIA_TYPE)
    .send(document);
}

/** The refusal that an error stands for; undefined when it is our own fault. */
export function problemOf(error: Error & Partial<FastifyError>): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof OutcomeUnknown) return outcomeUnknown(error.cause);
  if (error instanceof Unreachable) return unavailable(error.what, error.cause);
  if (isDatabaseDown(error)) return unavailable('The database', error);
  if (isUnkeepable(error)) {
    return invalidRequest([{ field: 'body', fault: 'holds a value that cannot be kept', fix: UNKEEPABLE_FIX }]);
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return plain(
        'too-large',
        413,
        'The body is too large',
        'Send at most 1 MiB in one request, or as little as the route takes.',
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return plain('media-type', 415, 'The media type is not known', 'Send Content-Type: application/json.');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return invalidRequest([{ field: 'body', fault: 'is empty', fix: 'send a JSON document' }]);
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return invalidRequest([{ field: 'body', fault: 'is not JSON', fix: 'send one JSON document in UTF-8' }]);
    default:
  }
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return undefined;
  // What Fastify refuses by itself: the parser's message may quote the body, so it is not repeated.
  return plain(
    'bad-request',
    status,
    'The request cannot be read',
    'Check the request line, the headers and the body.',
  );
}

export function internalProblem(requestId: string): Problem {
  const detail = `The fault is ours and was logged under request ${requestId}. The same request can be sent again.`;
  return problem('internal', 500, 'Something went wrong here', { detail });
}

/** A request that cannot be read as one, or that nobody could answer. */
export function badRequest(status: number, title: string, detail: string): ProblemError {
  return plain('bad-request', status, title, detail);
}

function plain(kind: string, status: number, title: string, detail: string): ProblemError {
  return new ProblemError(problem(kind, status, title, { detail }));
}

/** What the driver says of a connection that is gone or cannot be had; it gives these no code. */
const DATABASE_GONE =
  /^(connection terminated|timeout exceeded when trying to connect|client .* and is not queryable$)/i;

const UNKEEPABLE_FIX = 'send well-formed text without control characters, and dates and numbers of this time';

/**
 * The last line behind the schemas: text that PostgreSQL cannot hold (NUL, half a character), an instant, a date or a
 * number beyond its types. Whoever sent it can mend it; nobody else can.
 */
function isUnkeepable({ code }: Error & { code?: unknown }): boolean {
  return typeof code === 'string' && /^22(003|007|008|021|P02|P03|P05)$/.test(code);
}

/** Connection refused, reset or timed out; and the classes of PostgreSQL for "not now". */
function isDatabaseDown(error: Error & { code?: unknown }): boolean {
  if (DATABASE_GONE.test(error.message)) return true;
  if (typeof error.code !== 'string') return false;
  return /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|08...|57P0.|53...|25006)$/.test(error.code);
}
