/** Accounts: goods bought, received and given back, and the word of people on writing off. */
import {
  authorisePurchase,
  decideWriteOff,
  type Purchase,
  purchaseConfirmed,
  refundReceived,
  type WriteOffDecision,
  type WriteOffProgress,
} from '../../contracts';
import type { ApiContext } from '../context';
import { conflict, unavailable } from '../http/problems';
import type { App, Routes } from '../http/route';
import { idParams, problems, purchaseParams } from '../schemas';
import { purchaseAnswer, writeOffAnswer } from '../views';
import { confirmationBody, purchaseBody, refundBody, writeOffDecisionBody } from './accountBodies';
import { type Addressed, messageRoute, signalRoute } from './accountMessageRoute';
import { AT_ID, answerOf, bookedAtOpening, countsLater, knownAccount, REFUSALS } from './accountWorkflow';

export const accountRoutes: Routes = (app, context) => {
  purchases(app, context);
  confirmations(app, context);
  refunds(app, context);
  writeOffDecisions(app, context);
};

function purchases(app: App, context: ApiContext): void {
  messageRoute(app, context, {
    path: '/v1/accounts/:id/purchases',
    scope: 'purchases:write',
    summary: 'Authorise a purchase on a revolving account',
    description:
      'Answers with the decision: approved, or declined with reason codes. A declined purchase is an answer, not a fault. ' +
      'With `posting: "at-confirmation"` it holds its part of the limit until the borrower has received the goods.',
    params: idParams,
    body: purchaseBody,
    response: { 200: purchaseAnswer, ...problems(...REFUSALS) },
    only: ['revolving', 'purchases'],
    messageOf: ({ body }) => body,
    dated: 'purchasedOn',
    send: async (purchase: Purchase, { account, workflow, key, on }: Addressed) =>
      answerOf(context, account, await workflow.update(authorisePurchase, purchase, key), {
        what: 'purchase',
        answered: (result) => {
          const moved = result.status === 'approved' ? bookedAtOpening(account, on) : {};
          return { status: 200, body: { reasonCodes: [], ...result, ...moved } };
        },
        closed: () => ({
          status: 200,
          body: { status: 'declined', reasonCodes: ['ACCOUNT_CLOSED'], availableFen: 0 },
        }),
      }),
  });
}

function confirmations(app: App, context: ApiContext): void {
  signalRoute(app, context, {
    path: '/v1/accounts/:id/purchases/:purchaseId/confirmation',
    scope: 'purchases:write',
    summary: 'Tell that the goods of a held purchase were received',
    description:
      'What was not refunded of the purchase is posted. One that waits for no confirmation is kept as refused.',
    params: purchaseParams,
    body: confirmationBody,
    only: ['revolving', 'purchases'],
    // Of a closed account too: the merchant is paid, and a debt arises.
    signal: purchaseConfirmed,
    messageOf: ({ params: { purchaseId }, body }) => ({ ...body, purchaseId }),
    dated: 'confirmedOn',
    idOf: ({ confirmationId }) => confirmationId,
    moved: countsLater,
  });
}

function refunds(app: App, context: ApiContext): void {
  signalRoute(app, context, {
    path: '/v1/accounts/:id/refunds',
    scope: 'purchases:write',
    summary: 'Tell of goods given back',
    description:
      'Counts from its date however late it is told. Name the purchase where it still waits for its confirmation. ' +
      'One of an unknown purchase, above the purchase that it names, or above all that was bought is kept as refused, and ' +
      'the timeline says so.',
    params: idParams,
    body: refundBody,
    only: ['revolving', 'refunds'],
    // Of a closed account too: the merchant's money is with us.
    signal: refundReceived,
    messageOf: ({ body }) => body,
    dated: 'refundedOn',
    idOf: ({ refundId }) => refundId,
    moved: (account, on, { purchaseId }) => (purchaseId === undefined ? bookedAtOpening : countsLater)(account, on),
  });
}

function writeOffDecisions(app: App, context: ApiContext): void {
  messageRoute(app, context, {
    path: '/v1/accounts/:id/write-off-decisions',
    scope: 'write-offs:decide',
    summary: 'Decide, as one of two people, on writing off',
    params: idParams,
    body: writeOffDecisionBody,
    response: { 200: writeOffAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    messageOf: ({ body, principal }) => ({ ...body, decidedBy: body.decidedBy ?? principal }),
    send: async (word: WriteOffDecision, { account, workflow, key }: Addressed) => {
      const outcome = await workflow.update(decideWriteOff, word, key);
      if (outcome.status === 'rejected') throw conflict('not-in-review', `It is not valid: ${outcome.detail}.`, AT_ID);
      if (outcome.status === 'answered') return { status: 200, body: writeOffProgress(outcome.answer) };
      // By the books: one that waits for these voices has a workflow, which is away for now.
      const { stage } = await knownAccount(context.pool, account);
      if (stage === 'write-off-review') throw unavailable('The workflow of the account');
      throw notInReview();
    },
  });
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
