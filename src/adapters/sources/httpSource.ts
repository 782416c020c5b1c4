/**
 * A supplier over HTTP (docs/data-sources.md): `POST …/inquiries`, both ways signed as to a payment rail. An answer counts
 * when the supplier itself signed it for this question and it keeps the contract; whatever else comes is `unavailable`.
 *
 * Safe to try again: a question changes nothing there, and bears the same id.
 */
import { randomBytes } from 'node:crypto';
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import { ExchangeError, exchange } from '../rails/httpExchange';
import { answerFault, type RailKey, signRequest } from '../rails/signature';
import type { DataSource, SourceAnswer, SourceQuestion } from './port';
import { readSourceAnswer, SourceAnswerError } from './sourceAnswer';

export interface HttpSourceOptions extends RailKey {
  supplier: string;
  /** `https://…`, with or without a path; `inquiries` is put behind it. */
  url: string;
  /** Real time, not the business clock: the supplier compares it with its own. */
  now(): number;
  /** Waits that many milliseconds of real time. */
  pause(ms: number): Promise<void>;
  connectTimeoutMs?: number | undefined;
  /** Until the whole answer is there; for one try. */
  totalTimeoutMs?: number | undefined;
  maxAnswerBytes?: number | undefined;
  maxClockSkewMs?: number | undefined;
  /** Before each further try of a question. */
  triesAgainAfterMs?: readonly number[] | undefined;
  /** Questions without an answer in a row, after which the supplier rests. */
  restsAfter?: number | undefined;
  /** Real time until one question tries a resting supplier again. */
  restMs?: number | undefined;
}

const DEFAULTS = {
  connectTimeoutMs: 3_000,
  // Three tries and their pauses end within the bound of the activity.
  totalTimeoutMs: 10_000,
  // A whole answer is below 1 KiB.
  maxAnswerBytes: 16_384,
  maxClockSkewMs: 300_000,
  triesAgainAfterMs: [500, 2_000],
  restsAfter: 5,
  restMs: 30_000,
};

type Settings = HttpSourceOptions & typeof DEFAULTS;
/** Whether the same question may fare better at once: it does not where the answer itself is wrong. */
type Tried = { answer: SourceAnswer; isWorthAnother: boolean };

export function createHttpSource(options: HttpSourceOptions): DataSource {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given } as Settings;
  const breaker = circuitBreaker(
    handleWhenResult((tried) => (tried as Tried).isWorthAnother),
    { halfOpenAfter: settings.restMs, breaker: new ConsecutiveBreaker(settings.restsAfter) },
  );
  const tryOnce = async (question: SourceQuestion): Promise<Tried> => {
    try {
      return await breaker.execute(() => send(settings, question));
    } catch (error) {
      const detail = error instanceof BrokenCircuitError ? 'the supplier rests after trouble' : 'the adapter failed';
      return { answer: unavailable(detail), isWorthAnother: false };
    }
  };
  return {
    supplier: settings.supplier,
    async ask(question) {
      let tried = await tryOnce(question);
      for (const pauseMs of settings.triesAgainAfterMs) {
        if (!tried.isWorthAnother) break;
        await settings.pause(pauseMs);
        tried = await tryOnce(question);
      }
      return tried.answer;
    },
  };
}

async function send(settings: Settings, question: SourceQuestion): Promise<Tried> {
  const url = new URL('inquiries', settings.url.endsWith('/') ? settings.url : `${settings.url}/`);
  const body = Buffer.from(JSON.stringify(question), 'utf8');
  const nonce = randomBytes(16).toString('hex');
  const signed = { method: 'POST', path: url.pathname, timestampMs: settings.now(), nonce, body } as const;
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...signRequest(settings, signed) };
  try {
    const answer = await exchange({ method: 'POST', url, headers, body }, settings);
    const fault = answerFault(settings, { ...answer, nonce }, { ...settings, nowMs: settings.now() });
    if (fault !== undefined) return again(`HTTP status ${answer.httpStatus}, ${fault}`);
    if (answer.httpStatus !== 200) {
      // What it signs below 500 it means: it takes no such question, and will not take it in a second either.
      const isWorthAnother = answer.httpStatus >= 500 || answer.httpStatus === 429;
      return { answer: unavailable(`HTTP status ${answer.httpStatus} of the supplier`), isWorthAnother };
    }
    return { answer: readSourceAnswer(answer.body, question), isWorthAnother: false };
  } catch (error) {
    if (error instanceof SourceAnswerError) return { answer: unavailable(error.message), isWorthAnother: false };
    if (error instanceof ExchangeError) return again(error.message);
    return { answer: unavailable('the adapter failed'), isWorthAnother: false };
  }
}

function again(detail: string): Tried {
  return { answer: unavailable(detail), isWorthAnother: true };
}

function unavailable(detail: string): SourceAnswer {
  return { status: 'unavailable', detail };
}
