/** The review of notice texts over HTTP: what the checks refuse, what is kept, and what people tell its workflow. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { activateTemplate, readTemplate } from '../../../src/db/messaging/templates/templates';
import { inTransaction } from '../../../src/db/transaction';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { type Harness, startHarness, TENANT } from '../harness';

let harness: Harness;
let version = 0;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  version += 1;
  harness.gateway.asked = [];
  harness.gateway.fault = undefined;
  harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted', stage: 'registering' } };
});
afterAll(() => harness.close());

const GOOD = '您好，本期应还{amount}，{dueDate}到期，请在APP内查看。';
const draft = (changes: object = {}) => ({
  kind: 'due-soon',
  version,
  body: GOOD,
  signature: '示例消金',
  ...changes,
});
const submit = (changes: object = {}, key?: string) => harness.post('/v1/templates', draft(changes), key);
const kept = () => readTemplate(harness.pool, { tenantId: TENANT, kind: 'due-soon', version });

describe('submitting', () => {
  it('keeps the draft and starts its workflow, once for its version', async () => {
    const { status, body } = await submit({}, 'first');
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'in-review', links: { self: `/v1/templates/due-soon/${version}` } });
    expect(harness.gateway.asked).toMatchObject([
      { kind: 'start', input: { kind: 'due-soon', version, submittedBy: 'system:test', requiredProviders: [] } },
    ]);
    expect((await submit({}, 'first')).headers['idempotency-replayed']).toBe('true');
    expect((await submit({}, 'second')).status).toBe(201);
  });

  it('refuses with 422 that names the words and the rule, and keeps nothing', async () => {
    const { status, body } = await submit({ body: '您的贷款{amount}未还，法 院见。请看明细。' });
    expect(status).toBe(422);
    expect(body.detail).toContain('PROVIDER_WORD "贷款"');
    expect(body.detail).toContain('FALSE_AUTHORITY "法 院"');
    expect(body.errors).toMatchObject([
      { field: 'body', fault: expect.stringContaining('贷款'), fix: expect.any(String) },
      { field: 'body', fault: expect.stringContaining('法 院'), fix: expect.any(String) },
    ]);
    expect(body.reasonCodes).toEqual(['PROVIDER_WORD', 'FALSE_AUTHORITY']);
    expect(harness.gateway.asked).toEqual([]);
    expect(await kept()).toBeUndefined();
  });

  it('a draft that was refused takes no version: mended, it is that version', async () => {
    const bad = await submit({ body: `您的贷款{amount}未还，请看明细。` }, `mended-${version}`);
    expect({ status: bad.status, detail: bad.body.detail }).toEqual({
      status: 422,
      detail: expect.stringContaining(`send the mended text as version ${version}`),
    });
    expect((await submit({}, `mended-${version}`)).status).toBe(201);
    expect(await kept()).toMatchObject({ body: GOOD, status: 'draft' });
  });

  it('one whose version is taken is told the next one', async () => {
    await submit();
    const { body } = await submit({ body: `${GOOD}谢谢` });
    expect(body.detail).toContain(`Send version ${version + 1}.`);
  });

  it('counts what people write by characters, not by units of UTF-16', async () => {
    // Nine characters of two units each: eighteen units, more than the sixteen characters that are asked for.
    expect((await submit({ signature: '𠮷'.repeat(9) })).status).toBe(201);
    version += 1;
    const { status, body } = await submit({ signature: '𠮷'.repeat(17) });
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'signature']);
  });

  it('takes a number of the lender, and no other', async () => {
    expect((await submit({ body: `${GOOD}客服400-800-0000。` })).status).toBe(201);
    version += 1;
    expect((await submit({ body: `${GOOD}客服4008000001。` })).body.reasonCodes).toEqual(['PHONE_NUMBER']);
  });

  it('a version that is there with other content is refused, and stands', async () => {
    await submit();
    const taken = { status: 409, type: 'urn:creditloom:problem:version-taken' };
    const other = await submit({ body: `${GOOD}谢谢` });
    expect({ status: other.status, type: other.body.type }).toEqual(taken);
    const headers = {
      authorization: `Bearer ${await harness.keyOf('staff:somebody')}`,
      'idempotency-key': 'by-another',
    };
    const theirs = await harness.call({ method: 'POST', url: '/v1/templates', headers, payload: draft() });
    expect({ status: theirs.status, type: theirs.body.type }).toEqual(taken);
    expect(await kept()).toMatchObject({ body: GOOD, submittedBy: 'system:test' });
  });

  it('is done again after Temporal was away', async () => {
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    expect((await submit({}, `away-${version}`)).status).toBe(503);
    harness.gateway.fault = undefined;
    expect((await submit({}, `away-${version}`)).status).toBe(201);
  });

  it.each([
    ['kind', { kind: 'hello' }],
    ['version', { version: 0 }],
    ['body', { body: '' }],
    ['submittedBy', { submittedBy: 'staff-01' }],
    ['requiredProviders', { requiredProviders: ['a'] }],
  ])('refuses a wrong %s', async (field, changes) => {
    const { status, body } = await submit(changes);
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ field }] });
  });
});

describe('reading', () => {
  it('shows a text with its size at the longest values, and its kind', async () => {
    await submit();
    const { body } = await harness.get(`/v1/templates/due-soon/${version}`);
    expect(body).toMatchObject({
      status: 'draft',
      body: GOOD,
      submittedBy: 'system:test',
      findings: [],
      registrations: [],
      size: { parts: 1, costFen: 5, longest: expect.stringContaining('9,999,999.99元') },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { items } = (await harness.get('/v1/templates?kind=due-soon')).body;
    expect(items.map((each: { version: number }) => each.version)).toContain(version);
    expect((await harness.get('/v1/templates?kind=due-today')).body.items).toEqual([]);
    expect((await harness.get('/v1/templates/due-soon/999')).status).toBe(404);
  });
});

describe('deciding and retiring', () => {
  const approval = { decision: 'approve', reason: 'clear' };
  const at = (deed: string) => `/v1/templates/due-soon/${version}/${deed}`;

  it.each([
    ['decision', 'decideReview', approval],
    ['retirement', 'retire', { reason: 'unclear' }],
  ])('%s is the update %s, under the key of the request', async (deed, name, input) => {
    await submit();
    harness.gateway.asked = [];
    const told = await harness.post(at(deed), input, `told-${name}`);
    expect({ httpStatus: told.status, ...told.body }).toEqual({
      httpStatus: 200,
      kind: 'due-soon',
      version,
      status: 'registering',
    });
    const workflowId = `template-review/${TENANT}/due-soon/${version}`;
    expect(harness.gateway.asked).toEqual([
      { kind: 'update', name, input: { ...input, decidedBy: 'system:test' }, workflowId, updateId: `told-${name}` },
    ]);
  });

  it.each([
    ['author', 'another one reviews it'],
    ['unverified', 'send it with an API key'],
    ['not-in-review', 'its deadline has passed'],
    ['ended', 'that was its end'],
  ])('a refusal as %s is 409 and says why', async (refusal, words) => {
    await submit();
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', refusal, stage: 'in-review' } };
    const { status, body } = await harness.post(at('decision'), approval);
    expect({ status, type: body.type }).toEqual({ status: 409, type: `urn:creditloom:problem:${refusal}` });
    expect(body.detail).toContain(words);
  });

  it('a text that came with a release gets its workflow first', async () => {
    const text = { tenantId: TENANT, kind: 'due-soon', version, body: GOOD, signature: '示例消金' } as const;
    const people = { submittedBy: 'staff-01', approvedBy: 'staff-02' };
    await inTransaction(harness.pool, (client) => activateTemplate(client, { ...text, ...people }));
    harness.gateway.outcome = { status: 'not-running' };
    const { status } = await harness.post(at('retirement'), { reason: 'unclear' });
    expect({ status, asked: harness.gateway.asked.map(({ kind }) => kind) }).toEqual({
      status: 503,
      asked: ['update', 'start', 'update'],
    });
  });

  it('each deed needs its scope', async () => {
    await submit();
    const send = async (
      scope: 'templates:read' | 'templates:write' | 'templates:review',
      url: string,
      payload: object,
    ) => {
      const headers = {
        authorization: `Bearer ${await harness.key(scope)}`,
        'idempotency-key': `s-${scope}-${version}`,
      };
      return (await harness.call({ method: 'POST', url, headers, payload })).body.scope;
    };
    expect(await send('templates:review', '/v1/templates', draft())).toBe('templates:write');
    expect(await send('templates:write', at('decision'), approval)).toBe('templates:review');
    expect(await send('templates:read', at('retirement'), { reason: 'b' })).toBe('templates:review');
  });
});
