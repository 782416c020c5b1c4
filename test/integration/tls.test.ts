/**
 * The real worker over TLS to both of its servers, each checked, and itself known by its certificate; and what `doctor`
 * says of it. PostgreSQL speaks TLS itself. Temporal's dev server has none for its callers, so a proxy of the test ends
 * it in front: what a worker does is the same.
 */
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { doctor } from '../../src/cli/operations/doctor';
import { prepareDeployment } from '../../src/cli/operations/prepareDeployment';
import { searchAttributes } from '../../src/contracts/names';
import { createPool, withPool } from '../../src/db/pool';
import { startChild } from '../../src/dev/localSystem/childProcess';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import { processEnvironment, readConfig } from '../../src/platform/config/config';
import { SETTING_NAMES } from '../../src/platform/config/settings';
import { type RunningTemporal, startDevServer } from '../../src/platform/provision';
import { connectClient, connectWorker } from '../../src/platform/temporalConnection';
import { createTestDatabase, type TestDatabase, testEnvironment } from '../setup/environment';
import { authority } from '../support/certificate';

const SECRETS = {
  VAULT_KEY: '0123456789abcdef'.repeat(4),
  CODE_KEY: '1032547698badcfe'.repeat(4),
  RECEIPT_SECRET: 'not-a-real-secret-of-receipts',
  CALLBACK_SECRET: 'not-a-real-secret-of-the-callbacks',
  BOOKS_KEY: '89abcdef01234567'.repeat(4),
  ACTOR_SECRET: 'not-a-real-secret-of-those-who-act',
};
const NAME = 'temporal.lender.example';

let folder: string;
let temporal: RunningTemporal;
let database: TestDatabase;
let proxy: Server;
const sockets = new Set<Socket>();

/** A file of the test's folder, for whoever is told its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** The settings of a process that is set up well, but for what a test changes. */
function environment(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const { port } = proxy.address() as AddressInfo;
  return {
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'ca.pem'),
    TEMPORAL_TLS_SERVER_NAME: NAME,
    TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'worker.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'worker.key'),
    DATABASE_URL: databaseUrl({ sslmode: 'verify-full', sslrootcert: join(folder, 'ca.pem') }),
    TENANT_ID: 'test',
    ...SECRETS,
    LOG_LEVEL: 'warn',
    ...changes,
  };
}

function databaseUrl(asked: Record<string, string>, host = '127.0.0.1'): string {
  const url = new URL(database.url);
  url.hostname = host;
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-secure-'));
  // As root, PostgreSQL runs as another user.
  chmodSync(folder, 0o711);
  const ours = authority();
  file('ca.pem', ours.cert);
  file('other-ca.pem', authority().cert);
  const [server, worker] = [ours.issue(`DNS:${NAME}`), ours.issue('DNS:worker.lender.example')];
  file('worker.pem', worker.cert);
  file('worker.key', worker.key);
  database = await createTestDatabase();
  await switchOnTls(ours.issue('IP:127.0.0.1'));
  temporal = await startDevServer({
    executable: testEnvironment().temporalCli,
    logFile: join(folder, 'temporal.log'),
    searchAttributes: Object.values(searchAttributes),
    headless: true,
  });
  const [, port] = temporal.address.split(':');
  const settings = { ...server, ca: ours.cert, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] };
  proxy = createServer(settings, (secured) => {
    const plain = connect(Number(port), '127.0.0.1');
    for (const socket of [secured, plain]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    secured.pipe(plain).pipe(secured);
  });
  proxy.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
}, 120_000);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy?.close();
  await temporal?.stop();
  await switchOffTls();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** The server of all tests offers TLS for a while. PostgreSQL takes certificate and key from its own folder, and both can be told while it runs. */
async function switchOnTls({ key, cert }: { key: string; cert: string }): Promise<void> {
  await withPool(poolOf(database.ownerUrl), async (pool) => {
    const { rows } = await pool.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
    const dir = rows[0]?.dir ?? '';
    const { uid, gid } = statSync(dir);
    for (const [name, text] of [
      ['server.crt', cert],
      ['server.key', key],
    ] as const) {
      writeFileSync(join(dir, name), text, { mode: 0o600 });
      chownSync(join(dir, name), uid, gid);
    }
    await pool.query('alter system set ssl = on');
    await pool.query('select pg_reload_conf()');
  });
}

/** Whoever asks for none never had any; the server of all tests is left as it was. */
async function switchOffTls(): Promise<void> {
  await withPool(poolOf(database.ownerUrl), async (pool) => {
    await pool.query('alter system reset ssl');
    await pool.query('select pg_reload_conf()');
  });
}

function poolOf(connectionString: string) {
  return { connectionString, max: 2, applicationName: 'test', statementTimeoutMs: 10_000 };
}

describe('PostgreSQL', () => {
  const isEncrypted = (url: string) =>
    withPool(poolOf(url), async (pool) => {
      const { rows } = await pool.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      return rows[0]?.ssl;
    });

  it('is spoken to without TLS unless the URL asks for it', async () => {
    expect(await isEncrypted(database.url)).toBe(false);
    expect(await isEncrypted(databaseUrl({ sslmode: 'disable' }))).toBe(false);
  });

  it.each(['verify-full', 'require', 'verify-ca', 'prefer'])('is checked with sslmode=%s', async (sslmode) => {
    expect(await isEncrypted(databaseUrl({ sslmode, sslrootcert: join(folder, 'ca.pem') }))).toBe(true);
    // Of another authority, of none of the machine's, and under another name than the certificate has.
    const other = { sslmode, sslrootcert: join(folder, 'other-ca.pem') };
    await expect(isEncrypted(databaseUrl(other))).rejects.toThrow(/certificate/);
    await expect(isEncrypted(databaseUrl({ sslmode }))).rejects.toThrow(/certificate/);
    const named = databaseUrl({ sslmode, sslrootcert: join(folder, 'ca.pem') }, 'localhost');
    await expect(isEncrypted(named)).rejects.toThrow(/altnames/);
  });
});

describe('Temporal', () => {
  const answers = async (changes: Record<string, string | undefined>) => {
    const { temporal: settings } = readConfig(environment(changes));
    const client = await connectClient(settings);
    try {
      await client.workflowService.getSystemInfo({});
    } finally {
      await client.connection.close();
    }
    await (await connectWorker(settings)).close();
  };
  const profile = (lines: string[]) => file('temporal.toml', ['[profile.production]', ...lines].join('\n'));
  const NONE = Object.fromEntries(
    SETTING_NAMES.filter((name) => name.startsWith('TEMPORAL_')).map((name) => [name, undefined]),
  );

  it('is checked, and knows us by our certificate', async () => {
    await answers({});
  });

  it('is reached by a profile of a file, which variables overrule', async () => {
    const tls = [
      '[profile.production.tls]',
      `server_ca_cert_path = '${join(folder, 'ca.pem')}'`,
      `client_cert_path = '${join(folder, 'worker.pem')}'`,
      `client_key_path = '${join(folder, 'worker.key')}'`,
    ];
    const { TEMPORAL_ADDRESS: address } = environment();
    const path = profile([`address = '${address}'`, "namespace = 'default'", ...tls, `server_name = '${NAME}'`]);
    const named = { ...NONE, TEMPORAL_CONFIG_FILE: path, TEMPORAL_PROFILE: 'production' };
    await answers(named);
    await expect(answers({ ...named, TEMPORAL_TLS_SERVER_NAME: 'other.example' })).rejects.toThrow();
  }, 60_000);

  it.each([
    ['of another authority', () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'other-ca.pem') })],
    ['under another name', () => ({ TEMPORAL_TLS_SERVER_NAME: undefined })],
    [
      'to which we show no certificate',
      () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' }),
    ],
    ['to which we speak in the clear', () => ({ TEMPORAL_TLS: 'false' })],
  ])(
    '%s is no connection',
    async (_case, changes) => {
      await expect(answers(changes())).rejects.toThrow();
    },
    60_000,
  );
});

describe('doctor', () => {
  it('says what is to be mended, and finds nothing of TLS where a worker runs over it to both', async () => {
    const env = environment();
    const { books, temporal: settings } = readConfig(env);
    const pool = createPool({ ...poolOf(String(env.DATABASE_URL)), books });
    const client = await connectClient(settings);
    const ownerPool = createPool({ ...poolOf(database.ownerUrl), books });
    await prepareDeployment({
      pool,
      ownerPool,
      temporal: client,
      tenantId: 'test',
      policies: [defaultPolicy],
      clock: { speed: 1, startAtMs: undefined },
      report: () => undefined,
    });
    await client.connection.close();
    await Promise.all([pool.end(), ownerPool.end()]);
    const bare = processEnvironment();
    for (const name of SETTING_NAMES) delete bare[name];
    const module = resolve(__dirname, '../../dist/worker.js');
    const worker = await startChild('the worker', module, { ...bare, ...env }, join(folder, 'logs', 'worker.log'));
    await worker.stop();
    const told = await findings(env);
    const verdicts = Object.fromEntries(told.map(({ check, verdict }) => [check, verdict]));
    expect(verdicts).toMatchObject({
      'temporal-tls': 'ok',
      'temporal-identity': 'ok',
      'database-tls': 'ok',
      'database-connection': 'ok',
      'database-password': 'ok',
      'database-schema': 'ok',
      'database-log': 'ok',
      temporal: 'ok',
      'database-role': 'ok',
      // The dev server's day.
      'temporal-retention': 'mend',
    });
    const asOwner = new URL(String(env.DATABASE_URL));
    const { username, password } = new URL(database.ownerUrl);
    Object.assign(asOwner, { username, password });
    const toldOfOwner = await findings({ ...env, DATABASE_URL: asOwner.href });
    const role = toldOfOwner.find(({ check }) => check === 'database-role');
    expect(role).toMatchObject({ verdict: 'mend', says: expect.stringContaining('is a superuser') });
  }, 120_000);

  it('tells no superuser and no owner from them', async () => {
    const verdictFor = async (user: string) => {
      const url = new URL(String(environment().DATABASE_URL));
      [url.username, url.password] = [user, 'not-a-real-password'];
      const told = await findings(environment({ DATABASE_URL: url.href }));
      return told.find(({ check }) => check === 'database-role');
    };
    const [plain = '', member = '', owning = ''] = ['plain', 'member', 'owning'].map(
      (name) => `${name}_${process.pid}`,
    );
    await withPool(poolOf(database.ownerUrl), async (pool) => {
      for (const role of [plain, member]) await pool.query(`create role ${role} login password 'not-a-real-password'`);
      const name = new URL(database.url).pathname.slice(1);
      await pool.query(`grant connect on database ${name} to ${plain}, ${member}`);
      await pool.query(`create role ${owning}`);
      await pool.query('create table owned (id int)');
      await pool.query(`alter table owned owner to ${owning}`);
      await pool.query(`grant ${owning} to ${member}`);
      try {
        expect(await verdictFor(plain)).toMatchObject({ verdict: 'ok' });
        expect(await verdictFor(member)).toMatchObject({ verdict: 'mend', says: expect.stringContaining('owner') });
      } finally {
        // Roles are of the whole server.
        await pool.query('drop table owned');
        await pool.query(`revoke connect on database ${name} from ${plain}, ${member}`);
        for (const role of [plain, member, owning]) await pool.query(`drop role ${role}`);
      }
    });
  }, 60_000);

  async function findings(env: Record<string, string | undefined>) {
    let text = '';
    const code = await doctor(['--json'], {
      environment: env,
      stateDir: join(folder, 'nothing'),
      write: (written) => {
        text += written;
      },
    });
    expect(code).toBe(1);
    for (const value of [...Object.values(SECRETS), new URL(database.url).password]) expect(text).not.toContain(value);
    return JSON.parse(text).findings as { check: string; verdict: string; says: string }[];
  }
});
