/** Accounts: purchases, refunds and payments for them, the word of people on writing off, and what they are now. */
import type { SignalDefinition } from '@temporalio/common';
import {
  authorisePurchase,
  decideWriteOff,
  type Payment,
  type Purchase,
  type PurchaseResult,
  paymentReceived,
  type Refund,
  refundReceived,
  type WriteOffProgress,
  workflowIds,
} from '../../contracts';
import { type AccountRow, readAccount } from '../../db/statements/accounts';
import { dateAt } from '../../domain/clock';
import { callerOf } from '../authentication';
import { type ApiContext, refuseFuture } from '../context';
import { type Answer, answerOnce, keyOf, writeHeaders } from '../idempotency';
import { conflict, notFound, ProblemError, refusal, unavailable, unprocessable } from '../problems';
import { idParams, paymentBody, problems, purchaseBody, refundBody, writeOffDecisionBody } from '../schemas';
import type { UpdateOutcome } from '../temporalGateway';
import { purchaseAnswer, received, writeOffAnswer } from '../views';
import { type App, keyed, type Routes } from './route';

export const accountRoutes: Routes = (app, context) => {
  purchases(app, context);
  refunds(app, context);
  payments(app, context);
  writeOffDecisions(app, context);
};

/** What is wrong is what the path names. */
const AT_ID = { field: 'id' };
const REFUSALS = [400, 401, 403, 404, 409, 413, 415, 422, 503];

function purchases(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'purchases:write',
    'accounts',
    'Authorise a purchase on a revolving account',
    'Answers with the decision: approved, or declined with reason codes. A declined purchase is an answer, not a fault.',
  );
  app.post(
    '/v1/accounts/:id/purchases',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: idParams,
        body: purchaseBody,
        response: { 200: purchaseAnswer, ...problems(...REFUSALS) },
      },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      onlyRevolving(account, 'purchases');
      const { purchasedOn, ...asked } = request.body;
      refuseFuture(context, 'purchasedOn', purchasedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const purchase: Purchase = { ...asked, purchasedOn: purchasedOn ?? dateAt(arrivedAtMs, context.zone) };
          const workflowId = workflowIdOf(account);
          const outcome = await context.gateway.update(workflowId, authorisePurchase, purchase, keyOf(request));
          return purchaseAnswered(context, account, outcome);
        },
      });
    },
  );
}

async function purchaseAnswered(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<PurchaseResult>,
): Promise<Answer> {
  switch (outcome.status) {
    case 'answered': {
      const { answer } = outcome;
      return { status: 200, body: { reasonCodes: [], ...answer } };
    }
    case 'rejected':
      throw new ProblemError(refusal(`The purchase is not valid: ${outcome.detail}.`, ['INVALID_INPUT']));
    case 'not-running':
      await onlyIfClosed(context, account);
      return { status: 200, body: { status: 'declined', reasonCodes: ['ACCOUNT_CLOSED'], availableFen: 0 } };
  }
}

function refunds(app: App, context: ApiContext): void {
  const { config, about } = keyed('purchases:write', 'accounts', 'Tell of goods given back');
  app.post(
    '/v1/accounts/:id/refunds',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: idParams,
        body: refundBody,
        response: { 202: received, ...problems(...REFUSALS) },
      },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      onlyRevolving(account, 'refunds');
      const { refundedOn, ...asked } = request.body;
      refuseFuture(context, 'refundedOn', refundedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const refund: Refund = { ...asked, refundedOn: refundedOn ?? dateAt(arrivedAtMs, context.zone) };
          await tell(context, account, refundReceived, refund);
          return takenIn(account, asked.refundId);
        },
      });
    },
  );
}

function payments(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'payments:write',
    'accounts',
    'Tell of money from the borrower',
    'Money that arrived is booked in any stage of an open account; what is more than owed becomes credit.',
  );
  app.post(
    '/v1/accounts/:id/payments',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: idParams,
        body: paymentBody,
        response: { 202: received, ...problems(...REFUSALS) },
      },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      const { paidOn, ...asked } = request.body;
      refuseFuture(context, 'paidOn', paidOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const payment: Payment = { ...asked, paidOn: paidOn ?? dateAt(arrivedAtMs, context.zone) };
          await tell(context, account, paymentReceived, payment);
          return takenIn(account, asked.paymentId);
        },
      });
    },
  );
}

function writeOffDecisions(app: App, context: ApiContext): void {
  const { config, about } = keyed('write-offs:decide', 'accounts', 'Decide, as one of two people, on writing off');
  app.post(
    '/v1/accounts/:id/write-off-decisions',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: idParams,
        body: writeOffDecisionBody,
        response: { 200: writeOffAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      return answerOnce(context, request, reply, {
        perform: async () => {
          const workflowId = workflowIdOf(account);
          const outcome = await context.gateway.update(workflowId, decideWriteOff, request.body, keyOf(request));
          if (outcome.status === 'rejected')
            throw conflict('not-in-review', `It is not valid: ${outcome.detail}.`, AT_ID);
          return { status: 200, body: writeOffProgress(outcome.status === 'answered' ? outcome.answer : undefined) };
        },
      });
    },
  );
}

function writeOffProgress(progress: WriteOffProgress | undefined): WriteOffProgress {
  if (!progress || progress.status === 'not-in-review') {
    throw conflict('not-in-review', 'The account is not in write-off review, so there is nothing to decide.', AT_ID);
  }
  if (progress.status === 'same-person') {
    const detail = 'This person decided already: writing off needs a second, different person.';
    throw conflict('same-person', detail, { field: 'decidedBy' });
  }
  return progress;
}

export async function knownAccount(context: ApiContext, tenantId: string, accountId: string): Promise<AccountRow> {
  const row = await readAccount(context.pool, { tenantId, accountId });
  if (!row) throw notFound(`There is no account ${accountId}.`, AT_ID);
  return row;
}

function workflowIdOf({ tenantId, accountId, product }: AccountRow): string {
  return product === 'cash-loan'
    ? workflowIds.cashLoan(tenantId, accountId)
    : workflowIds.revolvingAccount(tenantId, accountId);
}

function onlyRevolving({ accountId, product }: AccountRow, what: string): void {
  if (product === 'revolving') return;
  throw unprocessable(
    'wrong-product',
    `The account ${accountId} is a cash loan: only revolving accounts have ${what}.`,
  );
}

/** Signals the account; a signal that nobody takes is refused, because the money would be in no book. */
async function tell<Message>(
  context: ApiContext,
  account: AccountRow,
  definition: SignalDefinition<[Message]>,
  message: Message,
): Promise<void> {
  const outcome = await context.gateway.signal(workflowIdOf(account), definition, [message]);
  if (outcome === 'taken') return;
  const stage = await onlyIfClosed(context, account);
  const detail = `The account ${account.accountId} is ${stage}: nothing is booked on it any more.`;
  throw conflict('account-closed', detail, AT_ID);
}

/** An account without a workflow is closed, or its workflow is just being started: then it is tried again later. */
async function onlyIfClosed(context: ApiContext, { tenantId, accountId }: AccountRow): Promise<string> {
  const { stage } = await knownAccount(context, tenantId, accountId);
  if (stage === 'settled' || stage === 'written-off') return stage;
  throw unavailable(`The workflow of account ${accountId}`);
}

function takenIn({ accountId }: AccountRow, id: string): Answer {
  return { status: 202, body: { status: 'received', accountId, id } };
}
