/** The file of e-mail and push: what it takes, and what it says of a fault without repeating a value. */
import { describe, expect, it } from '@jest/globals';
import { parseChannels, readChannels } from '../src/platform/config/channels';
import { ConfigError } from '../src/platform/config/configError';
import { parseSmsProviders } from '../src/platform/config/smsProviders';
import { createNoticeChannels } from '../src/platform/wiring/noticeChannels';

const EMAIL = {
  host: 'mail.lender.example',
  port: 465,
  security: 'tls',
  username: 'notice',
  password: 'pw-12345',
  from: 'notice@lender.example',
  fromName: '示例消金',
};
const PUSH = {
  url: 'https://push.lender.example/nudges',
  keyId: 'creditloom-1',
  secret: 'pw-12345-not-a-real-secret-of-32-characters',
};

describe('the file of channels', () => {
  it('names e-mail, push or both; without a file there are neither', () => {
    expect(parseChannels(JSON.stringify({ email: EMAIL, push: PUSH }))).toEqual({ email: EMAIL, push: PUSH });
    expect(readChannels(undefined)).toEqual({});
    expect(createNoticeChannels({})).toEqual({ mail: undefined, push: undefined });
    const one = createNoticeChannels(parseChannels(JSON.stringify({ push: PUSH })));
    expect([one.mail, typeof one.push?.send]).toEqual([undefined, 'function']);
  });

  it.each([
    ['no JSON', 'not json pw-12345', /CHANNELS_FILE is not JSON/],
    ['an unknown channel', JSON.stringify({ pigeon: {} }), /its top/],
    ['a port out of range', JSON.stringify({ email: { ...EMAIL, port: 0 } }), /email\.port/],
    ['a sender that is no address', JSON.stringify({ email: { ...EMAIL, from: 'pw-12345' } }), /email\.from/],
    [
      'a password without a user',
      JSON.stringify({ email: { ...EMAIL, username: undefined } }),
      /username and password/,
    ],
    ['a way without TLS', JSON.stringify({ email: { ...EMAIL, security: 'none' } }), /this machine alone/],
    ['pushes in clear', JSON.stringify({ push: { ...PUSH, url: 'http://push.example' } }), /push\.url/],
    ['a short secret', JSON.stringify({ push: { ...PUSH, secret: 'pw-12345' } }), /push\.secret/],
    ['a name that could end a header', JSON.stringify({ email: { ...EMAIL, fromName: 'a\r\nBcc: b' } }), /fromName/],
  ])('refuses %s, and repeats no password', (_case, text, message) => {
    expect(() => parseChannels(text)).toThrow(ConfigError);
    expect(() => parseChannels(text)).toThrow(message);
    expect(() => parseChannels(text)).not.toThrow(/pw-12345/);
  });

  it('names a file that is not there as the setting at fault', () => {
    expect(() => readChannels('/nowhere/at-all.json')).toThrow(/CHANNELS_FILE names a file/);
  });

  it.each(['inbox', 'email'])('no provider of texts is called %s: attempts would be of another channel', (name) => {
    const smpp = { kind: 'smpp', name, host: 'h', port: 1, systemId: 's', password: 'p', sourceAddress: '1' };
    expect(() => parseSmsProviders(JSON.stringify([smpp]))).toThrow(/0\.name: is the name of another channel/);
  });
});
