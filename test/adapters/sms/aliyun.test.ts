/** Aliyun's adapter against a fake that checks signatures: one request for a message, and only what is certain. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Inquiry, SendOutcome, SmsMessage, SmsProvider } from '../../../src/adapters/sms/port';
import { createAliyunProvider } from '../../../src/adapters/sms/providers/aliyun';
import { CLOUD_KEY, createFakeAliyun, type FakeCloud, startSilentPort } from './fakeCloud';

const PHONE = '13800000000';
/** Noon in Beijing, 10 July 2026. */
const NOON_MS = Date.UTC(2026, 6, 10, 4);
const TIMEOUTS = { connectMs: 400, readMs: 300, totalMs: 1500 };
const MESSAGE: SmsMessage = {
  reference: 'notice-1.1',
  phone: PHONE,
  text: "【示例消金】您的账单应还1,234.56元 a~b*c'(d)!",
  template: { code: 'SMS_1', signature: '示例消金', variables: { amount: '1,234.56元', note: "a~b*c'(d)! &=+" } },
  atMs: NOON_MS,
};

let cloud: FakeCloud;
let endpoint: string;
let provider: SmsProvider;

beforeEach(async () => {
  cloud = createFakeAliyun();
  endpoint = await cloud.start();
  provider = createAliyunProvider(settingsFor(endpoint));
});
afterEach(() => cloud.stop());

function settingsFor(at: string, protocol: 'http' | 'https' = 'http') {
  return {
    accessKeyId: CLOUD_KEY.id,
    accessKeySecret: CLOUD_KEY.secret,
    endpoint: at,
    protocol,
    timeouts: TIMEOUTS,
  };
}

/** Nothing of an outcome may tell who was written to, or what. */
function expectSilence(outcome: unknown): void {
  const told = JSON.stringify(outcome);
  for (const secret of [PHONE, '1,234.56', '示例', encodeURIComponent('示例'), 'SMS_1', CLOUD_KEY.secret, endpoint]) {
    expect(told).not.toContain(secret);
  }
}

async function sendOnce(): Promise<SendOutcome> {
  const outcome = await provider.send(MESSAGE);
  // Whatever came, and also a while later: one request.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(cloud.received).toHaveLength(1);
  expect(cloud.received[0]?.isSigned).toBe(true);
  expectSilence(outcome);
  return outcome;
}

describe('sending', () => {
  it('sends the registered template under our reference, signed, and takes its id', async () => {
    cloud.answer = () => ({ json: { Code: 'OK', Message: 'OK', BizId: '9006^0', RequestId: 'r-1' } });
    expect(await sendOnce()).toEqual({ status: 'accepted', providerMessageIds: ['9006^0'] });
    const [{ action, parameters } = { action: '', parameters: {} }] = cloud.received;
    expect(action).toBe('SendSms');
    const { TemplateParam: variables, ...rest } = parameters;
    expect(rest).toEqual({
      PhoneNumbers: PHONE,
      SignName: '示例消金',
      TemplateCode: 'SMS_1',
      OutId: 'notice-1.1',
    });
    expect(JSON.parse(variables)).toEqual(MESSAGE.template?.variables);
  });

  it('refuses what has no template before anything is called', async () => {
    expect(provider.capabilities.freeText).toBe(false);
    const outcome = await provider.send({ ...MESSAGE, template: undefined });
    expect(outcome).toMatchObject({ status: 'refused', failure: 'config-bug', code: 'NO_TEMPLATE' });
    expect(cloud.connections).toBe(0);
  });

  it('does not send what was signed with another secret: the fake would see it', async () => {
    cloud.answer = ({ isSigned }) => ({ json: { Code: isSigned ? 'OK' : 'isv.WRONG', BizId: 'b' } });
    await createAliyunProvider({ ...settingsFor(endpoint), accessKeySecret: 'another' }).send(MESSAGE);
    expect(cloud.received[0]?.isSigned).toBe(false);
  });

  it.each([
    ['isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1', 'windowed', NOON_MS + 60_000],
    ['isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5', 'windowed', NOON_MS + 3_600_000],
    ['isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:10', 'windowed', NOON_MS + 86_400_000],
    ['isv.BUSINESS_LIMIT_CONTROL', 'in other words', 'windowed', NOON_MS + 86_400_000],
    ['isv.AMOUNT_NOT_ENOUGH', '账户余额不足', 'account-stop', undefined],
    ['isv.DAY_LIMIT_CONTROL', '触发日发送限额', 'account-stop', undefined],
    ['isv.SMS_TEMPLATE_ILLEGAL', `模板不合法 ${PHONE}`, 'config-bug', undefined],
    ['isv.NEVER_HEARD_OF', '', 'config-bug', undefined],
    ['isv.MOBILE_NUMBER_ILLEGAL', `${PHONE}invalid mobile number`, 'bad-address', undefined],
  ])('%s (%s) with HTTP 200 is refused as %s', async (code, words, failure, retryAtMs) => {
    cloud.answer = () => ({ json: { Code: code, Message: words, RequestId: 'r-1' } });
    const outcome = await sendOnce();
    expect(outcome).toMatchObject({ status: 'refused', failure, code });
    expect(outcome).toHaveProperty(...((retryAtMs === undefined ? ['code'] : ['retryAtMs', retryAtMs]) as [string]));
  });

  it.each([
    [400, 'Throttling.User', 'transient'],
    [503, 'Throttling', 'unknown'],
    [404, 'InvalidAccessKeyId.NotFound', 'account-stop'],
    [400, 'SignatureDoesNotMatch', 'account-stop'],
    [403, 'Forbidden.RAM', 'account-stop'],
    [400, 'InvalidTemplateCode.Malformed', 'config-bug'],
    [400, 'SomethingElse', 'unknown'],
    [408, 'Throttling', 'unknown'],
    [500, 'InternalError', 'unknown'],
    [503, 'ServiceUnavailable', 'unknown'],
  ])('HTTP %i with the code %s is %s', async (httpStatus, code, meaning) => {
    cloud.answer = () => ({ httpStatus, json: { Code: code, Message: `about ${PHONE}`, RequestId: 'r-1' } });
    const outcome = await sendOnce();
    expect(outcome.status === 'refused' ? outcome.failure : outcome.status).toBe(meaning);
  });

  it.each([
    ['trouble behind the door', { json: { Code: 'isp.SYSTEM_ERROR', Message: 'x' } }],
    ['an answer without a code', { json: { Message: 'x' } }],
    ['an acceptance without an id', { json: { Code: 'OK' } }],
    ['an acceptance with an empty id', { json: { Code: 'OK', BizId: '' } }],
    ['an acceptance with a blank for an id', { json: { Code: 'OK', BizId: ' ' } }],
    ['an acceptance with an id that no receipt could name', { json: { Code: 'OK', BizId: '编号 1' } }],
    ['a page of a proxy', { httpStatus: 502, text: '<html>bad gateway</html>' }],
    ['a refusal of a proxy', { httpStatus: 403, text: '<html>no</html>' }],
    ['no JSON', { text: 'OK' }],
    ['a reset once it had arrived', 'reset' as const],
    ['silence', 'hang' as const],
  ])('%s is unknown, and not sent again', async (_case, answer) => {
    cloud.answer = () => answer;
    expect((await sendOnce()).status).toBe('unknown');
  });

  it('a timeout while connecting says nothing either: the request had arrived', async () => {
    const slow = { connectMs: 200, readMs: 1000, totalMs: 1500 };
    provider = createAliyunProvider({ ...settingsFor(endpoint), timeouts: slow });
    expect((await sendOnce()).status).toBe('unknown');
  });

  it('a connection that breaks, does not come about or is refused is unknown', async () => {
    cloud.resetsEarly = true;
    const early = await provider.send(MESSAGE);
    expect(early.status).toBe('unknown');
    expect(cloud.connections).toBe(1);
    const silent = await startSilentPort();
    const slow = await createAliyunProvider(settingsFor(silent.endpoint, 'https')).send(MESSAGE);
    await silent.stop();
    const closed = await createAliyunProvider(settingsFor(silent.endpoint)).send(MESSAGE);
    for (const outcome of [early, slow, closed]) {
      expect(outcome.status).toBe('unknown');
      expectSilence(outcome);
    }
  });
});

describe('asking', () => {
  const QUESTION: Inquiry = {
    reference: 'notice-1.1',
    phone: PHONE,
    attemptedAtMs: NOON_MS,
    providerMessageIds: [],
  };
  const row = (OutId: string, SendStatus: number) => ({ OutId, SendStatus, PhoneNum: PHONE, Content: MESSAGE.text });
  const page = (rows: object[], total = rows.length) => ({
    json: { Code: 'OK', TotalCount: String(total), SmsSendDetailDTOs: { SmsSendDetailDTO: rows } },
  });
  const ask = async (question = QUESTION) => {
    const outcome = await provider.inquire?.(question);
    expectSilence(outcome);
    return outcome;
  };

  it.each([
    [3, 'delivered'],
    [2, 'undelivered'],
  ])('finds the message with the end of status %i', async (status, receipt) => {
    cloud.answer = () => page([row('notice-1.10', 3), row('notice-1.1', status)]);
    expect(await ask()).toEqual({ status: 'found', providerMessageIds: ['notice-1.1'], receipt });
    const known = { ...QUESTION, providerMessageIds: ['b-1'] };
    expect(await ask(known)).toEqual({ status: 'found', providerMessageIds: ['b-1'], receipt });
    expect(cloud.received[0]).toMatchObject({ action: 'QuerySendDetails', isSigned: true });
    expect(cloud.received[0]?.parameters).toEqual({
      PhoneNumber: PHONE,
      SendDate: '20260710',
      PageSize: '50',
      CurrentPage: '1',
    });
  });

  it('one that waits for the carrier is found by its known id, and else keeps the doubt: the list names no id', async () => {
    cloud.answer = () => page([row('notice-1.1', 1)]);
    expect((await ask({ ...QUESTION, providerMessageIds: ['b-1'] }))?.status).toBe('found');
    expect((await ask())?.status).toBe('unknown');
  });

  it('asks for both dates around midnight in Beijing, and for one at noon', async () => {
    cloud.answer = () => page([]);
    const midnightMs = Date.UTC(2026, 6, 10, 16);
    for (const attemptedAtMs of [midnightMs - 60_000, midnightMs + 60_000, NOON_MS])
      await ask({ ...QUESTION, attemptedAtMs });
    expect(cloud.received.map(({ parameters }) => parameters.SendDate)).toEqual([
      '20260710',
      '20260711',
      '20260710',
      '20260711',
      '20260710',
    ]);
  });

  it('reads all pages before it says that there is nothing', async () => {
    const others = Array.from({ length: 50 }, (_, index) => row(`other-${index}`, 3));
    cloud.answer = ({ parameters }) => page(parameters.CurrentPage === '2' ? [row('notice-1.1', 3)] : others, 51);
    expect((await ask())?.status).toBe('found');
    cloud.answer = ({ parameters }) => page(parameters.CurrentPage === '2' ? [row('x', 3)] : others, 51);
    expect(await ask()).toEqual({ status: 'not-found' });
  });

  it.each([
    ['fewer rows than it counted', page([], 3)],
    ['more pages than there can be', page([row('x', 3)], 1_000_000)],
    ['no count', { json: { Code: 'OK', SmsSendDetailDTOs: { SmsSendDetailDTO: [] } } }],
    ['a refusal', { json: { Code: 'isv.INVALID_PARAMETERS', TotalCount: '0' } }],
    ['throttling', { httpStatus: 400, json: { Code: 'Throttling.User', Message: PHONE } }],
    ['trouble', { httpStatus: 500, text: 'x' }],
    ['a reset', 'reset' as const],
    ['silence', 'hang' as const],
  ])('%s is no answer', async (_case, answer) => {
    cloud.answer = () => answer;
    expect((await ask())?.status).toBe('unknown');
  });
});
