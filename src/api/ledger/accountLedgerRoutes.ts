/** One account in the books: its entries with running balances, and what would settle it on a date. */
import { z } from 'zod';
import { reportPayoff } from '../../activities/ledger/ledgerReports';
import { readEntriesPage } from '../../db/ledger/accountEntries';
import { inRepeatableRead } from '../../db/snapshot';
import { receivablesOf, withReceivables } from '../../domain/ledger/accountStatement';
import { type ApiContext, businessToday } from '../context';
import { knownAccount } from '../credit/accountWorkflow';
import { callerOf } from '../http/authentication';
import { invalidRequest, notFound } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { CURSOR_FIX, idParams, problems } from '../schemas';
import { LEDGER_PAGE_SIZE, ledgerDate, pageLimit } from './ledgerQueries';
import { accountEntriesView, payoffView } from './ledgerViews';

export const accountLedgerRoutes: Routes = (app, context) => {
  entries(app, context);
  payoff(app, context);
};

const entriesQuery = z.strictObject({
  from: ledgerDate.describe('First value date.').optional(),
  to: ledgerDate.describe('Last value date.').optional(),
  cursor: z
    .string(CURSOR_FIX)
    .regex(/^[A-Za-z0-9_-]{1,100}$/, CURSOR_FIX)
    .optional(),
  limit: pageLimit,
});

function entries(app: App, context: ApiContext): void {
  app.get(
    '/v1/accounts/:id/entries',
    keyed('accounts:read', 'accounts', {
      summary: 'Read the journal entries of an account, by value date',
      description:
        'Each entry has its lines and what the receivables stand at after it; `opening` is what they stood at before the page. Send the same `from` and `to` with each page.',
      cost: 5,
      params: idParams,
      querystring: entriesQuery,
      response: { 200: accountEntriesView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const ref = { tenantId, accountId: request.params.id };
      const { from, to, cursor, limit: asked } = request.query;
      if (from !== undefined && to !== undefined && from > to) {
        throw invalidRequest([{ field: 'from', fault: 'is after to', fix: 'send the earlier date as from' }]);
      }
      const limit = Number(asked ?? LEDGER_PAGE_SIZE);
      const page = await inRepeatableRead(context.pool, async (client) => {
        await knownAccount(client, ref);
        // One more than asked for tells whether there is a next page.
        return readEntriesPage(client, { ...ref, from, to, after: cursor, limit: limit + 1 });
      }).catch(refuseCursor);
      const shown = page.entries.slice(0, limit);
      const opening = receivablesOf(page.opening);
      const nextCursor = page.entries.length > limit ? (shown.at(-1)?.cursor ?? null) : null;
      return { opening, items: withReceivables(opening, shown), nextCursor };
    },
  );
}

const payoffQuery = z.strictObject({
  on: ledgerDate.describe('Default: the business date. At most a year ahead.').optional(),
});

function payoff(app: App, context: ApiContext): void {
  app.get(
    '/v1/accounts/:id/payoff',
    keyed('accounts:read', 'accounts', {
      summary: 'Quote what settles an account on a date',
      description: 'From what is known now: a payment that arrives before the date changes the quote.',
      cost: 5,
      params: idParams,
      querystring: payoffQuery,
      response: { 200: payoffView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const ref = { tenantId, accountId: request.params.id };
      const today = businessToday(context);
      const on = request.query.on ?? today;
      const report = await reportPayoff(context.pool, { ...ref, on, today });
      if (!report) throw notFound('There is no such account.', { field: 'id' });
      if ('cannotQuote' in report) {
        const { from, to } = report.cannotQuote;
        throw invalidRequest([{ field: 'on', fault: 'cannot be quoted', fix: `send a date from ${from} to ${to}` }]);
      }
      return report;
    },
  );
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw invalidRequest([{ field: 'cursor', fault: 'is not one of these entries', fix: CURSOR_FIX }]);
}
