/**
 * The API as an upstream system meets it: HTTP to a listening server, real Temporal, the real worker process, a real
 * database, and business time that passes.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { callbacksOf } from '../../src/adapters/sms/callbacks';
import { createKey } from '../../src/api/operations/keys';
import { createServer } from '../../src/api/server';
import {
  type AccountInput,
  type ApplicationInput,
  acceptOffer,
  accountState,
  applicationState,
  authorisePurchase,
  paymentReceived,
  searchAttributes,
  TASK_QUEUE,
  workflowIds,
} from '../../src/contracts';
import { createActorSeals } from '../../src/db/evidence/actorSeals';
import { createNoticeCodes } from '../../src/db/messaging/codes/codeDrawing';
import { insertApiKey } from '../../src/db/operations/apiKeys';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import { dayOfMonth } from '../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { freePort } from '../../src/platform/provision';
import { createTemporalGateway } from '../../src/platform/temporalGateway';
import { expectSoundBooks } from '../support/books';
import { acceptAsTold } from '../support/costSheets';
import { SOUND, until } from '../support/credits';
import { faultsOfOpenApi, type OpenApi, operationsOf, routesOf } from '../support/openApi';
import {
  ACTOR_SECRET,
  CALLBACK_SECRET,
  CODE_KEY,
  RECEIPT_SECRET,
  RealSystem,
  TENANT,
  VAULT_KEY,
} from '../support/realSystem';
import { temporalWorkflow } from '../support/temporalCommand';

/** At 28 business hours a second a bill comes while the tests run. */
const STARTS_AT_MS = atWallTimeMs('2026-01-12', '09:00', SHANGHAI);
const SPEED = 100_000;
/** The longest that a story waits for the next month, in real time. */
const MONTH_WITHIN_MS = 40_000;

const operator = createKey();
let system: RealSystem;
let api: FastifyInstance;
let baseUrl: string;

beforeAll(async () => {
  system = await RealSystem.begin({ speed: SPEED, startAtMs: STARTS_AT_MS, apiKey: operator.key });
  const port = await freePort();
  baseUrl = `http://127.0.0.1:${port}`;
  await system.openClock();
  api = await createServer({
    pool: system.apiPool,
    vault: createVault({ keyId: 'k1', key: Buffer.from(VAULT_KEY, 'hex') }),
    gateway: createTemporalGateway(system.client),
    clock: () => system.clock,
    now: Date.now,
    tenantId: TENANT,
    zone: SHANGHAI,
    logger: pino({ level: 'silent' }),
    receiptSecret: RECEIPT_SECRET,
    callbacks: { secret: CALLBACK_SECRET, addresses: {}, providers: callbacksOf() },
    actors: createActorSeals(ACTOR_SECRET),
    codes: createNoticeCodes(Buffer.from(CODE_KEY, 'hex')),
    trustedProxies: [],
    openDocs: true,
  });
  await api.listen({ host: '127.0.0.1', port });
  await system.startWorker({ SINK_CALLBACK_URL: `${baseUrl}/v1/receipts/sink` });
}, 90_000);

afterAll(async () => {
  await api?.close();
  await system?.end();
});

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by tests that know their shape
  body: any;
  headers: Headers;
}

let requests = 0;

async function send(method: string, path: string, more: { body?: unknown; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${operator.key}`, 'content-type': 'application/json', ...more.headers },
    ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

function get(path: string): Promise<Answer> {
  return send('GET', path);
}

function post(path: string, body: unknown, idempotencyKey = `request-${++requests}`): Promise<Answer> {
  return send('POST', path, { body, headers: { 'idempotency-key': idempotencyKey } });
}

/** By a key of somebody's own. */
async function approveAs(incidentPath: string, principal: string): Promise<Answer> {
  const made = createKey();
  const keyId = `approver-${made.keyHash.slice(0, 8)}`;
  const scopes = ['incidents:write'];
  await inTransaction(system.pool, (client) =>
    insertApiKey(client, { tenantId: TENANT, keyId, keyHash: made.keyHash, scopes, label: 'approver', principal }),
  );
  const headers = { authorization: `Bearer ${made.key}`, 'idempotency-key': keyId };
  return send('POST', `${incidentPath}/resume-approvals`, { body: {}, headers });
}

function applicationOf(applicationId: string, changes: Record<string, unknown> = {}) {
  return {
    applicationId,
    product: 'cash-loan',
    requestedFen: 1_000_000,
    borrower: {
      borrowerId: `borrower-${applicationId}`,
      name: '样例',
      idNumber: '000000199003070006',
      phone: '19900000001',
    },
    ...SOUND,
    ...changes,
  };
}

/** Asks again until the answer is the one that the running system is on its way to. */
async function eventually(path: string, holds: (answer: Answer) => boolean, withinMs?: number): Promise<Answer> {
  let last: Answer | undefined;
  await until(async () => {
    last = await get(path);
    return holds(last);
  }, withinMs);
  return last as Answer;
}

async function apply(applicationId: string, changes: Record<string, unknown> = {}): Promise<Answer> {
  expect(await post('/v1/applications', applicationOf(applicationId, changes))).toMatchObject({ status: 202 });
  return eventually(`/v1/applications/${applicationId}`, ({ body }) => body.stage !== 'assessing');
}

const LOAN = { principalFen: 1_000_000, months: 3, method: 'level' };

/** Reads what it costs, confirms it and accepts; a day that began in between has another cost sheet. */
async function accept(applicationId: string, terms: Record<string, string | number>): Promise<Answer> {
  for (;;) {
    const query = new URLSearchParams(
      Object.entries(terms).map(([name, value]) => [name, String(value)] as [string, string]),
    );
    const shown = await get(`/v1/offers/${applicationId}/cost-sheet?${query}`);
    expect(shown).toMatchObject({ status: 200 });
    const { hash, presentedAt: confirmedAt } = shown.body;
    const costSheet = { hash, confirmedBy: 'borrower', confirmedAt };
    const answer = await post(`/v1/offers/${applicationId}/acceptance`, { ...terms, costSheet });
    if (answer.status !== 422 || !answer.body.reasonCodes.includes('COST_SHEET_DIFFERS')) return answer;
  }
}

/** From the application to an account that has taken its first step. */
async function open(applicationId: string, product: 'cash-loan' | 'revolving' = 'cash-loan'): Promise<string> {
  await apply(applicationId, { product });
  const accepted = await accept(applicationId, product === 'cash-loan' ? LOAN : {});
  expect(accepted).toMatchObject({ status: 201 });
  const { accountId } = accepted.body;
  await eventually(`/v1/accounts/${accountId}`, ({ body }) => body.bookedOn !== null);
  return accountId;
}

/** The account with the business date that its figures are for. */
async function accountOn(accountId: string): Promise<{ date: string; account: Answer['body'] }> {
  for (;;) {
    const date = (await get('/health')).body.businessDate;
    const { body: account } = await get(`/v1/accounts/${accountId}`);
    if ((await get('/health')).body.businessDate === date) return { date, account };
  }
}

async function payOff(accountId: string, paymentId: string): Promise<number> {
  const { date, account } = await accountOn(accountId);
  const payment = { paymentId, amountFen: account.payoffFen, paidOn: date, intent: 'payoff' };
  expect(await post(`/v1/accounts/${accountId}/payments`, payment)).toMatchObject({ status: 202 });
  await eventually(`/v1/accounts/${accountId}`, ({ body }) => body.stage === 'settled');
  return account.payoffFen;
}

/** Rows of every table that a request writes to by itself; what workflows write in the background is not among them. */
async function written(): Promise<Record<string, number>> {
  const tables = [
    'borrower',
    'vault_identity_version',
    'application',
    'credit_account',
    'idempotency_record',
    'account_fact',
  ];
  const counts: Record<string, number> = {};
  for (const table of [...tables, 'refused_arrival']) {
    const { rows } = await system.pool.query<{ count: number }>(`select count(*) as count from ${table}`);
    counts[table] = rows[0]?.count ?? -1;
  }
  return counts;
}

function shownOf({ typedSearchAttributes }: WorkflowExecutionDescription) {
  const { product, stage, bucket, nextDeadline, amountBand } = searchAttributes;
  return {
    product: typedSearchAttributes.get(product),
    stage: typedSearchAttributes.get(stage),
    bucket: typedSearchAttributes.get(bucket),
    nextDeadline: typedSearchAttributes.get(nextDeadline)?.getTime(),
    amountBand: typedSearchAttributes.get(amountBand),
  };
}

describe('over HTTP', () => {
  it('a cash loan: applied for, offered, drawn, paid off, and its timeline tells the life', async () => {
    const judged = await apply('loan');
    expect(judged.body).toMatchObject({ stage: 'offered', product: 'cash-loan', offer: { remainingFen: 1_000_000 } });
    const offer = await get('/v1/offers/loan');
    expect(offer).toMatchObject({ status: 200, body: judged.body.offer });
    const accepted = await accept('loan', LOAN);
    expect(accepted).toMatchObject({
      status: 201,
      body: { accountId: 'loan-1', links: { self: '/v1/accounts/loan-1' } },
    });
    const opened = await eventually('/v1/accounts/loan-1', ({ body }) => body.bookedOn !== null);
    expect(opened.body).toMatchObject({
      stage: 'current',
      bucket: 'M0',
      terms: { principalFen: 1_000_000, months: 3, dailyRate: offer.body.dailyRate },
      obligations: [{ key: 'instalment-1' }],
      balances: { 'principal-receivable': 1_000_000, funding: -1_000_000 },
    });

    await until(async () => system.today() > opened.body.terms.startDate);
    const paidFen = await payOff('loan-1', 'loan-payoff');
    const settled = await get('/v1/accounts/loan-1');
    expect(settled.body).toMatchObject({ payoffFen: 0, obligations: [], nextDeadlineAtMs: null });
    expect(settled.body.balances).toMatchObject({ 'principal-receivable': 0, collections: paidFen });
    const { body: timeline } = await get('/v1/accounts/loan-1/timeline');
    const keys = timeline.items.map(({ source, key }: Record<string, string>) => `${source} ${key}`);
    expect(keys).toEqual(expect.arrayContaining(['fact disbursement', 'fact payment/loan-payoff']));
    const entries = timeline.items.filter(({ source }: { source: string }) => source === 'entry');
    expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['disbursement', 'interest', 'payment']);
    expect(timeline.nextCursor).toBeNull();
  });

  it('a revolving account: bought on, refunded, paid, and declined beyond its limit', async () => {
    // A story that begins near the end of a month could have half of itself billed.
    await until(async () => Number(system.today().slice(8)) < 20, MONTH_WITHIN_MS);
    const accountId = await open('card', 'revolving');
    const path = `/v1/accounts/${accountId}`;
    const { availableFen: limitFen } = (await get(path)).body;
    const bought = await post(`${path}/purchases`, { purchaseId: 'desk', amountFen: 120_000 });
    expect(bought).toMatchObject({ status: 200, body: { status: 'approved', availableFen: limitFen - 120_000 } });
    const beyond = await post(`${path}/purchases`, { purchaseId: 'car', amountFen: limitFen });
    expect(beyond).toMatchObject({ status: 200, body: { status: 'declined', reasonCodes: ['ABOVE_AVAILABLE_LIMIT'] } });
    const again = await post(`${path}/purchases`, { purchaseId: 'desk', amountFen: 90_000 });
    expect(again).toMatchObject({ status: 200, body: { status: 'declined', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] } });
    expect(await post(`${path}/refunds`, { refundId: 'drawer', amountFen: 20_000 })).toMatchObject({ status: 202 });
    expect(await post(`${path}/payments`, { paymentId: 'early', amountFen: 30_000 })).toMatchObject({ status: 202 });
  });

  it('a referral is decided by a person, once; who is declined hears the reasons', async () => {
    const referred = await apply('referred', { finances: {} });
    expect(referred.body).toMatchObject({ stage: 'referred', offer: null });
    const decision = { decision: 'decline', decidedBy: 'staff-07', reason: 'no documents' };
    const decided = await post('/v1/applications/referred/referral-decisions', decision);
    expect(decided).toMatchObject({ status: 200, body: { stage: 'declined' } });
    const { body } = await get('/v1/applications/referred');
    expect(body.reasons[0]).toEqual({ code: 'DECLINED_BY_PERSON', en: expect.any(String), zh: expect.any(String) });
    expect(await post('/v1/applications/referred/referral-decisions', decision)).toMatchObject({ status: 409 });
  });

  it('the portfolio counts what happened, and the ledger balances', async () => {
    const { status, body } = await get('/v1/portfolio');
    expect(status).toBe(200);
    expect(body.ledger).toMatchObject({ isBalanced: true, totalFen: 0, unbalancedAccounts: [] });
    expect(body.accounts).toContainEqual(expect.objectContaining({ product: 'cash-loan', stage: 'settled', count: 1 }));
    expect(body.applications).toContainEqual({ product: 'cash-loan', stage: 'declined', count: 1 });
    await expectSoundBooks(system.pool, TENANT);
  });
});

describe('what is refused', () => {
  let payOnly: string;

  beforeAll(async () => {
    await open('held');
    await apply('open-offer');
    await open('card-of-refusals', 'revolving');
    const made = createKey();
    payOnly = made.key;
    await inTransaction(system.pool, (client) =>
      insertApiKey(client, {
        tenantId: TENANT,
        keyId: 'pay-only',
        keyHash: made.keyHash,
        scopes: ['payments:write'],
        label: 'test',
      }),
    );
  });

  /** The answer is a problem document, and not one row was written for it. */
  async function expectRefusal(request: () => Promise<Answer>, status: number, document: Record<string, unknown>) {
    const before = await written();
    const answer = await request();
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, ...document });
    expect(answer.status).toBe(status);
    expect(answer.body.type).toMatch(/^urn:creditloom:problem:[a-z-]+$/);
    for (const member of ['title', 'detail']) expect(answer.body[member]).toEqual(expect.any(String));
    expect(await written()).toEqual(before);
  }

  const keyed = (key: string | undefined, path: string) => () =>
    send('GET', path, { headers: { authorization: key === undefined ? '' : `Bearer ${key}` } });

  it('401: without a key, and with one that is not known', async () => {
    const nameless = { field: 'authorization' };
    await expectRefusal(keyed(undefined, '/v1/accounts/held-1'), 401, nameless);
    await expectRefusal(keyed(createKey().key, '/v1/portfolio'), 401, nameless);
    const unsigned = () => send('POST', '/v1/receipts/sink', { body: [], headers: { authorization: '' } });
    await expectRefusal(unsigned, 401, { field: 'x-receipt-signature' });
  });

  it('403: with a key that lacks the scope, which is named', async () => {
    await expectRefusal(keyed(payOnly, '/v1/accounts/held-1'), 403, { field: 'authorization', scope: 'accounts:read' });
  });

  it('404: what does not exist, whatever is asked of it', async () => {
    const payment = { paymentId: 'p', amountFen: 1 };
    const nobody = { field: 'id' };
    await expectRefusal(() => get('/v1/applications/nobody'), 404, nobody);
    await expectRefusal(() => get('/v1/accounts/nobody/timeline'), 404, nobody);
    await expectRefusal(() => post('/v1/accounts/nobody/payments', payment), 404, nobody);
    await expectRefusal(() => post('/v1/offers/nobody/acceptance', LOAN), 404, nobody);
    await expectRefusal(() => get('/v1/nothing'), 404, {});
  });

  it('409: what contradicts what is there', async () => {
    // From a borrower not seen before, who must not be left behind by what is refused.
    const { borrower } = applicationOf('stranger');
    const other = applicationOf('held', { borrower });
    await expectRefusal(() => post('/v1/applications', other), 409, { field: 'applicationId' });
  });

  it('400 and 422: what breaks the contract or has no meaning, with the field at fault', async () => {
    const inFuture = { paymentId: 'p', amountFen: 1, paidOn: '2031-01-01' };
    await expectRefusal(() => post('/v1/accounts/held-1/payments', inFuture), 400, { field: 'paidOn' });
    const negative = { paymentId: 'p', amountFen: -5 };
    await expectRefusal(() => post('/v1/accounts/held-1/payments', negative), 400, { field: 'amountFen' });
    const purchase = { purchaseId: 'p', amountFen: 1 };
    await expectRefusal(() => post('/v1/accounts/held-1/purchases', purchase), 422, { field: 'id' });
    await expectRefusal(() => post('/v1/offers/card-of-refusals/draws', {}), 422, { field: 'id' });
  });

  it('422: what the business refuses is answered once and for all, with reason codes and the field', async () => {
    const before = await written();
    const tooMuch = await post('/v1/offers/open-offer/acceptance', { ...LOAN, principalFen: 5_000_000 }, 'too-much');
    expect(tooMuch.body).toMatchObject({ status: 422, reasonCodes: ['ABOVE_OFFERED_LIMIT'], field: 'principalFen' });
    const oddTerm = await post('/v1/offers/open-offer/acceptance', { ...LOAN, months: 5 }, 'odd-term');
    expect(oddTerm.body).toMatchObject({ status: 422, reasonCodes: ['TERM_NOT_OFFERED'], field: 'months' });
    // The answers are kept under their keys, and nothing else.
    expect(await written()).toEqual({ ...before, idempotency_record: (before.idempotency_record ?? 0) + 2 });
  });
});

describe('a request sent again', () => {
  it('with the same key: the same answer and one effect, also when both are under way at once', async () => {
    const path = `/v1/accounts/${await open('repeats', 'revolving')}`;
    const purchase = { purchaseId: 'once', amountFen: 1_000 };
    const answers = await Promise.all([1, 2].map(() => post(`${path}/purchases`, purchase, 'same-key')));
    answers.push(await post(`${path}/purchases`, purchase, 'same-key'));
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 200, body: answers[0]?.body });
    expect(answers[2]?.headers.get('idempotency-replayed')).toBe('true');
    const applied = applicationOf('repeats', { product: 'revolving' });
    const [first, second] = [
      await post('/v1/applications', applied, 'twice'),
      await post('/v1/applications', applied, 'twice'),
    ];
    expect(second.body).toEqual(first.body);
    const { body: account } = await get(path);
    expect(account.balances).toMatchObject({ 'principal-receivable': 1_000 });
    const { body: timeline } = await get(`${path}/timeline`);
    expect(timeline.items.filter(({ key }: { key: string }) => key === 'purchase/once')).toHaveLength(1);
  });

  it('with the same key and other input: 409, and the first answer stands', async () => {
    const path = `/v1/accounts/${await open('reused', 'revolving')}/purchases`;
    const first = await post(path, { purchaseId: 'first', amountFen: 1_000 }, 'reused-key');
    const before = await written();
    const other = await post(path, { purchaseId: 'second', amountFen: 2_000 }, 'reused-key');
    expect(other.body).toMatchObject({ status: 409, type: 'urn:creditloom:problem:idempotency-key-reused' });
    expect(other.body.field).toBe('idempotency-key');
    expect(await written()).toEqual(before);
    expect((await post(path, { purchaseId: 'first', amountFen: 1_000 }, 'reused-key')).body).toEqual(first.body);
  });

  it('to what has ended: nothing starts anew, but for money, which is booked', async () => {
    const accountId = await open('ended');
    await payOff(accountId, 'ended-payoff');
    const application = system.client.workflow.getHandle(workflowIds.application(TENANT, 'ended'));
    expect(await application.result()).toMatchObject({ stage: 'accepted', accountIds: [accountId] });
    const { runId } = await application.describe();
    const late = await post('/v1/offers/ended/acceptance', { ...LOAN, principalFen: 100_000 });
    expect(late.body).toMatchObject({ status: 422, reasonCodes: ['OFFER_CLOSED'] });
    const decision = { decision: 'approve', decidedBy: 'staff-07', reason: 'late' };
    expect(await post('/v1/applications/ended/referral-decisions', decision)).toMatchObject({ status: 409 });
    expect(await post('/v1/applications', applicationOf('ended'))).toMatchObject({ status: 202 });
    expect(await application.describe()).toMatchObject({ runId, status: { name: 'COMPLETED' } });
    const more = await post(`/v1/accounts/${accountId}/payments`, { paymentId: 'more', amountFen: 500 });
    expect(more).toMatchObject({ status: 202 });
    const account = async () => (await get(`/v1/accounts/${accountId}`)).body;
    await until(async () => (await account()).balances['borrower-credit'] === -500);
    expect(await account()).toMatchObject({ stage: 'settled', payoffFen: 0 });
    const back = await post(`/v1/accounts/${accountId}/credit-returns`, { returnId: 'back', amountFen: 500 });
    expect(back).toMatchObject({ status: 200, body: { status: 'accepted' } });
    expect((await account()).balances['borrower-credit'] ?? 0).toBe(0);
    expect((await system.client.workflow.getHandle(workflowIds.cashLoan(TENANT, accountId)).result()).stage).toBe(
      'settled',
    );
  });
});

describe('through Temporal alone', () => {
  it('the same workflows by their contracts: started, asked, fed and shown to operators', async () => {
    const { client } = system;
    const input: ApplicationInput = {
      tenantId: TENANT,
      applicationId: 'direct',
      borrowerId: 'borrower-direct',
      product: 'revolving',
      requestedFen: 1_000_000,
      facts: SOUND,
      clock: system.clock,
    };
    const application = await client.workflow.start('application', {
      workflowId: workflowIds.application(TENANT, 'direct'),
      taskQueue: TASK_QUEUE,
      args: [input],
    });
    await until(async () => (await application.query(applicationState)).stage === 'offered');
    expect(shownOf(await application.describe())).toMatchObject({ product: 'revolving', stage: 'offered' });
    const accepted = await acceptAsTold((key, costSheet) => {
      const acceptance = { product: 'revolving', key, acceptedOn: system.today(), costSheet } as const;
      return application.executeUpdate(acceptOffer, { args: [acceptance], updateId: key });
    });
    expect(accepted).toEqual({ status: 'opened', accountId: 'direct-1' });

    const account = client.workflow.getHandle(workflowIds.revolvingAccount(TENANT, 'direct-1'));
    const purchase = { purchaseId: 'lamp', amountFen: 250_000, purchasedOn: system.today() };
    expect(await account.executeUpdate(authorisePurchase, { args: [purchase] })).toMatchObject({ status: 'approved' });
    const refused = account.executeUpdate(authorisePurchase, { args: [{ ...purchase, amountFen: 0.5 }] });
    await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringMatching(/^amountFen /) } });
    await account.signal(paymentReceived, {
      paymentId: 'part',
      amountFen: 50_000,
      paidOn: system.today(),
      intent: 'instalment',
    });
    const { body } = await eventually('/v1/accounts/direct-1', (answer) => answer.body.outstandingFen === 200_000);
    const state = await account.query(accountState);
    expect(state).toMatchObject({ product: 'revolving', stage: 'current', bucket: 'M0', amountBand: 'to-10k' });
    const withoutDate = (summary: string) => summary.replace(/ · as of [\d-]+$/, '');
    expect(state.nextDeadlineAtMs).toBe(body.nextDeadlineAtMs);
    expect(withoutDate(state.summary)).toBe(withoutDate(body.summary));
    expect(shownOf(await account.describe())).toEqual({
      product: 'revolving',
      stage: 'current',
      bucket: 'M0',
      nextDeadline: body.nextDeadlineAtMs,
      amountBand: 'to-10k',
    });
  });

  it('an incident by plain JSON, as the Web UI sends it: one takes it in hand; two keys resume it, and names do not', async () => {
    const { address } = system.temporal;
    const incidentId = 'by-hand';
    const workflowId = workflowIds.incident(TENANT, incidentId);
    const opening = {
      by: 'staff-01',
      measures: ['notices'],
      scope: { region: '99' },
      reasonCode: 'WRONG_AMOUNTS',
      remedyChannel: 'hotline',
    };
    const input = { tenantId: TENANT, incidentId, clock: system.clock, opening };
    const start = await temporalWorkflow(
      address,
      ['start'],
      { workflowId, type: 'incident', taskQueue: TASK_QUEUE },
      input,
    );
    expect(start.code).toBe(0);
    const path = `/v1/incidents/${incidentId}`;
    await eventually(path, ({ body }) => body.stage === 'open');
    const send = (name: string, message: object) =>
      temporalWorkflow(address, ['update', 'execute'], { workflowId, name }, message);

    expect((await send('acknowledge', { by: 'staff-01' })).result).toEqual({
      status: 'accepted',
      stage: 'acknowledged',
    });
    const filed = await send('appeal', { appealId: 'ap-1', borrowerId: 'b-1', by: 'hotline' });
    expect(filed.result).toMatchObject({ status: 'accepted' });
    const upheld = { appealId: 'ap-1', by: 'staff-02', isUpheld: true, reason: 'it was paid' };
    expect((await send('answerAppeal', upheld)).result).toMatchObject({ status: 'accepted' });
    expect((await get(path)).body.exemptBorrowerIds).toEqual(['b-1']);
    // Two names that nobody signed are nobody's voices.
    for (const by of ['staff:02', 'staff:03']) {
      const unsigned = await send('approveResume', { by });
      expect(unsigned.result).toEqual({ status: 'refused', refusal: 'unverified', stage: 'acknowledged' });
    }
    const nobody = await send('approveResume', { by: '' });
    expect(nobody.code).not.toBe(0);
    expect(nobody.text).toContain('by must be');

    expect((await approveAs(path, 'staff:02')).body).toMatchObject({ status: 'needs-second-person' });
    expect((await approveAs(path, 'staff:02')).status).toBe(409);
    expect((await approveAs(path, 'staff:03')).body).toMatchObject({ status: 'resumed' });
    const { body: resumed } = await get(path);
    expect(resumed).toMatchObject({ stage: 'resumed', resumeApprovedBy: ['staff:02', 'staff:03'] });
    expect(resumed.timeline).toContainEqual(
      expect.objectContaining({ kind: 'acknowledged', by: 'temporal:unverified' }),
    );
    const state = await temporalWorkflow(address, ['query'], { workflowId, name: 'incidentState' });
    expect(state.text).toContain('resumed');
    const review = { by: 'staff-09', summary: 'what happened', actions: [] };
    expect((await send('recordReview', review)).result).toMatchObject({ stage: 'reviewed' });
    expect(await system.client.workflow.getHandle(workflowId).result()).toMatchObject({ stage: 'reviewed' });
  });

  it('an account whose workflow has ended and is started again changes nothing', async () => {
    const accountId = await open('restarted');
    await payOff(accountId, 'restarted-payoff');
    const path = `/v1/accounts/${accountId}`;
    const before = { account: (await get(path)).body.balances, timeline: (await get(`${path}/timeline`)).body.items };
    const input: AccountInput = { tenantId: TENANT, accountId, clock: system.clock };
    const workflowId = workflowIds.cashLoan(TENANT, accountId);
    // The books are settled by the last step, a moment before the workflow that took it has ended.
    await system.client.workflow.getHandle(workflowId).result();
    const again = await system.client.workflow.start('cashLoan', {
      workflowId,
      taskQueue: TASK_QUEUE,
      args: [input],
    });
    expect(await again.result()).toMatchObject({ stage: 'settled' });
    const ofBooks = ({ source }: { source: string }) => source !== 'notice';
    const after = { account: (await get(path)).body.balances, timeline: (await get(`${path}/timeline`)).body.items };
    expect(after.account).toEqual(before.account);
    expect(after.timeline.filter(ofBooks)).toEqual(before.timeline.filter(ofBooks));
    await expectSoundBooks(system.pool, TENANT);
  });
});

describe('the OpenAPI document', () => {
  it('is valid and lists every route that the server answers', async () => {
    const { status, body } = await send('GET', '/docs/json', { headers: { authorization: '' } });
    expect(status).toBe(200);
    expect(faultsOfOpenApi(body as OpenApi)).toEqual([]);
    expect(operationsOf(body as OpenApi)).toEqual(routesOf(api));
    expect(operationsOf(body as OpenApi)).toContain('POST /v1/offers/{id}/draws');
  });
});

describe('when the month is over', () => {
  it('the bill has every fact of the month, is paid, and the timeline tells all of it in order', async () => {
    const path = '/v1/accounts/card-1';
    const { limitFen } = (await get(path)).body.terms;
    const billed = await eventually(path, ({ body }) => body.statements.length > 0, MONTH_WITHIN_MS);
    const billDate = dayOfMonth(billed.body.terms.openDate, 1, 1);
    expect(billed.body.statements[0]).toMatchObject({
      billDate,
      dueDate: dayOfMonth(billDate, 10),
      totalFen: 70_000,
      minimumPaymentFen: 7_000,
    });
    const { date, account } = await accountOn('card-1');
    const payment = { paymentId: 'bill', amountFen: account.dueFen, paidOn: date };
    expect(await post(`${path}/payments`, payment)).toMatchObject({ status: 202 });
    const paid = await eventually(path, ({ body }) => body.outstandingFen === 0);
    expect(paid.body).toMatchObject({ dueFen: 0, availableFen: limitFen });

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await get(`${path}/timeline?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.items.map(({ source, key }: Record<string, string>) => `${source} ${key}`));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen.filter((line) => line.startsWith('fact'))).toEqual([
      'fact opening',
      'fact purchase/desk',
      'fact refund/drawer',
      'fact payment/early',
      'fact payment/bill',
    ]);
    expect(seen.filter((line) => line.startsWith('refusal'))).toHaveLength(2);
    expect(seen).toContain('statement 000001');
  });
});
