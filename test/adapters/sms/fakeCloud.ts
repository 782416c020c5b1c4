/**
 * Fakes of the SMS services of Aliyun and Tencent, for tests alone: no carrier is behind them. They speak the wire
 * formats over real HTTP, and check every signature by a reckoning of their own that shares no code with the SDKs:
 * ACS3-HMAC-SHA256 and TC3-HMAC-SHA256, written from the providers' documents.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';

export const CLOUD_KEY = { id: 'an-example-key-id', secret: 'an-example-key-secret' };

export interface CloudRequest {
  action: string;
  /** Parameters of the call: of the query at Aliyun, of the JSON body at Tencent. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  parameters: any;
  isSigned: boolean;
}

export type Answer =
  | { httpStatus?: number; json: unknown }
  | { httpStatus?: number; text: string }
  /** The request has arrived, and the connection breaks. */
  | 'reset'
  /** The request has arrived, and nothing comes. */
  | 'hang';

export class FakeCloud {
  readonly received: CloudRequest[] = [];
  /** Whether a connection breaks before a byte of a request was read. */
  resetsEarly = false;
  connections = 0;
  answer: (request: CloudRequest) => Answer = () => 'hang';
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  constructor(private readonly read: (request: IncomingMessage, body: Buffer) => CloudRequest) {
    this.server.on('connection', (socket: Socket) => {
      this.connections += 1;
      if (this.resetsEarly) socket.resetAndDestroy();
    });
  }

  /** Starts on a free port; resolves to `host:port`. */
  start(): Promise<string> {
    return listen(this.server);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = this.read(request, Buffer.concat(chunks));
    this.received.push(seen);
    const answer = this.answer(seen);
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const body = 'json' in answer ? JSON.stringify(answer.json) : answer.text;
    response.writeHead(answer.httpStatus ?? 200, { 'content-type': 'application/json; charset=utf-8' }).end(body);
  }
}

/** Takes connections and says nothing: to a caller with TLS it is a connection that does not come about. */
export async function startSilentPort(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  const endpoint = await listen(server);
  return {
    endpoint,
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the fake has no port');
  return `127.0.0.1:${address.port}`;
}

export function createFakeAliyun(): FakeCloud {
  return new FakeCloud((request, body) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    return {
      action: String(request.headers['x-acs-action']),
      parameters: Object.fromEntries(url.searchParams),
      isSigned: isSignedAcs3(request, url, body),
    };
  });
}

function isSignedAcs3({ method, headers }: IncomingMessage, url: URL, body: Buffer): boolean {
  const [, keyId, names = '', signature] =
    /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const query = [...url.searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const bodyHash = sha256(body);
  const canonical = [method, url.pathname, query, lines.join(''), names, bodyHash].join('\n');
  const expected = hmac(CLOUD_KEY.secret, `ACS3-HMAC-SHA256\n${sha256(canonical)}`).toString('hex');
  const mustBeSigned = ['host', 'x-acs-action', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version'];
  return (
    keyId === CLOUD_KEY.id &&
    mustBeSigned.every((name) => names.split(';').includes(name)) &&
    headers['x-acs-content-sha256'] === bodyHash &&
    headers['x-acs-version'] === '2017-05-25' &&
    signature === expected
  );
}

export function createFakeTencent(): FakeCloud {
  return new FakeCloud((request, body) => ({
    action: String(request.headers['x-tc-action']),
    parameters: JSON.parse(body.toString('utf8')),
    isSigned: isSignedTc3(request, body),
  }));
}

function isSignedTc3({ method, url, headers }: IncomingMessage, body: Buffer): boolean {
  const [, keyId, date = '', service = '', signature] =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/([\d-]+)\/(\w+)\/tc3_request, SignedHeaders=content-type;host, Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const timestamp = Number(headers['x-tc-timestamp']);
  const host = String(headers.host).split(':')[0] ?? '';
  const signed = `content-type:${headers['content-type']}\nhost:${host}\n`;
  const canonical = [method, url, '', signed, 'content-type;host', sha256(body)].join('\n');
  const text = ['TC3-HMAC-SHA256', timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${CLOUD_KEY.secret}`, date), service), 'tc3_request');
  return (
    keyId === CLOUD_KEY.id &&
    date === new Date(timestamp * 1000).toISOString().slice(0, 10) &&
    // The first label of the host: `sms` where it is Tencent's own.
    service === host.split('.')[0] &&
    headers['x-tc-version'] === '2021-01-11' &&
    signature === hmac(key, text).toString('hex')
  );
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
