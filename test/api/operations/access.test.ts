/** Who may call, what every refusal looks like, what the log tells, and what the OpenAPI document says of it all. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { receiptSecretOf, signReceipts } from '../../../src/adapters/sms/receiptSignature';
import { SCOPES } from '../../../src/api/http/authentication';
import { createKey, hashKey } from '../../../src/api/operations/keys';
import { createServer } from '../../../src/api/server';
import { insertApiKey } from '../../../src/db/operations/apiKeys';
import { createPool } from '../../../src/db/pool';
import { inTransaction } from '../../../src/db/transaction';
import { applicationOf, type Harness, NOW_MS, openedAccount, PERSON, SECRET, startHarness } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
});
afterAll(() => harness.close());

describe('keys', () => {
  it('are 256 random bits behind a prefix, and stored as their hash', () => {
    const { key, keyHash } = createKey();
    expect(key).toMatch(/^clk_[A-Za-z0-9_-]{43}$/);
    expect(keyHash).toBe(hashKey(key));
    expect(createKey().key).not.toBe(key);
  });

  it.each([
    ['no key', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['an unknown key', `Bearer ${createKey().key}`],
  ])('refuses %s with 401', async (_case, authorization) => {
    const answer = await harness.call({ method: 'GET', url: '/v1/portfolio', headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'urn:creditloom:problem:unauthenticated', status: 401 });
  });

  it('refuses before it reads the body', async () => {
    const answer = await harness.call({
      method: 'POST',
      url: '/v1/applications',
      headers: { authorization: '', 'content-type': 'application/json' },
      payload: '{ not json',
    });
    expect(answer.status).toBe(401);
  });

  it('names the scope that is missing', async () => {
    const key = await harness.key('payments:write');
    const headers = { authorization: `Bearer ${key}` };
    const answer = await harness.call({ method: 'GET', url: '/v1/portfolio', headers });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ type: 'urn:creditloom:problem:missing-scope', scope: 'portfolio:read' });
    expect(answer.body.detail).toContain('portfolio:read');
  });

  it('refuses a revoked key at the latest ten seconds later', async () => {
    const key = await harness.key('portfolio:read');
    const ask = () =>
      harness.call({ method: 'GET', url: '/v1/portfolio', headers: { authorization: `Bearer ${key}` } });
    expect((await ask()).status).toBe(200);
    await harness.owner.query('update api_key set revoked_at = now() where key_hash = $1', [hashKey(key)]);
    harness.clock.nowMs += 10_000;
    expect((await ask()).status).toBe(401);
  });

  it('sees nothing of another tenant', async () => {
    await harness.owner.query(`insert into tenant (tenant_id, name) values ('other', 'Other lender')`);
    const { key, keyHash } = createKey();
    const other = { tenantId: 'other', keyId: 'k', keyHash, scopes: [...SCOPES], label: 'other' };
    await inTransaction(harness.pool, (client) => insertApiKey(client, other));
    const headers = { authorization: `Bearer ${key}` };
    expect((await harness.call({ method: 'GET', url: '/v1/accounts/card', headers })).status).toBe(404);
    const { body } = await harness.call({ method: 'GET', url: '/v1/portfolio', headers });
    expect(body.accounts).toEqual([]);
  });
});

describe('refusals of the server itself', () => {
  it.each([
    ['an unknown route', { method: 'GET', url: '/v2/nothing' } as const, 404],
    ['a body that is no JSON', post('{ not json'), 400],
    ['an empty body', post(''), 400],
    ['another media type', post('a=1', 'application/x-www-form-urlencoded'), 415],
    ['more than 1 MiB', post(JSON.stringify({ pad: 'x'.repeat(1_100_000) })), 413],
    ['a path that cannot be decoded', { method: 'GET', url: '/v1/accounts/%E0%A4%A' } as const, 400],
    ['an id that is no id', { method: 'GET', url: '/v1/accounts/%20' } as const, 400],
  ])('answers %s with a problem document', async (_case, request, status) => {
    const answer = await harness.call(request);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.body).toEqual(
      expect.objectContaining({
        type: expect.any(String),
        title: expect.any(String),
        status,
        detail: expect.any(String),
      }),
    );
  });
});

describe('a body that says a thing twice or inexactly', () => {
  const whole = JSON.stringify(applicationOf('exact'));
  const changed = (from: string, to: string) => {
    expect(whole).toContain(from);
    return whole.replace(from, to);
  };
  const INEXACT = 'is a number that cannot be kept as it is written, on line 1';

  it.each<[string, string, string, string]>([
    ['a field twice', '"requestedFen":500000', '"requestedFen":1,"requestedFen":500000', 'requestedFen is given twice'],
    ['a field twice with one value', '"requestedFen"', '"requestedFen":500000,"requestedFen"', 'requestedFen is given'],
    ['a field twice, once by its code', '"phone"', '"phon\\u0065":"1","phone"', 'borrower.phone is given twice'],
    ['a fraction too fine', ':500000', ':500000.00000000001', `requestedFen ${INEXACT}`],
    ['2^53 + 1', ':1200000', ':9007199254740993', `finances.monthlyIncomeFen ${INEXACT}`],
    ['an exponent too high', ':1200000', ':1e400', `finances.monthlyIncomeFen ${INEXACT}`],
    ['a fine exponent', ':1200000', ':120000000000000000001e-14', `finances.monthlyIncomeFen ${INEXACT}`],
  ])('%s is refused by field and line, and nothing is kept', async (_, from, to, says) => {
    const { status, body } = await harness.call(post(changed(from, to)));
    expect({ status, type: body.type }).toEqual({ status: 400, type: 'urn:creditloom:problem:invalid-request' });
    expect(body.detail).toContain(says);
    expect(body.detail).toContain('line 1');
    expect(body.detail).not.toMatch(/00000|90071/);
    expect(await harness.count(`application where application_id = 'exact'`)).toBe(0);
  });

  it('tells the lines of a field in a body of several', async () => {
    const { body } = await harness.call(post('{\n"applicationId": "a",\n"product": "x",\n"product": "y"\n}'));
    expect(body.errors).toEqual([
      { field: 'product', fault: 'is given twice, on line 3 and on line 4', fix: 'send it once' },
    ]);
  });

  it('one that is not UTF-8 is refused, and a byte order mark is not', async () => {
    const latin = Buffer.from(changed(PERSON.name, 'Jos\u00e9'), 'latin1');
    expect(await harness.call({ ...post(''), payload: latin })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'body', fault: 'is not UTF-8', fix: 'send one JSON document in UTF-8' }] },
    });
    expect((await harness.call({ ...post(''), payload: `\ufeff${whole}` })).status).toBe(202);
  });

  it('a name that reaches a prototype is refused as before', async () => {
    const { status, body } = await harness.call(post(changed('{', '{"__proto__":{"admin":true},')));
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'body' });
  });

  it('and so is one that a provider signed', async () => {
    const body = '[{"providerMessageId":"m-1","sequence":1,"sequence":1,"status":"delivered","atMs":1}]';
    const signed = signReceipts(receiptSecretOf(SECRET, 'sink'), { provider: 'sink', atMs: NOW_MS, body });
    const headers = { 'content-type': 'application/json', ...signed };
    const answer = await harness.call({ method: 'POST', url: '/v1/receipts/sink', headers, payload: body });
    expect(answer.status).toBe(400);
  });
});

function post(payload: string, contentType = 'application/json') {
  const headers = { 'content-type': contentType, 'idempotency-key': 'server-refusal' };
  return { method: 'POST', url: '/v1/applications', headers, payload } as const;
}

describe('what a path names and is not there', () => {
  const HOLDOUT = { source: 'rows of March', rows: 1000, auc: '0.78', ks: '0.43', impacts: [] };
  /** A body that each route would take, by its last words; and the query of those that need one. */
  const BODIES: [path: RegExp, body: object][] = [
    [/purchases$/, { purchaseId: 'x', amountFen: 1 }],
    [/confirmation$/, { confirmationId: 'x' }],
    [/refunds$/, { refundId: 'x', amountFen: 1 }],
    [/payments$/, { paymentId: 'x', amountFen: 1 }],
    [/reversal$/, { reversalId: 'x' }],
    [/credit-returns$/, { returnId: 'x', amountFen: 1 }],
    [/purchase-approvals$/, { approvalId: 'x', purchaseId: 'y', amountFen: 1, decidedBy: 's', reason: 'why' }],
    [/rate-corrections$/, { correctionId: 'x', from: '2026-07-01', dailyRate: '0.0004', decidedBy: 's' }],
    [/restructurings$/, { restructuringId: 'x', months: 3, dailyRate: '0.0004' }],
    [/restructurings\/.*approval$/, {}],
    [/rotation$|revocation$/, {}],
    [/write-off-decisions$/, { decision: 'keep', decidedBy: 's' }],
    [/mandate$/, { changeId: 'x', mandateId: 'm' }],
    [/mandate\/end$/, { changeId: 'x' }],
    [/instalment-plans$/, { planId: 'x', unbilled: true, principalFen: 60_000, months: 3, feePayer: 'borrower' }],
    [/settlement$/, { settlementId: 'x' }],
    [/(acceptance|draws)$/, {}],
    [/referral-decisions$/, { decision: 'decline', decidedBy: 's', reason: 'r' }],
    [/objections$/, { objectedBy: 'borrower', reason: 'r' }],
    [/holds$/, { holdId: 'x', kind: 'bereavement', placedBy: 's' }],
    [/lift$/, { liftedBy: 's' }],
    [/contact$/, { region: '510100' }],
    [/(acknowledgement|resume-approvals)$/, { by: 's' }],
    [/measures$/, { by: 's', measures: ['draws'] }],
    [/notes$/, { by: 's', text: 't' }],
    [/appeals$/, { appealId: 'x', borrowerId: 'b', by: 's' }],
    [/answer$/, { by: 's', isUpheld: true, reason: 'r' }],
    [/review$/, { by: 's', summary: 't', actions: [] }],
    [/templates\/.*decision$/, { decision: 'approve', reason: 'r' }],
    [/templates\/.*retirement$/, { reason: 'r' }],
    [/resumption$/, { resumedBy: 's' }],
    [/read$/, {}],
    [/withdrawal$/, { reason: 'r' }],
    [/models\/.*review$/, { decision: 'approve', reason: 'r' }],
    [/tests$/, { test: HOLDOUT }],
    [/promotions$|models\/.*retirement$/, { reason: 'r' }],
    [/revalidations$/, { test: HOLDOUT, reason: 'r' }],
    [/phone-changes$/, { changeId: 'x', phone: '19900000002' }],
  ];
  const QUERIES: [path: RegExp, query: string][] = [
    [/instalment-quote$|cost-sheet$/, '?unbilled=true&principalFen=60000&months=3&feePayer=borrower'],
    [/offers\/.*cost-sheet$/, '?principalFen=100000&months=3&method=level'],
  ];
  const NAMES: Record<string, string> = {
    messageId: randomUUID(),
    kind: 'due-soon',
    version: '1',
    sourceKind: 'identity',
    provider: 'provider-of-nobody',
  };
  const ABSENT = 'told-by-nobody-4711';

  it('is 404 on every route, which repeats nothing, and nothing is written or told', async () => {
    const { paths } = (await harness.get('/docs/json')).body;
    const routes = Object.keys(paths).flatMap((path) => Object.keys(paths[path]).map((method) => ({ method, path })));
    const naming = routes.filter(({ path }) => path.includes('{') && !/receipts|callbacks/.test(path));
    expect(naming.length).toBeGreaterThan(30);
    harness.gateway.asked = [];
    const borrowers = await harness.count('borrower');
    const answers: string[] = [];
    for (const { method, path } of naming) {
      const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) => NAMES[name] ?? ABSENT);
      const payload = BODIES.filter(([of]) => of.test(path)).at(-1)?.[1];
      const query = QUERIES.filter(([of]) => of.test(path)).at(-1)?.[1] ?? '';
      const headers = { 'idempotency-key': `not-there-${method}-${answers.length}` };
      const sent = method === 'get' ? { url: `${url}${query}` } : { url, payload: payload ?? {} };
      const answer = await harness.call({ method: method.toUpperCase(), headers, ...sent });
      answers.push(`${method} ${path}: ${answer.status}`);
      for (const told of [ABSENT, NAMES.messageId ?? '', NAMES.provider ?? '']) expect(answer.text).not.toContain(told);
    }
    expect(answers.filter((line) => !line.endsWith(': 404'))).toEqual([]);
    expect(harness.gateway.asked).toEqual([]);
    expect(await harness.count('borrower')).toBe(borrowers);
  });
});

describe('the log', () => {
  it('tells of requests, and nothing of people', async () => {
    await harness.post('/v1/applications', applicationOf('logged'));
    await harness.post('/v1/applications', applicationOf('logged', { requestedFen: -1 }));
    await harness.call({ method: 'GET', url: `/v1/accounts/${PERSON.phone}?name=${encodeURIComponent(PERSON.name)}` });
    await harness.call(post(`{"phone": ${PERSON.phone} ${PERSON.name}`));
    // A fault of ours, in the middle of a request that carries a person.
    harness.gateway.fault = new Error('the fake was told to fail');
    const failed = await harness.post('/v1/applications', applicationOf('failing'));
    harness.gateway.fault = undefined;
    expect(failed.status).toBe(500);
    expect(failed.body.detail).toContain(String(failed.headers['x-request-id']));
    const log = harness.log.join('');
    expect(log).toContain('/v1/applications');
    expect(log).toContain('the fake was told to fail');
    for (const secret of Object.values(PERSON)) expect(log).not.toContain(secret);
    expect(log).not.toContain('clk_');
  });
});

describe('health', () => {
  it('is open, and tells what cannot be reached', async () => {
    const ask = () => harness.api.inject({ method: 'GET', url: '/health' });
    const healthy = await ask();
    expect(healthy.statusCode).toBe(200);
    expect(healthy.json()).toEqual({ status: 'ok', database: 'ok', temporal: 'ok', businessDate: '2026-07-10' });
    harness.gateway.fault = new Error('away');
    const away = await ask();
    harness.gateway.fault = undefined;
    expect(away.statusCode).toBe(503);
    expect(away.json()).toMatchObject({ status: 'unavailable', database: 'ok', temporal: 'unavailable' });
  });
});

describe('without its database', () => {
  it('answers 503 with a time to come back, and health says which part it is', async () => {
    const pool = createPool({
      connectionString: 'postgres://nobody@127.0.0.1:1/nothing',
      max: 1,
      applicationName: 'api-test',
      statementTimeoutMs: 1000,
    });
    const alone = await createServer({ ...harness.context, pool });
    const authorization = `Bearer ${createKey().key}`;
    const answer = await alone.inject({ method: 'GET', url: '/v1/portfolio', headers: { authorization } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json()).toMatchObject({ type: 'urn:creditloom:problem:unavailable' });
    const health = await alone.inject({ method: 'GET', url: '/health' });
    expect(health.json()).toMatchObject({ database: 'unavailable', temporal: 'ok' });
    await alone.close();
    await pool.end();
  });
});

interface Operation {
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { content?: Record<string, unknown> }>;
  summary?: string;
  tags?: string[];
}

describe('the OpenAPI document', () => {
  const operations = async () => {
    const { body } = await harness.get('/docs/json');
    const paths = body.paths as Record<string, Record<string, Operation>>;
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, method, path, operation })),
    );
  };

  it('needs a key, unless the deployment opens it', async () => {
    for (const url of ['/docs', '/docs/json', '/docs/static/index.css']) {
      expect((await harness.api.inject({ method: 'GET', url })).statusCode).toBe(401);
    }
    const open = await startHarness(true);
    try {
      for (const url of ['/docs', '/docs/json', '/docs/static/index.css']) {
        expect((await open.api.inject({ method: 'GET', url })).statusCode).toBe(200);
      }
      expect((await open.api.inject({ method: 'GET', url: '/v1/portfolio' })).statusCode).toBe(401);
    } finally {
      await open.close();
    }
  });

  it('lists every route, each with its security but those that are open', async () => {
    const listed = await operations();
    expect(listed.map(({ name }) => name).sort()).toEqual([
      'get /health',
      'get /v1/accounts/{id}',
      'get /v1/accounts/{id}/cost-sheets',
      'get /v1/accounts/{id}/entries',
      'get /v1/accounts/{id}/instalment-cost-sheet',
      'get /v1/accounts/{id}/payoff',
      'get /v1/accounts/{id}/timeline',
      'get /v1/applications/{id}',
      'get /v1/audit/seals',
      'get /v1/borrowers/{id}/holds',
      'get /v1/borrowers/{id}/identity',
      'get /v1/borrowers/{id}/inbox',
      'get /v1/callbacks/{provider}/{secret}',
      'get /v1/callbacks/{provider}/{secret}/inbound',
      'get /v1/decisions/overrides',
      'get /v1/incidents',
      'get /v1/incidents/{id}',
      'get /v1/keys',
      'get /v1/ledger/closes',
      'get /v1/ledger/trial-balance',
      'get /v1/model-comparison',
      'get /v1/models',
      'get /v1/models/{card}/{version}',
      'get /v1/offers/{id}',
      'get /v1/offers/{id}/cost-sheet',
      'get /v1/portfolio',
      'get /v1/providers',
      'get /v1/templates',
      'get /v1/templates/{kind}/{version}',
      'post /v1/accounts/{id}/credit-returns',
      'post /v1/accounts/{id}/instalment-plans',
      'post /v1/accounts/{id}/instalment-plans/{planId}/settlement',
      'post /v1/accounts/{id}/mandate',
      'post /v1/accounts/{id}/mandate/end',
      'post /v1/accounts/{id}/payments',
      'post /v1/accounts/{id}/payments/{paymentId}/reversal',
      'post /v1/accounts/{id}/purchase-approvals',
      'post /v1/accounts/{id}/purchases',
      'post /v1/accounts/{id}/purchases/{purchaseId}/confirmation',
      'post /v1/accounts/{id}/rate-corrections',
      'post /v1/accounts/{id}/refunds',
      'post /v1/accounts/{id}/restructurings',
      'post /v1/accounts/{id}/restructurings/{restructuringId}/approval',
      'post /v1/accounts/{id}/write-off-decisions',
      'post /v1/applications',
      'post /v1/applications/{id}/consents/{sourceKind}/withdrawal',
      'post /v1/applications/{id}/objections',
      'post /v1/applications/{id}/referral-decisions',
      'post /v1/applications/{id}/referral-previews',
      'post /v1/borrowers/{id}/holds',
      'post /v1/borrowers/{id}/inbox/{messageId}/read',
      'post /v1/borrowers/{id}/phone-changes',
      'post /v1/callbacks/{provider}/{secret}',
      'post /v1/callbacks/{provider}/{secret}/inbound',
      'post /v1/holds',
      'post /v1/holds/{holdId}/lift',
      'post /v1/incidents',
      'post /v1/incidents/{id}/acknowledgement',
      'post /v1/incidents/{id}/appeals',
      'post /v1/incidents/{id}/appeals/{appealId}/answer',
      'post /v1/incidents/{id}/measures',
      'post /v1/incidents/{id}/notes',
      'post /v1/incidents/{id}/resume-approvals',
      'post /v1/incidents/{id}/review',
      'post /v1/keys',
      'post /v1/keys/{keyId}/revocation',
      'post /v1/keys/{keyId}/rotation',
      'post /v1/models',
      'post /v1/models/{card}/{version}/promotions',
      'post /v1/models/{card}/{version}/retirement',
      'post /v1/models/{card}/{version}/revalidations',
      'post /v1/models/{card}/{version}/review',
      'post /v1/models/{card}/{version}/tests',
      'post /v1/notices/report',
      'post /v1/notices/verify',
      'post /v1/offers/{id}/acceptance',
      'post /v1/offers/{id}/draws',
      'post /v1/providers/{provider}/resumption',
      'post /v1/receipts/{provider}',
      'post /v1/templates',
      'post /v1/templates/{kind}/{version}/decision',
      'post /v1/templates/{kind}/{version}/retirement',
      'put /v1/borrowers/{id}/contact',
    ]);
    for (const { name, path, operation } of listed) {
      const scheme =
        path === '/health' || /^\/v1\/(notices|callbacks)\//.test(path)
          ? []
          : path.includes('receipts')
            ? [{ receiptSignature: [] }]
            : [{ apiKey: [] }];
      expect({ name, security: operation.security }).toEqual({ name, security: scheme });
      expect(operation.summary).toBeTruthy();
    }
  });

  it('is sound: references resolve, path parameters are declared, writes ask for their key', async () => {
    const { body } = await harness.get('/docs/json');
    expect(body.openapi).toBe('3.1.0');
    const text = JSON.stringify(body);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(Object.keys(body.components.schemas)).toContain(name);
    }
    expect(text).not.toMatch(/"\$ref":"(?!#\/components\/schemas\/)/);
    for (const { name, method, path, operation } of await operations()) {
      const parameters = operation.parameters ?? [];
      for (const [, parameter] of path.matchAll(/\{(\w+)\}/g)) {
        const found = parameters.find((each) => each.in === 'path' && each.name === parameter);
        expect({ name, required: found?.required }).toEqual({ name, required: true });
      }
      // Receipts have keys of their own; a check is counted each time that it is made.
      if (method === 'post' && !/receipts|notices|callbacks|previews/.test(path)) {
        const found = parameters.find((each) => each.in === 'header' && each.name === 'idempotency-key');
        expect({ name, required: found?.required }).toEqual({ name, required: true });
      }
      for (const [status, response] of Object.entries(operation.responses)) {
        const media = Number(status) >= 400 && path !== '/health' ? 'application/problem+json' : 'application/json';
        expect({ name, status, media: Object.keys(response.content ?? {}) }).toEqual({ name, status, media: [media] });
      }
    }
  });
});
