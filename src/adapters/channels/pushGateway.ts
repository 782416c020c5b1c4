/**
 * The lender's own gateway to push vendors (docs/channels.md): it alone knows how to reach an app. One signed POST for
 * each nudge; what it carries is a reference, a token and a title that is always the same.
 */
import { randomBytes } from 'node:crypto';
import { ExchangeError, exchange } from '../rails/httpExchange';
import { type RailKey, signRequest } from '../rails/signature';
import type { FailureClass, SendOutcome } from '../sms/port';
import { PUSH_TITLE, type PushChannel, type PushNotification } from './port';

export interface PushGatewayOptions extends RailKey {
  /** `https://…`, without a query: nudges are posted to it. */
  url: string;
  /** Real time, not the business clock: the gateway compares it with its own. */
  now(): number;
  connectTimeoutMs?: number | undefined;
  totalTimeoutMs?: number | undefined;
}

const MAX_ANSWER_BYTES = 16_384;

export function createPushGateway(options: PushGatewayOptions): PushChannel {
  const { connectTimeoutMs = 3_000, totalTimeoutMs = 5_000, now, url: target, keyId, secret } = options;
  const url = new URL(target);
  const bounds = { connectTimeoutMs, totalTimeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES };
  return {
    async send({ reference, token }: PushNotification): Promise<SendOutcome> {
      const body = Buffer.from(JSON.stringify({ reference, token, title: PUSH_TITLE }), 'utf8');
      const nonce = randomBytes(16).toString('hex');
      const signed = signRequest(
        { keyId, secret },
        { method: 'POST', path: url.pathname, timestampMs: now(), nonce, body },
      );
      const headers = { accept: 'application/json', 'content-type': 'application/json', ...signed };
      try {
        const { httpStatus } = await exchange({ method: 'POST', url, headers, body }, bounds);
        return outcomeOf(httpStatus, reference);
      } catch (error) {
        return unknown(error instanceof ExchangeError ? error.message : 'the adapter failed');
      }
    },
  };
}

/** The body says nothing that is needed. Nobody nudges twice, so that no doubt has to be cleared. */
function outcomeOf(httpStatus: number, reference: string): SendOutcome {
  const code = `http-${httpStatus}`;
  switch (httpStatus) {
    case 200:
    case 202:
      return { status: 'accepted', providerMessageIds: [reference] };
    case 404:
    case 410:
      return refused('bad-address', code, 'the gateway does not know this app any more');
    case 400:
    case 413:
    case 422:
      return refused('config-bug', code, 'the gateway does not take this request');
    case 401:
    case 403:
      return refused('account-stop', code, 'the gateway does not take our signature');
    case 429:
    case 503:
      return refused('transient', code, 'the gateway takes nothing now');
    default:
      return unknown(`HTTP status ${httpStatus}`);
  }
}

function refused(failure: FailureClass, code: string, detail: string): SendOutcome {
  return { status: 'refused', failure, code, detail };
}

function unknown(detail: string): SendOutcome {
  return { status: 'unknown', detail };
}
