/** Tencent's adapter against a fake that checks signatures: one request for a message, and only what is certain. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Inquiry, SendOutcome, SmsMessage, SmsProvider } from '../../../src/adapters/sms/port';
import { createTencentProvider } from '../../../src/adapters/sms/providers/tencent';
import { CLOUD_KEY, createFakeTencent, type FakeCloud, startSilentPort } from './fakeCloud';

const PHONE = '13800000000';
const HOUR_MS = 3_600_000;
/** Noon in Beijing, 10 July 2026. */
const NOON_MS = Date.UTC(2026, 6, 10, 4);
const TIMEOUTS = { connectMs: 400, readMs: 300, totalMs: 600 };
const MESSAGE: SmsMessage = {
  reference: 'notice-1.1',
  phone: PHONE,
  text: '【示例消金】您的账单应还1,234.56元',
  template: { code: '1234567', signature: '示例消金', variables: { amount: '1,234.56元', date: '7月10日' } },
  atMs: NOON_MS,
};

let cloud: FakeCloud;
let endpoint: string;
let provider: SmsProvider;

beforeEach(async () => {
  cloud = createFakeTencent();
  endpoint = await cloud.start();
  provider = createTencentProvider(settingsFor(endpoint));
});
afterEach(() => cloud.stop());

function settingsFor(at: string, protocol: 'http' | 'https' = 'http') {
  return {
    secretId: CLOUD_KEY.id,
    secretKey: CLOUD_KEY.secret,
    sdkAppId: '1400000000',
    endpoint: at,
    protocol,
    timeouts: TIMEOUTS,
    now: () => NOON_MS + HOUR_MS,
  };
}

/** Nothing of an outcome may tell who was written to, or what. */
function expectSilence(outcome: unknown): void {
  const told = JSON.stringify(outcome);
  for (const secret of [PHONE, '1,234.56', '示例', CLOUD_KEY.secret, endpoint]) expect(told).not.toContain(secret);
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

function status(Code: string, more: object = {}) {
  return { json: { Response: { SendStatusSet: [{ Code, Message: `about ${PHONE}`, ...more }], RequestId: 'r-1' } } };
}

function fault(Code: string, httpStatus = 200) {
  return { httpStatus, json: { Response: { Error: { Code, Message: `about ${PHONE}` }, RequestId: 'r-1' } } };
}

describe('sending', () => {
  it('sends the registered template under our reference, signed, and takes its id', async () => {
    cloud.answer = () => status('Ok', { SerialNo: '8:abc' });
    expect(await sendOnce()).toEqual({ status: 'accepted', providerMessageIds: ['8:abc'] });
    expect(cloud.received[0]).toMatchObject({ action: 'SendSms' });
    expect(cloud.received[0]?.parameters).toEqual({
      PhoneNumberSet: [`+86${PHONE}`],
      SmsSdkAppId: '1400000000',
      SignName: '示例消金',
      TemplateId: '1234567',
      TemplateParamSet: ['1,234.56元', '7月10日'],
      SessionContext: 'notice-1.1',
    });
  });

  it('refuses what has no template before anything is called', async () => {
    expect(provider.capabilities.freeText).toBe(false);
    const outcome = await provider.send({ ...MESSAGE, template: undefined });
    expect(outcome).toMatchObject({ status: 'refused', failure: 'config-bug', code: 'NO_TEMPLATE' });
    expect(cloud.connections).toBe(0);
  });

  it('does not send what was signed with another secret: the fake would see it', async () => {
    cloud.answer = () => fault('AuthFailure.SignatureFailure');
    const outcome = await createTencentProvider({ ...settingsFor(endpoint), secretKey: 'another' }).send(MESSAGE);
    expect(cloud.received[0]?.isSigned).toBe(false);
    expect(outcome).toMatchObject({ status: 'refused', failure: 'account-stop' });
  });

  it.each([
    ['LimitExceeded.PhoneNumberThirtySecondLimit', 'windowed', NOON_MS + 30_000],
    ['LimitExceeded.PhoneNumberOneHourLimit', 'windowed', NOON_MS + HOUR_MS],
    ['LimitExceeded.PhoneNumberDailyLimit', 'windowed', Date.UTC(2026, 6, 10, 16)],
    ['LimitExceeded.PhoneNumberSameContentDailyLimit', 'windowed', Date.UTC(2026, 6, 10, 16)],
    ['FailedOperation.MarketingSendTimeConstraint', 'windowed', Date.UTC(2026, 6, 11)],
    ['FailedOperation.InsufficientBalanceInSmsPackage', 'account-stop', undefined],
    ['UnauthorizedOperation.SdkAppIdIsDisabled', 'account-stop', undefined],
    ['FailedOperation.TemplateIncorrectOrUnapproved', 'config-bug', undefined],
    ['InvalidParameterValue.NeverHeardOf', 'config-bug', undefined],
    ['FailedOperation.NeverHeardOf', 'config-bug', undefined],
    ['FailedOperation.FailResolvePacket', 'config-bug', undefined],
    ['InternalError.SigVerificationFail', 'account-stop', undefined],
    ['IpNotInWhitelist', 'account-stop', undefined],
    ['LimitExceeded', 'windowed', Date.UTC(2026, 6, 10, 16)],
    ['FailedOperation.PhoneNumberInBlacklist', 'bad-address', undefined],
    ['InvalidParameterValue.IncorrectPhoneNumber', 'bad-address', undefined],
  ])('%s is refused as %s, told of the message or of the call', async (code, failure, retryAtMs) => {
    const expected = { status: 'refused', failure, code, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
    cloud.answer = () => status(code);
    expect(await sendOnce()).toMatchObject(expected);
    cloud.received.length = 0;
    cloud.answer = () => fault(code);
    expect(await sendOnce()).toMatchObject(expected);
  });

  it('throttling of the call is passing trouble: nothing was sent', async () => {
    cloud.answer = () => fault('RequestLimitExceeded');
    expect(await sendOnce()).toMatchObject({ status: 'refused', failure: 'transient' });
  });

  it.each([
    ['trouble behind the door', fault('InternalError.Timeout')],
    ['trouble of the message', status('InternalError.Timeout')],
    ['a code of a family that nobody heard of', status('Strange.FailedOperation')],
    ['an internal error that is not named', status('InternalError.Strange')],
    ['an answer without a status', { json: { Response: { SendStatusSet: [] } } }],
    ['an answer without a code', { json: { Response: { SendStatusSet: [{ SerialNo: 'x' }] } } }],
    ['two statuses for one message', { json: { Response: { SendStatusSet: [{ Code: 'Ok' }, { Code: '1016' }] } } }],
    ['an acceptance without an id', status('Ok')],
    ['an acceptance with an empty id', status('Ok', { SerialNo: '' })],
    ['an acceptance with a blank for an id', status('Ok', { SerialNo: ' ' })],
    ['HTTP 500', fault('InternalError', 500)],
    ['HTTP 429 of a proxy', { httpStatus: 429, text: 'slow down' }],
    ['HTTP 403 of a proxy', { httpStatus: 403, text: '<html>no</html>' }],
    ['no JSON', { text: `<html>${PHONE}</html>` }],
    ['JSON of something else', { json: { hello: PHONE } }],
    ['a reset once it had arrived', 'reset' as const],
    ['silence', 'hang' as const],
  ])('%s is unknown, and not sent again', async (_case, answer) => {
    cloud.answer = () => answer;
    expect((await sendOnce()).status).toBe('unknown');
  });

  it('a connection that breaks, does not come about or is refused is unknown', async () => {
    cloud.resetsEarly = true;
    const early = await provider.send(MESSAGE);
    expect(cloud.connections).toBe(1);
    const silent = await startSilentPort();
    const slow = await createTencentProvider(settingsFor(silent.endpoint, 'https')).send(MESSAGE);
    await silent.stop();
    const closed = await createTencentProvider(settingsFor(silent.endpoint)).send(MESSAGE);
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
  const row = (SessionContext: string, ReportStatus = 'SUCCESS') => ({
    SessionContext,
    ReportStatus,
    SerialNo: `8:${SessionContext}`,
    PhoneNumber: `+86${PHONE}`,
  });
  const rows = (...PullSmsSendStatusSet: object[]) => ({ json: { Response: { PullSmsSendStatusSet } } });
  const ask = async (afterMs = HOUR_MS) => {
    const now = () => NOON_MS + afterMs;
    const outcome = await createTencentProvider({ ...settingsFor(endpoint), now }).inquire?.(QUESTION);
    expectSilence(outcome);
    return outcome;
  };

  it.each([
    ['SUCCESS', 'delivered'],
    ['FAIL', 'undelivered'],
    ['', undefined],
  ])('finds the message with its id and the end of status "%s"', async (reported, receipt) => {
    cloud.answer = () => rows(row('notice-1.10'), row('notice-1.1', reported));
    expect(await ask()).toEqual({ status: 'found', providerMessageIds: ['8:notice-1.1'], receipt });
    expect(cloud.received[0]).toMatchObject({ action: 'PullSmsSendStatusByPhoneNumber', isSigned: true });
    expect(cloud.received[0]?.parameters).toEqual({
      PhoneNumber: `+86${PHONE}`,
      SmsSdkAppId: '1400000000',
      Offset: 0,
      Limit: 100,
      BeginTime: NOON_MS / 1000 - 60,
      EndTime: NOON_MS / 1000 + 3600,
    });
  });

  it('an empty list says nothing as long as a carrier may still tell: it would be sent twice', async () => {
    cloud.answer = () => rows();
    for (const hours of [1, 24, 72]) expect((await ask(hours * HOUR_MS))?.status).toBe('unknown');
    expect(await ask(73 * HOUR_MS)).toEqual({ status: 'not-found' });
  });

  it('nor does it where rows come without references, are too many, or are not kept any more', async () => {
    cloud.answer = () => rows(row(''));
    expect((await ask(73 * HOUR_MS))?.status).toBe('unknown');
    cloud.answer = () => rows(...Array.from({ length: 100 }, (_, index) => row(`other-${index}`)));
    expect((await ask(73 * HOUR_MS))?.status).toBe('unknown');
    cloud.received.length = 0;
    expect((await ask(8 * 24 * HOUR_MS))?.status).toBe('unknown');
    expect(cloud.received).toEqual([]);
  });

  it.each([
    ['no list', { json: { Response: {} } }],
    ['a refusal', fault('FailedOperation.Strange')],
    ['throttling', fault('RequestLimitExceeded')],
    ['trouble', fault('InternalError', 500)],
    ['a reset', 'reset' as const],
    ['silence', 'hang' as const],
  ])('%s is no answer', async (_case, answer) => {
    cloud.answer = () => answer;
    expect((await ask(73 * HOUR_MS))?.status).toBe('unknown');
  });
});
