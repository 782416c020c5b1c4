/** What Kannel reaches alone: messages straight to `sendsms`, and their receipts to a server that only counts. */
import { Agent, createServer, request, type Server } from 'node:http';
import { forEach } from '../ledger/openAccounts';
import { secondsSince } from '../stopwatch';
import { PASSWORD, SENDER, USERNAME } from './kannel';

export interface Message {
  phone: string;
  text: string;
}

const IN_FLIGHT = 50;
const UCS2 = '2';
/** As the provider asks for them. */
const ALL_RECEIPTS = '31';
/** Delivered, undelivered, refused by the carrier. */
const FINAL_TYPES: ReadonlySet<string | null> = new Set(['1', '2', '16']);
const WITHIN_MS = 60_000;

/** References of messages whose final receipt has come; it answers and does nothing else. */
class Counter {
  private readonly server: Server = createServer((received, response) => {
    const { searchParams } = new URL(received.url ?? '', 'http://counter.example');
    if (FINAL_TYPES.has(searchParams.get('type'))) this.take(searchParams.get('reference') ?? '');
    response.writeHead(200).end();
  });
  private readonly final = new Set<string>();
  private expected = Number.POSITIVE_INFINITY;
  private complete: () => void = () => undefined;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server for receipts has no port');
    return `http://127.0.0.1:${address.port}/receipts`;
  }

  /** Rejects when they do not all come. */
  until(count: number): Promise<void> {
    this.expected = count;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`Kannel alone: ${this.final.size} of ${count} final receipts in ${WITHIN_MS} ms`)),
        WITHIN_MS,
      );
      this.complete = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(reference: string): void {
    this.final.add(reference);
    if (this.final.size >= this.expected) this.complete();
  }
}

/** Messages a second, from the first request to the last final receipt. Throws when Kannel does not take one. */
export async function measureKannelAlone(sendsmsUrl: string, messages: readonly Message[]): Promise<number> {
  const counter = new Counter();
  const receiptsUrl = await counter.start();
  // Connections are kept: nobody has to find a lost one here, and Kannel is not to be slowed.
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  try {
    const startedAt = performance.now();
    const all = counter.until(messages.length);
    const sent = forEach([...messages.entries()], IN_FLIGHT, ([number, message]) =>
      send(agent, sendsmsUrl, message, `${receiptsUrl}?event=receipt&reference=alone-${number}&type=%d&reply=%A`),
    );
    await Promise.all([sent, all]);
    return messages.length / secondsSince(startedAt);
  } finally {
    agent.destroy();
    await counter.stop();
  }
}

/** The same request as the provider's. */
function send(agent: Agent, url: string, { phone, text }: Message, receiptUrl: string): Promise<void> {
  const body = Buffer.from(text, 'utf8');
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'content-length': String(body.length),
    'x-kannel-username': USERNAME,
    'x-kannel-password': PASSWORD,
    'x-kannel-from': SENDER,
    'x-kannel-to': phone,
    'x-kannel-coding': UCS2,
    'x-kannel-dlr-mask': ALL_RECEIPTS,
    'x-kannel-dlr-url': receiptUrl,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 202 ? resolve() : reject(new Error(`Kannel answered ${response.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
