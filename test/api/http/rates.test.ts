/** How much a caller may ask: by key, by address, by what a route costs; with the time as an argument. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { Allowances, ForgettingSet } from '../../../src/api/http/allowance';
import { createKey } from '../../../src/api/operations/keys';
import { createServer } from '../../../src/api/server';
import { type Harness, NOW_MS, startHarness } from '../harness';

describe('an allowance', () => {
  it('lets no more in than was saved and what came back meanwhile, over any course', () => {
    const asks = fc.array(fc.record({ afterMs: fc.nat(400), units: fc.integer({ min: 1, max: 12 }) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(asks, (course) => {
        const [perSecond, burst] = [7, 10];
        const allowances = new Allowances({ perSecond, burst }, 5);
        let nowMs = 1_000_000;
        let letIn = 0;
        const beganAtMs = nowMs;
        for (const { afterMs, units } of course) {
          nowMs += afterMs;
          if (allowances.waitMs('a', units, nowMs) > 0) continue;
          allowances.spend('a', units, nowMs);
          letIn += Math.min(units, burst);
          expect(letIn).toBeLessThanOrEqual(burst + (perSecond * (nowMs - beganAtMs)) / 1000 + 1e-6);
        }
      }),
    );
  });

  it('says to the millisecond when to come again', () => {
    const allowances = new Allowances({ perSecond: 2, burst: 4 }, 5);
    for (let time = 0; time < 4; time += 1) allowances.spend('a', 1, 0);
    expect(allowances.waitMs('a', 1, 0)).toBe(500);
    expect(allowances.waitMs('a', 1, 499)).toBe(1);
    expect(allowances.waitMs('a', 1, 500)).toBe(0);
    expect(allowances.waitMs('a', 3, 0)).toBe(1500);
    expect(allowances.waitMs('b', 4, 0)).toBe(0);
  });

  it('lets in what costs more than all of it, when it is full', () => {
    const allowances = new Allowances({ perSecond: 1, burst: 4 }, 5);
    expect(allowances.waitMs('a', 20, 0)).toBe(0);
    allowances.spend('a', 20, 0);
    expect(allowances.waitMs('a', 20, 3999)).toBe(1);
    expect(allowances.waitMs('a', 20, 4000)).toBe(0);
  });

  it('keeps no more than so many, and forgets who asked longest ago', () => {
    const allowances = new Allowances({ perSecond: 1, burst: 1 }, 3);
    for (const who of ['a', 'b', 'c', 'a', 'd']) allowances.spend(who, 1, 0);
    expect(allowances.size).toBe(3);
    expect(['a', 'b', 'c', 'd'].map((who) => allowances.waitMs(who, 1, 0) > 0)).toEqual([true, false, true, true]);
    for (let one = 0; one < 10_000; one += 1) allowances.spend(`address-${one}`, 1, 0);
    expect(allowances.size).toBe(3);
  });

  it('makes nobody wait longer when the clock is put back', () => {
    const allowances = new Allowances({ perSecond: 1, burst: 5 }, 3);
    allowances.spend('a', 5, 1_000_000);
    expect(allowances.waitMs('a', 1, 0)).toBe(1000);
  });
});

it('what is wrong is remembered for a while, and so many at most', () => {
  const wrong = new ForgettingSet(100, 3);
  wrong.add('a', 0);
  expect([wrong.has('a', 99), wrong.has('a', 100), wrong.has('b', 0)]).toEqual([true, false, false]);
  for (let one = 0; one < 1000; one += 1) wrong.add(`key-${one}`, 0);
  expect(wrong.size).toBe(3);
});

describe('requests', () => {
  const RATES = { perKey: { perSecond: 10, burst: 40 }, perAddress: { perSecond: 10, burst: 40 } };
  let harness: Harness;
  let api: FastifyInstance;
  let lookups: number;

  beforeAll(async () => {
    harness = await startHarness();
  });
  beforeEach(async () => {
    lookups = 0;
    const pool = new Proxy(harness.context.pool, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (name === 'query' && String(given[0]).includes('api_key')) lookups += 1;
          return value.apply(target, given);
        };
      },
    });
    await api?.close();
    api = await createServer({ ...harness.context, pool, rates: RATES });
  });
  afterAll(async () => {
    await api.close();
    await harness.close();
  });

  async function ask(url: string, key?: string, remoteAddress = '203.0.113.9') {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const answer = await api.inject({ method: 'GET', url, headers, remoteAddress });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  const statusesOf = async (times: number, one: (index: number) => Promise<{ status: number }>) => {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) statuses.push((await one(index)).status);
    return statuses;
  };
  const countOf = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

  it('of one key are limited by what their routes cost, and refused as a problem with the time to come again', async () => {
    const key = await harness.key('portfolio:read', 'audit:read');
    expect(await statusesOf(3, () => ask('/v1/portfolio', key))).toEqual([200, 200, 429]);
    const refused = await ask('/v1/portfolio', key);
    expect(refused.headers).toMatchObject({
      'retry-after': '2',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    expect(JSON.parse(refused.body)).toMatchObject({ type: 'urn:creditloom:problem:too-many-requests', status: 429 });
    // Another key, from the same address, has its own.
    const other = await harness.key('portfolio:read');
    expect((await ask('/v1/portfolio', other)).status).toBe(200);
    harness.clock.nowMs += 2000;
    expect((await ask('/v1/portfolio', key)).status).toBe(200);
    harness.clock.nowMs = NOW_MS;
  });

  it('with wrong keys cost the database no more than their address may spend, however many there are', async () => {
    const honest = await harness.key('audit:read');
    expect((await ask('/v1/audit/seals', honest)).status).toBe(200);
    lookups = 0;
    const statuses = await statusesOf(3000, () => ask('/v1/audit/seals', createKey().key));
    expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([4, 2996]);
    expect(lookups).toBe(4);
    // Who was known before is served, from the same address too, also when what was known of the key has grown old.
    harness.clock.nowMs += 60_000;
    for (let index = 0; index < 100; index += 1) await ask('/v1/audit/seals', createKey().key);
    expect((await ask('/v1/audit/seals', honest)).status).toBe(200);
    // And who was not, from elsewhere.
    const late = await harness.key('audit:read');
    expect((await ask('/v1/audit/seals', late, '198.51.100.7')).status).toBe(200);
    harness.clock.nowMs = NOW_MS;
  });

  it('with one wrong key are looked up once', async () => {
    const { key } = createKey();
    expect(await statusesOf(4, (index) => ask('/v1/portfolio', key, `203.0.${index}.9`))).toEqual([401, 401, 401, 401]);
    expect(lookups).toBe(1);
  });

  it.each([
    ['a path that is not there', '/v1/nothing', 404, 40],
    ['no key', '/v1/portfolio', 401, 4],
    ['a guessed callback address', '/v1/callbacks/aliyun/guess', 401, 4],
  ])('of an address with %s are limited', async (_, url, status, times) => {
    const statuses = await statusesOf(60, () => ask(url));
    expect([countOf(statuses, status), countOf(statuses, 429)]).toEqual([times, 60 - times]);
    expect((await ask(url, undefined, '198.51.100.7')).status).toBe(status);
  });

  it('of an address are one of its network of IPv6', async () => {
    const statuses = await statusesOf(60, (index) => ask('/v1/nothing', undefined, `2001:db8:1:2::${index + 1}`));
    expect(countOf(statuses, 429)).toBe(20);
  });

  it('for health are always answered', async () => {
    await statusesOf(60, () => ask('/v1/nothing'));
    expect(new Set(await statusesOf(60, () => ask('/health')))).toEqual(new Set([200]));
  });

  it('every route says what it costs, and that it may be refused for it', async () => {
    const document = (await harness.get('/docs/json')).body;
    for (const [path, methods] of Object.entries<Record<string, { responses: object }>>(document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        expect([method, path, '429' in responses]).toEqual([method, path, path !== '/health']);
      }
    }
    expect(document.paths['/v1/portfolio'].get.description).toContain('Counts as 20 requests.');
  });
});
