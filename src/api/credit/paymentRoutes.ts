/** Money from the borrower, and money that was taken back: booked on closed accounts too. */
import { type Payment, type PaymentReversal, paymentReceived, paymentReversed } from '../../contracts';
import type { AccountRow } from '../../db/credit/accounts';
import { isPrepayment } from '../../domain/credit/facts';
import { type ApiContext, refuseFuture } from '../context';
import { callerOf } from '../http/authentication';
import { answerOnce, writeHeaders } from '../http/idempotency';
import { type App, keyed, type Routes } from '../http/route';
import { idParams, paymentParams, problems } from '../schemas';
import { received } from '../views';
import { paymentBody, reversalBody } from './accountBodies';
import {
  bookedAtOpening,
  countsLater,
  dateOr,
  knownAccount,
  onlyOf,
  REFUSALS,
  takenIn,
  workflowOf,
} from './accountWorkflow';

export const paymentRoutes: Routes = (app, context) => {
  payments(app, context);
  reversals(app, context);
};

function payments(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'payments:write',
    'accounts',
    'Tell of money from the borrower',
    'Money that arrived is booked in any stage: what is more than owed becomes credit, and after a write-off it is a recovery. ' +
      'One that designates an instalment which is not there or not due is booked as one that names none, and the timeline says so.',
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
      onlyLoansHaveInstalments(account, asked);
      refuseFuture(context, 'paidOn', paidOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const payment: Payment = { ...asked, ...dateOr(context, 'paidOn', paidOn, arrivedAtMs) };
          await workflowOf(context, request, account).signal(paymentReceived, payment);
          return takenIn(account, asked.paymentId, bookedAtOpening(account, paidOn));
        },
      });
    },
  );
}

function onlyLoansHaveInstalments(
  account: AccountRow,
  { intent, designatedInstalment }: Pick<Payment, 'intent' | 'designatedInstalment'>,
): void {
  if (designatedInstalment !== undefined) onlyOf('cash-loan', account, 'an instalment to designate');
  if (isPrepayment(intent)) {
    onlyOf('cash-loan', account, 'a schedule to prepay');
  }
}

function reversals(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'payments:write',
    'accounts',
    'Tell that a payment bounced',
    'From its date on the payment counts as never made, and a settled loan lives again. Of a payment that the account ' +
      'does not know it is kept as refused: tell of the payment first.',
  );
  app.post(
    '/v1/accounts/:id/payments/:paymentId/reversal',
    {
      config,
      schema: {
        ...about,
        headers: writeHeaders,
        params: paymentParams,
        body: reversalBody,
        response: { 202: received, ...problems(...REFUSALS) },
      },
    },
    async (request, reply) => {
      const { id, paymentId } = request.params;
      const account = await knownAccount(context, callerOf(request).tenantId, id);
      const { reversalId, reversedOn } = request.body;
      refuseFuture(context, 'reversedOn', reversedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const reversal: PaymentReversal = {
            reversalId,
            paymentId,
            ...dateOr(context, 'reversedOn', reversedOn, arrivedAtMs),
          };
          await workflowOf(context, request, account).signal(paymentReversed, reversal);
          return takenIn(account, reversalId, countsLater(account, reversedOn));
        },
      });
    },
  );
}
