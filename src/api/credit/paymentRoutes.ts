/** Money from the borrower, and money that was taken back: booked on closed accounts too. */
import { type Payment, paymentReceived, paymentReversed } from '../../contracts';
import type { AccountRow } from '../../db/credit/accounts';
import { isPrepayment } from '../../domain/credit/facts';
import type { Routes } from '../http/route';
import { idParams, paymentParams } from '../schemas';
import { paymentBody, reversalBody } from './accountBodies';
import { signalRoute } from './accountMessageRoute';
import { bookedAtOpening, countsLater, onlyOf } from './accountWorkflow';

export const paymentRoutes: Routes = (app, context) => {
  signalRoute(app, context, {
    path: '/v1/accounts/:id/payments',
    scope: 'payments:write',
    summary: 'Tell of money from the borrower',
    description:
      'Money that arrived is booked in any stage: what is more than owed becomes credit, and after a write-off it is a recovery. ' +
      'One that designates an instalment which is not there or not due is booked as one that names none, and the timeline says so.',
    params: idParams,
    body: paymentBody,
    refuse: onlyLoansHaveInstalments,
    signal: paymentReceived,
    messageOf: ({ body }) => body,
    dated: 'paidOn',
    idOf: ({ paymentId }) => paymentId,
    moved: bookedAtOpening,
  });
  signalRoute(app, context, {
    path: '/v1/accounts/:id/payments/:paymentId/reversal',
    scope: 'payments:write',
    summary: 'Tell that a payment bounced',
    description:
      'From its date on the payment counts as never made, and a settled loan lives again. Of a payment that the account ' +
      'does not know it is kept as refused: tell of the payment first.',
    params: paymentParams,
    body: reversalBody,
    signal: paymentReversed,
    messageOf: ({ params: { paymentId }, body }) => ({ ...body, paymentId }),
    dated: 'reversedOn',
    idOf: ({ reversalId }) => reversalId,
    moved: countsLater,
  });
};

function onlyLoansHaveInstalments(
  account: AccountRow,
  { intent, designatedInstalment }: Pick<Payment, 'intent' | 'designatedInstalment'>,
): void {
  if (designatedInstalment !== undefined) onlyOf('cash-loan', account, 'an instalment to designate');
  if (isPrepayment(intent)) onlyOf('cash-loan', account, 'a schedule to prepay');
}
