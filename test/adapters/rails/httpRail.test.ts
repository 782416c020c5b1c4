/** The HTTP rail against a server of its wire format: what is believed, what is not, and that money moves once. */
import { createServer as createTcpServer, type Server } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { debitOnce } from '../../../src/adapters/rails/debitOnce';
import { InvalidDebitError } from '../../../src/adapters/rails/debitRequest';
import { createHttpRail, type HttpRailOptions } from '../../../src/adapters/rails/httpRail';
import type { DebitRequest } from '../../../src/adapters/rails/port';
import { FakeHttpRail, type GivenAnswer, type Misbehaviour, RAIL_KEY, sendAnswer } from './fakeHttpRail';

const REQUEST: DebitRequest = {
  reference: 'app-77-1:instalment-2:1',
  mandateId: 'mandate-77',
  amountFen: 174_055,
  businessDate: '2026-03-15',
};
const SETTLED = { status: 'settled', railId: `r-${REQUEST.reference}`, amountFen: 174_055, settledOn: '2026-03-15' };

let fake: FakeHttpRail;
let url: string;

beforeEach(async () => {
  fake = new FakeHttpRail();
  url = await fake.start();
});
afterEach(() => fake.stop());

const railOf = (changes: Partial<HttpRailOptions> = {}) =>
  createHttpRail({ ...RAIL_KEY, url, now: () => Date.now(), ...changes });

const pauses: number[] = [];
const once = (rail = railOf()) => {
  pauses.length = 0;
  return debitOnce(rail, REQUEST, {
    pause: async (ms) => {
      pauses.push(ms);
    },
  });
};

/** A signed answer with another body or status, as a rail would sign it that does not keep to the wire format. */
const saying =
  (change: (fields: Record<string, unknown>) => unknown, httpStatus?: number, write = JSON.stringify): Misbehaviour =>
  (answer, response) => {
    const nonce = String(fake.received.at(-1)?.headers['x-rail-nonce']);
    const body = write(change(JSON.parse(answer.body)));
    sendAnswer(fake.sign(httpStatus ?? answer.httpStatus, body, nonce), response);
  };

const changing =
  (change: (answer: GivenAnswer) => Partial<GivenAnswer>): Misbehaviour =>
  (answer, response) =>
    sendAnswer({ ...answer, ...change(answer) }, response);

describe('a debit over HTTP', () => {
  it('settles, and the same reference again moves nothing more', async () => {
    const rail = railOf();
    expect(await rail.debit(REQUEST)).toEqual(SETTLED);
    expect(await rail.debit(REQUEST)).toEqual(SETTLED);
    expect(await rail.inquire(REQUEST.reference)).toEqual(SETTLED);
    expect([...fake.moved]).toEqual([[REQUEST.reference, 174_055]]);
    expect(fake.received.map(({ path }) => path)).toEqual([
      '/v1/debits',
      '/v1/debits',
      '/v1/debits/app-77-1%3Ainstalment-2%3A1',
    ]);
  });

  it('sends what the wire format says, with a nonce of its own for each request and never the secret', async () => {
    const rail = railOf({ url: `${url}/` });
    await rail.debit(REQUEST);
    await rail.inquire(REQUEST.reference);
    const [debit, inquiry] = fake.received;
    expect(debit?.path).toBe('/v1/debits');
    expect(JSON.parse(debit?.body ?? '')).toEqual({ ...REQUEST, currency: 'CNY' });
    expect(inquiry?.body).toBe('');
    expect(debit?.headers['x-rail-nonce']).not.toBe(inquiry?.headers['x-rail-nonce']);
    expect(JSON.stringify(fake.received)).not.toContain(RAIL_KEY.secret);
    expect(inspect(rail, { depth: 9, showHidden: true })).not.toContain(RAIL_KEY.secret);
  });

  it.each(['insufficient-funds', 'mandate-invalid', 'account-closed', 'limit', 'rail-refused'])(
    'is refused for %s, with the code of the rail',
    async (refusalClass) => {
      fake.refusal = { class: refusalClass, code: 'NSF-51' };
      const refused = { status: 'refused', refusalClass, code: 'NSF-51' };
      expect(await railOf().debit(REQUEST)).toEqual(refused);
      expect(await railOf().inquire(REQUEST.reference)).toEqual(refused);
    },
  );

  it('is pending when the rail says so, with 202', async () => {
    fake.next.push(saying(({ reference }) => ({ status: 'pending', reference, railId: 'r-1' }), 202));
    expect(await railOf().debit(REQUEST)).toEqual({ status: 'pending', railId: 'r-1' });
  });

  it('may take longer than the bound for connecting, once it is connected', async () => {
    fake.next.push((answer, response) => setTimeout(() => sendAnswer(answer, response), 300));
    expect(await railOf({ connectTimeoutMs: 150 }).debit(REQUEST)).toEqual(SETTLED);
  });

  it('is not found when the rail signs that it never took it', async () => {
    expect(await railOf().inquire(REQUEST.reference)).toEqual({ status: 'not-found' });
  });

  it.each<[keyof DebitRequest, DebitRequest[keyof DebitRequest]]>([
    ['reference', 'a/b'],
    ['mandateId', ''],
    ['amountFen', 0],
    ['amountFen', 12.5],
    ['businessDate', '2026-02-29'],
  ])('with %s %p is never sent', async (field, value) => {
    await expect(railOf().debit({ ...REQUEST, [field]: value })).rejects.toThrow(InvalidDebitError);
    await expect(railOf().debit({ ...REQUEST, [field]: value })).rejects.toThrow(new RegExp(`^${field} must be `));
    expect(fake.received).toEqual([]);
  });

  it('asks for no reference that would be another path', async () => {
    await expect(railOf().inquire('../debits')).rejects.toThrow(/^reference must be /);
    expect(fake.received).toEqual([]);
  });
});

describe('what is not believed', () => {
  /** Each misbehaves after the money moved; the detail that is told. */
  const CASES: [name: string, misbehaviour: Misbehaviour, detail: RegExp][] = [
    ['500 of the rail', saying(() => ({}), 500), /^HTTP status 500 of the rail$/],
    [
      '502 of a proxy',
      (_, response) => response.writeHead(502).end('<html>'),
      /^HTTP status 502, without a timestamp$/,
    ],
    ['a connection that closes', (_, response) => response.destroy(), /^the connection failed: ECONNRESET$/],
    [
      'an answer cut off half-way',
      ({ headers, body }, response) => {
        response.writeHead(200, { ...headers, 'content-length': body.length });
        response.write(body.slice(0, 20), () => response.destroy());
      },
      /^the connection failed: ECONNRESET$/,
    ],
    [
      'no signature',
      changing(({ headers: { 'x-rail-signature': _, ...headers } }) => ({ headers })),
      /^HTTP status 200, without a signature$/,
    ],
    [
      'the signature of another key',
      changing(({ headers }) => ({ headers: { ...headers, 'x-rail-signature': `sha256=${'ab'.repeat(32)}` } })),
      /with a signature that is not its own$/,
    ],
    [
      'a body that was changed',
      changing(({ body }) => ({ body: body.replace('174055', '174056') })),
      /with a signature that is not its own$/,
    ],
    ['a status that was changed', changing(() => ({ httpStatus: 202 })), /with a signature that is not its own$/],
    [
      'the time of the answer changed',
      changing(({ headers }) => ({ headers: { ...headers, 'x-rail-timestamp': String(Date.now() + 1) } })),
      /with a signature that is not its own$/,
    ],
    [
      'an answer to another request',
      (answer, response) => sendAnswer(fake.sign(answer.httpStatus, answer.body, '0'.repeat(32)), response),
      /with a signature that is not its own$/,
    ],
    ['not JSON', saying(() => '{', undefined, String), /body must be one JSON object/],
    ['an array', saying((fields) => [fields]), /body must be one JSON object/],
    ['another reference', saying((fields) => ({ ...fields, reference: 'x' })), /reference must be that of the request/],
    [
      'a status that is not known',
      saying((fields) => ({ ...fields, status: 'done' })),
      /status must be one of settled/,
    ],
    ['an amount that is not whole', saying((fields) => ({ ...fields, amountFen: 1.5 })), /amountFen must be a whole/],
    ['an amount as text', saying((fields) => ({ ...fields, amountFen: '174055' })), /amountFen must be a whole/],
    ['no id of the rail', saying(({ railId: _, ...fields }) => fields), /railId must be/],
    ['no real date', saying((fields) => ({ ...fields, settledOn: '2026-02-30' })), /settledOn must be a date/],
    [
      'a refusal without a known class',
      saying((fields) => ({ ...fields, status: 'refused', class: 'mood', code: 'X' })),
      /class must be one of insufficient-funds/,
    ],
    [
      'a code with a sentence in it',
      saying((fields) => ({ ...fields, status: 'refused', class: 'limit', code: '样例 has no money' })),
      /code must be 1 to 40/,
    ],
    [
      'not-found to a debit',
      saying((fields) => ({ ...fields, status: 'not-found' })),
      /200 with the outcome not-found/,
    ],
    ['404 to a debit', saying((fields) => ({ ...fields, status: 'not-found' }), 404), /^HTTP status 404 of the rail$/],
  ];

  it.each(CASES)(
    '%s: unknown, then the inquiry finds it, and the money moves once',
    async (_name, behaviour, detail) => {
      fake.next.push(behaviour);
      const outcome = await railOf().debit(REQUEST);
      expect(outcome).toEqual({ status: 'unknown', detail: expect.stringMatching(detail) });
      expect(inspect(outcome)).not.toContain(REQUEST.mandateId);
      expect(inspect(outcome)).not.toContain(RAIL_KEY.secret);
      // As an attempt that was interrupted here goes on.
      const found = await debitOnce(railOf(), REQUEST, { pause: async () => undefined, wasSent: true });
      expect(found).toEqual(SETTLED);
      expect(fake.methods).toEqual(['POST', 'GET']);
      expect([...fake.moved]).toEqual([[REQUEST.reference, 174_055]]);
    },
  );

  it('an answer that is slower than the bound, though it would be good', async () => {
    const held: (() => void)[] = [];
    fake.next.push((answer, response) => held.push(() => sendAnswer(answer, response)));
    const outcome = await railOf({ totalTimeoutMs: 150 }).debit(REQUEST);
    expect(outcome).toEqual({ status: 'unknown', detail: 'no whole answer within 150 ms' });
    expect(held).toHaveLength(1);
    expect(await once()).toEqual(SETTLED);
    expect([...fake.moved.values()]).toEqual([174_055]);
  });

  it('an answer that trickles beyond the bound', async () => {
    fake.next.push(({ headers }, response) => {
      response.writeHead(200, headers);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const outcome = await railOf({ totalTimeoutMs: 150 }).debit(REQUEST);
    expect(outcome).toEqual({ status: 'unknown', detail: 'no whole answer within 150 ms' });
  });

  it('an answer that is larger than the bound, while the rest of it is not read', async () => {
    let isCut = false;
    fake.next.push(({ headers }, response) => {
      response.on('close', () => {
        isCut = !response.writableFinished;
      });
      response.writeHead(200, headers);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    const outcome = await railOf().debit(REQUEST);
    expect(outcome).toEqual({ status: 'unknown', detail: 'the answer is larger than 16384 bytes' });
    expect(await once()).toEqual(SETTLED);
    expect(isCut).toBe(true);
  });

  it('a redirect: nothing follows it', async () => {
    fake.next.push(changing(() => ({ httpStatus: 307, headers: { location: `${url}/debits` } })));
    expect(await railOf().debit(REQUEST)).toMatchObject({
      status: 'unknown',
      detail: 'HTTP status 307, without a timestamp',
    });
    fake.next.push(saying(() => ({}), 307));
    expect(await railOf().debit(REQUEST)).toEqual({ status: 'unknown', detail: 'HTTP status 307 of the rail' });
    expect(fake.received).toHaveLength(2);
  });

  it.each([-300_000, 300_000])(
    'an answer dated a second more than %i ms away, where just that is allowed',
    async (by) => {
      const nowMs = Date.parse('2026-03-15T01:00:00Z');
      fake.clockMs = () => nowMs + by;
      expect(await railOf({ now: () => nowMs }).debit(REQUEST)).toEqual(SETTLED);
      fake.clockMs = () => nowMs + by + Math.sign(by) * 1_000;
      const outcome = await railOf({ now: () => nowMs }).debit(REQUEST);
      expect(outcome).toEqual({
        status: 'unknown',
        detail: 'HTTP status 200, dated 301000 ms away, where 300000 are allowed',
      });
    },
  );

  it('a 404 that the rail did not sign: a proxy does not make us debit twice', async () => {
    const notFound: Misbehaviour = (_, response) =>
      response.writeHead(404).end(JSON.stringify({ status: 'not-found', reference: REQUEST.reference }));
    fake.next.push((_, response) => response.destroy(), notFound, notFound, notFound);
    expect(await once()).toEqual({ status: 'unknown', detail: 'HTTP status 404, without a timestamp' });
    expect(fake.methods).toEqual(['POST', 'GET', 'GET', 'GET']);
  });

  it('a rail that is not there', async () => {
    await fake.stop();
    expect(await railOf().debit(REQUEST)).toEqual({ status: 'unknown', detail: 'the connection failed: ECONNREFUSED' });
    expect(await railOf().inquire(REQUEST.reference)).toMatchObject({ status: 'unknown' });
  });

  it('a secret that is not the rail’s: our own requests are refused, and that is no outcome either', async () => {
    const outcome = await railOf({ secret: 'another-secret-of-32-characters-or-more' }).debit(REQUEST);
    expect(outcome).toEqual({ status: 'unknown', detail: 'HTTP status 401, with a signature that is not its own' });
    expect(fake.moved.size).toBe(0);
  });

  it('a server that takes the connection and never speaks TLS', async () => {
    const { port, close } = await silentServer();
    try {
      const rail = railOf({ url: `https://127.0.0.1:${port}`, connectTimeoutMs: 150, totalTimeoutMs: 60_000 });
      expect(await rail.debit(REQUEST)).toEqual({ status: 'unknown', detail: 'no connection within 150 ms' });
    } finally {
      await close();
    }
  });

  it('a server that switches to another protocol', async () => {
    fake.next.push((_, response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
    expect(await railOf().debit(REQUEST)).toMatchObject({ status: 'unknown' });
  });
});

describe('debiting once over HTTP', () => {
  it('asks when the connection closed after the money moved, and sends nothing again', async () => {
    fake.next.push((_, response) => response.destroy());
    expect(await once()).toEqual(SETTLED);
    expect(fake.methods).toEqual(['POST', 'GET']);
    expect(pauses).toEqual([1_000]);
    expect([...fake.moved]).toEqual([[REQUEST.reference, 174_055]]);
  });

  it('sends a debit that never arrived again, under the same reference, after the rail said so', async () => {
    fake.loses = 1;
    expect(await once()).toEqual(SETTLED);
    expect(fake.methods).toEqual(['POST', 'GET', 'POST']);
    const [first, , second] = fake.received;
    expect(second?.body).toBe(first?.body);
    expect([...fake.moved]).toEqual([[REQUEST.reference, 174_055]]);
  });

  it('sends it no third time', async () => {
    fake.loses = 9;
    expect(await once()).toMatchObject({ status: 'unknown' });
    expect(fake.methods).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it('finds the outcome of other content under its reference, and does not take it for its own', async () => {
    await railOf().debit({ ...REQUEST, amountFen: 90_000 });
    expect(await railOf().debit(REQUEST)).toEqual({
      status: 'unknown',
      detail: 'the rail knows this reference with other content',
    });
    expect(await once()).toEqual({
      status: 'unknown',
      detail: 'the rail moved 90000 fen under this reference where 174055 were asked for',
    });
    expect([...fake.moved.values()]).toEqual([90_000]);
  });
});

async function silentServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets: { destroy(): void }[] = [];
  const server: Server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    port: address.port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
