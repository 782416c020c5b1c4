/**
 * What Node refuses before there is a request: a line or a header that cannot be read, headers without end, bad chunks,
 * a sender that is too slow, an expectation that nobody can meet. Told as a problem document, as every other refusal.
 */
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest, PROBLEM_MEDIA_TYPE, type ProblemError } from './problems';

type ClientError = Error & { code?: string };

const READ_FIX = 'Check the request line, the headers and the body.';
const TOO_SLOW = () => badRequest(408, 'The request came too slowly', 'Send the whole request within 30 seconds.');
const TOO_MANY_HEADERS = () => badRequest(431, 'The headers are too large', 'Send at most 16 KiB of headers.');
const UNMET = () => badRequest(417, 'The expectation cannot be met', 'Send no Expect, or 100-continue.');
const NO_TUNNEL = () => badRequest(405, 'There are no tunnels here', 'Ask for a path of /docs.');

function refusalOf({ code }: ClientError): ProblemError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return TOO_SLOW();
    case 'HPE_HEADER_OVERFLOW':
      return TOO_MANY_HEADERS();
    default:
      return badRequest(400, 'The request cannot be read', READ_FIX);
  }
}

/** Nothing of what came is repeated or logged: it may be anything. */
export function answerClientError(error: ClientError, socket: Duplex): void {
  // An answer that has begun cannot be taken back, and a document in its middle would be taken for a part of it.
  const begun = (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage?.headersSent;
  if (error.code === 'ECONNRESET' || !socket.writable || begun) socket.destroy();
  else endWith(socket, refusalOf(error));
}

/** What Node would answer without a document. */
export function answerWhatNodeRefuses(server: Server): void {
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { problem } = UNMET();
    response.writeHead(problem.status, { 'Content-Type': PROBLEM_MEDIA_TYPE, Connection: 'close' });
    response.end(JSON.stringify(problem));
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    endWith(socket, NO_TUNNEL());
  });
}

function endWith(socket: Duplex, { problem }: ProblemError): void {
  const body = JSON.stringify(problem);
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
