/** The mandate under which what is due on an account is debited: given by its borrower, and ended. */
import { type DebitMandateChange, setDebitMandate } from '../../contracts';
import { mandateBody, mandateEndBody } from '../accountBodies';
import { actingFor } from '../acting';
import { callerOf } from '../authentication';
import { type ApiContext, refuseFuture } from '../context';
import { answerOnce, keyOf, writeHeaders } from '../idempotency';
import { idParams, problems } from '../schemas';
import { changeAnswer } from '../views';
import { changeAnswered } from './accountChanges';
import { dateOr, knownAccount, REFUSALS, workflowIdOf } from './accountWorkflow';
import { type App, keyed, type Routes } from './route';

export const mandateRoutes: Routes = (app, context) => {
  giving(app, context);
  ending(app, context);
};

const RESPONSE = { 200: changeAnswer, ...problems(...REFUSALS) };

function giving(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'mandates:write',
    'accounts',
    'Give an account the mandate for automatic debit',
    'From the next due date on, what is due is debited under it; it takes the place of one that the account has. When ' +
      'the borrower agreed is on record.',
  );
  app.post(
    '/v1/accounts/:id/mandate',
    { config, schema: { ...about, headers: writeHeaders, params: idParams, body: mandateBody, response: RESPONSE } },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      const { agreedOn, ...asked } = request.body;
      refuseFuture(context, 'agreedOn', agreedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const change: DebitMandateChange = { ...asked, ...dateOr(context, 'agreedOn', agreedOn, arrivedAtMs) };
          const workflowId = workflowIdOf(account);
          const outcome = await actingFor(context, request).update(workflowId, setDebitMandate, change, keyOf(request));
          return changeAnswered(context, account, outcome);
        },
      });
    },
  );
}

function ending(app: App, context: ApiContext): void {
  const { config, about } = keyed(
    'mandates:write',
    'accounts',
    'End the mandate of an account',
    'Planned debits are taken back. One that the rail was asked for already is not: its outcome is followed up.',
  );
  app.post(
    '/v1/accounts/:id/mandate/end',
    { config, schema: { ...about, headers: writeHeaders, params: idParams, body: mandateEndBody, response: RESPONSE } },
    async (request, reply) => {
      const account = await knownAccount(context, callerOf(request).tenantId, request.params.id);
      const { agreedOn, changeId } = request.body;
      refuseFuture(context, 'agreedOn', agreedOn);
      return answerOnce(context, request, reply, {
        perform: async (arrivedAtMs) => {
          const change: DebitMandateChange = {
            ...{ changeId, mandateId: null },
            ...dateOr(context, 'agreedOn', agreedOn, arrivedAtMs),
          };
          const workflowId = workflowIdOf(account);
          const outcome = await actingFor(context, request).update(workflowId, setDebitMandate, change, keyOf(request));
          return changeAnswered(context, account, outcome);
        },
      });
    },
  );
}
