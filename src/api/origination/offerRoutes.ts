/** Offers: what an application came to, and taking it up. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Acceptance, AcceptanceResult, RefusalFigures } from '../../contracts';
import type { UpdateOutcome } from '../../contracts/gateway';
import { applicationClient } from '../../contracts/origination/applicationClient';
import { findAcceptance } from '../../db/credit/accounts';
import type { ApplicationRow } from '../../db/origination/applications';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import { dateAt } from '../../domain/values/clock';
import { type ApiContext, dateOfInstant, refuseFuture } from '../context';
import { actingFor } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { invalidInput, notFound, type Problem, ProblemError, refusalAt, unprocessable } from '../http/problems';
import { keyed, type Routes } from '../http/route';
import { parseBody } from '../http/validation';
import { acceptanceBody, cashLoanAcceptance, idParams, problems, revolvingAcceptance } from '../schemas';
import { accountOpened, offerView } from '../views';
import { applicationOnRecord } from './applicationRoutes';

export const offerRoutes: Routes = (app, context) => {
  app.get(
    '/v1/offers/:id',
    keyed('applications:read', 'offers', {
      summary: 'Read the offer of an application',
      params: idParams,
      response: { 200: offerView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      if (!row.offer) {
        throw notFound(`The application has no offer: it is ${row.stage}.`, { field: 'id' });
      }
      return { ...row.offer, remainingFen: row.offer.limitFen - row.drawnFen };
    },
  );

  const response = { 201: accountOpened, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) };
  app.post(
    '/v1/offers/:id/acceptance',
    keyed('offers:accept', 'offers', {
      summary: 'Accept the offer: opens the account, or draws the first cash loan',
      headers: writeHeaders,
      params: idParams,
      body: acceptanceBody,
      response,
    }),
    async (request, reply) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      return takeUp(context, request, reply, row);
    },
  );

  app.post(
    '/v1/offers/:id/draws',
    keyed('offers:accept', 'offers', {
      summary: 'Draw a further cash loan within what remains of the offer',
      headers: writeHeaders,
      params: idParams,
      body: acceptanceBody,
      response,
    }),
    async (request, reply) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      if (!PRODUCT_TABLE[row.product].isDisbursed) {
        throw unprocessable('wrong-product', 'A revolving account is used by purchases: only cash loans are drawn.');
      }
      return takeUp(context, request, reply, row);
    },
  );
};

async function takeUp(context: ApiContext, request: FastifyRequest, reply: FastifyReply, row: ApplicationRow) {
  const terms = termsOf(row, request.body);
  // Not asked of the workflow: its "no" would be kept under this key, and the offer may come a moment later.
  if (!row.offer) throw new ProblemError(refusalOf(['NO_OPEN_OFFER']));
  refuseFuture(context, 'acceptedOn', terms.acceptedOn);
  refuseFuture(context, 'costSheet.confirmedAt', dateOfInstant(terms.costSheet?.confirmedAt, context.zone));
  const { tenantId, applicationId } = row;
  return answerOnce(context, request, reply, {
    perform: async (arrivedAtMs) => {
      const key = keyOf(request);
      const acceptedOn = terms.acceptedOn ?? dateAt(arrivedAtMs, context.zone);
      const acceptance: Acceptance = { ...terms, key, acceptedOn };
      const workflow = applicationClient(actingFor(context, request), row);
      const outcome = await workflow.acceptOffer(acceptance);
      if (outcome.status !== 'not-running') return answerOf(outcome);
      // The workflow ends with its offer and is forgotten in time. What an earlier attempt under this key opened before
      // its answer was lost is in the books, and is not told as a refusal.
      const before = await findAcceptance(context.pool, { tenantId, applicationId, acceptanceKey: key });
      return before ? opened(before.accountId) : answerOf(outcome);
    },
  });
}

/** The body in the shape of the offer's product, with the faults of that shape. */
function termsOf({ product }: ApplicationRow, body: unknown) {
  switch (product) {
    case 'cash-loan':
      return { product, ...parseBody(cashLoanAcceptance, body) };
    case 'revolving':
      return { product, ...parseBody(revolvingAcceptance, body) };
  }
}

function answerOf(outcome: UpdateOutcome<AcceptanceResult>): WriteAnswer {
  switch (outcome.status) {
    case 'answered': {
      const { answer } = outcome;
      return answer.status === 'opened' ? opened(answer.accountId) : refused(answer);
    }
    case 'rejected':
      throw invalidInput(`The acceptance is not valid: ${outcome.detail}.`);
    case 'not-running':
      // An application's workflow ends with its offer.
      return refused({ reasonCodes: ['OFFER_CLOSED'] });
  }
}

function opened(accountId: string): WriteAnswer {
  return { status: 201, body: { accountId, links: { self: `/v1/accounts/${accountId}` } } };
}

type Refused = Omit<Extract<AcceptanceResult, { status: 'refused' }>, 'status'>;

function refused({ reasonCodes, figures, restriction }: Refused): WriteAnswer {
  return { status: 422, body: { ...refusalOf(reasonCodes, figures), ...(restriction ? { restriction } : {}) } };
}

/** What to change; the other reasons lie with the borrower, and no field would mend them. */
const FIELD_OF: Partial<Record<string, string>> = {
  NO_OPEN_OFFER: 'id',
  OFFER_CLOSED: 'id',
  OFFER_EXPIRED: 'id',
  ABOVE_OFFERED_LIMIT: 'principalFen',
  AMOUNT_OUT_OF_RANGE: 'principalFen',
  TERM_NOT_OFFERED: 'months',
  INTEREST_FIRST_TERM_TOO_LONG: 'months',
  METHOD_NOT_OFFERED: 'method',
  DUE_DAY_NOT_OFFERED: 'dueDay',
  COST_SHEET_NOT_CONFIRMED: 'costSheet',
  COST_SHEET_DIFFERS: 'costSheet.hash',
};

export function refusalOf(reasonCodes: string[], figures?: RefusalFigures): Problem {
  const detail = `The offer cannot be taken up like this: ${reasonCodes.join(', ')}.`;
  return refusalAt(FIELD_OF, detail, reasonCodes, figures);
}
