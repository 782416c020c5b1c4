/**
 * Requests as an adversary sends them: any path, any bytes, any header, over the loopback. Nothing is tidied on the way,
 * as `fetch` would do.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SentRequest {
  method: string;
  path: string;
  /** Of the key, in clear; absent: none is sent. */
  apiKey?: string | undefined;
  idempotencyKey?: string | undefined;
  /** A value to be written as JSON. */
  body?: unknown;
  /** Bytes as they are, instead of `body`. */
  raw?: string | Buffer | undefined;
  headers?: Record<string, string> | undefined;
}

export interface WireAnswer {
  /** 0: there was none. */
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by those who know their shape
  body: any;
  headers: Record<string, string | string[] | undefined>;
  /** Why there was no answer. */
  fault?: string;
}

/** Longer than the API itself waits for anything. */
const ANSWER_WITHIN_MS = 25_000;
const MOST_TRIES_WHEN_LIMITED = 4;
const LONGEST_WAIT_MS = 2_000;

export class Wire {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 32 });
  private count = 0;

  /** `keys`: of callers with every scope, taken in turns. */
  constructor(
    private readonly port: number,
    readonly keys: readonly string[],
  ) {}

  /** Each from another address, as a proxy would tell it: limits for one address are attacked where that is meant. */
  nextAddress(): string {
    this.count += 1;
    return `10.${(this.count >> 16) & 255}.${(this.count >> 8) & 255}.${this.count & 255}`;
  }

  key(): string {
    return this.keys[this.count % this.keys.length] ?? '';
  }

  once({ method, path, apiKey, idempotencyKey, body, raw, headers }: SentRequest): Promise<WireAnswer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const all: Record<string, string> = { 'x-forwarded-for': this.nextAddress(), ...headers };
    if (apiKey !== undefined) all.authorization = `Bearer ${apiKey}`;
    if (idempotencyKey !== undefined) all['idempotency-key'] = idempotencyKey;
    if (payload !== undefined) {
      all['content-type'] ??= 'application/json';
      all['content-length'] = String(Buffer.byteLength(payload));
    }
    return new Promise((resolve) => {
      const none = (fault: string) => resolve({ status: 0, body: undefined, headers: {}, fault });
      try {
        const options = { host: '127.0.0.1', port: this.port, method, path, headers: all, agent: this.agent };
        const call = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', (error) => none(error.message));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, body: parsed(text), headers: response.headers });
          });
        });
        call.setTimeout(ANSWER_WITHIN_MS, () => call.destroy(new Error('no answer in time')));
        call.on('error', (error) => none(error.message));
        call.end(payload);
      } catch (error) {
        // Node itself refuses to write it: no caller can send it by Node.
        none(`not sent: ${error instanceof Error ? error.message : error}`);
      }
    });
  }

  /** As {@link once}; a limit is waited out, since what is meant is behind it. */
  async send(sent: SentRequest): Promise<WireAnswer> {
    const asked = { apiKey: this.key(), ...sent };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.once(asked);
      if (answer.status !== 429 || tries === MOST_TRIES_WHEN_LIMITED) return answer;
      await sleep(Math.min(Number(answer.headers['retry-after'] ?? 1) * 1000, LONGEST_WAIT_MS));
    }
  }

  get(path: string): Promise<WireAnswer> {
    return this.send({ method: 'GET', path });
  }

  /**
   * Under one `Idempotency-Key` until there is an answer that settles it, as an honest caller does: connections that
   * break and 503 are sent again with the same API key, at most for so long.
   */
  async insist(sent: SentRequest, withinMs: number): Promise<WireAnswer> {
    const giveUpAtMs = Date.now() + withinMs;
    // The same of another principal would be another request.
    const own = { apiKey: this.key(), ...sent };
    for (;;) {
      const answer = await this.send(own);
      const isSettled = answer.status !== 0 && answer.status !== 503 && answer.status !== 429;
      if (isSettled || Date.now() > giveUpAtMs) return answer;
      await sleep(200);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An answer that our own code never meant: a fault of ours, or none at all. */
export function isOurFault({ status }: WireAnswer): boolean {
  return status === 0 || (status >= 500 && status !== 503);
}

export async function until(holds: () => Promise<boolean>, withinMs: number, everyMs = 60): Promise<boolean> {
  const giveUpAtMs = Date.now() + withinMs;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() > giveUpAtMs) return false;
    await sleep(everyMs);
  }
}
