/**
 * What an HTTP gateway of Kannel's form tells us: receipts at the address that each message carried, and texts that
 * somebody sent to our number (`sms-service`, docs/http-gateway.md). It signs nothing, so the address is the secret.
 * Receipts come in any order, also the final one first, and more than once.
 */
import { createHash } from 'node:crypto';
import { readPhoneNumber } from '../../../domain/values/phoneNumbers';
import {
  type Callback,
  type InboundText,
  MalformedCallback,
  type ProviderCallbacks,
  type ProviderReceipt,
} from '../port';

/** Kannel's kinds of receipts. */
const STATUS_OF_TYPE: Readonly<Record<string, ProviderReceipt['status']>> = {
  '1': 'delivered',
  '2': 'undelivered',
  // Queued by the gateway, and accepted by the SMSC: it is on its way.
  '4': 'pending',
  '8': 'pending',
  '16': 'undelivered',
};
const REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
/** Kannel's codings of texts; what came in the alphabet of GSM is UTF-8 inside it. 1 is no text but data. */
const ENCODING_OF_CODING: Readonly<Record<string, string>> = { '0': 'utf-8', '2': 'utf-16be' };
const MAX_HEX = 8_000;

export function createHttpGatewayCallbacks(name = 'http-gateway'): ProviderCallbacks {
  return {
    name,
    method: 'GET',
    authentication: 'secret-path',
    parseReceipts({ query }: Callback): ProviderReceipt[] {
      return isInbound(query) ? [] : [receiptOf(query)];
    },
    parseInbound({ query }: Callback): InboundText[] {
      return isInbound(query) ? [inboundOf(query)] : [];
    },
    // Empty: to an inbound text the gateway would send our words back as an answer.
    answer: { status: 200, body: '', contentType: 'text/plain' },
  };
}

function isInbound({ event }: Callback['query']): boolean {
  if (event !== 'receipt' && event !== 'inbound') {
    throw new MalformedCallback('event must be receipt or inbound: use the addresses of docs/http-gateway.md');
  }
  return event === 'inbound';
}

function receiptOf({ reference = '', type = '', reply = '' }: Callback['query']): ProviderReceipt {
  if (!REFERENCE.test(reference)) throw new MalformedCallback('reference must be that of a message of ours');
  const status = STATUS_OF_TYPE[type];
  if (status === undefined) throw new MalformedCallback('type must be one of 1, 2, 4, 8, 16');
  const receiptKey = hashOf(reference, type, reply);
  return { providerMessageId: reference, reference, receiptKey, status, code: codeOf(type, reply) };
}

/**
 * The SMSC's own word, such as DELIVRD of `… stat:DELIVRD err:000 text:…` or NACK-11 of `NACK/11/Invalid …`. Nothing
 * else of the answer is kept, because it holds the beginning of the text.
 */
function codeOf(type: string, reply: string): string {
  const state = /\bstat:([A-Z]{1,10})\b/.exec(reply)?.[1];
  const error = /\berr:([0-9A-Za-z]{1,5})\b/.exec(reply)?.[1];
  if (state !== undefined) return error === undefined || /^0+$/.test(error) ? state : `${state}-${error}`;
  const [, word, number] = /^(ACK|NACK)\/(0x[0-9a-f]{1,8}|\d{1,10}|Retries Exceeded)?/i.exec(reply) ?? [];
  if (word === undefined) return `type-${type}`;
  return number === undefined ? word : `${word}-${number.replace(' ', '-').toLowerCase()}`;
}

function inboundOf(query: Callback['query']): InboundText {
  const { from = '', hex = '', id = '', at = '' } = query;
  const phone = readPhoneNumber(from);
  if (phone === undefined) throw new MalformedCallback('from must be a mobile number of mainland China');
  const text = textOf(query);
  // The gateway's id of the text, the same when it calls again.
  return { phone, text, messageKey: /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : hashOf(from, hex, at) };
}

/** In hexadecimal, because Kannel writes Chinese as bytes of UTF-16 into an address, which no reader of one expects. */
function textOf({ hex = '', coding = '' }: Callback['query']): string {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw new MalformedCallback('hex must be the text in hexadecimal');
  if (hex.length > MAX_HEX) throw new MalformedCallback(`hex must have at most ${MAX_HEX} characters`);
  const encoding = ENCODING_OF_CODING[coding];
  if (encoding === undefined) throw new MalformedCallback('coding must be 0 or 2: the text is in no alphabet');
  return new TextDecoder(encoding).decode(Buffer.from(hex, 'hex'));
}

function hashOf(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
