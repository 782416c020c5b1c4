/** Instalment plans of revolving accounts: what one costs, starting it, and settling it early. */
import type { FastifyRequest } from 'fastify';
import {
  type InstalmentResult,
  type InstalmentSettlement,
  type InstalmentStart,
  settleInstalments,
  startInstalments,
} from '../../contracts';
import type { UpdateOutcome } from '../../contracts/gateway';
import type { AccountRow } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFacts } from '../../db/credit/facts';
import { createPolicyReader, type PolicyReader } from '../../db/policy/policyReader';
import { billedTerms } from '../../domain/credit/account';
import { deriveAccount } from '../../domain/credit/derive';
import { judgeSplit, type SplitRequest } from '../../domain/credit/revolving/instalmentStart';
import type { CostDisclosure } from '../../domain/origination/costDisclosure';
import { dateAt } from '../../domain/values/clock';
import { type ApiContext, businessToday, dateOfInstant, refuseFuture } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { type Problem, ProblemError, refusalAt } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { shown } from '../origination/costDisclosureRoutes';
import { costSheetView, planSheetQuery } from '../origination/costDisclosureSchemas';
import { idParams, problems } from '../schemas';
import { instalmentSettlementBody, instalmentStartBody } from './accountBodies';
import { answerOf, knownAccount, onlyOf, REFUSALS, workflowOf } from './accountWorkflow';
import { instalmentAnswer, planParams } from './instalmentSchemas';

export const instalmentRoutes: Routes = (app, context) => {
  costSheet(app, context);
  starting(app, context);
  settling(app, context);
};

const RESPONSE = { 200: instalmentAnswer, ...problems(...REFUSALS) };

function costSheet(app: App, context: ApiContext): void {
  const policies = createPolicyReader();
  app.get(
    '/v1/accounts/:id/instalment-cost-sheet',
    keyed('accounts:read', 'accounts', {
      summary: 'Read what an instalment plan costs when it starts today',
      description: 'To be shown and confirmed before the plan is started, which names its hash.',
      cost: 5,
      params: idParams,
      querystring: planSheetQuery,
      response: { 200: costSheetView, ...problems(400, 401, 403, 404, 422, 503) },
    }),
    async (request) => {
      const account = await accountWithPlans(context, request, request.params.id);
      const { statementNumber, principalFen, months, feePayer } = request.query;
      const asked: SplitRequest = {
        ...(statementNumber === undefined ? {} : { statementNumber: Number(statementNumber) }),
        principalFen: Number(principalFen),
        months: Number(months),
        feePayer,
      };
      return shown(await sheetOf(context, policies, account, asked), context);
    },
  );
}

/** As the start will be judged: what would be refused then is refused now. */
async function sheetOf(
  context: ApiContext,
  policies: PolicyReader,
  row: AccountRow,
  asked: SplitRequest,
): Promise<CostDisclosure> {
  const { tenantId, accountId, product } = row;
  const terms = billedTerms(row.terms);
  if (!terms) throw new Error(`${accountId} has the terms of a ${product}`);
  const [facts, issued, policy] = await Promise.all([
    readFacts(context.pool, { tenantId, accountId }),
    readBills(context.pool, { tenantId, accountId }),
    policies.version(context.pool, tenantId, row.policyVersion),
  ]);
  const account = deriveAccount({ terms, facts, issued }, policy, businessToday(context));
  const judged = judgeSplit(asked, { account, terms, policy });
  if ('refusals' in judged) throw new ProblemError(refusalOf(judged.refusals, judged.figures));
  return judged.sheet;
}

function starting(app: App, context: ApiContext): void {
  app.post(
    '/v1/accounts/:id/instalment-plans',
    keyed('instalments:write', 'accounts', {
      summary: 'Repay a bill, or purchases that are not billed yet, in instalments',
      description: 'Only with the cost sheet of exactly this plan confirmed, on the same business date.',
      headers: writeHeaders,
      params: idParams,
      body: instalmentStartBody,
      response: RESPONSE,
    }),
    async (request, reply) => {
      const account = await accountWithPlans(context, request, request.params.id);
      const { startedOn, ...asked } = request.body;
      refuseFuture(context, 'startedOn', startedOn);
      refuseFuture(context, 'costSheet.confirmedAt', dateOfInstant(asked.costSheet?.confirmedAt, context.zone));
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const start: InstalmentStart = { ...asked, startedOn: startedOn ?? dateAt(arrivedAtMs, context.zone) };
          const outcome = await workflowOf(context, request, account).update(startInstalments, start, keyOf(request));
          return answered(context, account, outcome);
        },
      });
    },
  );
}

function settling(app: App, context: ApiContext): void {
  app.post(
    '/v1/accounts/:id/instalment-plans/:planId/settlement',
    keyed('instalments:write', 'accounts', {
      summary: 'Settle an instalment plan early: all that is left of it comes with the next bill',
      headers: writeHeaders,
      params: planParams,
      body: instalmentSettlementBody,
      response: RESPONSE,
    }),
    async (request, reply) => {
      const account = await accountWithPlans(context, request, request.params.id);
      const { planId } = request.params;
      const { settlementId, settledOn } = request.body;
      refuseFuture(context, 'settledOn', settledOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const on = settledOn ?? dateAt(arrivedAtMs, context.zone);
          const settlement: InstalmentSettlement = { settlementId, planId, settledOn: on };
          const workflow = workflowOf(context, request, account);
          const outcome = await workflow.update(settleInstalments, settlement, keyOf(request));
          return answered(context, account, outcome);
        },
      });
    },
  );
}

async function accountWithPlans({ pool }: ApiContext, request: FastifyRequest, accountId: string): Promise<AccountRow> {
  const account = await knownAccount(pool, { tenantId: callerOf(request).tenantId, accountId });
  onlyOf('revolving', account, 'instalment plans');
  return account;
}

function answered(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<InstalmentResult>,
): Promise<WriteAnswer> {
  return answerOf(context, account, outcome, {
    what: 'plan',
    answered: (result) =>
      result.status === 'refused'
        ? { status: 422, body: refusalOf(result.reasonCodes, result.figures) }
        : { status: 200, body: { ...result, accountId: account.accountId } },
    closed: () => ({ status: 422, body: refusalOf(['ACCOUNT_CLOSED']) }),
  });
}

const FIELD_OF: Partial<Record<string, string>> = {
  TERM_NOT_OFFERED: 'months',
  BELOW_INSTALMENT_MINIMUM: 'principalFen',
  ABOVE_SPLITTABLE_AMOUNT: 'principalFen',
  UNKNOWN_BILL: 'statementNumber',
  BILL_DUE_DATE_PASSED: 'statementNumber',
  UNKNOWN_PLAN: 'planId',
  PLAN_ENDED: 'planId',
  COST_SHEET_NOT_CONFIRMED: 'costSheet',
  COST_SHEET_DIFFERS: 'costSheet.hash',
};

function refusalOf(reasonCodes: string[], figures?: object): Problem {
  return refusalAt(FIELD_OF, `The plan is refused: ${reasonCodes.join(', ')}.`, reasonCodes, figures);
}
