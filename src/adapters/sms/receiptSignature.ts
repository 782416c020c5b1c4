/**
 * How a provider signs the receipts that it posts to `/v1/receipts/PROVIDER`: HMAC-SHA256 over a few lines that name
 * everything the signature vouches for. The wire format is described in docs/notices.md.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const RECEIPT_HEADERS = { time: 'x-receipt-time', signature: 'x-receipt-signature' } as const;

const VERSION = 'creditloom-receipts-1';
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
const TIME = /^\d{1,15}$/;
/** For clocks that differ, and for a push that is tried again: what is older, or of the future, is refused. */
export const RECEIPT_TIME_MS = 300_000;

export interface SignedReceipts {
  provider: string;
  /** Real time of sending, in milliseconds. */
  atMs: number;
  body: Buffer | string;
}

/** Of one provider alone: one that leaks signs for no other. `secret` is the deployment's. */
export function receiptSecretOf(secret: string, provider: string): string {
  return createHmac('sha256', secret).update(`receipts/${provider}`).digest('hex');
}

/** The headers that go with a push; `providerSecret` as {@link receiptSecretOf} gives it. */
export function signReceipts(providerSecret: string, signed: SignedReceipts): Record<string, string> {
  return {
    [RECEIPT_HEADERS.time]: String(signed.atMs),
    [RECEIPT_HEADERS.signature]: `sha256=${hmacOf(providerSecret, signed).toString('hex')}`,
  };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whether the provider itself signed this body for itself, lately. */
export function areSigned(
  providerSecret: string,
  { provider, body, headers, nowMs }: Omit<SignedReceipts, 'atMs'> & { headers: Headers; nowMs: number },
): boolean {
  const time = headers[RECEIPT_HEADERS.time];
  if (typeof time !== 'string' || !TIME.test(time)) return false;
  const atMs = Number(time);
  if (Math.abs(nowMs - atMs) > RECEIPT_TIME_MS) return false;
  return isSame(hmacOf(providerSecret, { provider, atMs, body }), headers);
}

/** As deployments before this form were told to sign: the body alone, under the deployment's own secret. */
export function isBodySigned(secret: string, body: Buffer, headers: Headers): boolean {
  return isSame(createHmac('sha256', secret).update(body).digest(), headers);
}

function isSame(expected: Buffer, headers: Headers): boolean {
  const header = headers[RECEIPT_HEADERS.signature];
  const given = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  return given !== undefined && timingSafeEqual(expected, Buffer.from(given, 'hex'));
}

function hmacOf(providerSecret: string, { provider, atMs, body }: SignedReceipts): Buffer {
  const digest = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', providerSecret)
    .update([VERSION, provider, String(atMs), digest].join('\n'))
    .digest();
}
