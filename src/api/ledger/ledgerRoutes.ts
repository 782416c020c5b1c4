/** The ledger of the tenant: its trial balance, and which dates are closed. */
import { z } from 'zod';
import { listDailyCloses } from '../../db/ledger/dailyCloses';
import { readPostedTotals } from '../../db/ledger/trialBalance';
import { inRepeatableRead } from '../../db/snapshot';
import { sidesOf } from '../../domain/ledger/journal';
import type { ApiContext } from '../context';
import { callerOf } from '../http/authentication';
import { type App, keyed, type Routes } from '../http/route';
import { CURSOR_FIX, problems } from '../schemas';
import { LEDGER_PAGE_SIZE, ledgerDate, pageLimit } from './ledgerQueries';
import { dailyClosesView, trialBalanceView } from './ledgerViews';

export const ledgerRoutes: Routes = (app, context) => {
  trialBalance(app, context);
  closes(app, context);
};

const trialBalanceQuery = z.strictObject({
  asOf: ledgerDate.describe('Only entries with a value date up to it. Default: all postings.').optional(),
});

function trialBalance(app: App, context: ApiContext): void {
  app.get(
    '/v1/ledger/trial-balance',
    keyed('ledger:read', 'ledger', {
      summary: 'Read the trial balance',
      description:
        'Sums every posting, so it is for people and audits. An entry that was booked later may bear an earlier value date: what a date was closed with is in the closes.',
      cost: 20,
      querystring: trialBalanceQuery,
      response: { 200: trialBalanceView, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const { asOf } = request.query;
      const lines = await inRepeatableRead(context.pool, (client) => readPostedTotals(client, { tenantId, asOf }));
      const { debitFen, creditFen } = sidesOf(lines);
      return { asOf: asOf ?? null, lines, debitFen, creditFen, isBalanced: debitFen === creditFen };
    },
  );
}

const closesQuery = z.strictObject({
  cursor: z
    .string(CURSOR_FIX)
    .regex(/^[1-9]\d{0,14}$/, CURSOR_FIX)
    .optional(),
  limit: pageLimit,
});

function closes(app: App, context: ApiContext): void {
  app.get(
    '/v1/ledger/closes',
    keyed('ledger:read', 'ledger', {
      summary: 'Read the daily closes, the latest try first',
      description:
        'A failed close names each difference with its account; the date is open until a close of it succeeds.',
      cost: 5,
      querystring: closesQuery,
      response: { 200: dailyClosesView, ...problems(400, 401, 403, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const { cursor, limit: asked } = request.query;
      const limit = Number(asked ?? LEDGER_PAGE_SIZE);
      const beforeCloseId = cursor === undefined ? undefined : Number(cursor);
      // One more than asked for tells whether there is a next page.
      const found = await listDailyCloses(context.pool, { tenantId, beforeCloseId, limit: limit + 1 });
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? String(items.at(-1)?.closeId) : null };
    },
  );
}
