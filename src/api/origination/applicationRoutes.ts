/** Applications: received with the borrower's data, and judged by their workflow. Referrals: `referralRoutes.ts`. */

import type { z } from 'zod';
import { startApplication } from '../../contracts/origination/applicationClient';
import { contentHash } from '../../db/contentHash';
import { readDecisions } from '../../db/evidence/decisions';
import { measuresInForce } from '../../db/incidents/incidents';
import {
  type ApplicationRow,
  insertApplication,
  type NewApplication,
  readApplication,
} from '../../db/origination/applications';
import { ensureBorrower, lockBorrower } from '../../db/origination/borrowers';
import { type ConsentRow, insertConsent, readConsents } from '../../db/origination/consents';
import { saveIdentity } from '../../db/origination/identities';
import { readSourceRecords, type SourceRecordRow } from '../../db/origination/sourceRecords';
import type { Client } from '../../db/transaction';
import { restrictionOf } from '../../domain/incidents/incidents';
import { isOver } from '../../domain/origination/applicationStages';
import { SOURCE_KINDS, type SourceKind } from '../../domain/origination/dataSources';
import type { Recourse } from '../../domain/risk/recourse';
import { recourseLines } from '../../domain/risk/recourseText';
import { endOfDateMs } from '../../domain/values/clock';
import { birthDateOf } from '../../domain/values/residentId';
import { type ApiContext, businessNowMs, businessToday } from '../context';
import { actingFor, principalOf } from '../http/acting';
import { callerOf } from '../http/authentication';
import { answerOnce, type WriteAnswer, writeHeaders } from '../http/idempotency';
import { invalidRequest, notFound, stopped } from '../http/problems';
import { type App, keyed, type Routes } from '../http/route';
import { applicationBody, idParams, problems } from '../schemas';
import { applicationReceived, applicationView, consentViewOf, explain } from '../views';
import type { recourseView } from './applicationViews';
import { identityConflict } from './identityRoutes';

export const applicationRoutes: Routes = (app, context) => {
  receiving(app, context);
  reading(app, context);
};

function receiving(app: App, context: ApiContext): void {
  app.post(
    '/v1/applications',
    keyed('applications:write', 'applications', {
      summary: 'Apply for credit',
      description: 'Personal data goes to the encrypted vault; the judgement follows in the background.',
      headers: writeHeaders,
      body: applicationBody,
      response: { 202: applicationReceived, ...problems(400, 401, 403, 409, 413, 415, 503) },
    }),
    async (request, reply) => {
      const { borrower, identity, finances, behaviour, consents = [], ...asked } = request.body;
      const { tenantId, keyId } = callerOf(request);
      const facts = { identity, finances, behaviour };
      refuseUnborn(context, borrower.idNumber);
      refuseOverBefore(context, consents);
      const known = { tenantId, ...asked, borrowerId: borrower.borrowerId, facts };
      let isOverAlready = false;
      return answerOnce(context, request, reply, {
        prepare: async (client) => {
          await refuseStopped(client, known);
          const receivedAtMs = businessNowMs(context);
          await saveBorrower(context, client, { ...known, receivedAtMs, recordedBy: keyId }, borrower);
          const row = await register(context, client, {
            application: { ...known, receivedAtMs, principal: principalOf(request) },
            consents,
          });
          isOverAlready = row !== undefined && isOver(row, businessNowMs(context));
        },
        // When this is not reached, the application waits in its first stage until the same request comes again.
        perform: async () => {
          // Its run may be gone from Temporal, and its id free there: the books know that it was judged and is over.
          if (isOverAlready) return received(asked.applicationId);
          // Without the facts: the workflow names what is stored, and its history shows nobody's income or debts.
          const { facts: _, ...input } = known;
          await startApplication(actingFor(context, request), { ...input, clock: context.clock() });
          return received(asked.applicationId);
        },
      });
    },
  );
}

/** What the schema cannot know: whether the birth date has come. */
function refuseUnborn(context: ApiContext, idNumber: string): void {
  const today = businessToday(context);
  if ((birthDateOf(idNumber) ?? today) <= today) return;
  const fix = 'send the 18 characters of a resident identity number as on the card';
  throw invalidRequest([{ field: 'borrower.idNumber', fault: 'holds a birth date that has not come yet', fix }]);
}

/** A consent that is over when it comes consents to nothing. */
function refuseOverBefore(context: ApiContext, consents: GivenConsents): void {
  const today = businessToday(context);
  const at = consents.findIndex(({ until }) => until !== undefined && until < today);
  if (at < 0) return;
  const fix = 'send the last day of the consent, today or later';
  throw invalidRequest([{ field: `consents.${at}.until`, fault: 'is a date that is past', fix }]);
}

function reading(app: App, context: ApiContext): void {
  app.get(
    '/v1/applications/:id',
    keyed('applications:read', 'applications', {
      summary: 'Read an application: stage, reasons, offer',
      params: idParams,
      response: { 200: applicationView, ...problems(400, 401, 403, 404, 503) },
    }),
    async (request) => {
      const row = await applicationOnRecord(context, callerOf(request).tenantId, request.params.id);
      const [seen, consents] = [await readSourceRecords(context.pool, row), await readConsents(context.pool, row)];
      return { ...viewOf(row, await recourseOnRecord(context, row)), ...sourcesOf(row, seen, consents) };
    },
  );
}

export async function applicationOnRecord(context: ApiContext, tenantId: string, applicationId: string) {
  const row = await readApplication(context.pool, { tenantId, applicationId });
  if (!row) throw notFound('There is no such application.', { field: 'id' });
  return row;
}

/** In the transaction that would keep it, so that nothing comes in beside an incident; what was answered stays so. */
async function refuseStopped(
  client: Client,
  { tenantId, product, borrowerId }: Pick<NewApplication, 'tenantId' | 'product' | 'borrowerId'>,
): Promise<void> {
  const inForce = await measuresInForce(client, { tenantId });
  const restriction = restrictionOf(inForce, { measure: 'applications', product, borrowerId });
  if (!restriction) return;
  const { incidentId, remedyChannel } = restriction;
  throw stopped('New applications', { incidentId, remedyChannel });
}

/**
 * The borrower by id, and what identifies the person in the vault only. Another person under a known id is refused; what
 * was received before may come again as it came then.
 */
async function saveBorrower(
  { vault }: ApiContext,
  client: Client,
  { tenantId, applicationId, receivedAtMs, recordedBy }: NewApplication & { recordedBy: string },
  { borrowerId, ...identity }: z.infer<typeof applicationBody>['borrower'],
): Promise<void> {
  const borrower = { tenantId, borrowerId };
  await ensureBorrower(client, borrower);
  await lockBorrower(client, borrower);
  const isRepeat = (await readApplication(client, { tenantId, applicationId })) !== undefined;
  const origin = { source: 'application' as const, sourceId: applicationId, recordedBy, atMs: receivedAtMs };
  const kept = await saveIdentity(client, vault, { ...borrower, identity, origin, isRepeat });
  if (kept.status === 'refused') throw identityConflict(kept.reason);
}

function received(applicationId: string): WriteAnswer {
  return { status: 202, body: { applicationId, links: linksOf(applicationId) } };
}

type GivenConsents = NonNullable<z.infer<typeof applicationBody>['consents']>;

/**
 * The same application again is the same row, which is returned; another one under its id is refused, and nothing is
 * written. Its consents come with it and are part of it.
 */
async function register(
  { zone }: ApiContext,
  client: Client,
  { application, consents }: { application: NewApplication; consents: GivenConsents },
): Promise<ApplicationRow | undefined> {
  const given = consents.map(({ sourceKind, until }) => ({
    sourceKind,
    givenUntilMs: until === undefined ? null : endOfDateMs(until, zone),
  }));
  if (await insertApplication(client, application)) {
    const { tenantId, applicationId, borrowerId, receivedAtMs: fromMs, principal: recordedBy } = application;
    for (const { sourceKind, givenUntilMs } of given) {
      const { purpose } = SOURCE_KINDS[sourceKind];
      const kept = { tenantId, applicationId, borrowerId, sourceKind, purpose, fromMs, givenUntilMs, recordedBy };
      await insertConsent(client, kept);
    }
    return undefined;
  }
  const before = await readApplication(client, application);
  const kept = before ? await readConsents(client, application) : [];
  if (before && askedIn(before, kept) === askedIn(application, given)) return before;
  throw identityConflict('other-content');
}

/** Without the consent that an application gives by coming. */
function askedIn(
  { borrowerId, product, requestedFen, facts }: NewApplication,
  consents: readonly { sourceKind: SourceKind; givenUntilMs: number | null }[],
): string {
  const supplied = consents.filter(({ sourceKind }) => SOURCE_KINDS[sourceKind].isSupplied);
  const given = Object.fromEntries(supplied.map(({ sourceKind, givenUntilMs }) => [sourceKind, givenUntilMs]));
  return contentHash({ borrowerId, product, requestedFen, facts, given });
}

function linksOf(applicationId: string) {
  return {
    self: `/v1/applications/${applicationId}`,
    offer: `/v1/offers/${applicationId}`,
    objections: `/v1/applications/${applicationId}/objections`,
  };
}

/** As it was found with the last decision; null where that says none, or is from before there was any. */
async function recourseOnRecord({ pool }: ApiContext, { tenantId, applicationId }: ApplicationRow) {
  const decisions = await readDecisions(pool, { tenantId, subjectKind: 'application', subjectId: applicationId });
  const { recourse } = (decisions.at(-1)?.body ?? {}) as { recourse?: Recourse };
  if (!recourse) return null;
  const { status } = recourse;
  const lines = recourseLines(recourse);
  return recourse.status === 'changes'
    ? { status, months: recourse.months, limitFen: recourse.limitFen, lines }
    : { status, months: recourse.withinMonths, limitFen: 0, lines };
}

/** What was seen of whom and when, without what it was; and what was agreed to. */
function sourcesOf(
  { applicationId }: ApplicationRow,
  seen: readonly SourceRecordRow[],
  consents: readonly ConsentRow[],
) {
  return {
    sources: seen.map(({ recordId, sourceKind, supplier, seenAtMs, status, missing }) => ({
      recordId,
      sourceKind,
      supplier,
      seenAtMs,
      status,
      missing,
    })),
    consents: consents.map((consent) => consentViewOf(applicationId, consent)),
  };
}

function viewOf(row: ApplicationRow, recourse: z.infer<typeof recourseView> | null) {
  const { applicationId, borrowerId, product, requestedFen, stage, assessment, offer, decideByMs, drawnFen } = row;
  const { objection } = row;
  const reasonCodes = assessment?.reasonCodes ?? [];
  return {
    applicationId,
    borrowerId,
    product,
    requestedFen,
    stage,
    reasonCodes,
    reasons: explain(reasonCodes),
    scorePoints: assessment?.scorePoints ?? null,
    rateReason: assessment?.rateReasonCode === undefined ? null : (explain([assessment.rateReasonCode])[0] ?? null),
    policyVersion: assessment?.policyVersion ?? null,
    decideByMs,
    objectUntilMs: row.objectUntilMs,
    objection: objection && {
      objectedBy: objection.objectedBy,
      reason: objection.reason,
      receivedAtMs: objection.atMs,
      reviewByMs: decideByMs,
    },
    recourse,
    offer: offer ? { ...offer, remainingFen: offer.limitFen - drawnFen } : null,
    links: linksOf(applicationId),
  };
}
