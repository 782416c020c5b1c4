/** Receipts of providers: signed, taken once, kept when nobody knows the message yet. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Harness, NOW_MS, openedAccount, SECRET, startHarness, TENANT } from './harness';

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

async function send(body: unknown, signature?: string) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const right = `sha256=${createHmac('sha256', SECRET).update(payload).digest('hex')}`;
  const response = await harness.api.inject({
    method: 'POST',
    url: '/v1/receipts/sink',
    headers: { 'content-type': 'application/json', 'x-receipt-signature': signature ?? right },
    payload,
  });
  return { status: response.statusCode, body: response.json() };
}

async function statusOfNotice(): Promise<string | undefined> {
  const { rows } = await harness.owner.query<{ status: string }>('select status from notice');
  return rows[0]?.status;
}

describe('receipts', () => {
  it.each([
    ['no signature', ''],
    ['a wrong signature', `sha256=${'0'.repeat(64)}`],
    ['another form', 'md5=00'],
    ['the signature of other bytes', `sha256=${createHmac('sha256', SECRET).update('[]').digest('hex')}`],
  ])('refuses %s with 401, and keeps nothing', async (_case, signature) => {
    const answer = await send([receipt('message-1')], signature);
    expect(answer.status).toBe(401);
    expect(answer.body.type).toBe('urn:creditloom:problem:unauthenticated');
    expect(await harness.count('receipt')).toBe(0);
  });

  it('refuses a request without a body, and a body that is no JSON only when it is not signed', async () => {
    const empty = await harness.api.inject({ method: 'POST', url: '/v1/receipts/sink' });
    expect(empty.statusCode).toBe(401);
    expect((await send('{ not json', 'sha256=00')).status).toBe(401);
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
