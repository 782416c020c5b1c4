/**
 * An SMS gateway over HTTP, of the form that Kannel's `sendsms` has (docs/http-gateway.md). The gateway spools what it
 * takes and gives no id: our reference stands for one, and comes back in the address of its receipts.
 *
 * There is no `inquire`: Kannel cannot be asked about a message. An attempt without an answer stays unknown until its
 * receipt comes, or for good.
 */
import type { FailureClass, SendOutcome, SmsMessage, SmsProvider } from '../port';
import { askGateway, type GatewayAnswer, GatewayError, type GatewayRequest } from './httpGatewayRequest';

export interface HttpGatewayOptions {
  /** In callback paths and books; another one for a second gateway. */
  name?: string;
  /** Of sendsms, such as `https://gateway.example/cgi-bin/sendsms`, without a query. */
  url: string;
  username: string;
  password: string;
  /** What the message comes from, such as a 106 number. */
  from: string;
  /** Our own address for receipts, with the secret as its last part: `https://…/v1/callbacks/NAME/SECRET`. */
  callbackUrl: string;
  /** Until the whole answer is there; real time. */
  timeoutMs?: number;
  perSecond?: number;
  /** POST keeps password, phone and text out of access logs; GET is for gateways that know nothing else. */
  method?: 'GET' | 'POST';
}

/** Receipts of all kinds: delivered 1, undelivered 2, queued 4, accepted by the SMSC 8, refused by it 16. */
const ALL_RECEIPTS = '31';
const UCS2 = '2';
const DEFAULTS = { name: 'http-gateway', timeoutMs: 10_000, perSecond: 20, method: 'POST' as const };
/** Nothing that the gateway, which fills %-signs in the address, could take for one of its own. */
const PLAIN_REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;

/** Throws for options that cannot work; the message names the option and never its value. */
export function createHttpGateway(options: HttpGatewayOptions): SmsProvider {
  const settings: Required<HttpGatewayOptions> = { ...DEFAULTS, ...options };
  const url = checkedUrl('url', settings.url);
  const callbackUrl = checkedUrl('callbackUrl', settings.callbackUrl);
  const { timeoutMs } = settings;
  for (const field of ['username', 'password', 'from'] as const) {
    if (!/^[\x21-\x7e]+$/.test(settings[field])) {
      throw new Error(`${field} of the HTTP gateway is empty or not plain: give it ASCII characters without spaces`);
    }
  }
  return {
    name: settings.name,
    capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: settings.perSecond },
    async send(message: SmsMessage): Promise<SendOutcome> {
      const { reference, phone, atMs } = message;
      if (!PLAIN_REFERENCE.test(reference)) return refused('config-bug', 'reference', 'the reference is not plain');
      if (!/^1\d{10}$/.test(phone)) return refused('bad-address', 'phone', 'the phone is no mainland mobile number');
      try {
        const asked = await askGateway({ ...requestOf(settings, url, message, callbackUrl), timeoutMs });
        return outcomeOf(asked, reference, atMs);
      } catch (error) {
        if (!(error instanceof GatewayError)) return unknown('the adapter failed');
        return error.mayHaveArrived ? unknown(error.message) : refused('transient', 'no-connection', error.message);
      }
    },
  };
}

/** The same in both forms; Kannel takes no form in a body, but fields as headers and the text as the body. */
function requestOf(
  { method, username, password, from }: Required<HttpGatewayOptions>,
  url: URL,
  { phone, text, reference }: SmsMessage,
  callbackUrl: URL,
): Omit<GatewayRequest, 'timeoutMs'> {
  const dlrUrl = receiptUrl(callbackUrl, reference);
  if (method === 'POST') {
    const headers = {
      'content-type': 'text/plain; charset=UTF-8',
      'x-kannel-username': username,
      'x-kannel-password': password,
      'x-kannel-from': from,
      'x-kannel-to': phone,
      'x-kannel-coding': UCS2,
      'x-kannel-dlr-mask': ALL_RECEIPTS,
      'x-kannel-dlr-url': dlrUrl,
    };
    return { url, method, headers, body: Buffer.from(text, 'utf8') };
  }
  const target = new URL(url);
  target.search = new URLSearchParams({
    username,
    password,
    from,
    to: phone,
    coding: UCS2,
    charset: 'UTF-8',
    text,
    'dlr-mask': ALL_RECEIPTS,
    'dlr-url': dlrUrl,
  }).toString();
  return { url: target, method, headers: {}, body: Buffer.alloc(0) };
}

/** The gateway fills in `%d`, the kind of receipt, and `%A`, the answer of the SMSC. It is not asked for the phone. */
function receiptUrl(callbackUrl: URL, reference: string): string {
  return `${callbackUrl.href}?event=receipt&reference=${reference}&type=%d&reply=%A`;
}

function checkedUrl(field: 'url' | 'callbackUrl', value: string): URL {
  const fault = (what: string) => new Error(`${field} of the HTTP gateway ${what}`);
  if (!URL.canParse(value)) throw fault('is no address: give one that begins with http:// or https://');
  const url = new URL(value);
  if (!['http:', 'https:'].includes(url.protocol)) throw fault('is not http or https: give one that is');
  if (url.search || url.hash) throw fault('has a query or a fragment: leave it out');
  if (url.href.includes('%')) throw fault('holds a %-sign, which the gateway would fill in: use plain characters');
  return url;
}

/** Only what the gateway says in its own words counts as taken; 202 of something else in between is no answer. */
function outcomeOf({ httpStatus, headers, body }: GatewayAnswer, reference: string, atMs: number): SendOutcome {
  const code = `http-${httpStatus}`;
  switch (httpStatus) {
    case 202:
      // 0: given to the SMSC's connection; 3: in the spool until there is one. It has it either way.
      if (/^[03]: /.test(body)) return { status: 'accepted', providerMessageIds: [reference] };
      return unknown('HTTP status 202 without the words of the gateway');
    case 400: {
      const isNumber = /receiver|denied by white/i.test(body);
      return isNumber
        ? refused('bad-address', code, 'the gateway does not take this number')
        : refused('config-bug', code, 'the gateway does not take this request');
    }
    case 403:
      if (/not routable/i.test(body)) {
        return refused('bad-address', code, 'the gateway does not send to this number');
      }
      return refused('account-stop', code, 'the gateway does not let this user send');
    case 401:
    case 404:
    case 405:
      return refused('account-stop', code, 'address or credentials of the gateway are wrong');
    case 429:
    case 503:
      return notNow(code, headers['retry-after'], atMs);
    default:
      return unknown(`HTTP status ${httpStatus}`);
  }
}

/** A window when the gateway says when it ends; else passing trouble. Seconds only: a date would be of another clock. */
function notNow(code: string, retryAfter: string | undefined, atMs: number): SendOutcome {
  const detail = 'the gateway takes nothing now';
  const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  if (seconds === undefined) return refused(code === 'http-429' ? 'windowed' : 'transient', code, detail);
  return { ...refused('windowed', code, detail), retryAtMs: atMs + seconds * 1_000 };
}

type Refused = Extract<SendOutcome, { status: 'refused' }>;

function refused(failure: FailureClass, code: string, detail: string): Refused {
  return { status: 'refused', failure, code, detail };
}

function unknown(detail: string): SendOutcome {
  return { status: 'unknown', detail };
}
