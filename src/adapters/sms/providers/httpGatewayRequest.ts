/**
 * One HTTP request to a gateway with a bound of time and of size. It tries nothing again, follows no redirect, and says
 * whether a byte can have left: Node's client writes to a socket only once it is connected. Not `fetch`, which does not
 * tell when it connects and keeps connections that may close under a message.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface GatewayRequest {
  /** With its query. */
  url: URL;
  method: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  /** Empty for a GET. */
  body: Buffer;
  /** Until the last byte of the answer. */
  timeoutMs: number;
}

export interface GatewayAnswer {
  httpStatus: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** No whole answer. The message is made of fixed words: no address, no content. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  constructor(
    message: string,
    /** Whether the gateway may have got the request. */
    readonly mayHaveArrived: boolean,
  ) {
    super(message);
  }
}

const MAX_ANSWER_BYTES = 4_096;

/** Throws {@link GatewayError} whatever fails. */
export async function askGateway(sent: GatewayRequest): Promise<GatewayAnswer> {
  const { timeoutMs } = sent;
  const signal = AbortSignal.timeout(timeoutMs);
  let isConnected = false;
  try {
    const response = await send(sent, signal, () => {
      isConnected = true;
    });
    return { httpStatus: response.statusCode ?? 0, headers: response.headers, body: await readBounded(response) };
  } catch (error) {
    throw new GatewayError(faultOf(error, signal, isConnected, timeoutMs), isConnected);
  }
}

function send(
  { url, method, headers, body }: GatewayRequest,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const length = method === 'POST' ? { 'content-length': String(body.length) } : {};
    // A connection of its own: one that was kept may be closed just as a message is written to it.
    const options = { method, headers: { ...headers, ...length }, signal, agent: false as const };
    const request = isSecure ? requestHttps(url, options) : requestHttp(url, options);
    request.on('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', onConnected));
    request.on('response', resolve);
    request.on('error', reject);
    request.on('close', () => reject(new Error('the connection closed without an answer')));
    request.end(body);
  });
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only Node's own codes, such as ECONNRESET: its messages hold addresses. */
function faultOf(error: unknown, signal: AbortSignal, isConnected: boolean, timeoutMs: number): string {
  if (signal.aborted) return `${isConnected ? 'no whole answer' : 'no connection'} within ${timeoutMs} ms`;
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `: ${code}` : '';
  return `${isConnected ? 'the connection failed before a whole answer' : 'no connection could be made'}${known}`;
}
