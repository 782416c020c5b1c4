/** The HTTP gateway provider against a local server that answers as Kannel does, or as something between does. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendOutcome, SmsMessage } from '../../../src/adapters/sms/port';
import { createHttpGateway, type HttpGatewayOptions } from '../../../src/adapters/sms/providers/httpGateway';
import { createHttpGatewayCallbacks } from '../../../src/adapters/sms/providers/httpGatewayCallbacks';

const SECRET = 'an-example-callback-secret';
const CALLBACK_URL = `https://lender.example/v1/callbacks/http-gateway/${SECRET}`;
const DLR_URL = `${CALLBACK_URL}?event=receipt&reference=n-1.1&type=%d&reply=%A`;
const PASSWORD = 'example-password';
const MESSAGE: SmsMessage = {
  reference: 'n-1.1',
  phone: '13800000000',
  text: '【示例消金】您的本期应还100.00元。',
  atMs: Date.UTC(2026, 10, 25, 2),
};

interface Received {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

const received: Received[] = [];
/** How the server answers. */
let answer: (response: ServerResponse) => void;
const server = createServer((request, response) => void receive(request, response));

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  received.push({
    method,
    url: new URL(url, 'http://gateway.example'),
    headers,
    body: Buffer.concat(chunks).toString(),
  });
  answer(response);
}

let url: string;
beforeEach(async () => {
  received.length = 0;
  answer = (response) => response.writeHead(202).end('0: Accepted for delivery');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${portOf(server.address())}/cgi-bin/sendsms`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function portOf(address: ReturnType<typeof server.address>): number {
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

const gatewayOf = (changes: Partial<HttpGatewayOptions> = {}) =>
  createHttpGateway({
    url,
    username: 'app',
    password: PASSWORD,
    from: '10690000',
    callbackUrl: CALLBACK_URL,
    ...changes,
  });

const saying = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (response) => response.writeHead(status, headers).end(body);
};

describe('what is sent', () => {
  it('is one POST with the text as its body, and nothing of it in the address', async () => {
    await gatewayOf().send(MESSAGE);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      body: MESSAGE.text,
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-kannel-username': 'app',
        'x-kannel-password': PASSWORD,
        'x-kannel-from': '10690000',
        'x-kannel-to': '13800000000',
        'x-kannel-coding': '2',
        'x-kannel-dlr-mask': '31',
        'x-kannel-dlr-url': DLR_URL,
      },
    });
    expect(received[0]?.url.search).toBe('');
  });

  it('is the same in the query of a GET where the gateway wants that', async () => {
    await gatewayOf({ method: 'GET' }).send(MESSAGE);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'GET', body: '' });
    expect(Object.fromEntries(received[0]?.url.searchParams ?? [])).toEqual({
      username: 'app',
      password: PASSWORD,
      from: '10690000',
      to: '13800000000',
      coding: '2',
      charset: 'UTF-8',
      text: MESSAGE.text,
      'dlr-mask': '31',
      'dlr-url': DLR_URL,
    });
  });

  it.each([
    [{ reference: 'n%d' }, 'config-bug'],
    [{ reference: 'n'.repeat(65) }, 'config-bug'],
    [{ phone: '1380000000\r\n' }, 'bad-address'],
    [{ phone: '02112345678' }, 'bad-address'],
  ])('is nothing for what is malformed, case %#', async (changes, failure) => {
    expect(await gatewayOf().send({ ...MESSAGE, ...changes })).toMatchObject({ status: 'refused', failure });
    expect(received).toEqual([]);
  });

  it.each([
    [{ url: 'gateway.example' }, /^url of the HTTP gateway is no address/],
    [{ url: 'ftp://gateway.example/' }, /^url of the HTTP gateway is not http/],
    [{ callbackUrl: `${CALLBACK_URL}?x=1` }, /^callbackUrl of the HTTP gateway has a query/],
    [{ callbackUrl: `${CALLBACK_URL}%41` }, /^callbackUrl of the HTTP gateway holds a %-sign/],
    [{ password: '' }, /^password of the HTTP gateway is empty/],
    [{ from: '1069\r\n' }, /^from of the HTTP gateway is empty or not plain/],
  ])('never begins with options that cannot work, case %#', (changes, fault) => {
    expect(() => gatewayOf(changes)).toThrow(fault);
  });
});

describe('what is answered', () => {
  const accepted: SendOutcome = { status: 'accepted', providerMessageIds: ['n-1.1'] };
  const refused = (failure: string) => ({ status: 'refused', failure });

  it.each<[number, string, object]>([
    [202, '0: Accepted for delivery', accepted],
    [202, '3: Queued for later delivery', accepted],
    [202, '<html>welcome</html>', { status: 'unknown' }],
    [202, '', { status: 'unknown' }],
    [200, '0: Accepted for delivery', { status: 'unknown' }],
    [403, 'Authorization failed for sendsms', refused('account-stop')],
    [401, '', refused('account-stop')],
    [404, 'Not found', refused('account-stop')],
    [403, 'Not routable. Do not try again.', refused('bad-address')],
    [400, 'Number(s) has/have been denied by white- and/or black-lists.', refused('bad-address')],
    [400, 'Empty receiver number not allowed, rejected', refused('bad-address')],
    [400, 'Charset or body misformed, rejected', refused('config-bug')],
    [503, 'Temporal failure, try again later.', refused('transient')],
    [429, '', refused('windowed')],
    [500, '', { status: 'unknown' }],
    [502, '', { status: 'unknown' }],
    [504, '', { status: 'unknown' }],
    [302, '', { status: 'unknown' }],
  ])('%i "%s"', async (status, body, outcome) => {
    saying(status, body, status === 302 ? { location: url } : {});
    expect(await gatewayOf().send(MESSAGE)).toMatchObject(outcome);
    expect(received).toHaveLength(1);
  });

  it('a window is waited for to its end, in business time', async () => {
    saying(503, '', { 'retry-after': '90' });
    const windowed = { status: 'refused', failure: 'windowed', retryAtMs: MESSAGE.atMs + 90_000 };
    expect(await gatewayOf().send(MESSAGE)).toMatchObject(windowed);
  });
});

describe('no answer', () => {
  it('is unknown after the bound, and was asked for once', async () => {
    answer = () => undefined;
    const outcome = await gatewayOf({ timeoutMs: 100 }).send(MESSAGE);
    expect(outcome).toEqual({ status: 'unknown', detail: 'no whole answer within 100 ms' });
    expect(received).toHaveLength(1);
  });

  it('is unknown when the connection breaks', async () => {
    answer = (response) => response.destroy();
    const detail = 'the connection failed before a whole answer: ECONNRESET';
    expect(await gatewayOf().send(MESSAGE)).toEqual({ status: 'unknown', detail });
    expect(received).toHaveLength(1);
  });

  it('is unknown when the answer is cut off, whatever it began with', async () => {
    answer = (response) => {
      response.writeHead(202, { 'content-length': 100 });
      response.write('0: Accepted for delivery', () => response.destroy());
    };
    expect(await gatewayOf().send(MESSAGE)).toMatchObject({ status: 'unknown' });
  });

  it('is unknown when the answer has no end', async () => {
    saying(202, '0: Accepted for delivery'.repeat(1_000));
    expect(await gatewayOf().send(MESSAGE)).toMatchObject({ status: 'unknown' });
  });

  it('is a passing refusal when nobody listens: nothing was written', async () => {
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const port = portOf(closed.address());
    await new Promise((resolve) => closed.close(resolve));
    const outcome = await gatewayOf({ url: `http://127.0.0.1:${port}/cgi-bin/sendsms` }).send(MESSAGE);
    const detail = 'no connection could be made: ECONNREFUSED';
    expect(outcome).toEqual({ status: 'refused', failure: 'transient', code: 'no-connection', detail });
  });
});

it('tells no phone, text, password or secret, whatever happens', async () => {
  const answers: (typeof answer)[] = [
    (response) => response.writeHead(500).end(`13800000000 ${MESSAGE.text} ${PASSWORD} ${SECRET}`),
    (response) => response.writeHead(400).end('receiver 13800000000'),
    (response) => response.writeHead(403).end(`user app, ${PASSWORD}`),
    (response) => response.destroy(),
    () => undefined,
  ];
  const told: unknown[] = [];
  for (const method of ['GET', 'POST'] as const) {
    const gateway = gatewayOf({ method, timeoutMs: 100 });
    for (answer of answers) told.push(await gateway.send(MESSAGE));
    told.push(await gatewayOf({ method, url: 'http://127.0.0.1:1/cgi-bin/sendsms' }).send(MESSAGE), gateway);
  }
  const words = inspect(told, { depth: 9, showHidden: true });
  for (const secret of [MESSAGE.phone, MESSAGE.text, PASSWORD, SECRET, '127.0.0.1', 'sendsms']) {
    expect(words).not.toContain(secret);
  }
});

describe('callbacks', () => {
  const callbacks = createHttpGatewayCallbacks();
  const receipts = (query: Record<string, string>) =>
    callbacks.parseReceipts({ query: { event: 'receipt', ...query }, headers: {}, body: Buffer.alloc(0) });
  const inbound = (query: Record<string, string>) =>
    callbacks.parseInbound?.({ query: { event: 'inbound', ...query }, headers: {}, body: Buffer.alloc(0) });

  it.each([
    ['1', 'id:7 sub:001 dlvrd:001 submit date:2611250900 stat:DELIVRD err:000 text:xx', 'delivered', 'DELIVRD'],
    ['2', 'id:7 sub:001 dlvrd:000 stat:UNDELIV err:012 text:xx', 'undelivered', 'UNDELIV-012'],
    ['4', '', 'pending', 'type-4'],
    ['8', 'ACK/', 'pending', 'ACK'],
    ['16', 'NACK/0x0000000b/Invalid Destination Address', 'undelivered', 'NACK-0x0000000b'],
    ['16', 'NACK/Retries Exceeded', 'undelivered', 'NACK-retries-exceeded'],
    ['1', '13800000000 got it', 'delivered', 'type-1'],
  ])('type %s "%s" is %s', (type, reply, status, code) => {
    expect(receipts({ reference: 'n-1.1', type, reply })).toEqual([
      {
        providerMessageId: 'n-1.1',
        reference: 'n-1.1',
        receiptKey: expect.stringMatching(/^[0-9a-f]{64}$/),
        status,
        code,
      },
    ]);
  });

  it('knows a receipt that comes again, and tells it from another of the same message', () => {
    const keyOf = (type: string, reply = 'ACK/') => receipts({ reference: 'n-1.1', type, reply })[0]?.receiptKey;
    expect(keyOf('8')).toBe(keyOf('8'));
    expect(new Set([keyOf('8'), keyOf('1'), keyOf('1', 'stat:DELIVRD')]).size).toBe(3);
  });

  it.each([
    [{ reference: 'n-1.1', type: '3' }, /^type must be/],
    [{ reference: 'n-1.1' }, /^type must be/],
    [{ type: '1' }, /^reference must be/],
    [{ reference: 'a b', type: '1' }, /^reference must be/],
    [{ event: '', reference: 'n-1.1', type: '1' }, /^event must be/],
  ])('refuses %p', (query, fault) => {
    const content = expect.objectContaining({ name: 'MalformedCallback', message: expect.stringMatching(fault) });
    expect(() => receipts(query as Record<string, string>)).toThrow(content);
  });

  it('reads a text that came in, with its number in our form', () => {
    const id = '0D4B4F3E-7b1a-4a53-9c9e-0123456789ab';
    const spaced = ['0086 138 0000 0000', '+86 138-0000-0000'];
    for (const from of ['13800000000', '+8613800000000', '8613800000000', '008613800000000', ...spaced]) {
      expect(inbound({ from, hex: '9000 8ba2 0052'.replaceAll(' ', ''), coding: '2', id })).toEqual([
        { phone: '13800000000', text: '退订R', messageKey: id.toLowerCase() },
      ]);
    }
    expect(receipts({ event: 'inbound', from: '13800000000', hex: '', coding: '0' })).toEqual([]);
    expect(inbound({ event: 'receipt', reference: 'n-1.1', type: '1' })).toEqual([]);
  });

  it('knows a text without an id by its content and time', () => {
    const keyOf = (at: string) => inbound({ from: '13800000000', hex: '5444', coding: '0', at })?.[0]?.messageKey;
    expect(keyOf('1')).toBe(keyOf('1'));
    expect(keyOf('1')).not.toBe(keyOf('2'));
  });

  it.each([
    { from: '10690000', hex: '54', coding: '0' },
    {},
    { from: '13800000000', hex: '5', coding: '0' },
    { from: '13800000000', hex: '54', coding: '1' },
    { from: '13800000000', hex: '54'.repeat(4_001), coding: '0' },
  ])('refuses an inbound text that is malformed, case %#', (query) => {
    expect(() => inbound(query as Record<string, string>)).toThrow(/^(from|hex|coding) must/);
  });
});
