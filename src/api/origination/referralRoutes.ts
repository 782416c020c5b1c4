/**
 * Referrals: a person enters what was proved, sees what an approval would grant, and decides. The figures are stored
 * here and named by the decision: they enter no workflow.
 */
import { applicationClient } from '../../contracts/origination/applicationClient';
import type { ApplicationRow } from '../../db/origination/applications';
import { readKnownFacts } from '../../db/origination/knownFacts';
import { insertReferralFigures, readReferralFigures } from '../../db/origination/referralFigures';
import { createPolicyReader, type PolicyReader } from '../../db/policy/policyReader';
import { readBorrowerExposure } from '../../db/risk/borrowerExposure';
import { outlookOfReferral } from '../../domain/risk/assess';
import { type ProvedFigures, withProved } from '../../domain/risk/assessment';
import { ownCreditOf } from '../../domain/risk/exposure';
import { formatYuan } from '../../domain/values/money';
import { type ApiContext, businessNowMs } from '../context';
import { actingFor, principalOf } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, keyOf, writeHeaders } from '../http/idempotency';
import { conflict, invalidInput, unavailable } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { idParams, problems, referralDecisionBody, referralPreviewBody } from '../schemas';
import { explain, referralAnswer, referralPreview } from '../views';
import { applicationOnRecord } from './applicationRoutes';

export const referralRoutes: Routes = (app, context) => {
  const policies = createPolicyReader();
  previewing(app, context, policies);
  deciding(app, context, policies);
};

function previewing(app: App, context: ApiContext, policies: PolicyReader): void {
  app.post(
    '/v1/applications/:id/referral-previews',
    keyed('referrals:decide', 'applications', {
      summary: 'Read what an approval of a referral would grant with what was proved',
      description:
        'A read, although it is posted: figures of a person do not belong into an address. Nothing is decided or kept.',
      cost: 5,
      params: idParams,
      body: referralPreviewBody,
      response: { 200: referralPreview, ...problems(400, 401, 403, 404, 409, 413, 415, 503) },
    }),
    async (request) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      if (row.stage !== 'referred') throw notReferred(`the application is ${row.stage}, not referred`);
      const { assessment, missing } = await outlookOf(context, policies, row, request.body.proved);
      const { applicationId, requestedFen, decideByMs } = row;
      const { reasonCodes, limitFen, dailyRate, policyVersion } = assessment;
      const { figuresId } = row.objection ?? {};
      const claimed =
        figuresId === undefined ? undefined : await readReferralFigures(context.pool, { ...row, figuresId });
      const isGranted = assessment.outcome === 'approved';
      return {
        applicationId,
        requestedFen,
        outcome: isGranted ? ('approved' as const) : ('declined' as const),
        grantedFen: limitFen,
        dailyRate: isGranted ? dailyRate : null,
        reasonCodes,
        reasons: explain(reasonCodes),
        claimed: claimed ?? null,
        missing: explain(missing),
        policyVersion,
        decideByMs,
      };
    },
  );
}

function deciding(app: App, context: ApiContext, policies: PolicyReader): void {
  app.post(
    '/v1/applications/:id/referral-decisions',
    keyed('referrals:decide', 'applications', {
      summary: 'Decide a referred application as a person, with the figures that were proved',
      headers: writeHeaders,
      params: idParams,
      body: referralDecisionBody,
      response: { 200: referralAnswer, ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
    }),
    async (request, reply) => {
      const { tenantId } = callerOf(request);
      const row = await applicationOnRecord(context, tenantId, request.params.id);
      const { applicationId } = row;
      const { proved, shownFen, ...said } = request.body;
      const word = { ...said, decidedBy: said.decidedBy ?? principalOf(request) };
      const figuresId = keyOf(request);
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          if (shownFen !== undefined) await refuseOther(context, policies, row, { proved, shownFen });
          if (proved === undefined) return;
          const entered = { enteredBy: principalOf(request), enteredAtMs: businessNowMs(context) };
          await insertReferralFigures(client, { tenantId, applicationId, figuresId, figures: proved, ...entered });
        },
        perform: async () => {
          const decision = proved === undefined ? word : { ...word, figuresId };
          const workflow = applicationClient(actingFor(context, request), row);
          const outcome = await workflow.decideReferral(decision, figuresId);
          if (outcome.status === 'answered' && outcome.answer === 'referred')
            throw invalidInput('The decision could not be taken: give the reason in other words.');
          if (outcome.status === 'answered') return { status: 200, body: await answerOf(context, row, outcome.answer) };
          if (outcome.status === 'rejected') throw notReferred(outcome.detail);
          // By the books: a referral that is open has a workflow, which is away for now.
          const { stage } = await applicationOnRecord(context, tenantId, applicationId);
          if (stage === 'referred') throw unavailable('The workflow of the application');
          throw notReferred('the application is closed');
        },
      });
    },
  );
}

/** As the decision will be judged: under the policy of the referral. */
async function outlookOf(
  context: ApiContext,
  policies: PolicyReader,
  row: ApplicationRow,
  proved: ProvedFigures | undefined,
) {
  const { tenantId, assessment, product, requestedFen } = row;
  if (!assessment) throw notReferred('the application is not judged yet');
  const policy = await policies.version(context.pool, tenantId, assessment.policyVersion);
  const { facts } = await readKnownFacts(context.pool, row, { policy, asOfMs: businessNowMs(context) });
  const { accounts } = await readBorrowerExposure(context.pool, row);
  const request = { product, requestedFen };
  return outlookOfReferral(withProved(facts, proved), request, policy, ownCreditOf(accounts, policy));
}

/** Who has seen one limit decides on that one. */
async function refuseOther(
  context: ApiContext,
  policies: PolicyReader,
  row: ApplicationRow,
  { proved, shownFen }: { proved: ProvedFigures | undefined; shownFen: number },
): Promise<void> {
  const { limitFen } = (await outlookOf(context, policies, row, proved)).assessment;
  if (limitFen === shownFen) return;
  const detail = `With these figures an approval grants ${formatYuan(limitFen)} CNY, and not what was shown: look at the preview again.`;
  throw conflict('other-limit', detail, { field: 'shownFen', figures: { grantedFen: limitFen } });
}

/** What came of it, from the row that the decision was written to. */
async function answerOf(context: ApiContext, { tenantId, applicationId, requestedFen }: ApplicationRow, stage: string) {
  const { assessment, offer } = await applicationOnRecord(context, tenantId, applicationId);
  const reasonCodes = assessment?.reasonCodes ?? [];
  const grantedFen = offer?.limitFen ?? 0;
  return { applicationId, stage, requestedFen, grantedFen, reasonCodes, reasons: explain(reasonCodes) };
}

function notReferred(detail: string) {
  return conflict('not-referred', `There is no referral to decide: ${detail}.`, { field: 'id' });
}
