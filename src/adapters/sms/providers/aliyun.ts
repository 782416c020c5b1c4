/**
 * Aliyun's SMS (interface of 2017-05-25), by its own SDK. It sends registered templates alone and bars texts of
 * lenders (docs/cloud-providers.md). The SDK retries when it is configured to, and then sends again: it never is.
 * Its errors name the whole URL, with phone and parameters: of them only codes are kept.
 */
import { messageIdOf } from '../messageIds';
import type { Inquiry, InquiryOutcome, ReceiptStatus, SendOutcome, SmsMessage, SmsProvider } from '../port';
import { beijingDatesAround, DEFAULT_TIMEOUTS, noTemplate, type Timeouts, withinBound } from './cloudCalls';
import { aliyunMeaning, outcomeOf } from './cloudFailures';

export interface AliyunSettings {
  accessKeyId: string;
  accessKeySecret: string;
  /** `host:port` or a host, without a scheme. */
  endpoint?: string | undefined;
  /** `http` is for a machine's own tests. */
  protocol?: 'http' | 'https' | undefined;
  timeouts?: Timeouts | undefined;
  /** Messages a second; Aliyun's own bound is 5,000 for an account. */
  perSecond?: number | undefined;
}

type Sdk = typeof import('@alicloud/dysmsapi20170525');
type Client = InstanceType<Sdk['default']>;
export interface AliyunClient {
  sdk: Sdk;
  client: Client;
}
type Details = import('@alicloud/dysmsapi20170525').QuerySendDetailsResponseBody;

const PAGE_ROWS = 50;
/** 1,000 messages to one phone on one date are more than Aliyun sends. */
const MOST_PAGES = 20;

export function createAliyunProvider(settings: AliyunSettings): SmsProvider {
  const timeouts = settings.timeouts ?? DEFAULT_TIMEOUTS;
  let loaded: AliyunClient | undefined;
  const load = () => {
    loaded ??= connectAliyun(settings, timeouts);
    return loaded;
  };
  return {
    name: 'aliyun',
    capabilities: { freeText: false, echoesReference: true, maxParts: 8, perSecond: settings.perSecond ?? 5000 },
    async send(message: SmsMessage): Promise<SendOutcome> {
      if (!message.template) return noTemplate('aliyun');
      const { sdk, client } = load();
      const { code, signature, variables } = message.template;
      const request = new sdk.SendSmsRequest({
        phoneNumbers: message.phone,
        signName: signature,
        templateCode: code,
        templateParam: JSON.stringify(variables),
        outId: message.reference,
      });
      try {
        const { body } = await withinBound(client.sendSms(request), timeouts);
        return readSent(body ?? {}, message.atMs);
      } catch (error) {
        return outcomeOfError(error, message.atMs);
      }
    },
    async inquire(question: Inquiry): Promise<InquiryOutcome> {
      try {
        return await findByReference(load(), question, timeouts);
      } catch {
        return { status: 'unknown', detail: 'aliyun did not answer what it sent', isUnreached: true };
      }
    },
  };
}

export function connectAliyun(settings: AliyunSettings, timeouts: Timeouts): AliyunClient {
  // Here and not above: it takes 400 ms and 37 MB, also where no Aliyun is configured.
  const sdk = require('@alicloud/dysmsapi20170525') as Sdk;
  const { $OpenApiUtil } = require('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core');
  const config = new $OpenApiUtil.Config({
    accessKeyId: settings.accessKeyId,
    accessKeySecret: settings.accessKeySecret,
    endpoint: settings.endpoint ?? 'dysmsapi.aliyuncs.com',
    protocol: settings.protocol ?? 'https',
    connectTimeout: timeouts.connectMs,
    readTimeout: timeouts.readMs,
  });
  return { sdk, client: new sdk.default(config) };
}

function readSent(body: { code?: unknown; bizId?: unknown; message?: unknown }, atMs: number): SendOutcome {
  const { code, bizId, message } = body;
  if (typeof code !== 'string' || code === '') {
    return { status: 'unknown', detail: 'aliyun answered without a code' };
  }
  if (code === 'OK') {
    const id = messageIdOf(bizId);
    return id === undefined
      ? { status: 'unknown', detail: 'aliyun took the message and named no id' }
      : { status: 'accepted', providerMessageIds: [id] };
  }
  return answered(code, message, atMs);
}

function answered(code: string, message: unknown, atMs: number): SendOutcome {
  const words = typeof message === 'string' ? message : '';
  return outcomeOf({ provider: 'aliyun', code, atMs, meaning: aliyunMeaning(code), message: words });
}

/** The code of an answer of the gateway itself, 4xx: it alone says for certain that nothing was done. */
export function aliyunGatewayCode(error: unknown): string | undefined {
  const { statusCode, code } = error as Record<string, unknown>;
  const isRefusal = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 && statusCode !== 408;
  return isRefusal && typeof code === 'string' && code !== '' && code !== 'undefined' ? code : undefined;
}

function outcomeOfError(error: unknown, atMs: number): SendOutcome {
  const { statusCode, name, message } = error as Record<string, unknown>;
  const code = aliyunGatewayCode(error);
  if (code !== undefined) return answered(code, message, atMs);
  if (typeof statusCode === 'number') return { status: 'unknown', detail: `aliyun answered HTTP ${statusCode}` };
  // A connection that did not come about in time may have: the whole request had arrived when this was measured.
  const isLate = name === 'RequestTimeoutError' || name === 'RequestTimeout' || name === 'OutOfTime';
  return { status: 'unknown', detail: isLate ? 'aliyun did not answer in time' : 'the connection to aliyun broke' };
}

/** Nothing asks for a reference: everything of the phone on the date is read, and searched. */
async function findByReference(
  { sdk, client }: AliyunClient,
  { phone, reference, attemptedAtMs, providerMessageIds }: Inquiry,
  timeouts: Timeouts,
): Promise<InquiryOutcome> {
  for (const sendDate of beijingDatesAround(attemptedAtMs)) {
    let seen = 0;
    for (let currentPage = 1; ; currentPage += 1) {
      if (currentPage > MOST_PAGES) return { status: 'unknown', detail: 'aliyun lists too many messages' };
      const request = new sdk.QuerySendDetailsRequest({
        phoneNumber: phone,
        sendDate,
        pageSize: PAGE_ROWS,
        currentPage,
      });
      const { body } = await withinBound(client.querySendDetails(request), timeouts);
      const page = readPage(body);
      if (!page) return { status: 'unknown', detail: 'aliyun did not answer what it sent' };
      const row = page.rows.find(({ outId }) => outId === reference);
      if (row) return foundOf(row.sendStatus, providerMessageIds, reference);
      seen += page.rows.length;
      if (seen >= page.total) break;
      // Fewer rows than were counted: what is looked for may be among those that did not come.
      if (page.rows.length === 0) return { status: 'unknown', detail: 'aliyun listed less than it counted' };
    }
  }
  return { status: 'not-found' };
}

function readPage(body: Details | undefined) {
  const total = Number(body?.totalCount);
  const rows = body?.smsSendDetailDTOs?.smsSendDetailDTO ?? [];
  if (body?.code !== 'OK' || !Number.isSafeInteger(total) || total < 0 || !Array.isArray(rows)) return undefined;
  return { total, rows };
}

const ENDS: Record<number, ReceiptStatus> = { 2: 'undelivered', 3: 'delivered' };

/**
 * The list names no message ids. Where we have none, our reference stands for it, but only together with the end: a
 * receipt that is still to come names the real id, and would find the stand-in waiting beside it for ever.
 */
function foundOf(sendStatus: unknown, known: readonly string[], reference: string): InquiryOutcome {
  const receipt = ENDS[Number(sendStatus)];
  const [first, ...others] = known;
  if (first !== undefined) return { status: 'found', providerMessageIds: [first, ...others], receipt };
  if (receipt) return { status: 'found', providerMessageIds: [reference], receipt };
  return { status: 'unknown', detail: 'aliyun has the message and waits for the carrier: its receipt names it' };
}
