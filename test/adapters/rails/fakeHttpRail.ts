/**
 * A fake payment rail that speaks the wire format of docs/payment-rail.md over real HTTP, for tests alone: no bank is
 * behind it. Its signatures are written from the document and share no code with src, so that a change there is seen.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export const RAIL_KEY = { keyId: 'lender-1', secret: 'an-example-secret-of-32-characters' };

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

interface SentDebit {
  reference: string;
  amountFen: number;
  businessDate: string;
  currency: string;
}

/** How the next request fares, once the fake has done what it was asked for. */
export type Misbehaviour = (answer: GivenAnswer, response: ServerResponse) => void;

export interface GivenAnswer {
  httpStatus: number;
  body: string;
  headers: Record<string, string>;
}

export class FakeHttpRail {
  /** Every request, also those that were refused. */
  readonly received: Received[] = [];
  /** What moved, by reference: the fake's own books. */
  readonly moved = new Map<string, number>();
  /** One for each of the next requests; then it behaves. `undefined` behaves once. */
  readonly next: (Misbehaviour | undefined)[] = [];
  /** What it answers to a debit instead of settling it. */
  refusal: { class: string; code: string } | undefined;
  /** Loses the next debits on their way: nothing moves, the connection breaks. */
  loses = 0;
  clockMs: () => number = () => Date.now();
  private readonly debits = new Map<string, { content: string; answer: Record<string, unknown> }>();
  private readonly nonces = new Set<string>();
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(() => response.destroy());
  });

  /** Starts on a free port; resolves to the URL, which has a prefix. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the fake rail has no port');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get methods(): string[] {
    return this.received.map(({ method }) => method);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    this.received.push({ method, path, headers, body });
    if (method === 'POST' && this.loses > 0) {
      this.loses -= 1;
      response.destroy();
      return;
    }
    const { httpStatus, content } = this.isGenuine(method, path, headers, body)
      ? this.outcome(method, path, body)
      : { httpStatus: 401, content: { status: 'not-authentic' } };
    const answer = this.sign(httpStatus, JSON.stringify(content), String(headers['x-rail-nonce']));
    (this.next.shift() ?? sendAnswer)(answer, response);
  }

  /** Signs an answer to a request with that nonce. */
  sign(httpStatus: number, body: string, nonce: string): GivenAnswer {
    const timestamp = String(this.clockMs());
    const lines = ['creditloom-rail-1', 'answer', httpStatus, RAIL_KEY.keyId, timestamp, nonce, sha256(body)];
    return {
      httpStatus,
      body,
      headers: {
        'content-type': 'application/json',
        'x-rail-timestamp': timestamp,
        'x-rail-signature': `sha256=${hmac(lines.join('\n'))}`,
      },
    };
  }

  private isGenuine(method: string, path: string, headers: IncomingMessage['headers'], body: string): boolean {
    const [keyId, timestamp, nonce, digest, signature] = [
      'key-id',
      'timestamp',
      'nonce',
      'body-digest',
      'signature',
    ].map((name) => String(headers[`x-rail-${name}`])) as [string, string, string, string, string];
    const lines = ['creditloom-rail-1', 'request', method, path, keyId, timestamp, nonce, digest];
    if (keyId !== RAIL_KEY.keyId || digest !== sha256(body) || this.nonces.has(nonce)) return false;
    this.nonces.add(nonce);
    return /^[0-9a-f]{32}$/.test(nonce) && signature === `sha256=${hmac(lines.join('\n'))}`;
  }

  private outcome(method: string, path: string, body: string) {
    if (method === 'GET') {
      const reference = decodeURIComponent(path.slice('/v1/debits/'.length));
      const known = this.debits.get(reference);
      return known
        ? { httpStatus: 200, content: known.answer }
        : { httpStatus: 404, content: { status: 'not-found', reference } };
    }
    const { reference, amountFen, businessDate, currency } = JSON.parse(body) as SentDebit;
    if (path !== '/v1/debits' || currency !== 'CNY') return { httpStatus: 400, content: {} };
    const known = this.debits.get(reference);
    if (known) {
      return known.content === body ? { httpStatus: 200, content: known.answer } : { httpStatus: 409, content: {} };
    }
    if (!this.refusal) this.moved.set(reference, (this.moved.get(reference) ?? 0) + amountFen);
    const settled = { status: 'settled', railId: `r-${reference}`, amountFen, settledOn: businessDate };
    const answer = { reference, ...(this.refusal ? { status: 'refused', ...this.refusal } : settled) };
    this.debits.set(reference, { content: body, answer });
    return { httpStatus: 200, content: answer };
  }
}

/** The good behaviour. */
export function sendAnswer({ httpStatus, headers, body }: GivenAnswer, response: ServerResponse): void {
  response.writeHead(httpStatus, headers).end(body);
}

function sha256(text: string): string {
  return `sha256=${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

function hmac(text: string): string {
  return createHmac('sha256', RAIL_KEY.secret).update(text).digest('hex');
}
