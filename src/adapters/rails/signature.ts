/**
 * How requests to an HTTP rail and its answers are signed: HMAC-SHA256 over a few lines that name everything the
 * signature vouches for. The wire format is described, with a worked example, in docs/payment-rail.md.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export const HEADERS = {
  keyId: 'x-rail-key-id',
  timestamp: 'x-rail-timestamp',
  nonce: 'x-rail-nonce',
  bodyDigest: 'x-rail-body-digest',
  signature: 'x-rail-signature',
} as const;

export interface RailKey {
  keyId: string;
  /** Text of at least 32 characters; its UTF-8 bytes are the key. */
  secret: string;
}

export interface SignedRequest {
  method: 'GET' | 'POST';
  /** As it is sent, with the prefix of the rail's URL. */
  path: string;
  /** Real time of sending. */
  timestampMs: number;
  /** 32 hexadecimal digits, new for each request. */
  nonce: string;
  /** Empty for a GET. */
  body: Buffer;
}

export interface SignedAnswer {
  httpStatus: number;
  /** Of the request: an answer to another request does not verify. */
  nonce: string;
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

const VERSION = 'creditloom-rail-1';
const DIGEST = /^sha256=([0-9a-f]{64})$/;
const TIMESTAMP = /^\d{1,15}$/;

/** The headers that go with a request. */
export function signRequest(key: RailKey, request: SignedRequest): Record<string, string> {
  const { method, path, timestampMs, nonce, body } = request;
  const digest = digestOf(body);
  const lines = [VERSION, 'request', method, path, key.keyId, String(timestampMs), nonce, digest];
  return {
    [HEADERS.keyId]: key.keyId,
    [HEADERS.timestamp]: String(timestampMs),
    [HEADERS.nonce]: nonce,
    [HEADERS.bodyDigest]: digest,
    [HEADERS.signature]: `sha256=${hmac(key, lines).toString('hex')}`,
  };
}

/**
 * Undefined when the rail itself gave this answer to this request, lately; otherwise one phrase that says what is wrong
 * with it. The signature is looked at before the time, so that only the rail can make us speak of clocks.
 */
export function answerFault(
  key: RailKey,
  { httpStatus, nonce, body, headers }: SignedAnswer,
  { nowMs, maxClockSkewMs }: { nowMs: number; maxClockSkewMs: number },
): string | undefined {
  const timestamp = headers[HEADERS.timestamp];
  const signature = headers[HEADERS.signature];
  if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp)) return 'without a timestamp';
  const given = typeof signature === 'string' ? DIGEST.exec(signature)?.[1] : undefined;
  if (given === undefined) return 'without a signature';
  const lines = [VERSION, 'answer', String(httpStatus), key.keyId, timestamp, nonce, digestOf(body)];
  if (!timingSafeEqual(hmac(key, lines), Buffer.from(given, 'hex'))) return 'with a signature that is not its own';
  const skewMs = Math.abs(Number(timestamp) - nowMs);
  return skewMs > maxClockSkewMs ? `dated ${skewMs} ms away, where ${maxClockSkewMs} are allowed` : undefined;
}

function digestOf(body: Buffer): string {
  return `sha256=${createHash('sha256').update(body).digest('hex')}`;
}

function hmac({ secret }: RailKey, lines: string[]): Buffer {
  return createHmac('sha256', secret).update(lines.join('\n')).digest();
}
