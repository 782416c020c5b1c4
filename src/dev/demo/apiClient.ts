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
const TOO_MANY = 429;
/** A business day passes in a second or so: it may end between reading a cost sheet and accepting by it. */
const DAYS_TO_ACCEPT = 20;
/** Enough of a hash to tell sheets apart, and short enough for a key. */
const HASH_IN_A_KEY = 16;

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
        if (answer.status < 500 && answer.status !== TOO_MANY) return answer;
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

/**
 * Takes up an offer as a borrower does who reads what it costs and confirms it. The start date is a part of the sheet,
 * so another day asks for another sheet. Each reading is accepted under a key of its own: at midnight the same sheet may
 * be shown once more, and its confirmation is another one. The answer is the last one.
 */
export async function acceptAsShown(
  api: ApiClient,
  applicationId: string,
  terms: Record<string, string | number>,
  borrowerId: string,
): Promise<ApiAnswer> {
  const offer = `/v1/offers/${applicationId}`;
  const query = new URLSearchParams(
    Object.entries(terms).map(([name, value]): [string, string] => [name, String(value)]),
  );
  for (let day = 1; ; day++) {
    const shown = await api.get(`${offer}/cost-sheet?${query}`);
    if (shown.status !== 200) return shown;
    const { hash, presentedAt } = shown.body;
    const costSheet = { hash, confirmedBy: borrowerId, confirmedAt: presentedAt };
    const key = `${applicationId}-accept-${hash.slice(0, HASH_IN_A_KEY)}-${Date.parse(presentedAt)}`;
    const answer = await api.post(`${offer}/acceptance`, key, { ...terms, costSheet });
    const isOfAnotherDay = answer.status === 422 && answer.body.reasonCodes.includes('COST_SHEET_DIFFERS');
    if (!isOfAnotherDay || day === DAYS_TO_ACCEPT) return answer;
  }
}
