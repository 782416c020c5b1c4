/** The HTTP API before the deployment of a test: the real gateway to its Temporal server, and a key of all scopes. */
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { callbacksOf } from '../../src/adapters/sms/callbacks';
import type { ApiContext } from '../../src/api/context';
import { SCOPES } from '../../src/api/http/authentication';
import { createKey } from '../../src/api/operations/keys';
import { createServer } from '../../src/api/server';
import { createNoticeCodes } from '../../src/db/messaging/codes/codeDrawing';
import { insertApiKey } from '../../src/db/operations/apiKeys';
import { createPool } from '../../src/db/pool';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import { REAL_TIME, SHANGHAI } from '../../src/domain/values/clock';
import { createTemporalGateway, type TemporalGateway } from '../../src/platform/temporalGateway';
import { BOOKS } from '../setup/environment';
import { ACTORS, type Deployment, TENANT } from './deployment';

export const RECEIPT_SECRET = 'a secret of the tests only';
const CALLBACK_SECRET = 'another secret, of the callbacks of the tests';

export interface TestApi {
  api: FastifyInstance;
  /** A write with its Idempotency-Key; a repeat names the same one. By `system:test`, or somebody who is named. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by tests that know their shape
  post(url: string, idempotencyKey: string, body: object, principal?: string): Promise<{ status: number; body: any }>;
  /** The body of a read that succeeds. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by tests that know their shape
  get(url: string): Promise<any>;
}

/** Runs with an API whose way to Temporal can be made to break: `broken` replaces parts of the gateway. */
export async function withApi(
  { env, apiUrl }: Deployment,
  run: (api: TestApi) => Promise<void>,
  broken: (real: TemporalGateway) => Partial<TemporalGateway> = () => ({}),
): Promise<void> {
  // The server's clock was skipped ahead of the machine's: the API lives in the server's time.
  const aheadMs = (await env.currentTimeMs()) - Date.now();
  const now = () => Date.now() + aheadMs;
  const real = createTemporalGateway(env.client, now);
  const settings = { max: 5, applicationName: 'api-test', statementTimeoutMs: 20_000, books: BOOKS };
  const pool = createPool({ ...settings, connectionString: apiUrl });
  const context: ApiContext = {
    pool,
    vault: createVault({ keyId: 'test', key: Buffer.alloc(32, 7) }),
    gateway: { ...real, ...broken(real) },
    clock: () => REAL_TIME,
    now,
    tenantId: TENANT,
    zone: SHANGHAI,
    logger: pino({ level: 'silent' }),
    receiptSecret: RECEIPT_SECRET,
    callbacks: { secret: CALLBACK_SECRET, addresses: {}, providers: callbacksOf() },
    actors: ACTORS,
    codes: createNoticeCodes(Buffer.alloc(32, 9)),
    trustedProxies: [],
    openDocs: false,
  };
  const api = await createServer(context);
  const keys = new Map<string, string>();
  const keyOf = async (principal: string): Promise<string> => {
    const known = keys.get(principal);
    if (known !== undefined) return known;
    const { key, keyHash } = createKey();
    const row = {
      tenantId: TENANT,
      keyId: keyHash.slice(0, 12),
      keyHash,
      scopes: [...SCOPES],
      label: 'test',
      principal,
    };
    await inTransaction(pool, (client) => insertApiKey(client, row));
    keys.set(principal, key);
    return key;
  };
  const key = await keyOf('system:test');
  try {
    await run({
      api,
      async post(url, idempotencyKey, body, principal = 'system:test') {
        const headers = { authorization: `Bearer ${await keyOf(principal)}`, 'idempotency-key': idempotencyKey };
        const response = await api.inject({ method: 'POST', url, headers, payload: body });
        return { status: response.statusCode, body: response.json() };
      },
      async get(url) {
        const response = await api.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
        if (response.statusCode !== 200) throw new Error(`${url}: ${response.statusCode} ${response.body}`);
        return response.json();
      },
    });
  } finally {
    await api.close();
    await pool.end();
  }
}
