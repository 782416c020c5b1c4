/** What an account is now, and how it came to be so. */
import { accountClient } from '../../contracts/credit/accountClient';
import type { AccountRow } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFacts } from '../../db/credit/facts';
import { readTimeline } from '../../db/credit/timeline';
import { readBalances } from '../../db/ledger/journal';
import { createPolicyReader } from '../../db/policy/policyReader';
import { billedTerms, type DerivedAccount } from '../../domain/credit/account';
import { summaryOf } from '../../domain/credit/accountSummary';
import { deriveAccount } from '../../domain/credit/derive';
import { owedOf } from '../../domain/credit/figures';
import { comingParts } from '../../domain/credit/revolving/instalmentStart';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { startOfDateMs } from '../../domain/values/clock';
import { Unreachable } from '../../platform/outcomeUnknown';
import { type ApiContext, businessToday } from '../context';
import { callerOf } from '../http/authentication';
import { invalidRequest } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { CURSOR_FIX, idParams, problems, timelineQuery } from '../schemas';
import { accountView, explain, timelineView } from '../views';
import { knownAccount } from './accountWorkflow';

const PAGE_SIZE = 50;

export const accountReadRoutes: Routes = (app, context) => {
  account(app, context);
  timeline(app, context);
};

function account(app: App, context: ApiContext): void {
  const policies = createPolicyReader();
  app.get(
    '/v1/accounts/:id',
    keyed('accounts:read', 'accounts', {
      summary: 'Read an account: terms, stage, balances, next deadline, bills',
      params: idParams,
      response: { 200: accountView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const accountId = request.params.id;
      const row = await knownAccount(context.pool, { tenantId, accountId });
      const [balances, statements, facts, policy, writeOffVoices] = await Promise.all([
        readBalances(context.pool, { tenantId, accountId }),
        readBills(context.pool, { tenantId, accountId }),
        readFacts(context.pool, { tenantId, accountId }),
        policies.version(context.pool, tenantId, row.policyVersion),
        voicesOf(context, row),
      ]);
      const derived = deriveAccount({ terms: row.terms, facts, issued: statements }, policy, businessToday(context));
      return {
        ...row,
        ...standingOf(derived, policy),
        balances,
        statements,
        agreedTerms: row.terms,
        bookedOn: row.asOf,
        instalmentPlans: plansOf(row, derived, policy),
        writeOffVoices,
        links: linksOf(accountId),
      };
    },
  );
}

/** All figures are of one fold, as of now: the row has those of the account's last step. */
function standingOf(derived: DerivedAccount, { zone }: LendingPolicy) {
  const { asOf, stage, terms, bucket = null, daysPastDue, pastDueSince = null, nextChangeOn } = derived;
  const { overdueFen, minimumOverdueFen, dueFen, minimumDueFen: minimumFen, payoffFen, claimedFen } = derived;
  const { availableFen, obligations, schedule } = derived;
  return {
    asOf,
    stage,
    terms,
    bucket,
    daysPastDue,
    pastDueSince,
    outstandingFen: owedOf(derived.balances),
    overdueFen,
    minimumOverdueFen,
    dueFen,
    minimumFen,
    payoffFen,
    claimedFen,
    availableFen,
    stoppedBy: explain(derived.stoppedBy),
    obligations,
    schedule,
    nextDeadlineAtMs: nextChangeOn === undefined ? null : startOfDateMs(nextChangeOn, zone),
    summary: summaryOf(derived),
  };
}

/** Words wait in the workflow until there are two; in no other stage there are any. */
async function voicesOf(context: ApiContext, row: AccountRow) {
  const { tenantId, accountId, product, stage } = row;
  if (stage !== 'write-off-review') return [];
  try {
    const state = await accountClient(context.gateway, {
      tenantId,
      accountId,
      product,
      clock: context.clock(),
    }).state();
    const approvals = state?.writeOffVoices ?? [];
    return approvals.map(({ decidedBy, reason = null, saidAtMs = null }) => ({ decidedBy, reason, saidAtMs }));
  } catch (error) {
    // The books are read all the same; what cannot be asked is not told as nothing.
    if (error instanceof Unreachable) return null;
    throw error;
  }
}

/** Instalment plans with the parts that come, seen from the date of the fold. */
function plansOf({ terms }: AccountRow, { asOf, instalments }: DerivedAccount, policy: LendingPolicy) {
  const billed = billedTerms(terms);
  if (!billed) return [];
  return (instalments?.plans ?? []).map((plan) => ({
    key: plan.key,
    parts: comingParts(plan, asOf, billed, policy),
  }));
}

function timeline(app: App, context: ApiContext): void {
  app.get(
    '/v1/accounts/:id/timeline',
    keyed('accounts:read', 'accounts', {
      summary: 'Read all that is on record of an account, oldest first',
      cost: 5,
      params: idParams,
      querystring: timelineQuery,
      response: { 200: timelineView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const { tenantId } = callerOf(request);
      const { accountId } = await knownAccount(context.pool, { tenantId, accountId: request.params.id });
      const limit = Number(request.query.limit ?? PAGE_SIZE);
      // One more than asked for tells whether there is a next page.
      const query = { tenantId, accountId, after: request.query.cursor, limit: limit + 1 };
      const found = await readTimeline(context.pool, query).catch(refuseCursor);
      const items = found.slice(0, limit);
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.cursor ?? null) : null };
    },
  );
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw invalidRequest([{ field: 'cursor', fault: 'is not one of this timeline', fix: CURSOR_FIX }]);
}

function linksOf(accountId: string) {
  const self = `/v1/accounts/${accountId}`;
  return { self, timeline: `${self}/timeline` };
}
