/**
 * What is asked of an account that answers by accepting or refusing: its credit is paid back, its rate corrected, its
 * debt restructured, its mandate given. A row for each; `change` makes a route of it.
 */
import type { UpdateDefinition } from '@temporalio/common';
import type { z } from 'zod';
import {
  approvePurchase,
  approveRestructuring,
  type ChangeResult,
  restructureLoan,
  returnCredit,
  setDebitMandate,
} from '../../contracts';
import { correctRate, rateCorrection } from '../../contracts/credit/rateCorrection';
import { debitMandateChange, mandateId } from '../../contracts/debits/debitMandate';
import { date } from '../../contracts/fields';
import type { UpdateOutcome } from '../../contracts/gateway';
import { described, optional } from '../../contracts/schema';
import type { AccountRow } from '../../db/credit/accounts';
import { type ApiContext, refuseFuture } from '../context';
import type { WriteAnswer } from '../http/idempotency';
import { bodyOf, fieldsOf, zodOf } from '../http/messageSchemas';
import { refusal } from '../http/problems';
import type { App, Routes } from '../http/route';
import { idParams, problems, restructuringParams } from '../schemas';
import { changeAnswer } from '../views';
import { approvalBody, creditReturnBody, purchaseApprovalBody, restructuringBody, saidBy } from './accountBodies';
import { type AccountMessage, messageRoute } from './accountMessageRoute';
import { answerOf, bookedAtOpening, onlyOf, REFUSALS } from './accountWorkflow';

export const accountChangeRoutes: Routes = (app, context) => {
  decisions(app, context);
  restructurings(app, context);
  mandates(app, context);
};

interface ChangeRoute<Params extends z.ZodType, Body extends z.ZodType, Message, Dated extends keyof Message & string>
  extends AccountMessage<Params, Body, Message, Dated> {
  update: UpdateDefinition<ChangeResult, [Message]>;
  /** A closed account lives again for it, and the answer tells where it counts from. */
  evenClosed?: true;
}

function change<
  Params extends z.ZodType,
  Body extends z.ZodType,
  Message,
  Dated extends keyof Message & string = never,
>(app: App, context: ApiContext, { update, evenClosed, ...row }: ChangeRoute<Params, Body, Message, Dated>): void {
  messageRoute<Params, Body, Message, Dated>(app, context, {
    ...row,
    response: { 200: changeAnswer, ...problems(...REFUSALS) },
    send: async (message, { account, workflow, key, on }) => {
      const ask = evenClosed ? workflow.updateEvenClosed : workflow.update;
      const outcome = await ask(update, message, key);
      return changeAnswered(context, account, outcome, evenClosed ? bookedAtOpening(account, on) : {});
    },
  });
}

const RATE_FIELDS = ['correctionId', 'from', 'dailyRate', 'revolvingDailyRate', 'overdueDailyRate'] as const;
export const rateCorrectionBody = bodyOf(rateCorrection, {
  ...fieldsOf(rateCorrection, ...RATE_FIELDS),
  decidedBy: saidBy,
});

function decisions(app: App, context: ApiContext): void {
  change(app, context, {
    path: '/v1/accounts/:id/credit-returns',
    scope: 'credits:return',
    summary: "Tell that the borrower's credit was paid back",
    description: 'Of closed accounts too. Refused when there is not so much credit; ask before the money leaves.',
    params: idParams,
    body: creditReturnBody,
    update: returnCredit,
    messageOf: ({ body }) => body,
    dated: 'returnedOn',
    evenClosed: true,
  });
  change(app, context, {
    path: '/v1/accounts/:id/purchase-approvals',
    scope: 'accounts:change',
    summary: 'Approve a purchase that is far above the limit',
    description:
      'For one that was declined with `PURCHASE_NEEDS_PERSON`, before it is asked for again. Who decided is on record.',
    params: idParams,
    body: purchaseApprovalBody,
    only: ['revolving', 'purchases'],
    update: approvePurchase,
    messageOf: ({ body, principal }) => ({ ...body, decidedBy: body.decidedBy ?? principal }),
  });
  change(app, context, {
    path: '/v1/accounts/:id/rate-corrections',
    scope: 'accounts:change',
    summary: 'Correct the rate of an account',
    description:
      'The day after `from` is the first at the new rate, which is at most what the policy of the account allows. Who ' +
      'decided is on record.',
    params: idParams,
    body: rateCorrectionBody,
    refuse: (account, { from, dailyRate, revolvingDailyRate, overdueDailyRate }) => {
      if (dailyRate !== undefined) onlyOf('cash-loan', account, 'a dailyRate');
      const ofRevolving = revolvingDailyRate ?? overdueDailyRate;
      if (ofRevolving !== undefined) onlyOf('revolving', account, 'a revolvingDailyRate and an overdueDailyRate');
      refuseFuture(context, 'from', from);
    },
    update: correctRate,
    messageOf: ({ body, principal }) => ({ ...body, decidedBy: body.decidedBy ?? principal }),
  });
}

function restructurings(app: App, context: ApiContext): void {
  change(app, context, {
    path: '/v1/accounts/:id/restructurings',
    scope: 'accounts:change',
    summary: 'Propose to restructure a cash loan',
    description:
      'What is left of the principal is repaid by a new schedule from `agreedOn` on, as agreed with the borrower. It is ' +
      'made when another principal approves it, until the end of the next business day.',
    params: idParams,
    body: restructuringBody,
    only: ['cash-loan', 'a schedule to restructure'],
    update: restructureLoan,
    messageOf: ({ body }) => body,
    dated: 'agreedOn',
  });
  change(app, context, {
    path: '/v1/accounts/:id/restructurings/:restructuringId/approval',
    scope: 'accounts:change',
    summary: 'Approve a restructuring that another principal has proposed',
    description: 'It is judged again, and made. Both principals are on record.',
    params: restructuringParams,
    body: approvalBody,
    only: ['cash-loan', 'a schedule to restructure'],
    update: approveRestructuring,
    messageOf: ({ params: { restructuringId } }) => ({ restructuringId }),
  });
}

const agreedOn = zodOf(
  optional(described(date, 'When the borrower agreed. Default: the business date of the first arrival.')),
);
const { changeId } = fieldsOf(debitMandateChange, 'changeId');
export const mandateBody = bodyOf(debitMandateChange, { changeId, mandateId: zodOf(mandateId), agreedOn });
const mandateEndBody = bodyOf(debitMandateChange, { changeId, agreedOn });

/** docs/auto-debit.md. */
function mandates(app: App, context: ApiContext): void {
  change(app, context, {
    path: '/v1/accounts/:id/mandate',
    scope: 'mandates:write',
    summary: 'Give an account the mandate for automatic debit',
    description:
      'From the next due date on, what is due is debited under it; it takes the place of one that the account has. When ' +
      'the borrower agreed is on record.',
    params: idParams,
    body: mandateBody,
    update: setDebitMandate,
    messageOf: ({ body }) => body,
    dated: 'agreedOn',
  });
  change(app, context, {
    path: '/v1/accounts/:id/mandate/end',
    scope: 'mandates:write',
    summary: 'End the mandate of an account',
    description:
      'Planned debits are taken back. One that the rail was asked for already is not: its outcome is followed up.',
    params: idParams,
    body: mandateEndBody,
    update: setDebitMandate,
    messageOf: ({ body }) => ({ ...body, mandateId: null }),
    dated: 'agreedOn',
  });
}

/** A refusal is an answer that is kept under the request's key; a change asked for anew needs a new one. */
function changeAnswered(
  context: ApiContext,
  account: AccountRow,
  outcome: UpdateOutcome<ChangeResult>,
  more: object = {},
): Promise<WriteAnswer> {
  return answerOf(context, account, outcome, {
    what: 'change',
    answered: (result) =>
      result.status === 'refused'
        ? refused(result.reasonCodes)
        : { status: 200, body: { ...result, accountId: account.accountId, ...more } },
    closed: () => refused(['ACCOUNT_CLOSED']),
  });
}

function refused(reasonCodes: string[]): WriteAnswer {
  const detail = `The account cannot be changed like this: ${reasonCodes.join(', ')}.`;
  return { status: 422, body: refusal(detail, reasonCodes) };
}
