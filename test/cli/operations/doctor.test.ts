/** What `doctor` says of settings: one line each, what is to be mended, and no value. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ArgumentError } from '../../../src/cli/arguments';
import { doctor } from '../../../src/cli/operations/doctor';
import { webUiFindings } from '../../../src/cli/operations/doctorServers';
import { ConfigError } from '../../../src/platform/config/configError';
import { useDatabase } from '../../db/testDatabase';

const database = useDatabase();
const ALIYUN = { kind: 'aliyun', accessKeyId: 'not-a-real-id', accessKeySecret: 'not-a-real-key' };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-doctor-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As a deployment would be for production; its servers are those of the tests, which are not. */
function settings(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const file = join(folder, 'providers.json');
  writeFileSync(file, JSON.stringify([ALIYUN]), { mode: 0o600 });
  return {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    TEMPORAL_API_KEY: 'not-a-real-key-of-temporal',
    DATABASE_URL: database.url,
    VAULT_KEY: '0123456789abcdef'.repeat(4),
    CODE_KEY: '1032547698badcfe'.repeat(4),
    BOOKS_KEY: '89abcdef01234567'.repeat(4),
    ACTOR_SECRET: 'not-a-real-secret-of-those-who-act',
    RECEIPT_SECRET: 'not-a-real-secret-of-receipts',
    CALLBACK_SECRET: 'not-a-real-secret-of-the-callbacks',
    CALLBACK_ADDRESSES: 'aliyun=203.0.113.0/24',
    TRUSTED_PROXIES: '203.0.113.7',
    OFFICIAL_NUMBERS: '4008000000',
    SMS_PROVIDERS_FILE: file,
    PAYMENT_RAIL: 'http',
    PAYMENT_RAIL_URL: 'https://rail.example/v1',
    PAYMENT_RAIL_KEY_ID: 'lender-1',
    PAYMENT_RAIL_SECRET: 'not-a-real-secret-of-32-characters',
    ...changes,
  };
}

async function told(changes: Record<string, string | undefined> = {}, ...words: string[]) {
  let text = '';
  const environment = settings(changes);
  const code = await doctor(words, {
    environment,
    stateDir: folder,
    // Nobody listens there; the real connection waits for it.
    connect: () => Promise.reject(new Error('nobody listens')),
    write: (written) => {
      text += written;
    },
  });
  const secrets = Object.entries(environment).filter(([name]) => /KEY$|SECRET$|URL$/.test(name));
  for (const [, value] of secrets) if (value) expect(text).not.toContain(value);
  return { code, text };
}

async function toMend(changes: Record<string, string | undefined> = {}, ...words: string[]): Promise<string[]> {
  const { text } = await told(changes, ...words);
  return text.split('\n').flatMap((line) => /^mend {2}(\S+(?: [A-Z_]+)?)/.exec(line)?.[1] ?? []);
}

/** Of the servers of the tests: no TLS, and no Temporal. The role is the application's. */
const SERVERS = ['database-tls', 'database-connection', 'temporal'];

describe('doctor', () => {
  it('finds nothing but the servers where the settings are those of production, and fails for them', async () => {
    const { code, text } = await told();
    expect(code).toBe(1);
    expect((await toMend()).sort()).toEqual([...SERVERS].sort());
    const lines = text.trim().split('\n');
    expect(lines.at(-1)).toBe('3 to mend: docs/production.md');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(ok|mend|look) +\S+( [A-Z_]+)? +\S/);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['no TLS to Temporal', { TEMPORAL_API_KEY: undefined }, 'temporal-tls'],
    ['nothing that says who we are', { TEMPORAL_API_KEY: undefined, TEMPORAL_TLS: 'true' }, 'temporal-identity'],
    ['a secret of two uses', { CODE_KEY: '0123456789abcdef'.repeat(4) }, 'secret CODE_KEY'],
    ['a key of the books of two uses', { BOOKS_KEY: '1032547698badcfe'.repeat(4) }, 'secret BOOKS_KEY'],
    ['a secret that nobody drew', { VAULT_KEY: 'ab'.repeat(32) }, 'secret VAULT_KEY'],
    ['open documents', { API_OPEN_DOCS: 'true' }, 'open-docs'],
    ['no proxy', { TRUSTED_PROXIES: undefined }, 'trusted-proxies'],
    ['callbacks from anywhere', { CALLBACK_ADDRESSES: undefined }, 'callback-addresses'],
    ['the sink', { SMS_PROVIDERS_FILE: undefined }, 'sms-providers'],
    ['the sandbox', { PAYMENT_RAIL: 'sandbox' }, 'payment-rail'],
    ['a fast clock', { CLOCK_SPEED: '10' }, 'clock'],
    ['no log', { LOG_LEVEL: 'silent' }, 'log-level'],
  ])('tells %s', async (_case, changes, check) => {
    expect(await toMend(changes)).toContain(check);
  });

  it('knows the secrets of a trial on this machine, and a file that others may write', async () => {
    const vaultKey = 'fedcba9876543210'.repeat(4);
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ vaultKey }));
    expect(await toMend({ VAULT_KEY: vaultKey })).toContain('secret VAULT_KEY');
    rmSync(join(folder, 'secrets.json'));
    const open = join(folder, 'open.json');
    writeFileSync(open, JSON.stringify([ALIYUN]));
    chmodSync(open, 0o666);
    expect(await toMend({ SMS_PROVIDERS_FILE: open })).toContain('file SMS_PROVIDERS_FILE');
  });

  it('asks of one process what it has settings for', async () => {
    const ofWorker = { CALLBACK_SECRET: undefined, CALLBACK_ADDRESSES: undefined, TRUSTED_PROXIES: undefined };
    expect((await toMend(ofWorker, '--for', 'worker')).sort()).toEqual([...SERVERS].sort());
    const ofApi = { PAYMENT_RAIL: undefined, SMS_PROVIDERS_FILE: undefined, DATABASE_URL: database.apiUrl };
    expect((await toMend(ofApi, '--for', 'api')).sort()).toEqual([...SERVERS].sort());
    await expect(told({}, '--for', 'nobody')).rejects.toThrow(ArgumentError);
  });

  it('tells an API that works as the worker, by its own settings and by those of both', async () => {
    const { text } = await told({}, '--for', 'api');
    expect(text).toMatch(
      /^mend {2}database-role +may write what no route writes \(account_fact and \d+ other tables\)/m,
    );
    expect((await told()).text).toMatch(/^look {2}database-api-role +was not asked/m);
    expect(await toMend({ DATABASE_API_URL: database.url })).toContain('database-api-role');
    expect((await told({ DATABASE_API_URL: database.apiUrl })).text).toMatch(/^ok {4}database-api-role /m);
  });

  it('refuses settings that cannot be read as every process does', async () => {
    await expect(told({ VAULT_KEY: 'short' })).rejects.toThrow(ConfigError);
    await expect(told({}, '--web-ui', 'nowhere')).rejects.toThrow(ArgumentError);
  });
});

describe('the Web UI', () => {
  let server: Server;
  let answer: object = {};

  beforeAll(async () => {
    server = createServer((_request, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => {
    server.close();
  });

  it('is told to have a login, or what it lets everybody do', async () => {
    const verdict = async () => {
      const [finding] = await webUiFindings(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      return [finding?.verdict, finding?.says];
    };
    answer = { Auth: { Enabled: true } };
    expect(await verdict()).toEqual(['ok', 'has a login']);
    answer = { Auth: { Enabled: false }, DisableWriteActions: true };
    expect(await verdict()).toEqual(['mend', expect.stringContaining('may read all;')]);
    answer = { Auth: { Enabled: false }, DisableWriteActions: false };
    expect(await verdict()).toEqual(['mend', expect.stringContaining('send messages to workflows')]);
    answer = 'no settings' as unknown as object;
    expect(await verdict()).toEqual(['mend', expect.stringContaining('has no login')]);
    expect((await webUiFindings(undefined))[0]).toMatchObject({ verdict: 'look' });
  });
});
