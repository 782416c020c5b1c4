/**
 * Delivery receipts from SMS providers. A provider has no API key: it signs its name, the time and the raw body with a
 * secret of its own, and the signature is checked before a byte of the body is parsed.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { keepReceipts, tellDoubt } from '../../activities/messaging/callbackKeeping';
import { keepUnreadable, type Unreadable } from '../../activities/messaging/unreadableCallbacks';
import { areSigned, isBodySigned, receiptSecretOf } from '../../adapters/sms/port';
import { type ApiContext, businessNowMs } from '../context';
import { readerOfJson } from '../http/jsonBody';
import { type FieldFault, invalidRequest, notFound, refuseLeftOut, unauthenticated } from '../http/problems';
import type { App, Routes } from '../http/route';
import { faultsOf } from '../http/validation';
import { problems, providerParams, receiptRow, receiptsBody } from '../schemas';
import { receiptCounts } from '../views';

type Receipt = z.infer<typeof receiptRow>;

export const receiptRoutes: Routes = (root, context) => {
  // A context of its own, because the parser below must see raw bytes for this route only.
  root.register(async (scoped) => {
    const app: App = scoped.withTypeProvider();
    const guard = createReceiptGuard(context);
    parseSignedBodies(app, guard.isSigned);
    app.addHook('onRequest', async (request) => guard.refuseUnknown(request));
    app.post(
      '/v1/receipts/:provider',
      {
        config: { access: 'signature' },
        // A request without a body has met no parser, and so no check.
        preValidation: async (request) => {
          if (request.body === undefined) throw refused();
        },
        schema: {
          tags: ['receipts'],
          summary: 'Tell what became of messages',
          description:
            'At most 1,000 receipts, signed for provider, time and body. A receipt may come twice; one of an unknown message is kept. Of a batch the good ones ' +
            'count; bad ones are kept raw and named. A batch without a good one is refused.',
          security: [{ receiptSignature: [] }],
          params: providerParams,
          body: receiptsBody,
          response: { 200: receiptCounts, ...problems(400, 401, 404, 413, 415, 503) },
        },
      },
      async (request) => {
        const { provider } = request.params;
        const receivedAtMs = businessNowMs(context);
        const { good, bad } = readRows(request.body);
        await keepUnreadable(context, { provider, rows: bad, atMs: receivedAtMs });
        const faults = bad.flatMap((row) => row.faults);
        if (good.length === 0) throw invalidRequest(faults);
        const counts = await keepReceipts(context, { provider, receipts: good.map(asReceipt), receivedAtMs });
        tellDoubt(context.logger, provider, counts);
        refuseLeftOut(counts);
        return bad.length === 0 ? counts : { ...counts, unreadable: bad.length, faults };
      },
    );
  });
};

interface BadRow extends Unreadable {
  faults: FieldFault[];
}

/** Row by row: the good ones count, whatever stands beside them. */
function readRows(rows: readonly unknown[]): { good: Receipt[]; bad: BadRow[] } {
  const [good, bad]: [Receipt[], BadRow[]] = [[], []];
  for (const [index, row] of rows.entries()) {
    const result = z.safeParse(receiptRow, row, { reportInput: true });
    if (result.success) good.push(result.data);
    else {
      const faults = faultsOf(result.error, '').map(({ field, ...parts }) => ({
        field: field === '' ? String(index) : `${index}.${field}`,
        ...parts,
      }));
      const fault = [...new Set(faults.map((each) => each.fault))].join(', ');
      bad.push({ fault, raw: JSON.stringify(row), faults });
    }
  }
  return { good, bad };
}

/** Strict as every other body: once each name, in UTF-8, so that what is signed is what is read. */
function parseSignedBodies(app: App, isSigned: (request: FastifyRequest, body: Buffer) => boolean): void {
  app.removeAllContentTypeParsers();
  const read = readerOfJson(app);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isSigned(request, body as Buffer)) return done(refused());
    read(request, body as Buffer, done);
  });
}

function createReceiptGuard({ receiptSecret, receipts, now }: ApiContext) {
  const { providers, bodySignatures } = receipts ?? { providers: ['sink'], bodySignatures: [] };
  const known = new Set([...providers, ...bodySignatures]);
  const secrets = new Map([...known].map((name) => [name, receiptSecretOf(receiptSecret, name)]));
  const ofBody = new Set(bodySignatures);
  const providerOf = ({ params }: FastifyRequest) => (params as { provider: string }).provider;
  return {
    /** Before the body is read. */
    refuseUnknown(request: FastifyRequest): void {
      if (known.has(providerOf(request))) return;
      throw notFound('There is no such provider here: RECEIPT_PROVIDERS names those that post receipts.', {
        field: 'provider',
      });
    },
    isSigned(request: FastifyRequest, body: Buffer): boolean {
      const provider = providerOf(request);
      const { headers } = request;
      const secret = secrets.get(provider) ?? '';
      if (areSigned(secret, { provider, body, headers, nowMs: now() })) return true;
      return ofBody.has(provider) && isBodySigned(receiptSecret, body, headers);
    },
  };
}

function refused() {
  const detail =
    "Send X-Receipt-Time: <real milliseconds> and X-Receipt-Signature: sha256=<HMAC-SHA256 in hex>, made of the provider's " +
    'name, this time and the body, within five minutes.';
  return unauthenticated(detail, 'Signature');
}

/** The first receipt of a message ends its notice: of one batch, by key, so the sequence is written to sort as text. */
function asReceipt({ providerMessageId, sequence, status, atMs }: Receipt) {
  const receiptKey = `${providerMessageId}/${String(sequence).padStart(7, '0')}`;
  return { providerMessageId, receiptKey, status, body: { sequence, status, atMs } };
}
