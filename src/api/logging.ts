/**
 * What the API writes to its log: method, route, status, time, and the caller's key id and principal. Never a body, a query, a
 * header or a raw path, because personal data comes in through all of them.
 */
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

export function requestLogger(logger: Logger): FastifyBaseLogger {
  return logger.child({ part: 'api' }, { serializers: { req: requestLine, res: responseLine, err: faultLine } });
}

function requestLine(request: FastifyRequest) {
  // The route's pattern, not the path: a caller may put anything into a path.
  return { method: request.method, route: request.routeOptions?.url ?? 'unknown', keyId: request.caller?.keyId };
}

/** With who asked: when the request came in nobody knew yet. */
function responseLine(reply: FastifyReply) {
  const { keyId, principal } = reply.request?.caller ?? {};
  return { statusCode: reply.statusCode, keyId, principal };
}

/**
 * The kind of an error, where it was thrown, and its message unless it may quote values: PostgreSQL's and the JSON
 * parser's do. `cause` is told the same way.
 */
function faultLine(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table, severity, cause } = error as Error & Record<string, unknown>;
  const mayQuote = severity !== undefined || error instanceof SyntaxError;
  return {
    type: error.name,
    message: mayQuote ? 'not shown' : error.message,
    code,
    table,
    constraint,
    stack: framesOf(error),
    ...(cause === undefined ? {} : { cause: faultLine(cause) }),
  };
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
}
