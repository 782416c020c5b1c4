/** What people decide about an account: its credit is paid back, its rate corrected, its debt restructured. */

import type { UpdateDefinition } from '@temporalio/common';
import type { FastifyRequest } from 'fastify';
import {
  approvePurchase,
  approveRestructuring,
  type ChangeResult,
  type CreditReturn,
  correctRate,
  type PurchaseApproval,
  type RateCorrection,
  type Restructuring,
  restructureLoan,
  returnCredit,
} from '../../contracts';
import type { AccountRow } from '../../db/statements/accounts';
import {
  approvalBody,
  creditReturnBody,
  purchaseApprovalBody,
  rateCorrectionBody,
  restructuringBody,
} from '../accountBodies';
import { actingFor, principalOf } from '../acting';
import { callerOf } from '../authentication';
import { type ApiContext, refuseFuture } from '../context';
import { type Answer, answerOnce, keyOf, writeHeaders } from '../idempotency';
import { refusal } from '../problems';
import { idParams, problems, restructuringParams } from '../schemas';
import type { UpdateOutcome } from '../temporalGateway';
import { changeAnswer } from '../views';
import {
  answerOf,
  bookedAtOpening,
  dateOr,
  knownAccount,
  onlyOf,
  REFUSALS,
  startOf,
  workflowIdOf,
} from './accountWorkflow';
import { type App, keyed, type Routes } from './route';

export const accountChangeRoutes: Routes = (app, context) => {
  creditReturns(app, context);
  purchaseApprovals(app, context);
  rateCorrections(app, context);
  restructurings(app, context);
  approvals(app, context);
};

const RESPONSE = { 200: changeAnswer, ...problems(...REFUSALS) };

function creditReturns(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'credits:return',
    'accounts',
    "Tell that the borrower's credit was paid back",
    'Of closed accounts too. Refused when there is not so much credit; ask before the money leaves.',
  );
  app.post(
    '/v1/accounts/:id/credit-returns',
    {
      config,
      schema: { ...about, headers: writeHeaders, params: idParams, body: creditReturnBody, response: RESPONSE },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      const { returnedOn, ...asked } = request.body;
      refuseFuture(context, 'returnedOn', returnedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const creditReturn: CreditReturn = { ...asked, ...dateOr(context, 'returnedOn', returnedOn, arrivedAtMs) };
          const start = startOf(context, account);
          const outcome = await actingFor(context, request).updateAccount(
            start,
            returnCredit,
            creditReturn,
            keyOf(request),
          );
          return changeAnswered(context, account, outcome, bookedAtOpening(account, returnedOn));
        },
      });
    },
  );
}

function purchaseApprovals(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'accounts:change',
    'accounts',
    'Approve a purchase that is far above the limit',
    'For one that was declined with `PURCHASE_NEEDS_PERSON`, before it is asked for again. Who decided is on record.',
  );
  app.post(
    '/v1/accounts/:id/purchase-approvals',
    {
      config,
      schema: { ...about, headers: writeHeaders, params: idParams, body: purchaseApprovalBody, response: RESPONSE },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      onlyOf('revolving', account, 'purchases');
      const { decidedBy = principalOf(request), ...asked } = request.body;
      const approval: PurchaseApproval = { ...asked, decidedBy };
      return answerOnce(context, request, reply, {
        perform: async () => {
          return change(context, request, account, { update: approvePurchase, message: approval });
        },
      });
    },
  );
}

function rateCorrections(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'accounts:change',
    'accounts',
    'Correct the rate of an account',
    'The day after `from` is the first at the new rate, which is at most what the policy of the account allows. Who ' +
      'decided is on record.',
  );
  app.post(
    '/v1/accounts/:id/rate-corrections',
    {
      config,
      schema: { ...about, headers: writeHeaders, params: idParams, body: rateCorrectionBody, response: RESPONSE },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      const correction: RateCorrection = { ...request.body, decidedBy: request.body.decidedBy ?? principalOf(request) };
      if (correction.dailyRate !== undefined) onlyOf('cash-loan', account, 'a dailyRate');
      const ofRevolving = correction.revolvingDailyRate ?? correction.overdueDailyRate;
      if (ofRevolving !== undefined) onlyOf('revolving', account, 'a revolvingDailyRate and an overdueDailyRate');
      refuseFuture(context, 'from', correction.from);
      return answerOnce(context, request, reply, {
        perform: async () => {
          return change(context, request, account, { update: correctRate, message: correction });
        },
      });
    },
  );
}

function restructurings(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'accounts:change',
    'accounts',
    'Propose to restructure a cash loan',
    'What is left of the principal is repaid by a new schedule from `agreedOn` on, as agreed with the borrower. It is ' +
      'made when another principal approves it, until the end of the next business day.',
  );
  app.post(
    '/v1/accounts/:id/restructurings',
    {
      config,
      schema: { ...about, headers: writeHeaders, params: idParams, body: restructuringBody, response: RESPONSE },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      onlyOf('cash-loan', account, 'a schedule to restructure');
      const { agreedOn, ...asked } = request.body;
      refuseFuture(context, 'agreedOn', agreedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const restructuring: Restructuring = { ...asked, ...dateOr(context, 'agreedOn', agreedOn, arrivedAtMs) };
          return change(context, request, account, { update: restructureLoan, message: restructuring });
        },
      });
    },
  );
}

function approvals(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'accounts:change',
    'accounts',
    'Approve a restructuring that another principal has proposed',
    'It is judged again, and made. Both principals are on record.',
  );
  app.post(
    '/v1/accounts/:id/restructurings/:restructuringId/approval',
    {
      config,
      schema: { ...about, headers: writeHeaders, params: restructuringParams, body: approvalBody, response: RESPONSE },
    },
    async (request, reply) => {
      const { id, restructuringId } = request.params;
      const account = await knownAccount(context, callerOf(request).tenantId, id);
      onlyOf('cash-loan', account, 'a schedule to restructure');
      return answerOnce(context, request, reply, {
        perform: async () => {
          const approval = { restructuringId };
          return change(context, request, account, { update: approveRestructuring, message: approval });
        },
      });
    },
  );
}

/** Asks the account's workflow as the caller of the request. */
async function change<Message>(
  context: ApiContext,
  request: FastifyRequest,
  account: AccountRow,
  { update, message }: { update: UpdateDefinition<ChangeResult, [Message]>; message: Message },
): Promise<Answer> {
  const acting = actingFor(context, request);
  return changeAnswered(context, account, await acting.update(workflowIdOf(account), update, message, keyOf(request)));
}

/** A refusal is an answer that is kept under the request's key; a change asked for anew needs a new one. */
export function changeAnswered(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<ChangeResult>,
  more: object = {},
): Promise<Answer> {
  return answerOf(context, account, outcome, {
    what: 'change',
    answered: (result) =>
      result.status === 'refused'
        ? refused(result.reasonCodes)
        : { status: 200, body: { ...result, accountId: account.accountId, ...more } },
    closed: () => refused(['ACCOUNT_CLOSED']),
  });
}

function refused(reasonCodes: string[]): Answer {
  const detail = `The account cannot be changed like this: ${reasonCodes.join(', ')}.`;
  return { status: 422, body: refusal(detail, reasonCodes) };
}
