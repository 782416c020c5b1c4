/** Bad settings get an error that names the variable, its fault and an example; secrets are not repeated. */
import { describe, expect, it } from '@jest/globals';
import { disallowedInWording } from '../src/domain/messaging/guard/disallowedContent';
import { checkTemplateText } from '../src/domain/messaging/templates/templateChecks';
import { templatePolicyOf } from '../src/domain/messaging/templates/templatePolicy';
import { SIGNATURE } from '../src/domain/policy/shippedTemplates';
import { REAL_TIME } from '../src/domain/values/clock';
import { readConfig, readGivenSettings } from '../src/platform/config/config';
import { ConfigError } from '../src/platform/config/configError';
import { guardPolicyFor } from '../src/platform/wiring/noticeGuardSetup';

const GOOD = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/d',
  VAULT_KEY: 'ab'.repeat(32),
  RECEIPT_SECRET: 'not-a-real-secret',
  CALLBACK_SECRET: 'not-a-real-secret-of-32-characters',
  ACTOR_SECRET: 'ab'.repeat(32),
  CODE_KEY: 'cd'.repeat(32),
  BOOKS_KEY: 'be'.repeat(32),
};

const HTTP_RAIL = {
  PAYMENT_RAIL: 'http',
  PAYMENT_RAIL_URL: 'https://rail.example/v1',
  PAYMENT_RAIL_KEY_ID: 'lender-1',
  PAYMENT_RAIL_SECRET: 'not-a-real-secret-of-32-characters',
};

function faultsOf(env: Record<string, string | undefined>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'no fault found';
}

describe('configuration', () => {
  it('has a default for what can have one', () => {
    const config = readConfig(GOOD);
    expect(config).toMatchObject({
      tenantId: 'demo',
      noticeLanes: 4,
      clock: { speed: 1 },
      api: { port: 8080, openDocs: false },
      paymentRail: { kind: 'sandbox' },
    });
    expect(config.vault.key).toHaveLength(32);
    expect(config.codeKey).toEqual(Buffer.alloc(32, 0xcd));
    expect(config.trustedProxies).toEqual([]);
  });

  it.each([
    ['TEMPORAL_ADDRESS', 'http://127.0.0.1:7233', 'host:port without a scheme'],
    ['API_PORT', '99999', 'a port from 1 to 65535'],
    ['CLOCK_SPEED', 'fast', 'a number from 1'],
    ['CLOCK_START', 'yesterday', 'such as 2026-01-01T00:00:00+08:00'],
    ['NOTICE_LANES', '0', 'a whole number from 1 to 1024'],
    ['LOG_LEVEL', 'loud', 'one of debug, info'],
    ['CALLBACK_ADDRESSES', 'aliyun', 'such as aliyun=203.0.113.0/24'],
    ['CALLBACK_ADDRESSES', 'aliyun=', 'addresses or networks by provider'],
    ['CALLBACK_ADDRESSES', 'aliyun=push.example', 'addresses or networks by provider'],
    ['CALLBACK_ADDRESSES', 'aliyun=0.0.0.0/0', 'addresses or networks by provider'],
    ['CALLBACK_ADDRESSES', 'aliyun=203.0.113.7;aliyun=203.0.113.8', 'addresses or networks by provider'],
    ['TRUSTED_PROXIES', 'proxy.example', 'such as 10.0.0.5,10.1.0.0/16'],
    ['TRUSTED_PROXIES', '10.0.0.5, 10.0.0.6', 'addresses or networks with commas between'],
    ['TRUSTED_PROXIES', '0.0.0.0/0', 'addresses or networks'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'addresses or networks'],
    ['OFFICIAL_NUMBERS', '13800000000', 'fixed lines with their area, 400, 800 or 95 numbers'],
    ['OFFICIAL_NUMBERS', '400-800-0000', 'as digits with commas between'],
    ['OFFICIAL_NUMBERS', '95000, 4008000000', 'such as 4008000000,95000'],
    ['OFFICIAL_NUMBERS', '12', 'fixed lines with their area'],
    ['OFFICIAL_NUMBERS', Array(21).fill('95000').join(','), 'fixed lines with their area'],
    ['REMEDY_CHANNEL', 'the hotline', 'such as hotline'],
    ['PAYMENT_RAIL', 'bank', 'sandbox or http'],
    ['PAYMENT_RAIL_KEY_ID', 'my key', 'such as lender-1'],
  ])('%s=%s is refused with the fix', (name, value, fix) => {
    const faults = faultsOf({ ...GOOD, [name]: value });
    expect(faults).toContain(`${name}: ${JSON.stringify(value)} is not valid`);
    expect(faults).toContain(fix);
  });

  it('takes proxies by address and by network', () => {
    const { trustedProxies } = readConfig({ ...GOOD, TRUSTED_PROXIES: '10.0.0.5,10.1.0.0/16,fd00::/8' });
    expect(trustedProxies).toEqual(['10.0.0.5', '10.1.0.0/16', 'fd00::/8']);
  });

  it('gives one list of official numbers to the check of a text and to the guard', () => {
    const { officialNumbers, remedyChannel } = readConfig({
      ...GOOD,
      OFFICIAL_NUMBERS: '4008000000,95000,02100000000',
      REMEDY_CHANNEL: 'desk-7',
    });
    const guard = guardPolicyFor(REAL_TIME, { officialNumbers, remedyChannel });
    const policy = templatePolicyOf(officialNumbers);
    const said = (number: string) => {
      const body = `本期应还{amount}，{dueDate}到期，客服${number}，请在APP内查看。`;
      const findings = checkTemplateText({ kind: 'due-soon', body, signature: SIGNATURE, policy });
      return [findings.map(({ rule }) => rule), disallowedInWording(body, SIGNATURE, guard) !== undefined];
    };
    for (const number of ['4008000000', '400 800 0000', '95000', '02100000000'])
      expect(said(number)).toEqual([[], false]);
    for (const number of ['4008000001', '95001', '13800000000']) expect(said(number)).toEqual([['PHONE_NUMBER'], true]);
    expect(guard.remedyChannel).toBe('desk-7');
    expect(readConfig(GOOD)).toMatchObject({ officialNumbers: [], remedyChannel: 'hotline' });
  });

  it.each(['ab12', 'AB'.repeat(32), 'zz'.repeat(32)])('CODE_KEY=%s is refused, and not repeated', (key) => {
    const faults = faultsOf({ ...GOOD, CODE_KEY: key });
    expect(faults).toContain(
      'CODE_KEY: its value (not shown: it is a secret) is not valid: give 64 hexadecimal digits',
    );
    expect(faults).not.toContain(key);
    expect(faultsOf({ ...GOOD, CODE_KEY: '' })).toContain('CODE_KEY is not set');
  });

  it('lists every fault at once, and what is missing', () => {
    const faults = faultsOf({ API_PORT: '0' });
    for (const name of ['API_PORT', 'TEMPORAL_ADDRESS is not set', 'DATABASE_URL is not set', 'VAULT_KEY is not set']) {
      expect(faults).toContain(name);
    }
  });

  it('reads from where each provider may push', () => {
    const { callbacks } = readConfig({
      ...GOOD,
      CALLBACK_ADDRESSES: 'aliyun=203.0.113.0/24,fd00::/8;tencent=198.51.100.7',
    });
    expect(callbacks.addresses).toEqual({ aliyun: ['203.0.113.0/24', 'fd00::/8'], tencent: ['198.51.100.7'] });
    expect(readConfig(GOOD).callbacks.addresses).toEqual({});
    const faults = faultsOf({ ...GOOD, CALLBACK_SECRET: 'hunter2' });
    expect(faults).toContain('CALLBACK_SECRET: its value (not shown: it is a secret) is not valid');
    expect(faults).not.toContain('hunter2');
  });

  it('does not repeat a secret', () => {
    const faults = faultsOf({ ...GOOD, VAULT_KEY: 'hunter2hunter2', DATABASE_URL: 'mysql://root:hunter2@db' });
    expect(faults).toContain('VAULT_KEY');
    expect(faults).not.toContain('hunter2');
  });

  it('an http rail needs its URL, key id and secret, and says so by name', () => {
    const faults = faultsOf({ ...GOOD, PAYMENT_RAIL: 'http' });
    for (const name of ['PAYMENT_RAIL_URL', 'PAYMENT_RAIL_KEY_ID', 'PAYMENT_RAIL_SECRET']) {
      expect(faults).toContain(`${name} is not set: give `);
    }
    expect(faults.split('\n')).toHaveLength(4);
    expect(readConfig({ ...GOOD, ...HTTP_RAIL }).paymentRail).toEqual({
      kind: 'http',
      url: 'https://rail.example/v1',
      keyId: 'lender-1',
      secret: 'not-a-real-secret-of-32-characters',
    });
  });

  it.each([
    'http://rail.example/v1',
    'ftp://rail.example',
    'https://user:hunter2@rail.example',
    'https://rail.example/v1?key=hunter2',
    'http://localhost.example/',
    'bank.example',
  ])('PAYMENT_RAIL_URL=%s is refused, and not repeated', (url) => {
    const faults = faultsOf({ ...GOOD, ...HTTP_RAIL, PAYMENT_RAIL_URL: url });
    expect(faults).toContain('PAYMENT_RAIL_URL: its value');
    expect(faults).toContain('such as https://rail.example/v1');
    expect(faults).not.toContain(url);
  });

  it.each(['https://rail.example', 'https://rail.example:8443/v1/', 'http://127.0.0.1:9090', 'http://localhost/rail'])(
    'PAYMENT_RAIL_URL=%s is taken',
    (url) => {
      expect(readConfig({ ...GOOD, ...HTTP_RAIL, PAYMENT_RAIL_URL: url }).paymentRail).toMatchObject({ url });
    },
  );

  it('a fault of the http rail is told also while the sandbox is in use, without the secret', () => {
    const faults = faultsOf({ ...GOOD, PAYMENT_RAIL_SECRET: 'hunter2' });
    expect(faults).toContain('PAYMENT_RAIL_SECRET: its value (not shown: it is a secret) is not valid');
    expect(faults).not.toContain('hunter2');
  });

  it('reads what is set, and leaves the rest to a start that provides it', () => {
    expect(readGivenSettings({ API_PORT: '8081', TENANT_ID: '', HOME: '/home/x' })).toEqual({ API_PORT: '8081' });
    expect(() => readGivenSettings({ API_PORT: 'x' })).toThrow('API_PORT: "x" is not valid: give a port from 1 to');
  });
});
