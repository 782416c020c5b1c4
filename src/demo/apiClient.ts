/** A client of our own HTTP API, as an upstream system would write it: keys, idempotency, and retries that are safe. */

export interface ApiClientOptions {
  baseUrl: string;
  apiKey: string;
}

export interface ApiAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by routes that know their shape
  body: any;
}

const TRIES = 6;

export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  get(path: string): Promise<ApiAnswer> {
    return this.send('GET', path, undefined, undefined);
  }

  /** A write under its own idempotency key: sent twice, it counts once. */
  post(path: string, idempotencyKey: string, body: unknown): Promise<ApiAnswer> {
    return this.send('POST', path, idempotencyKey, body);
  }

  /** Tries again when the service is away or busy: safe, because the same key gives the same answer. */
  private async send(method: string, path: string, key: string | undefined, body: unknown): Promise<ApiAnswer> {
    let lastFault: unknown;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
      try {
        const answer = await this.once(method, path, key, body);
        if (answer.status < 500) return answer;
        lastFault = new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      } catch (error) {
        lastFault = error;
      }
    }
    throw lastFault;
  }

  private async once(method: string, path: string, key: string | undefined, body: unknown): Promise<ApiAnswer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.options.apiKey}` };
    if (key !== undefined) headers['idempotency-key'] = key;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.options.baseUrl}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}
