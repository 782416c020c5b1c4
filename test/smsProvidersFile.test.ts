/** The file of SMS providers: what it takes, and what it says of a fault without repeating a value. */
import { describe, expect, it } from '@jest/globals';
import { ID_FORMS } from '../src/adapters/sms/providers/smpp/messageIds';
import { TEXT_CHANNELS } from '../src/domain/messaging/outbox/noticeStatuses';
import { ConfigError } from '../src/platform/config/configError';
import { parseSmsProviders, readSmsProviders } from '../src/platform/config/smsProviders';

const SMPP = {
  kind: 'smpp',
  name: 'carrier-1',
  host: 'smsc.example',
  port: 2775,
  systemId: 'lender',
  password: 'pw-12345',
  sourceAddress: '10690000',
};
const HTTP = {
  kind: 'http',
  url: 'https://gateway.example/cgi-bin/sendsms',
  username: 'app',
  password: 'pw-12345',
  from: '10690000',
  callbackUrl: 'https://lender.example/v1/callbacks/http-gateway/s',
};

describe('the file of SMS providers', () => {
  it('names them in the order of preference; without a file there is the sink', () => {
    const ALIYUN = { kind: 'aliyun', accessKeyId: 'id', accessKeySecret: 'secret' };
    const TENCENT = { kind: 'tencent', secretId: 'id', secretKey: 'key', sdkAppId: '1400000000' };
    const parsed = parseSmsProviders(JSON.stringify([SMPP, HTTP, ALIYUN, TENCENT, { kind: 'sink' }]));
    expect(parsed).toEqual([SMPP, HTTP, ALIYUN, TENCENT, { kind: 'sink' }]);
    expect(readSmsProviders(undefined)).toEqual([{ kind: 'sink' }]);
  });

  it.each([
    ['no JSON', 'not json pw-12345', /SMS_PROVIDERS_FILE is not JSON/],
    ['no provider', '[]', /its top/],
    ['an unknown kind', JSON.stringify([{ kind: 'pigeon' }]), /0\.kind/],
    ['a port out of range', JSON.stringify([{ ...SMPP, port: 0 }]), /0\.port/],
    ['an unknown field', JSON.stringify([{ ...HTTP, retry: 3 }]), /at 0/],
    ['a second fault of the second', JSON.stringify([{ kind: 'sink' }, { ...HTTP, url: 'ftp://x' }]), /1\.url/],
  ])('refuses %s, and repeats no password', (_case, text, message) => {
    expect(() => parseSmsProviders(text)).toThrow(ConfigError);
    expect(() => parseSmsProviders(text)).toThrow(message);
    expect(() => parseSmsProviders(text)).not.toThrow(/pw-12345/);
  });

  /** The settings import nothing of the providers: what both list is held together here. */
  it('takes every form of message ids that a session knows, and no other', () => {
    const taken = (idForm: string) => parseSmsProviders(JSON.stringify([{ ...SMPP, idForm }]));
    for (const form of ID_FORMS) expect(taken(form)).toEqual([{ ...SMPP, idForm: form }]);
    expect(() => taken('decimal')).toThrow(/0\.idForm/);
  });

  it('lets no provider be named as another channel of texts', () => {
    const others = TEXT_CHANNELS.filter((channel) => channel !== 'sms');
    expect(others.length).toBeGreaterThan(0);
    for (const name of others) {
      expect(() => parseSmsProviders(JSON.stringify([{ ...SMPP, name }]))).toThrow(/another channel/);
    }
  });

  it('names a file that is not there as the setting at fault', () => {
    expect(() => readSmsProviders('/nowhere/at-all.json')).toThrow(/SMS_PROVIDERS_FILE names a file/);
  });
});
