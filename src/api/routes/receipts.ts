/**
 * Delivery receipts from SMS providers. A provider has no API key: it signs the raw body with a shared secret, and the
 * signature is checked before a byte of the body is parsed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { keepReceipts, tellDoubt } from '../callbackKeeping';
import { businessNowMs } from '../context';
import { type FieldFault, invalidRequest, unauthenticated } from '../problems';
import { problems, providerParams, receiptRow, receiptsBody } from '../schemas';
import { keepUnreadable, type Unreadable } from '../unreadable';
import { faultsOf } from '../validation';
import { receiptCounts } from '../views';
import type { App, Routes } from './route';

type Receipt = z.infer<typeof receiptRow>;

const SIGNATURE_HEADER = 'x-receipt-signature';
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

export const receiptRoutes: Routes = (root, context) => {
  // A context of its own, because the parser below must see raw bytes for this route only.
  root.register(async (scoped) => {
    const app: App = scoped.withTypeProvider();
    parseSignedBodies(app, context.receiptSecret);
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
            'At most 1,000 receipts. A receipt may come twice; one of an unknown message is kept. Of a batch the good ones ' +
            'count; bad ones are kept raw and named. A batch without a good one is refused.',
          security: [{ receiptSignature: [] }],
          params: providerParams,
          body: receiptsBody,
          response: { 200: receiptCounts, ...problems(400, 401, 413, 415, 503) },
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
      const faults = faultsOf(result.error, '').map(({ field, ...told }) => ({
        ...{ field: field === '' ? String(index) : `${index}.${field}` },
        ...told,
      }));
      const fault = [...new Set(faults.map((each) => each.fault))].join(', ');
      bad.push({ fault, raw: JSON.stringify(row), faults });
    }
  }
  return { good, bad };
}

function parseSignedBodies(app: App, secret: string): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isSigned(request, body as Buffer, secret)) return done(refused());
    try {
      done(null, JSON.parse((body as Buffer).toString('utf8')));
    } catch {
      done(invalidRequest([{ field: 'body', fault: 'is not JSON', fix: 'send one JSON array in UTF-8' }]));
    }
  });
}

function isSigned(request: FastifyRequest, body: Buffer, secret: string): boolean {
  const header = request.headers[SIGNATURE_HEADER];
  const given = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  if (given === undefined) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}

function refused() {
  return unauthenticated('Send X-Receipt-Signature: sha256=<HMAC-SHA256 of the body in hex>.', 'Signature');
}

/** The first receipt of a message ends its notice: of one batch, by key, so the sequence is written to sort as text. */
function asReceipt({ providerMessageId, sequence, status, atMs }: Receipt) {
  const receiptKey = `${providerMessageId}/${String(sequence).padStart(7, '0')}`;
  return { providerMessageId, receiptKey, status, body: { sequence, status, atMs } };
}
