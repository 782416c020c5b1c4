/** How the servers are named: Temporal's own variables and profiles, and what a database's URL says of TLS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withPinnedTls } from '../src/db/tlsMode';
import { readConfig, readGivenSettings } from '../src/platform/config/config';
import { ConfigError } from '../src/platform/config/configError';
import { tlsOfDatabase } from '../src/platform/config/databaseUrl';
import { DOES_WITHOUT } from '../src/platform/config/settings';

const GOOD = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/d',
  VAULT_KEY: 'ab'.repeat(32),
  RECEIPT_SECRET: 'not-a-real-secret',
  CALLBACK_SECRET: 'not-a-real-secret-of-32-characters',
  CODE_KEY: 'cd'.repeat(32),
  BOOKS_KEY: 'be'.repeat(32),
  ACTOR_SECRET: 'not-a-real-secret-of-those-who-act',
};
const PEM = '-----BEGIN CERTIFICATE-----\nnot-a-real-one\n-----END CERTIFICATE-----\n';
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-settings-'));
  writeFileSync(at('ca.pem'), PEM);
  writeFileSync(
    at('temporal.toml'),
    [
      "[profile.production]\naddress = 'temporal.example:7233'",
      "namespace = 'credits'",
      "api_key = 'not-a-real-key'",
    ].join('\n'),
  );
  writeFileSync(at('broken.toml'), "api_key = 'planted-word");
  writeFileSync(at('unknown.toml'), "[profile.default]\naddress = 'a:1'\nplanted_word = 1");
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(changes: Record<string, string | undefined>): string {
  try {
    readConfig({ ...GOOD, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'no fault found';
}

describe("Temporal's settings", () => {
  it('are without TLS unless something asks for it', () => {
    expect(readConfig(GOOD).temporal).toEqual({ address: '127.0.0.1:7233', namespace: 'default', apiKey: undefined });
    expect(readConfig({ ...GOOD, TEMPORAL_TLS: 'true' }).temporal.tls).toBeTruthy();
    expect(readConfig({ ...GOOD, TEMPORAL_TLS: 'false' }).temporal.tls).toBe(false);
    expect(readConfig({ ...GOOD, TEMPORAL_API_KEY: 'not-a-real-key' }).temporal.tls).toBe(true);
    const own = readConfig({ ...GOOD, TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('ca.pem') }).temporal.tls;
    expect(Buffer.from((own as { serverRootCACertificate: Uint8Array }).serverRootCACertificate).toString()).toBe(PEM);
  });

  it('come of a profile, which a variable overrules', () => {
    const named = { TEMPORAL_CONFIG_FILE: at('temporal.toml'), TEMPORAL_PROFILE: 'production' };
    const { TEMPORAL_ADDRESS: _, ...rest } = GOOD;
    expect(readConfig({ ...rest, ...named }).temporal).toEqual({
      address: 'temporal.example:7233',
      namespace: 'credits',
      apiKey: 'not-a-real-key',
      tls: true,
    });
    expect(readConfig({ ...GOOD, ...named, TEMPORAL_NAMESPACE: 'other' }).temporal).toMatchObject({
      address: '127.0.0.1:7233',
      namespace: 'other',
    });
    // For whoever asks whether a server is named.
    expect(readGivenSettings(named)).toMatchObject({
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'credits',
    });
  });

  it('leave a file of somebody’s home alone', () => {
    const { TEMPORAL_ADDRESS: _, ...rest } = GOOD;
    expect(() => readConfig({ ...rest, HOME: folder, XDG_CONFIG_HOME: folder })).toThrow(/TEMPORAL_ADDRESS is not set/);
  });

  it.each<[string, () => Record<string, string>, string]>([
    ['no address', () => ({ TEMPORAL_ADDRESS: '' }), 'TEMPORAL_ADDRESS is not set'],
    ['a file that is not there', () => ({ TEMPORAL_CONFIG_FILE: at('none') }), 'TEMPORAL_CONFIG_FILE names a file'],
    ['a file that is none', () => ({ TEMPORAL_CONFIG_FILE: at('broken.toml') }), 'TEMPORAL_CONFIG_FILE is no file'],
    ['a field that is not known', () => ({ TEMPORAL_CONFIG_FILE: at('unknown.toml') }), 'TEMPORAL_CONFIG_FILE is no'],
    [
      'a profile that is not there',
      () => ({ TEMPORAL_CONFIG_FILE: at('temporal.toml'), TEMPORAL_PROFILE: 'none' }),
      'lacks the profile',
    ],
    [
      'an authority that cannot be read',
      () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('none') }),
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH names a file',
    ],
    [
      'a certificate without its key',
      () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: at('ca.pem') }),
      'TEMPORAL_TLS_CLIENT_KEY_PATH is not set',
    ],
    [
      'two authorities',
      () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('ca.pem'), TEMPORAL_TLS_SERVER_CA_CERT_DATA: PEM }),
      'TEMPORAL_TLS_SERVER_CA_CERT_DATA is given beside',
    ],
    [
      'a server that nobody checks',
      () => ({ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }),
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
    ],
    ['a key that is none', () => ({ TEMPORAL_TLS_CLIENT_KEY_DATA: 'planted-word' }), 'TEMPORAL_TLS_CLIENT_KEY_DATA'],
  ])('refuse %s by name, and repeat nothing', (_case, changes, fault) => {
    const faults = faultsOf(changes());
    expect(faults).toContain(fault);
    expect(faults).not.toMatch(/planted.word/);
  });
});

describe("a database's URL", () => {
  const of = (asked: string) => `${GOOD.DATABASE_URL}${asked}`;

  it.each([
    ['', 'none'],
    ['?sslmode=disable', 'none'],
    ['?sslmode=no-verify', 'unchecked'],
    ['?sslmode=verify-full', 'checked'],
    ['?sslmode=require', 'checked'],
    ['?ssl=true', 'checked'],
  ])('with %s has TLS that is: %s', (asked, tls) => {
    expect(faultsOf({ DATABASE_URL: of(asked) })).toBe('no fault found');
    expect(tlsOfDatabase(of(asked))).toBe(tls);
  });

  it.each([
    '?sslmode=verify_full',
    '?sslmode=allow',
    '?sslmode=require&uselibpqcompat=true',
    '?sslrootcert=/none/ca.pem',
  ])('with %s is refused, and not repeated', (asked) => {
    const faults = faultsOf({ DATABASE_URL: of(asked) });
    expect(faults).toContain('DATABASE_URL: its value (not shown: it is a secret) is not valid');
    expect(faults).toContain('sslmode=verify-full');
  });

  it('says out loud what its mode means, and else stays as it is', () => {
    for (const mode of ['require', 'verify-ca', 'prefer', 'verify-full']) {
      expect(withPinnedTls(of(`?sslmode=${mode}`))).toBe(of('?sslmode=verify-full'));
    }
    for (const asked of ['', '?sslmode=disable', '?application_name=a%20b'])
      expect(withPinnedTls(of(asked))).toBe(of(asked));
  });
});

it('a process is asked for the secrets that it uses', () => {
  const { VAULT_KEY: _v, CODE_KEY: _c, RECEIPT_SECRET: _r, CALLBACK_SECRET: _b, ...servers } = GOOD;
  expect(readConfig(servers, DOES_WITHOUT.prepare).databaseUrl).toBe(GOOD.DATABASE_URL);
  expect(() => readConfig(servers, DOES_WITHOUT.worker)).toThrow(/VAULT_KEY is not set/);
  expect(() => readConfig({ ...GOOD, CALLBACK_SECRET: '' }, DOES_WITHOUT.api)).toThrow(/CALLBACK_SECRET is not set/);
  // What is given is checked all the same.
  expect(() => readConfig({ ...servers, VAULT_KEY: 'short' }, DOES_WITHOUT.prepare)).toThrow(/VAULT_KEY/);
});
