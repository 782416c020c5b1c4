/** Receipts of providers: signed, taken once, kept when nobody knows the message yet. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { RECEIPT_TIME_MS, receiptSecretOf, signReceipts } from '../../../src/adapters/sms/receiptSignature';
import { createAdmitUnknown } from '../../../src/api/messaging/unknownIds';
import { createServer } from '../../../src/api/server';
import { type Harness, NOW_MS, openedAccount, SECRET, startHarness, TENANT } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'card', 'revolving');
  await harness.owner.query(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms, status, template_version, text, attempted_at_ms, provider, provider_message_id)
     values ($1, 'borrower-of-application-of-card', 'card', 'due-soon', 'due-soon-1', 0, 3, $2::bigint, $2::bigint + 1, 'accepted', 1,
       'text', $2::bigint, 'sink', 'message-1')`,
    [TENANT, NOW_MS],
  );
  await harness.owner.query(
    `insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, attempted_at_ms)
     select tenant_id, notice_id, 1, provider, notice_id::text || '.1', 'accepted', attempted_at_ms from notice`,
  );
  await harness.owner.query(
    `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
     select tenant_id, provider, provider_message_id, notice_id, 1 from notice`,
  );
});
afterAll(() => harness.close());

function receipt(providerMessageId: string, changes: object = {}) {
  return { providerMessageId, sequence: 1, status: 'delivered', atMs: NOW_MS, ...changes };
}

interface Sent {
  signature?: string;
  /** Whom it is signed for, and when. */
  signedFor?: string;
  atMs?: number;
  /** Where it goes. */
  provider?: string;
  server?: FastifyInstance;
}

async function send(body: unknown, given: Sent = {}) {
  const { provider = 'sink', signedFor = provider, atMs = NOW_MS, server = harness.api } = given;
  const payload = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const signed = signReceipts(receiptSecretOf(SECRET, signedFor), { provider: signedFor, atMs, body: payload });
  const headers = given.signature === undefined ? signed : { ...signed, 'x-receipt-signature': given.signature };
  const response = await server.inject({
    method: 'POST',
    url: `/v1/receipts/${provider}`,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.statusCode, body: response.json() };
}

const bodySignature = (body: string) => `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;

async function statusOfNotice(): Promise<string | undefined> {
  const { rows } = await harness.owner.query<{ status: string }>('select status from notice');
  return rows[0]?.status;
}

describe('receipts', () => {
  it.each([
    ['no signature', ''],
    ['a wrong signature', `sha256=${'0'.repeat(64)}`],
    ['another form', 'md5=00'],
    [
      'the signature of other bytes',
      signReceipts(receiptSecretOf(SECRET, 'sink'), { provider: 'sink', atMs: NOW_MS, body: '[]' })[
        'x-receipt-signature'
      ] ?? '',
    ],
    ['a signature of the body alone', bodySignature(JSON.stringify([receipt('message-1')]))],
  ])('refuses %s with 401, and keeps nothing', async (_case, signature) => {
    const answer = await send([receipt('message-1')], { signature });
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('urn:creditloom:problem:unauthenticated');
    expect(await harness.count('receipt')).toBe(0);
  });

  it('refuses a request without a body, and a body that is no JSON only when it is not signed', async () => {
    const empty = await harness.api.inject({ method: 'POST', url: '/v1/receipts/sink' });
    expect(empty.statusCode).toBe(401);
    expect((await send('{ not json', { signature: 'sha256=00' })).status).toBe(401);
    expect((await send('{ not json')).status).toBe(400);
  });

  it('takes a receipt once, counts doubles, and keeps those of unknown messages', async () => {
    const answer = await send([receipt('message-1'), receipt('message-1'), receipt('message-of-nobody')]);
    expect(answer).toEqual({ status: 200, body: { received: 3, applied: 1, repeated: 1, kept: 1 } });
    expect(await statusOfNotice()).toBe('delivered');
    expect(await harness.count('receipt')).toBe(2);
    const again = await send([receipt('message-1')]);
    expect(again.body).toEqual({ received: 1, applied: 0, repeated: 1, kept: 0 });
  });

  it('keeps the good ones of a batch, and the bad ones raw, each told by its row', async () => {
    const bad = [receipt('message-2', { status: 'lost' }), receipt('message-2', { phone: '13812348000' }), 'text'];
    const answer = await send([receipt('message-3'), ...bad, receipt('message-4')]);
    expect(answer).toMatchObject({
      status: 200,
      body: { received: 2, applied: 0, repeated: 0, kept: 2, unreadable: 3 },
    });
    expect(answer.body.faults.map(({ field }: { field: string }) => field)).toEqual(['1.status', '2.phone', '3']);
    expect(JSON.stringify(answer.body)).not.toContain('13812348000');
    expect(await harness.count('receipt_trouble')).toBe(3);
    expect(harness.log.join()).toContain('kept raw');
    expect(harness.log.join()).not.toContain('13812348000');
  });

  it.each([
    ['no receipt', [], 'body', 'is too short'],
    ['too many', Array.from({ length: 1001 }, () => receipt('message-1')), 'body', 'is too long'],
    ['an unknown status', [receipt('message-1', { status: 'lost' })], '0.status', 'is none of the known values'],
    ['an unknown field', [receipt('message-1', { phone: '13812348000' })], '0.phone', 'is not known here'],
  ])('refuses %s', async (_case, body, field, fault) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ field, fault });
  });
});

describe('the signature of receipts', () => {
  const NAMES = { providers: ['sink', 'carrier-a'], bodySignatures: ['carrier-old'] };
  const nowMs = NOW_MS;
  let server: FastifyInstance;

  beforeAll(async () => {
    server = await createServer({ ...harness.context, receipts: NAMES });
  });
  afterAll(() => server.close());

  const statusOf = async (given: Sent) => (await send([receipt('signed')], { server, atMs: nowMs, ...given })).status;

  it('holds for its provider alone', async () => {
    expect(await statusOf({ provider: 'carrier-a' })).toBe(200);
    expect(await statusOf({ provider: 'carrier-a', signedFor: 'sink' })).toBe(401);
    expect(await statusOf({ provider: 'sink', signedFor: 'carrier-a' })).toBe(401);
  });

  it.each([
    [RECEIPT_TIME_MS, 200],
    [-RECEIPT_TIME_MS, 200],
    [RECEIPT_TIME_MS + 1, 401],
    [-RECEIPT_TIME_MS - 1, 401],
  ])('holds for its time: %i ms away it is %i', async (awayMs, status) => {
    expect(await statusOf({ atMs: nowMs + awayMs })).toBe(status);
  });

  it('covers the time that is told beside it', async () => {
    const body = JSON.stringify([receipt('signed')]);
    const headers = signReceipts(receiptSecretOf(SECRET, 'sink'), { provider: 'sink', atMs: nowMs - 1, body });
    const url = '/v1/receipts/sink';
    const sent = { 'content-type': 'application/json', ...headers, 'x-receipt-time': String(nowMs) };
    expect((await server.inject({ method: 'POST', url, headers: sent, payload: body })).statusCode).toBe(401);
  });

  it('of the body alone holds for whom it is set, as long as it is set', async () => {
    const signature = bodySignature(JSON.stringify([receipt('signed')]));
    expect(await statusOf({ provider: 'carrier-old', signature })).toBe(200);
    expect(await statusOf({ provider: 'carrier-old' })).toBe(200);
    expect(await statusOf({ provider: 'carrier-a', signature })).toBe(401);
  });

  it('of a provider that is not there is not asked for', async () => {
    const before = await harness.count('receipt');
    for (const provider of ['carrier-b', 'nobody']) expect(await statusOf({ provider })).toBe(404);
    expect(await harness.count('receipt')).toBe(before);
  });
});

describe('the body of receipts', () => {
  it.each([
    [
      'a name given twice',
      Buffer.from('[{"providerMessageId":"m","sequence":1,"sequence":2,"status":"delivered","atMs":1}]'),
    ],
    ['other bytes than UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d])],
    ['a thousand levels', Buffer.from('['.repeat(1000) + ']'.repeat(1000))],
    ['an inexact number', Buffer.from('[{"providerMessageId":"m","sequence":1e400,"status":"delivered","atMs":1}]')],
  ])('is refused with %s, though it is signed', async (_, body) => {
    expect((await send(body)).status).toBe(400);
  });
});

it('keeps so many receipts of messages that nobody knows, and asks for the rest again', async () => {
  const clock = { nowMs: 0 };
  const admitUnknown = createAdmitUnknown(() => clock.nowMs, { perSecond: 1, burst: 5 });
  const server = await createServer({ ...harness.context, admitUnknown });
  const push = Array.from({ length: 8 }, (_, index) => receipt(`stranger-${index}`));
  const before = await harness.count('receipt');
  const answer = await send([receipt('message-1', { sequence: 9 }), ...push], { server });
  expect(answer).toMatchObject({ status: 503, body: { type: 'urn:creditloom:problem:too-many-unknown' } });
  // What is of a known message is kept whatever else is in the push.
  expect(await harness.count('receipt')).toBe(before + 6);
  clock.nowMs = 2000;
  expect((await send(push, { server })).status).toBe(503);
  clock.nowMs = 4000;
  expect(await send(push, { server })).toMatchObject({ status: 200, body: { repeated: 7, kept: 1 } });
  expect(await harness.count('receipt')).toBe(before + 9);
  await server.close();
});
