/**
 * Tencent's SMS (interface of 2021-01-11), by its own SDK. It sends registered templates alone and bars texts of
 * lenders (docs/cloud-providers.md). The SDK does not retry. Of its errors only codes are kept.
 */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { HOUR_MS, WEEK_MS } from '../../../domain/values/timeUnits';
import { messageIdOf } from '../messageIds';
import type { Inquiry, InquiryOutcome, ReceiptStatus, SendOutcome, SmsMessage, SmsProvider } from '../port';
import { DEFAULT_TIMEOUTS, noTemplate, type Timeouts, withinBound } from './cloudCalls';
import { outcomeOf, tencentMeaning } from './cloudFailures';

export interface TencentSettings {
  secretId: string;
  secretKey: string;
  sdkAppId: string;
  region?: string | undefined;
  /** `host:port` or a host, without a scheme. */
  endpoint?: string | undefined;
  /** `http` is for a machine's own tests. */
  protocol?: 'http' | 'https' | undefined;
  timeouts?: Timeouts | undefined;
  /** Messages a second; Tencent's own bound is 3,000. */
  perSecond?: number | undefined;
  /** Real milliseconds; for tests. */
  now?: (() => number) | undefined;
}

type Sdk = typeof import('tencentcloud-sdk-nodejs-sms/tencentcloud/services/sms/v20210111');
export type TencentClient = InstanceType<Sdk['v20210111']['Client']>;
type Row = import('tencentcloud-sdk-nodejs-sms/tencentcloud/services/sms/v20210111/sms_models').PullSmsSendStatus;

/** A carrier that has not told what became of a message in so long never does (facts 3.5). */
const CARRIERS_TELL_WITHIN_MS = 72 * HOUR_MS;
const LISTED_FOR_MS = WEEK_MS;
const MOST_ROWS = 100;
/** Between the clocks. */
const BEFORE_MS = 60_000;

export function createTencentProvider(settings: TencentSettings): SmsProvider {
  const timeouts = settings.timeouts ?? DEFAULT_TIMEOUTS;
  const now = settings.now ?? Date.now;
  let loaded: TencentClient | undefined;
  const client = () => {
    loaded ??= connectTencent(settings, timeouts);
    return loaded;
  };
  return {
    name: 'tencent',
    capabilities: { freeText: false, echoesReference: true, maxParts: 8, perSecond: settings.perSecond ?? 3000 },
    async send(message: SmsMessage): Promise<SendOutcome> {
      if (!message.template) return noTemplate('tencent');
      const { code, signature, variables } = message.template;
      const call = client().SendSms({
        PhoneNumberSet: [`+86${message.phone}`],
        SmsSdkAppId: settings.sdkAppId,
        SignName: signature,
        TemplateId: code,
        // Its templates count their variables, {1}, {2} …: the order of ours is the order of theirs.
        TemplateParamSet: Object.values(variables),
        SessionContext: message.reference,
      });
      try {
        return readSent(await withinBound(call, timeouts), message.atMs);
      } catch (error) {
        return outcomeOfError(error, message.atMs);
      }
    },
    async inquire(question: Inquiry): Promise<InquiryOutcome> {
      const nowMs = now();
      if (nowMs - question.attemptedAtMs > LISTED_FOR_MS) {
        return { status: 'unknown', detail: 'tencent lists the messages of seven days alone' };
      }
      const call = client().PullSmsSendStatusByPhoneNumber({
        PhoneNumber: `+86${question.phone}`,
        SmsSdkAppId: settings.sdkAppId,
        BeginTime: Math.floor((question.attemptedAtMs - BEFORE_MS) / 1000),
        EndTime: Math.ceil(nowMs / 1000),
        Offset: 0,
        Limit: MOST_ROWS,
      });
      try {
        const { PullSmsSendStatusSet: rows } = await withinBound(call, timeouts);
        return foundAmong(rows, question, nowMs);
      } catch {
        return { status: 'unknown', detail: 'tencent did not answer what it sent', isUnreached: true };
      }
    },
  };
}

export function connectTencent(settings: TencentSettings, { readMs }: Timeouts): TencentClient {
  // Here and not above: it takes its time and memory, also where no Tencent is configured.
  const { v20210111 } = require('tencentcloud-sdk-nodejs-sms/tencentcloud/services/sms/v20210111') as Sdk;
  const protocol = settings.protocol ?? 'https';
  return new v20210111.Client({
    credential: { secretId: settings.secretId, secretKey: settings.secretKey },
    region: settings.region ?? 'ap-guangzhou',
    profile: {
      httpProfile: {
        endpoint: settings.endpoint ?? 'sms.tencentcloudapi.com',
        protocol: `${protocol}://`,
        reqTimeout: readMs / 1000,
        // One of ours, because without one the SDK takes a proxy from the environment.
        agent: protocol === 'http' ? new Agent() : new TlsAgent({ keepAlive: true }),
      },
    },
  });
}

function readSent(
  { SendStatusSet: statuses }: { SendStatusSet?: { Code?: string; Message?: string; SerialNo?: string }[] },
  atMs: number,
): SendOutcome {
  const [status] = Array.isArray(statuses) && statuses.length === 1 ? statuses : [];
  const { Code: code, SerialNo: serial, Message: message } = status ?? {};
  if (typeof code !== 'string' || code === '') {
    return { status: 'unknown', detail: 'tencent answered without a code' };
  }
  if (code === 'Ok') {
    const id = messageIdOf(serial);
    return id === undefined
      ? { status: 'unknown', detail: 'tencent took the message and named no id' }
      : { status: 'accepted', providerMessageIds: [id] };
  }
  return answered(code, message, atMs);
}

function answered(code: string, message: unknown, atMs: number): SendOutcome {
  const words = typeof message === 'string' ? message : '';
  return outcomeOf({ provider: 'tencent', code, atMs, meaning: tencentMeaning(code), message: words });
}

/** The code of an answer of Tencent's own: it alone says for certain that nothing was done. */
export function tencentCode(error: unknown): string | undefined {
  const { code, httpCode } = error as Record<string, unknown>;
  if (typeof httpCode === 'number' || typeof code !== 'string') return undefined;
  // What Node says of a connection, such as ECONNRESET, is no answer.
  return code === '' || /^E[A-Z]+$/.test(code) ? undefined : code;
}

function outcomeOfError(error: unknown, atMs: number): SendOutcome {
  const { httpCode, name, message } = error as Record<string, unknown>;
  const code = tencentCode(error);
  if (typeof httpCode === 'number') return { status: 'unknown', detail: `tencent answered HTTP ${httpCode}` };
  if (code !== undefined) return answered(code, message, atMs);
  const isLate = name === 'OutOfTime' || String(message).includes('network timeout');
  return { status: 'unknown', detail: isLate ? 'tencent did not answer in time' : 'the connection to tencent broke' };
}

const ENDS: Record<string, ReceiptStatus> = { SUCCESS: 'delivered', FAIL: 'undelivered' };

/**
 * Rows are there only once a carrier has told: that there is none says nothing until no carrier will tell any more,
 * and nothing at all where rows come without our reference, because the account has no echo.
 */
function foundAmong(rows: Row[] | undefined, { reference, attemptedAtMs }: Inquiry, nowMs: number): InquiryOutcome {
  if (!Array.isArray(rows)) return { status: 'unknown', detail: 'tencent did not answer what it sent' };
  const row = rows.find(({ SessionContext: echoed }) => echoed === reference);
  if (row) {
    const serial = messageIdOf(row.SerialNo);
    if (serial === undefined) return { status: 'unknown', detail: 'tencent named no id' };
    return { status: 'found', providerMessageIds: [serial], receipt: ENDS[String(row.ReportStatus)] };
  }
  if (rows.length >= MOST_ROWS) return { status: 'unknown', detail: 'tencent lists too many messages' };
  if (rows.some(({ SessionContext: echoed }) => !echoed)) {
    return { status: 'unknown', detail: 'tencent does not echo references: the account has no SessionContext' };
  }
  return nowMs - attemptedAtMs > CARRIERS_TELL_WITHIN_MS
    ? { status: 'not-found' }
    : { status: 'unknown', detail: 'tencent lists only what carriers have told of' };
}
