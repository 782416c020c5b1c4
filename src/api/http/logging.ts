/**
 * What the API writes to its log: method, route, status, time, and the caller's key id and principal. Never a body, a query, a
 * header or a raw path, because personal data comes in through all of them.
 */
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { errorField } from '../../db/errorLine';

export function requestLogger(logger: Logger): FastifyBaseLogger {
  return logger.child({ part: 'api' }, { serializers: { req: requestLine, res: responseLine, err: errorField } });
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
