/**
 * One HTTP request with hard bounds: time to connect, time in all, size of the answer. It follows no redirect and tries
 * nothing again. Node's own client and not `fetch`, which has no bound for connecting and pools connections.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Exchange {
  method: 'GET' | 'POST';
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Empty for a GET. */
  body: Buffer;
}

export interface ExchangeBounds {
  /** Until the connection stands, TLS included. */
  connectTimeoutMs: number;
  /** Until the last byte of the answer. */
  totalTimeoutMs: number;
  maxAnswerBytes: number;
}

export interface HttpAnswer {
  httpStatus: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The exchange did not end with a whole answer; the message says why, in words without addresses or content. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

/** Sends once and reads the whole answer. Throws {@link ExchangeError} whatever fails. */
export async function exchange(sent: Exchange, bounds: ExchangeBounds): Promise<HttpAnswer> {
  const { connectTimeoutMs, totalTimeoutMs, maxAnswerBytes } = bounds;
  const aborter = new AbortController();
  const abortAfter = (ms: number, what: string) =>
    setTimeout(() => aborter.abort(new ExchangeError(`${what} within ${ms} ms`)), ms);
  const connecting = abortAfter(connectTimeoutMs, 'no connection');
  const total = abortAfter(totalTimeoutMs, 'no whole answer');
  try {
    const response = await send(sent, aborter.signal, () => clearTimeout(connecting));
    return {
      httpStatus: response.statusCode ?? 0,
      headers: response.headers,
      body: await readBounded(response, maxAnswerBytes),
    };
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    if (aborter.signal.aborted) throw aborter.signal.reason;
    throw new ExchangeError(`the connection failed${codeOf(error)}`);
  } finally {
    clearTimeout(connecting);
    clearTimeout(total);
  }
}

/** Sends the request; the answer's body is still to be read. */
function send(
  { method, url, headers, body }: Exchange,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
    // A connection for each request: one that was kept open may be closed by the rail just as a debit is written to
    // it, and that debit would be in doubt for nothing.
    const options = { method, headers: { ...headers, ...length }, signal, agent: false as const };
    const request = isSecure ? requestHttps(url, options) : requestHttp(url, options);
    request.on('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', onConnected));
    request.on('response', resolve);
    request.on('error', reject);
    // Last of all, and without an error when the other side wants to speak another protocol.
    request.on('close', () => reject(new ExchangeError('the connection closed without an answer')));
    request.end(body);
  });
}

/** Leaving the loop early destroys the response, and its connection with it. */
async function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new ExchangeError(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Node's own codes, such as ECONNRESET: a fixed vocabulary, unlike messages, which hold addresses. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `: ${code}` : '';
}
