/** The API on a real PostgreSQL, with a fake in the place of Temporal, and a log that tests can read. */
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Pool } from 'pg';
import { callbacksOf } from '../../src/adapters/sms/callbacks';
import type { ApiContext } from '../../src/api/context';
import { SCOPES, type Scope } from '../../src/api/http/authentication';
import { createKey } from '../../src/api/operations/keys';
import { createServer } from '../../src/api/server';
import type { Actor } from '../../src/contracts';
import type { AccountStart } from '../../src/contracts/credit/accountClient';
import type { StartOf, UpdateOutcome } from '../../src/contracts/gateway';
import type { StartedByMessages, WorkflowInputs, WorkflowType } from '../../src/contracts/workflowTypes';
import { insertAccount } from '../../src/db/credit/accounts';
import { createActorSeals, withoutActor } from '../../src/db/evidence/actorSeals';
import { createNoticeCodes } from '../../src/db/messaging/codes/codeDrawing';
import { insertApiKey } from '../../src/db/operations/apiKeys';
import { ensureTenant } from '../../src/db/operations/tenants';
import { insertApplication, saveDecision } from '../../src/db/origination/applications';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { insertPolicy } from '../../src/db/policy/policies';
import { createPool } from '../../src/db/pool';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import type { Terms } from '../../src/domain/credit/account';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { Product } from '../../src/domain/policy/lendingPolicy';
import { REAL_TIME, SHANGHAI } from '../../src/domain/values/clock';
import { createLogger } from '../../src/platform/logging';
import type { TemporalGateway } from '../../src/platform/temporalGateway';
import { BOOKS, createTestDatabase, knowOwner } from '../setup/environment';

export const TENANT = 'lender';
export const SECRET = 'a secret of the tests only';
export const ACTORS = createActorSeals('the secret of the actors of the tests');
export const CALLBACK_SECRET = 'another secret, of the callbacks of the tests';
/** Noon in Shanghai, 10 July 2026. */
export const NOW_MS = Date.UTC(2026, 6, 10, 4);
export const TODAY = '2026-07-10';

export interface Asked {
  kind: 'start' | 'signal' | 'update';
  workflowId?: string;
  /** The account that the message would start again. */
  account?: AccountStart;
  name?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  input: any;
  updateId?: string;
}

/**
 * A fake, not Temporal: it keeps what it was asked and answers what the test set. That workflows really do what these
 * answers say is shown by the tests that run through a real server.
 */
export class FakeGateway implements TemporalGateway {
  asked: Asked[] = [];
  /** Who sent each that was signed; what was asked is kept without. */
  actors: Actor[] = [];
  /** What the next updates answer. */
  outcome: UpdateOutcome<unknown> = { status: 'not-running' };
  /** What queries answer, by workflow id. */
  states = new Map<string, unknown>();
  /** Thrown instead of any answer. */
  fault: Error | undefined;

  async start<Type extends WorkflowType>(_type: Type, input: WorkflowInputs[Type]): Promise<void> {
    this.take({ kind: 'start', input });
  }

  async update<Answer, Arg>(
    workflowId: string,
    { name }: { name: string },
    input: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>> {
    this.take({ kind: 'update', workflowId, name, input, updateId });
    return this.outcome as UpdateOutcome<Answer>;
  }

  async signal(workflowId: string, { name }: { name: string }, ...[input]: unknown[]): Promise<'told'> {
    this.take({ kind: 'signal', workflowId, name, input });
    return 'told';
  }

  async signalWithStart(
    start: StartOf<StartedByMessages>,
    { name }: { name: string },
    ...[input]: unknown[]
  ): Promise<void> {
    this.take({ kind: 'signal', account: accountOf(start), name, input });
  }

  async updateWithStart<Answer, Arg>(
    start: StartOf<StartedByMessages>,
    { name }: { name: string },
    input: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>> {
    this.take({ kind: 'update', account: accountOf(start), name, input, updateId });
    return this.outcome as UpdateOutcome<Answer>;
  }

  async query<Answer>(workflowId: string): Promise<Answer | undefined> {
    if (this.fault) throw this.fault;
    return this.states.get(workflowId) as Answer | undefined;
  }

  async *running(): AsyncIterable<string> {
    if (this.fault) throw this.fault;
    yield* this.states.keys();
  }

  async isReachable(): Promise<boolean> {
    return this.fault === undefined;
  }

  private take(asked: Asked): void {
    // A look has no message.
    const { actor } = asked.input ?? {};
    if (actor) this.actors.push(actor);
    this.asked.push({ ...asked, input: asked.input && withoutActor(asked.input) });
    if (this.fault) throw this.fault;
  }
}

/** Through the API and the commands nobody but an account is started by a message. */
function accountOf(start: StartOf<StartedByMessages>): AccountStart {
  if (start.type !== 'cashLoan' && start.type !== 'revolvingAccount') throw new Error(`a message to a ${start.type}`);
  return { ...start.input, product: start.type === 'cashLoan' ? 'cash-loan' : 'revolving' };
}

export interface Harness {
  api: FastifyInstance;
  context: ApiContext;
  /** As the worker: for what it would have written before. The API itself works as its own role, by `context.pool`. */
  pool: Pool;
  /** As the owner of the tables: for what a test writes past the program. */
  owner: Pool;
  gateway: FakeGateway;
  /** Every line that was logged, at every level. */
  log: string[];
  /** Real time, to be moved by tests. */
  clock: { nowMs: number };
  key(...scopes: Scope[]): Promise<string>;
  /** Of all scopes, for somebody. */
  keyOf(principal: string): Promise<string>;
  /** A request with the key of all scopes, unless its headers say otherwise. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by tests that know their shape
  call(options: InjectOptions): Promise<{ status: number; body: any; headers: Record<string, unknown>; text: string }>;
  post(url: string, body: unknown, idempotencyKey?: string): ReturnType<Harness['call']>;
  get(url: string): ReturnType<Harness['call']>;
  count(table: string): Promise<number>;
  close(): Promise<void>;
}

interface ContextParts {
  pool: ApiContext['pool'];
  gateway: FakeGateway;
  clock: { nowMs: number };
  log: string[];
  openDocs: boolean;
}

function contextOf({ pool, gateway, clock, log, openDocs }: ContextParts): ApiContext {
  return {
    pool,
    vault: createVault({ keyId: 'k1', key: Buffer.alloc(32, 7) }),
    gateway,
    clock: () => REAL_TIME,
    now: () => clock.nowMs,
    tenantId: TENANT,
    zone: SHANGHAI,
    logger: createLogger('debug', 'api', { write: (line: string) => void log.push(line) }),
    receiptSecret: SECRET,
    callbacks: { secret: CALLBACK_SECRET, addresses: {}, providers: callbacksOf() },
    actors: ACTORS,
    codes: createNoticeCodes(Buffer.alloc(32, 9)),
    officialNumbers: ['4008000000'],
    trustedProxies: [],
    openDocs,
  };
}

export async function startHarness(openDocs = false): Promise<Harness> {
  const database = await createTestDatabase();
  const settings = { max: 5, applicationName: 'api-test', statementTimeoutMs: 5000, books: BOOKS };
  const pool = createPool({ connectionString: database.url, ...settings });
  const apiPool = createPool({ connectionString: database.apiUrl, ...settings });
  const owner = createPool({ connectionString: database.ownerUrl, ...settings, max: 2 });
  const log: string[] = [];
  const clock = { nowMs: NOW_MS };
  const gateway = new FakeGateway();
  knowOwner(pool, owner);
  await inTransaction(owner, async (client) => {
    await ensureTenant(client, { tenantId: TENANT, name: 'Lender of the tests' });
    await insertPolicy(client, { tenantId: TENANT, policy: defaultPolicy });
  });
  const context = contextOf({ pool: apiPool, gateway, clock, log, openDocs });
  const api = await createServer(context);

  let keys = 0;
  const keyFor = async (principal: string | undefined, scopes: Scope[]) => {
    const made = createKey();
    keys += 1;
    const keyId = `key-${keys}`;
    await inTransaction(pool, (client) =>
      insertApiKey(client, { tenantId: TENANT, keyId, keyHash: made.keyHash, scopes, label: 'test', principal }),
    );
    return made.key;
  };
  const key = (...scopes: Scope[]) => keyFor(undefined, scopes);
  const everything = await key(...SCOPES);
  const call: Harness['call'] = async (options) => {
    const headers = { authorization: `Bearer ${everything}`, ...options.headers };
    const response = await api.inject({ ...options, headers });
    const text = response.body;
    const isJson = String(response.headers['content-type']).includes('json');
    return { status: response.statusCode, body: isJson ? JSON.parse(text) : text, headers: response.headers, text };
  };

  let requests = 0;
  return {
    api,
    context,
    pool,
    owner,
    gateway,
    log,
    clock,
    key,
    keyOf: (principal) => keyFor(principal, [...SCOPES]),
    call,
    post(url, body, idempotencyKey) {
      requests += 1;
      const headers = { 'idempotency-key': idempotencyKey ?? `request-${requests}` };
      return call({ method: 'POST', url, headers, payload: body as object });
    },
    get: (url) => call({ method: 'GET', url }),
    async count(table) {
      const { rows } = await pool.query<{ count: number }>(`select count(*) as count from ${table}`);
      return rows[0]?.count ?? -1;
    },
    async close() {
      await api.close();
      await apiPool.end();
      await pool.end();
      await owner.end();
      await database.drop();
    },
  };
}

export const PERSON = { name: '王小明', idNumber: '000000199003071236', phone: '13812348000' };

/** A body that is accepted. */
export function applicationOf(applicationId: string, changes: Record<string, unknown> = {}) {
  return {
    applicationId,
    product: 'cash-loan',
    requestedFen: 500_000,
    borrower: { borrowerId: `borrower-of-${applicationId}`, ...PERSON },
    finances: { monthlyIncomeFen: 1_200_000, openOverdue: false },
    behaviour: { monthsOnPlatform: 30, onTimePaymentRatio: '0.99' },
    identity: { check: 'matched', adult: true },
    ...changes,
  };
}

const RATE = '0.0005';

/** An application with an offer, as assessment leaves it. */
export async function offeredApplication({ pool }: Harness, applicationId: string, product: Product): Promise<void> {
  const borrowerId = `borrower-of-${applicationId}`;
  const limitFen = 2_000_000;
  await inTransaction(pool, async (client) => {
    await ensureBorrower(client, { tenantId: TENANT, borrowerId });
    await insertApplication(client, {
      tenantId: TENANT,
      applicationId,
      borrowerId,
      product,
      requestedFen: limitFen,
      facts: { identity: {}, finances: {}, behaviour: {} },
      receivedAtMs: NOW_MS,
    });
    const policyVersion = defaultPolicy.version;
    await saveDecision(client, {
      tenantId: TENANT,
      applicationId,
      stage: 'offered',
      assessment: {
        outcome: 'approved',
        reasonCodes: ['LIMIT_BY_BAND'],
        scorePoints: 640,
        scoreParts: {},
        limitFen,
        dailyRate: RATE,
        policyVersion,
      },
      offer: { product, limitFen, dailyRate: RATE, expiresAtMs: NOW_MS + 86_400_000, policyVersion },
      atMs: NOW_MS,
    });
  });
}

/** An open account without any step yet; its application and borrower are named after it. */
export async function openedAccount(harness: Harness, accountId: string, product: Product): Promise<void> {
  const applicationId = `application-of-${accountId}`;
  await offeredApplication(harness, applicationId, product);
  const terms: Terms =
    product === 'cash-loan'
      ? { product, principalFen: 500_000, dailyRate: RATE, months: 6, method: 'level', startDate: TODAY }
      : { product, limitFen: 2_000_000, openDate: TODAY, dueDay: 20 };
  await inTransaction(harness.pool, (client) =>
    insertAccount(client, {
      tenantId: TENANT,
      accountId,
      applicationId,
      borrowerId: `borrower-of-${applicationId}`,
      terms,
      policyVersion: defaultPolicy.version,
      acceptanceKey: 'acceptance',
      drawnFen: 500_000,
      openedAtMs: NOW_MS,
    }),
  );
}
