/** Accounts: goods bought, received and given back, and the word of people on writing off. */
import {
  authorisePurchase,
  decideWriteOff,
  type Purchase,
  type PurchaseConfirmation,
  type PurchaseResult,
  purchaseConfirmed,
  type Refund,
  refundReceived,
  type WriteOffProgress,
} from '../../contracts';
import type { UpdateOutcome } from '../../contracts/gateway';
import type { AccountRow } from '../../db/credit/accounts';
import type { IsoDate } from '../../domain/values/calendar';
import { type ApiContext, refuseFuture } from '../context';
import { principalOf } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { conflict, unavailable } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { idParams, problems, purchaseParams } from '../schemas';
import { purchaseAnswer, received, writeOffAnswer } from '../views';
import { confirmationBody, purchaseBody, refundBody, writeOffDecisionBody } from './accountBodies';
import {
  AT_ID,
  answerOf,
  bookedAtOpening,
  countsLater,
  dateOr,
  knownAccount,
  onlyOf,
  REFUSALS,
  takenIn,
  workflowOf,
} from './accountWorkflow';

export const accountRoutes: Routes = (app, context) => {
  purchases(app, context);
  confirmations(app, context);
  refunds(app, context);
  writeOffDecisions(app, context);
};

function purchases(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'purchases:write',
    'accounts',
    'Authorise a purchase on a revolving account',
    'Answers with the decision: approved, or declined with reason codes. A declined purchase is an answer, not a fault. ' +
      'With `posting: "at-confirmation"` it holds its part of the limit until the borrower has received the goods.',
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
      onlyOf('revolving', account, 'purchases');
      const { purchasedOn, ...asked } = request.body;
      refuseFuture(context, 'purchasedOn', purchasedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const purchase: Purchase = { ...asked, ...dateOr(context, 'purchasedOn', purchasedOn, arrivedAtMs) };
          const workflow = workflowOf(context, request, account);
          const outcome = await workflow.update(authorisePurchase, purchase, keyOf(request));
          return purchaseAnswered(context, account, outcome, purchasedOn);
        },
      });
    },
  );
}

function purchaseAnswered(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<PurchaseResult>,
  date: IsoDate | undefined,
): Promise<WriteAnswer> {
  return answerOf(context, account, outcome, {
    what: 'purchase',
    answered: (result) => {
      const moved = result.status === 'approved' ? bookedAtOpening(account, date) : {};
      return { status: 200, body: { reasonCodes: [], ...result, ...moved } };
    },
    closed: () => ({
      status: 200,
      body: { status: 'declined', reasonCodes: ['ACCOUNT_CLOSED'], availableFen: 0 },
    }),
  });
}

function confirmations(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'purchases:write',
    'accounts',
    'Tell that the goods of a held purchase were received',
    'What was not refunded of the purchase is posted. One that waits for no confirmation is kept as refused.',
  );
  app.post(
    '/v1/accounts/:id/purchases/:purchaseId/confirmation',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: purchaseParams,
        body: confirmationBody,
        response: { 202: received, ...problems(...REFUSALS) },
      },
    },
    async (request, reply) => {
      const { id, purchaseId } = request.params;
      const account = await knownAccount(context, callerOf(request).tenantId, id);
      onlyOf('revolving', account, 'purchases');
      const { confirmationId, confirmedOn } = request.body;
      refuseFuture(context, 'confirmedOn', confirmedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const confirmation: PurchaseConfirmation = {
            confirmationId,
            purchaseId,
            ...dateOr(context, 'confirmedOn', confirmedOn, arrivedAtMs),
          };
          // Of a closed account too: the merchant is paid, and a debt arises.
          await workflowOf(context, request, account).signal(purchaseConfirmed, confirmation);
          return takenIn(account, confirmationId, countsLater(account, confirmedOn));
        },
      });
    },
  );
}

function refunds(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'purchases:write',
    'accounts',
    'Tell of goods given back',
    'Counts from its date however late it is told. Name the purchase where it still waits for its confirmation. ' +
      'One of an unknown purchase, above the purchase that it names, or above all that was bought is kept as refused, and ' +
      'the timeline says so.',
  );
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
      onlyOf('revolving', account, 'refunds');
      const { refundedOn, ...asked } = request.body;
      refuseFuture(context, 'refundedOn', refundedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const refund: Refund = { ...asked, ...dateOr(context, 'refundedOn', refundedOn, arrivedAtMs) };
          // Of a closed account too: the merchant's money is with us.
          await workflowOf(context, request, account).signal(refundReceived, refund);
          const movedBy = asked.purchaseId === undefined ? bookedAtOpening : countsLater;
          return takenIn(account, asked.refundId, movedBy(account, refundedOn));
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
      const word = { ...request.body, decidedBy: request.body.decidedBy ?? principalOf(request) };
      return answerOnce(context, request, reply, {
        perform: async () => {
          const outcome = await workflowOf(context, request, account).update(decideWriteOff, word, keyOf(request));
          if (outcome.status === 'rejected')
            throw conflict('not-in-review', `It is not valid: ${outcome.detail}.`, AT_ID);
          if (outcome.status === 'answered') return { status: 200, body: writeOffProgress(outcome.answer) };
          // By the books: one that waits for these voices has a workflow, which is away for now.
          const { stage } = await knownAccount(context, account.tenantId, account.accountId);
          if (stage === 'write-off-review') throw unavailable('The workflow of the account');
          throw notInReview();
        },
      });
    },
  );
}

function notInReview() {
  return conflict('not-in-review', 'The account is not in write-off review, so there is nothing to decide.', AT_ID);
}

function writeOffProgress(progress: WriteOffProgress): WriteOffProgress {
  if (progress.status === 'not-in-review') throw notInReview();
  if (progress.status === 'unverified')
    throw conflict('unverified', 'The word was not signed: send it with an API key.');
  if (progress.status === 'same-person') {
    const detail = 'The principal of this key decided already: writing off needs a second, different one.';
    throw conflict('same-person', detail, { field: 'authorization' });
  }
  return progress;
}
