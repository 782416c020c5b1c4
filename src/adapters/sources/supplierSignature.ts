/**
 * The other side of the signatures of `rails/signature.ts`: what a supplier checks of a question, and how it signs its
 * answer. The sandbox uses it, and it is an example for who writes one (docs/data-sources.md).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { HEADERS, type RailKey, signRequest } from '../rails/signature';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Undefined when the question was signed with our key, lately; otherwise a phrase that says what is wrong. */
export function requestFault(
  key: RailKey,
  { method, path, headers, body }: { method: string; path: string; headers: Headers; body: Buffer },
  { nowMs, maxClockSkewMs }: { nowMs: number; maxClockSkewMs: number },
): string | undefined {
  const timestampMs = Number(headers[HEADERS.timestamp]);
  const nonce = String(headers[HEADERS.nonce] ?? '');
  if (method !== 'POST') return undefined;
  if (!Number.isSafeInteger(timestampMs) || !/^[0-9a-f]{32}$/.test(nonce)) return 'the question is not signed';
  const wanted = signRequest(key, { method, path, timestampMs, nonce, body });
  const [given, right] = [headers[HEADERS.signature], wanted[HEADERS.signature]].map((text) =>
    Buffer.from(String(text)),
  );
  if (!given || !right || given.length !== right.length || !timingSafeEqual(given, right)) {
    return 'the signature is not that of the key';
  }
  return Math.abs(nowMs - timestampMs) > maxClockSkewMs ? 'the question is dated too far away' : undefined;
}

/** The headers of an answer to the question of that nonce. */
export function signAnswer(
  { keyId, secret }: RailKey,
  { httpStatus, timestampMs, nonce, body }: { httpStatus: number; timestampMs: number; nonce: string; body: Buffer },
): Record<string, string> {
  const digest = `sha256=${createHash('sha256').update(body).digest('hex')}`;
  const lines = ['creditloom-rail-1', 'answer', String(httpStatus), keyId, String(timestampMs), nonce, digest];
  const signature = createHmac('sha256', secret).update(lines.join('\n')).digest('hex');
  return { [HEADERS.timestamp]: String(timestampMs), [HEADERS.signature]: `sha256=${signature}` };
}
