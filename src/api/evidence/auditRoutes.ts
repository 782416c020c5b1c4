/** Seals of the chain of evidence, so that others can keep them: what they keep we cannot change. */
import { z } from 'zod';
import { listSeals } from '../../db/evidence/evidenceRecords';
import { callerOf } from '../http/authentication';
import { keyed, type Routes } from '../http/route';
import { LEDGER_PAGE_SIZE, ledgerDate, pageLimit } from '../ledger/ledgerQueries';
import { problems } from '../schemas';

const sealsQuery = z.strictObject({
  after: ledgerDate.describe('Seals of later dates only: the last date of the page before.').optional(),
  limit: pageLimit,
});

const hash = z.string().describe('SHA-256, as hex.');
const sealsView = z
  .object({
    items: z.array(
      z.object({
        businessDate: z.string(),
        firstSequence: z.int(),
        lastSequence: z.int().describe('One less than the first: nothing was recorded.'),
        merkleRoot: hash,
        prevSealHash: hash,
        sealHash: hash,
        headsRoot: hash
          .nullable()
          .describe('Over the heads of accounts that moved since the seal before; null on old seals.'),
        headCount: z.int().nullable(),
      }),
    ),
    nextAfter: z.string().nullable().describe('Null on the last page.'),
  })
  .describe('One page, the oldest seal first.');

export const auditRoutes: Routes = (app, context) => {
  app.get(
    '/v1/audit/seals',
    keyed('audit:read', 'audit', {
      summary: 'Read the seals of the chain of evidence, the oldest first',
      description: 'Keep them: a proof of a notice is worth as much as the seal hash that its reader got here earlier.',
      cost: 5,
      querystring: sealsQuery,
      response: { 200: sealsView, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const { after, limit: asked } = request.query;
      const limit = Number(asked ?? LEDGER_PAGE_SIZE);
      // One more than asked for tells whether there is a next page.
      const found = await listSeals(context.pool, { tenantId, afterDate: after, limit: limit + 1 });
      const items = found.slice(0, limit);
      return { items, nextAfter: found.length > limit ? (items.at(-1)?.businessDate ?? null) : null };
    },
  );
};
