/** What a supplier is held to: questions to its endpoint, and what is wrong with each answer (docs/data-sources.md). */
import { randomBytes } from 'node:crypto';
import type { SuppliedKind } from '../../domain/origination/dataSources';
import { HOUR_MS } from '../../domain/values/timeUnits';
import { ExchangeError, exchange } from '../rails/httpExchange';
import { answerFault, type RailKey, signRequest } from '../rails/signature';
import type { SourceQuestion } from './port';
import { readSourceAnswer, SourceAnswerError } from './sourceAnswer';

export interface ConformanceFinding {
  check: string;
  /** What is wrong and what mends it; undefined where the supplier keeps the contract. */
  fault: string | undefined;
}

export interface ConformanceOptions extends RailKey {
  url: string;
  kind: SuppliedKind;
  /** Whom to ask about: a borrower that the supplier keeps for trials. */
  borrowerId: string;
  /** Real time. */
  now(): number;
}

const BOUNDS = { connectTimeoutMs: 3_000, totalTimeoutMs: 10_000, maxAnswerBytes: 16_384 };
const MAX_SKEW_MS = 300_000;

interface Answered {
  httpStatus: number;
  body: Buffer;
  fault: string | undefined;
}

/** Four questions, one after the other; who is asked about is visibly invented, and nothing is kept anywhere. */
export async function checkSupplier(options: ConformanceOptions): Promise<ConformanceFinding[]> {
  const question = questionOf(options);
  const findings: ConformanceFinding[] = [];
  const check = async (name: string, find: () => Promise<string | undefined>) => {
    findings.push({ check: name, fault: await find().catch(wordsOf) });
  };
  let first: string | undefined;
  await check('answers a question in the contract, signed', async () => {
    const answered = await ask(options, question);
    first = JSON.stringify(contentOf(answered, question));
    return undefined;
  });
  await check('answers the same question again, with the same content', async () => {
    const again = JSON.stringify(contentOf(await ask(options, question), question));
    return again === first ? undefined : 'the same requestId was answered otherwise: keep the answer of each for a day';
  });
  await check('refuses a question that another key signed', async () => {
    const { httpStatus } = await ask({ ...options, secret: randomBytes(24).toString('hex') }, question);
    return refusedBy(httpStatus, 'a wrong signature');
  });
  await check('refuses a question that is dated an hour ago', async () => {
    const { httpStatus } = await ask({ ...options, now: () => options.now() - HOUR_MS }, question);
    return refusedBy(httpStatus, 'an old timestamp');
  });
  return findings;
}

function questionOf({ kind, borrowerId, now }: ConformanceOptions): SourceQuestion {
  const requestId = `conformance.${kind}.${now()}`;
  const consent = { consentId: `conformance.${kind}`, fromMs: now() - HOUR_MS, untilMs: null };
  const person =
    kind === 'identity' ? { person: { name: '样例', idNumber: '000000199003071236', phone: '19900000001' } } : {};
  return { requestId, sourceKind: kind, purpose: 'credit-assessment', consent, borrowerId, ...person };
}

async function ask(options: ConformanceOptions, question: SourceQuestion): Promise<Answered> {
  const url = new URL('inquiries', options.url.endsWith('/') ? options.url : `${options.url}/`);
  const body = Buffer.from(JSON.stringify(question), 'utf8');
  const nonce = randomBytes(16).toString('hex');
  const signed = { method: 'POST', path: url.pathname, timestampMs: options.now(), nonce, body } as const;
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...signRequest(options, signed) };
  const answer = await exchange({ method: 'POST', url, headers, body }, BOUNDS);
  const fault = answerFault(options, { ...answer, nonce }, { nowMs: options.now(), maxClockSkewMs: MAX_SKEW_MS });
  return { ...answer, fault };
}

function contentOf({ httpStatus, body, fault }: Answered, question: SourceQuestion): unknown {
  if (httpStatus !== 200) throw new ExchangeError(`HTTP status ${httpStatus}: answer 200, also where little is known`);
  if (fault !== undefined) throw new ExchangeError(`an answer ${fault}: sign it as docs/data-sources.md says`);
  return readSourceAnswer(body, question);
}

function refusedBy(httpStatus: number, what: string): string | undefined {
  return httpStatus === 401 || httpStatus === 403 ? undefined : `HTTP status ${httpStatus} to ${what}: answer 401`;
}

function wordsOf(error: unknown): string {
  return error instanceof ExchangeError || error instanceof SourceAnswerError ? error.message : 'the check failed';
}
