/** Cost sheets: shown before a credit is taken up, and kept as they were confirmed (docs/cost-disclosure.md). */

import { isRestDay } from '../../adapters/calendars/restDays';
import { textHash } from '../../db/contentHash';
import { readBorrowerExposure } from '../../db/credit/accounts';
import type { ApplicationRow, OfferBody } from '../../db/origination/applications';
import { readCostDisclosures } from '../../db/origination/costDisclosures';
import { createPolicyReader, type PolicyReader } from '../../db/policy/policyReader';
import type { CostDisclosure } from '../../domain/origination/costDisclosure';
import { costDisclosureText } from '../../domain/origination/costDisclosureText';
import { type AcceptanceRequest, acceptanceContextOf, judgeAcceptance } from '../../domain/origination/offerAcceptance';
import { type ApiContext, businessNowMs } from '../context';
import { knownAccount } from '../credit/accountWorkflow';
import { callerOf } from '../http/authentication';
import { notFound, ProblemError } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { parseQuery } from '../http/validation';
import { idParams, problems } from '../schemas';
import { applicationOnRecord } from './applicationRoutes';
import {
  cashLoanSheetQuery,
  confirmedCostSheets,
  costSheetView,
  offerSheetQuery,
  revolvingSheetQuery,
} from './costDisclosureSchemas';
import { refusalOf } from './offerRoutes';

export const costSheetRoutes: Routes = (app, context) => {
  ofOffer(app, context);
  ofAccount(app, context);
};

function ofOffer(app: App, context: ApiContext): void {
  const policies = createPolicyReader();
  app.get(
    '/v1/offers/:id/cost-sheet',
    keyed('applications:read', 'offers', {
      summary: 'Read what the offer costs when it is taken up like this today',
      description:
        'To be shown and confirmed before the acceptance, which names its hash. The start date is a part of it: tomorrow ' +
        'it is another one.',
      cost: 5,
      params: idParams,
      querystring: offerSheetQuery,
      response: { 200: costSheetView, ...problems(400, 401, 403, 404, 422, 503) },
    }),
    async (request) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      const { offer } = row;
      if (!offer) {
        throw notFound(`The application has no offer: it is ${row.stage}.`, { field: 'id' });
      }
      const asked = askedOf(row, request.query);
      return shown(await sheetOf(context, policies, { ...row, offer }, asked), context);
    },
  );
}

/** As the acceptance will be judged: what would be refused then is refused now. */
async function sheetOf(
  context: ApiContext,
  policies: PolicyReader,
  row: ApplicationRow & { offer: OfferBody },
  request: AcceptanceRequest,
): Promise<CostDisclosure> {
  const { tenantId, borrowerId } = row;
  const policy = await policies.version(context.pool, tenantId, row.offer.policyVersion);
  const exposure = await readBorrowerExposure(context.pool, { tenantId, borrowerId });
  const asOfMs = businessNowMs(context);
  const judged = judgeAcceptance(request, acceptanceContextOf({ ...row, exposure, policy, asOfMs, isRestDay }));
  if ('refusals' in judged) throw new ProblemError(refusalOf(judged.refusals, judged.figures));
  return judged.sheet;
}

/** The query in the shape of the offer's product, with the faults of that shape. */
function askedOf({ product }: ApplicationRow, query: unknown): AcceptanceRequest {
  switch (product) {
    case 'revolving': {
      const { dueDay } = parseQuery(revolvingSheetQuery, query);
      return { product, dueDay: dueDay === undefined ? undefined : Number(dueDay) };
    }
    case 'cash-loan': {
      const { principalFen, months, method } = parseQuery(cashLoanSheetQuery, query);
      return { product, principalFen: Number(principalFen), months: Number(months), method };
    }
  }
}

/** The sheet with the text that is confirmed, and the hash that a confirmation names. */
export function shown(sheet: CostDisclosure, context: ApiContext) {
  const text = costDisclosureText(sheet);
  return { hash: textHash(text), text, sheet, presentedAt: new Date(businessNowMs(context)).toISOString() };
}

function ofAccount(app: App, context: ApiContext): void {
  app.get(
    '/v1/accounts/:id/cost-sheets',
    keyed('accounts:read', 'accounts', {
      summary: 'Read the cost sheets that were confirmed for an account and its instalment plans',
      params: idParams,
      response: { 200: confirmedCostSheets, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const ref = { tenantId: callerOf(request).tenantId, accountId: request.params.id };
      await knownAccount(context.pool, ref);
      return { items: await readCostDisclosures(context.pool, ref) };
    },
  );
}
