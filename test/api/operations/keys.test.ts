/** API keys: bound to a principal, with an end, a last use, successors, and a list; shown once and kept by nobody. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCOPES } from '../../../src/api/http/authentication';
import { type Harness, startHarness, TENANT } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

async function made(body: object = {}) {
  const asked = { label: 'desk', principal: 'staff:mei', scopes: ['portfolio:read'], ...body };
  const answer = await harness.post('/v1/keys', asked);
  expect(answer.status).toBe(201);
  return answer.body as { keyId: string; key: string; principal: string; expiresAtMs: number | null };
}

async function statusWith(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await harness.call({ method: 'GET', url: '/v1/portfolio', headers })).status;
}

async function listed(keyId: string) {
  const { body } = await harness.get('/v1/keys');
  return body.items.find((item: { keyId: string }) => item.keyId === keyId);
}

const passTheCache = () => {
  harness.clock.nowMs += 10_000;
};

describe('an API key', () => {
  it('acts as its principal, which stands in the log line of the answer', async () => {
    const { key, keyId, principal } = await made();
    expect(principal).toBe('staff:mei');
    harness.log.length = 0;
    expect(await statusWith(key)).toBe(200);
    const answers = harness.log.map((line) => JSON.parse(line)).filter(({ res }) => res !== undefined);
    expect(answers.map(({ res }) => res)).toEqual([{ statusCode: 200, keyId, principal: 'staff:mei' }]);
  });

  it('is shown once: neither a repeat nor any row has it', async () => {
    const body = { label: 'once', principal: 'system:shop', scopes: ['portfolio:read'] };
    const first = await harness.post('/v1/keys', body, 'make-once');
    const again = await harness.post('/v1/keys', body, 'make-once');
    expect(again).toMatchObject({ status: 201, body: { ...first.body, key: null } });
    const { rows } = await harness.pool.query('select * from idempotency_record');
    expect(JSON.stringify(rows)).not.toContain(first.body.key);
    expect(harness.log.join()).not.toContain(first.body.key);
  });

  it('whose first answer was lost is not made twice, and says what to do', async () => {
    const body = { label: 'lost', principal: 'system:shop', scopes: ['portfolio:read'] };
    await harness.post('/v1/keys', body, 'lost-answer');
    const lost = `update idempotency_record set state = 'started', response_status = null, response_body = null
      where idempotency_key = 'lost-answer'`;
    await harness.pool.query(lost);
    const again = await harness.post('/v1/keys', body, 'lost-answer');
    expect(again).toMatchObject({ status: 409, body: { field: 'idempotency-key' } });
    expect(await harness.count(`api_key where label = 'lost'`)).toBe(1);
  });

  it('works until its end and not on, though it is cached', async () => {
    const { key, expiresAtMs } = await made({ expiresInDays: 1 });
    expect(expiresAtMs).toBe(harness.clock.nowMs + DAY_MS);
    harness.clock.nowMs += DAY_MS - 1_000;
    expect(await statusWith(key)).toBe(200);
    harness.clock.nowMs += 1_000;
    expect(await statusWith(key)).toBe(401);
  });

  it('has its last use noted, once a minute at most', async () => {
    const { key, keyId } = await made();
    expect((await listed(keyId)).lastUsedAtMs).toBeNull();
    const firstMs = harness.clock.nowMs;
    await statusWith(key);
    expect((await listed(keyId)).lastUsedAtMs).toBe(firstMs);
    harness.clock.nowMs += MINUTE_MS - 1;
    await statusWith(key);
    expect((await listed(keyId)).lastUsedAtMs).toBe(firstMs);
    harness.clock.nowMs += 10_001;
    await statusWith(key);
    expect((await listed(keyId)).lastUsedAtMs).toBe(harness.clock.nowMs);
  });

  it('is rotated: both work during the overlap, as one principal; afterwards the successor alone', async () => {
    const old = await made({ label: 'turn' });
    const rotation = await harness.post(`/v1/keys/${old.keyId}/rotation`, { overlapHours: 2 });
    expect(rotation).toMatchObject({ status: 201, body: { principal: 'staff:mei', scopes: ['portfolio:read'] } });
    const { keyId, key } = rotation.body;
    expect([await statusWith(old.key), await statusWith(key)]).toEqual([200, 200]);
    expect(await listed(old.keyId)).toMatchObject({
      successorId: keyId,
      expiresAtMs: harness.clock.nowMs + 2 * HOUR_MS,
    });
    harness.clock.nowMs += 2 * HOUR_MS;
    expect([await statusWith(old.key), await statusWith(key)]).toEqual([401, 200]);
    expect((await harness.post(`/v1/keys/${old.keyId}/rotation`, {})).status).toBe(409);
  });

  it('is rotated once', async () => {
    const old = await made({ label: 'twice' });
    await harness.post(`/v1/keys/${old.keyId}/rotation`, {});
    const again = await harness.post(`/v1/keys/${old.keyId}/rotation`, {});
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:creditloom:problem:key-rotated' } });
  });

  it('is revoked, and cannot be rotated then', async () => {
    const { keyId, key } = await made({ label: 'gone' });
    expect(await statusWith(key)).toBe(200);
    const revocation = await harness.post(`/v1/keys/${keyId}/revocation`, {});
    expect(revocation).toMatchObject({ status: 200, body: { keyId, status: 'revoked' } });
    passTheCache();
    expect(await statusWith(key)).toBe(401);
    expect((await listed(keyId)).revokedAtMs).toEqual(expect.any(Number));
    expect((await harness.post(`/v1/keys/${keyId}/rotation`, {})).status).toBe(409);
  });

  it('of another tenant is neither listed, nor rotated, nor revoked', async () => {
    await harness.owner.query(`insert into tenant (tenant_id, name) values ('other', 'Other lender')`);
    await harness.owner.query(
      `insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal)
       values ('other', 'theirs', repeat('a', 64), '{}', 'theirs', 'system:theirs')`,
    );
    expect(await listed('theirs')).toBeUndefined();
    expect((await harness.post('/v1/keys/theirs/rotation', {})).status).toBe(404);
    expect((await harness.post('/v1/keys/theirs/revocation', {})).status).toBe(404);
  });
});

describe('whoever manages keys', () => {
  it('needs the scope, and gives none that the own key has not', async () => {
    const url = '/v1/keys';
    const body = { label: 'more', principal: 'staff:mei', scopes: ['write-offs:decide'] };
    const ask = async (key: string) =>
      harness.call({
        method: 'POST',
        url,
        payload: body,
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': key.slice(-20) },
      });
    const reader = await harness.key('portfolio:read');
    const manager = await harness.key('keys:manage');
    expect((await ask(reader)).body).toMatchObject({ status: 403, scope: 'keys:manage' });
    expect((await ask(manager)).body).toMatchObject({ status: 403, scope: 'write-offs:decide' });
    expect(await harness.count(`api_key where label = 'more'`)).toBe(0);
  });

  it('does not get a stronger key by rotating it', async () => {
    const strong = await made({ label: 'strong', scopes: ['write-offs:decide'] });
    const headers = { authorization: `Bearer ${await harness.key('keys:manage')}`, 'idempotency-key': 'take-over' };
    const url = `/v1/keys/${strong.keyId}/rotation`;
    expect((await harness.call({ method: 'POST', url, headers, payload: {} })).status).toBe(403);
  });

  it.each(['mei', 'staff:', 'temporal:unverified', 'staff:a b', 'system:creditloom', 'System:CREDITLOOM'])(
    'binds no key to %s',
    async (principal) => {
      const answer = await harness.post('/v1/keys', { label: 'bad', principal, scopes: [...SCOPES] });
      expect(answer).toMatchObject({ status: 400, body: { field: 'principal' } });
    },
  );

  it('is on record with the key that was made', async () => {
    const { keyId } = await made({ label: 'by' });
    const { rows } = await harness.pool.query('select principal from api_key where tenant_id = $1 and label = $2', [
      TENANT,
      'test',
    ]);
    expect((await listed(keyId)).createdBy).toBe(rows[0]?.principal);
  });
});
