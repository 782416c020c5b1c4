/**
 * What SMS providers push to us in formats of their own. A provider has no API key: the secret in its path is checked
 * before a byte of the body is read (`callbackAccess.ts`). It is answered in its own words, and only once all is kept.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keepInbound, keepReceipts, tellDoubt } from '../../activities/messaging/callbackKeeping';
import { keepUnreadable } from '../../activities/messaging/unreadableCallbacks';
import { type Callback, MalformedCallback, type ProviderCallbacks, type PushedRow } from '../../adapters/sms/port';
import { inTransaction } from '../../db/transaction';
import { type ApiContext, businessNowMs } from '../context';
import { invalidRequest, notFound, refuseLeftOut } from '../http/problems';
import type { App, Routes } from '../http/route';
import { callbackAnswer, callbackParams, problems } from '../schemas';
import { createCallbackGuard } from './callbackAccess';

const NO_BODY = Buffer.alloc(0);

type Keep = (context: ApiContext, callbacks: ProviderCallbacks, callback: Callback) => Promise<void>;

export const providerCallbackRoutes: Routes = (root, context) => {
  const guard = createCallbackGuard(context.callbacks);
  // A context of its own, because bodies stay bytes for these routes only, whatever they are called.
  root.register(async (scoped) => {
    const app: App = scoped.withTypeProvider();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.addHook('onRequest', async (request) => {
      request.callbacks = await guard(request);
    });
    const [receipts, texts] = [handlerOf(context, keepAllReceipts), handlerOf(context, keepAllTexts)];
    const [ofReceipts, ofTexts] = [about('Tell what became of messages'), about('Hand on texts that borrowers sent')];
    app.get('/v1/callbacks/:provider/:secret', ofReceipts, receipts);
    app.post('/v1/callbacks/:provider/:secret', ofReceipts, receipts);
    app.get('/v1/callbacks/:provider/:secret/inbound', ofTexts, texts);
    app.post('/v1/callbacks/:provider/:secret/inbound', ofTexts, texts);
  });
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose callback it is; set before the body of one is read. */
    callbacks?: ProviderCallbacks;
  }
}

function about(summary: string) {
  return {
    // A HEAD would count as the GET by which some providers push.
    exposeHeadRoute: false,
    config: { access: 'secret-path' },
    schema: {
      tags: ['receipts'],
      summary,
      description:
        'In the format of the provider, which is answered in its own words. The secret in the path is derived for ' +
        'each provider. Doubles are kept once. Of an array the entries that are not readable are kept raw, for people, ' +
        'and the others count.',
      security: [],
      params: callbackParams,
      response: { 200: callbackAnswer, ...problems(400, 401, 403, 404, 413, 503) },
    },
  } as const;
}

function handlerOf(context: ApiContext, keep: Keep) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { callbacks } = request;
    if (!callbacks) throw new Error('a callback without its provider');
    // Aliyun asks by GET whether the address is there, and waits for 700 ms: the database is not asked.
    if (request.method === 'GET' && callbacks.method === 'POST') return answered(reply, callbacks);
    if (request.method !== callbacks.method) throw notFound(`This provider calls by ${callbacks.method}.`);
    // A provider that calls by GET tells in the query what it brings, and has one address for both.
    const kept = callbacks.method === 'GET' ? keepEither : keep;
    await kept(context, callbacks, callbackOf(request));
    return answered(reply, callbacks);
  };
}

async function keepAllReceipts(context: ApiContext, callbacks: ProviderCallbacks, callback: Callback): Promise<void> {
  const { name, receiptRows, parseReceipts } = callbacks;
  const read = () => receiptRows?.(callback) ?? [{ read: parseReceipts(callback) }];
  const receipts = await readRows(context, callbacks, callback, read);
  const push = { provider: name, receipts, receivedAtMs: businessNowMs(context) };
  const counts = await keepReceipts(context, push);
  tellDoubt(context.logger, name, counts);
  refuseLeftOut(counts);
}

async function keepAllTexts(context: ApiContext, callbacks: ProviderCallbacks, callback: Callback): Promise<void> {
  const { name, inboundRows, parseInbound } = callbacks;
  if (!parseInbound) throw notFound('This provider hands on no texts.');
  const read = () => inboundRows?.(callback) ?? [{ read: parseInbound(callback) }];
  const texts = await readRows(context, callbacks, callback, read);
  const from = { provider: name, texts, receivedAtMs: businessNowMs(context) };
  await inTransaction(context.pool, (client) => keepInbound(client, context, from));
}

async function keepEither(context: ApiContext, callbacks: ProviderCallbacks, callback: Callback): Promise<void> {
  await keepAllReceipts(context, callbacks, callback);
  if (callbacks.parseInbound) await keepAllTexts(context, callbacks, callback);
}

/**
 * What could be read. An entry that could not is kept raw, and the others count. So is a push that cannot be read as a
 * whole, and it is refused: the provider sends it again. The fault is in our words: a parser names it and quotes nothing.
 */
async function readRows<Read>(
  context: ApiContext,
  callbacks: ProviderCallbacks,
  callback: Callback,
  read: () => PushedRow<Read>[],
): Promise<Read[]> {
  const atMs = businessNowMs(context);
  const { rows, fault } = readOr(read);
  const unreadable = rows.flatMap((row) => ('fault' in row ? [row] : []));
  if (fault !== undefined) unreadable.push({ fault, raw: rawOf(callbacks, callback) });
  await keepUnreadable(context, { provider: callbacks.name, rows: unreadable, atMs });
  if (fault === undefined) return rows.flatMap((row) => ('fault' in row ? [] : row.read));
  const fix = 'send what the provider documents, up to 1,000 entries';
  throw invalidRequest([{ field: 'body', fault: `is not readable (${fault})`, fix }]);
}

function readOr<Read>(read: () => PushedRow<Read>[]): { rows: PushedRow<Read>[]; fault?: string } {
  try {
    return { rows: read() };
  } catch (error) {
    if (!(error instanceof MalformedCallback)) throw error;
    return { rows: [], fault: error.message };
  }
}

/** The body as it came, or what stands in its place where a provider calls by GET. */
function rawOf({ method }: ProviderCallbacks, { body, query }: Callback): string {
  if (method === 'GET') return JSON.stringify(query);
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? text : `base64:${body.toString('base64')}`;
}

function callbackOf(request: FastifyRequest): Callback {
  return {
    query: singleTexts(request.query),
    headers: singleTexts(request.headers),
    body: Buffer.isBuffer(request.body) ? request.body : NO_BODY,
  };
}

/** What came once. What came twice is left out: to take either one would be to guess. */
function singleTexts(values: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((values ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function answered(reply: FastifyReply, { answer }: ProviderCallbacks): FastifyReply {
  return reply
    .code(answer.status)
    .serializer((body: unknown) => String(body))
    .type(answer.contentType)
    .send(answer.body);
}
