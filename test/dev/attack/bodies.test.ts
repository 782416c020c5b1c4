/** The attack reads what there is to attack from the API: every route, and for each body a value that its schema takes. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createServer } from '../../../src/api/server';
import { accepted, mutationsOf, rawBodiesOf, replaced } from '../../../src/dev/attack/bodies';
import { CRITICAL_TEXTS, HOSTILE_TEXTS } from '../../../src/dev/attack/hostileValues';
import { isWrite, nameOf, noContext, type Route, readRoutes } from '../../../src/dev/attack/routeTable';
import { seeded } from '../../../src/domain/values/random';
import { routesOf } from '../../support/openApi';

let routes: Route[];

beforeAll(async () => {
  routes = await readRoutes();
});

function draw(seed: number) {
  let serial = 0;
  const freshId = () => `fresh-${++serial}`;
  return { random: seeded(seed), today: '2026-11-29', freshId, hints: () => undefined, fullness: 1 };
}

describe('the table of routes', () => {
  it('has every route that the API answers, each with its access', async () => {
    const server = await createServer(noContext());
    const answered = routesOf(server);
    await server.close();
    const listed = routes.filter(({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs'));
    expect(answered.length).toBeGreaterThan(40);
    expect(listed.map((route) => nameOf(route).replace(/:(\w+)/g, '{$1}')).sort()).toEqual(answered);
    expect(routes.filter(({ url, access }) => !url.startsWith('/docs') && access === undefined)).toEqual([]);
  });

  it('knows which routes need an Idempotency-Key: most writes', () => {
    expect(routes.filter((route) => route.isKeyed && !isWrite(route))).toEqual([]);
    expect(routes.filter(({ isKeyed }) => isKeyed).length).toBeGreaterThan(20);
  });
});

describe('a body', () => {
  it('is found for every route that takes one', () => {
    const taking = routes.filter(({ body, access }) => body !== undefined && access !== 'signature');
    const without = taking.filter(({ body }) => body && accepted(body, draw(1)) === undefined);
    expect(taking.length).toBeGreaterThan(20);
    expect(without.map(nameOf)).toEqual([]);
  });

  it('comes again with its seed', () => {
    for (const { body } of routes) if (body) expect(accepted(body, draw(7))).toEqual(accepted(body, draw(7)));
  });

  it('is drawn by rules between its fields as well, and takes a hint only where the schema does', () => {
    const oneOfTwo = z
      .strictObject({ left: z.int().optional(), right: z.literal(true).optional() })
      .refine(({ left, right }) => (left === undefined) !== (right === undefined));
    for (let seed = 0; seed < 20; seed += 1)
      expect(oneOfTwo.safeParse(accepted(oneOfTwo, draw(seed))).success).toBe(true);
    const hinted = z.object({ kind: z.enum(['a', 'b']), size: z.int() });
    const hints = (field: string) => ({ kind: 'b', size: 'no number' })[field];
    expect(accepted(hinted, { ...draw(1), hints })).toEqual({ kind: 'b', size: expect.any(Number) });
  });

  it('is none where the schema asks for what nobody knows', () => {
    expect(accepted(z.object({ x: z.string().regex(/^never of this form$/) }), draw(1))).toBeUndefined();
  });
});

describe('hostile neighbours', () => {
  it('put every critical text at every place, also in lists and inside objects', () => {
    const body = { by: 'x', actions: ['a'], borrower: { name: 'n' } };
    for (const place of ['by', 'actions[0]', 'borrower.name']) {
      const values = mutationsOf(body)
        .filter((mutation) => mutation.place === place)
        .map(({ value }) => value);
      expect(values).toEqual(expect.arrayContaining(HOSTILE_TEXTS.slice(0, CRITICAL_TEXTS)));
    }
    const path = mutationsOf(body).find(({ place }) => place === 'borrower.name')?.path ?? [];
    expect(replaced(body, path, 'h')).toEqual({ ...body, borrower: { name: 'h' } });
    expect(body.borrower.name).toBe('n');
  });

  it('give names twice, bytes that are no text, and depth', () => {
    const raws = rawBodiesOf({ amountFen: 1 });
    const [twice, escaped] = raws.map(({ raw }) => String(raw));
    expect(twice).toBe('{"amountFen":1,"amountFen":1}');
    expect(escaped).toBe('{"\\u0061mountFen":1,"amountFen":1}');
    for (const text of [twice, escaped]) expect(JSON.parse(text ?? '')).toEqual({ amountFen: 1 });
    const utf8 = new TextDecoder('utf-8', { fatal: true });
    expect(raws.filter(({ raw }) => Buffer.isBuffer(raw)).length).toBe(2);
    for (const { raw } of raws) if (Buffer.isBuffer(raw)) expect(() => utf8.decode(raw)).toThrow();
  });
});
