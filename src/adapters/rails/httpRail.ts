/**
 * A payment rail over HTTP (docs/payment-rail.md): `POST /debits`, `GET /debits/REFERENCE`, both ways signed. Only an
 * answer that the rail itself signed for this request counts; whatever else comes back is `unknown`, because a proxy,
 * a broken rail or a stranger may have written it.
 */
import { randomBytes } from 'node:crypto';
import { checkDebitRequest, checkReference } from './debitRequest';
import { ExchangeError, exchange } from './httpExchange';
import type { DebitInquiryOutcome, DebitOutcome, PaymentRail } from './port';
import { RailAnswerError, readAnswer } from './railAnswer';
import { answerFault, type RailKey, signRequest } from './signature';

export interface HttpRailOptions extends RailKey {
  /** `https://…`, with or without a path; `debits` is put behind it. */
  url: string;
  /** Real time, not the business clock: the rail compares it with its own. */
  now(): number;
  /** Until the connection stands, TLS included. */
  connectTimeoutMs?: number;
  /** Until the whole answer is there; for one request. */
  totalTimeoutMs?: number;
  /** How far the clocks of the rail and of this machine may be apart. */
  maxClockSkewMs?: number;
  maxAnswerBytes?: number;
}

const DEFAULTS = {
  connectTimeoutMs: 3_000,
  totalTimeoutMs: 15_000,
  maxClockSkewMs: 300_000,
  // An answer of the wire format is far below 1 KiB.
  maxAnswerBytes: 16_384,
};

type Unknown = { status: 'unknown'; detail: string };

export function createHttpRail(options: HttpRailOptions): PaymentRail {
  // Held here and not in the rail, so that a rail that is logged shows no secret.
  const settings = { ...DEFAULTS, ...options };
  return {
    name: 'http',
    async debit(request): Promise<DebitOutcome> {
      checkDebitRequest(request);
      const { reference, mandateId, amountFen, businessDate } = request;
      const body = JSON.stringify({ reference, mandateId, amountFen, currency: 'CNY', businessDate });
      const outcome = await ask(settings, { method: 'POST', path: 'debits' }, reference, body);
      if (outcome.status !== 'not-found') return outcome;
      return { status: 'unknown', detail: 'the rail answered not-found to a debit' };
    },
    async inquire(reference): Promise<DebitInquiryOutcome> {
      checkReference(reference);
      return ask(settings, { method: 'GET', path: `debits/${encodeURIComponent(reference)}` }, reference, '');
    },
  };
}

/** Statuses whose body tells an outcome. A redirect is none: it would carry a signed debit to somebody else. */
const TELLING: Readonly<Record<'GET' | 'POST', readonly number[]>> = { POST: [200, 202], GET: [200, 404] };

async function ask(
  settings: HttpRailOptions & typeof DEFAULTS,
  { method, path }: { method: 'GET' | 'POST'; path: string },
  reference: string,
  text: string,
): Promise<DebitInquiryOutcome | Unknown> {
  const url = new URL(path, settings.url.endsWith('/') ? settings.url : `${settings.url}/`);
  const body = Buffer.from(text, 'utf8');
  const nonce = randomBytes(16).toString('hex');
  const headers = {
    accept: 'application/json',
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    ...signRequest(settings, { method, path: url.pathname, timestampMs: settings.now(), nonce, body }),
  };
  try {
    const answer = await exchange({ method, url, headers, body }, settings);
    const fault = answerFault(settings, { ...answer, nonce }, { ...settings, nowMs: settings.now() });
    if (fault !== undefined) return unknown(`HTTP status ${answer.httpStatus}, ${fault}`);
    if (answer.httpStatus === 409) return unknown('the rail knows this reference with other content');
    if (!TELLING[method].includes(answer.httpStatus)) return unknown(`HTTP status ${answer.httpStatus} of the rail`);
    const outcome = readAnswer(answer.body, reference);
    if ((answer.httpStatus === 404) !== (outcome.status === 'not-found')) {
      return unknown(`HTTP status ${answer.httpStatus} with the outcome ${outcome.status}`);
    }
    return outcome;
  } catch (error) {
    if (error instanceof ExchangeError || error instanceof RailAnswerError) return unknown(error.message);
    return unknown('the adapter failed');
  }
}

function unknown(detail: string): Unknown {
  return { status: 'unknown', detail };
}
