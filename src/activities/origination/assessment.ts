/** Applications: judged by the domain, recorded with reasons and policy version. Taking up an offer: `openAccount.ts`. */

import type {
  AssessApplication,
  AssessmentActivities,
  AssessmentOutcome,
  ConcludeReferral,
  DecisionNotTaken,
} from '../../contracts/activities';
import { workflowIds } from '../../contracts/names';
import {
  type AcceptanceResult,
  decideReferral,
  type Offer,
  type ReferralDecision,
} from '../../contracts/origination/application';
import { contentHash } from '../../db/contentHash';
import { keepRefusedMessage } from '../../db/credit/refusedMessages';
import { type ActorSeals, withoutActor } from '../../db/evidence/actorSeals';
import { recordDecision } from '../../db/evidence/decisions';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import { faultName } from '../../db/faults';
import {
  type ApplicationRef,
  type ApplicationRow,
  closeOffer,
  insertApplication,
  lockApplication,
  readDrawn,
  saveDecision,
  takeUpApplication,
} from '../../db/origination/applications';
import { ensureBorrower, lockBorrower } from '../../db/origination/borrowers';
import { readReferralFigures } from '../../db/origination/referralFigures';
import { readBorrowerExposure } from '../../db/risk/borrowerExposure';
import { type Client, inTransaction } from '../../db/transaction';
import { isOver } from '../../domain/origination/applicationStages';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { OwnCredit } from '../../domain/risk/affordability';
import { assess, outlookOfReferral } from '../../domain/risk/assess';
import { type Assessment, type ProvedFigures, withProved } from '../../domain/risk/assessment';
import { type Decider, decideCredit } from '../../domain/risk/creditDecision';
import { ownCreditOf } from '../../domain/risk/exposure';
import { overrideOf } from '../../domain/risk/overrides';
import { recourseOf } from '../../domain/risk/recourse';
import { addDays, type IsoDate } from '../../domain/values/calendar';
import { dateAt, endOfDateMs } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';
import type { AccountStarts } from '../credit/accountDependencies';
import { sentToApplication } from '../credit/senders';
import { notFound } from '../failures';
import { restrictionNow } from '../incidents/restrictions';
import { takeOrRefuse } from '../messageAtFault';
import { knownApplication } from './knownApplication';
import { openAccount } from './openAccount';

interface ByPerson {
  /** Whose decision it is. */
  by?: string | undefined;
  decision?: ReferralDecision | undefined;
  proved?: ProvedFigures | undefined;
}

type Policies = BookDependencies['policies'];
type AssessmentDependencies = BookDependencies & AccountStarts;

export function createAssessmentActivities({
  pool,
  policies,
  actors,
  startAccount,
}: AssessmentDependencies): AssessmentActivities {
  return {
    /** Safe to retry: a decision that is recorded already is returned as it was. */
    assessApplication: (input) =>
      inTransaction(pool, async (client) => {
        const row = await registered(actors, client, input);
        const refused = refusalOf(row, input);
        if (refused !== undefined) return { refused };
        const { lifeId } = input;
        if (lifeId !== undefined) await takeUpApplication(client, { ...row, lifeId });
        if (row.assessment) return { ...(await known(policies, client, row)), drawn: await readDrawn(client, row) };
        const today = dateAt(input.asOfMs, (await policies.newest(client, input.tenantId)).zone);
        const policy = await policies.inForce(client, input.tenantId, today);
        const { product, borrowerId, tenantId } = row;
        const restriction = await restrictionNow(client, { tenantId, measure: 'applications', product, borrowerId });
        const decider = { by: 'policy' as const, isStopped: restriction !== undefined };
        return conclude(client, row, { policy, asOfMs: input.asOfMs, decider, decidedBy: 'policy' });
      }),

    /** Safe to retry: a concluded referral is returned as it was. */
    concludeReferral: (input) =>
      takeOrRefuse<AssessmentOutcome | DecisionNotTaken>(pool, {
        take: (client) => concludeReferral(client, { policies, actors }, input),
        refuse: async (client, fault) => {
          const { tenantId, applicationId: subjectId, decision, asOfMs } = input;
          if (!decision) throw fault;
          const kept = { kind: 'decision', fault: faultName(fault), message: withoutActor(decision), atMs: asOfMs };
          await keepRefusedMessage(client, { tenantId, subjectKind: 'application', subjectId, ...kept });
          return { notTaken: true };
        },
      }),

    /** Safe to retry: an acceptance is one account by its key, and a repeat returns that account. */
    openAccount: (input) =>
      takeOrRefuse<AcceptanceResult>(pool, {
        take: (client) => openAccount(client, { policies, actors }, input),
        refuse: async (client, fault) => {
          const { tenantId, applicationId: subjectId, acceptance, asOfMs } = input;
          const kept = { kind: 'acceptance', fault: faultName(fault), message: withoutActor(acceptance), atMs: asOfMs };
          await keepRefusedMessage(client, { tenantId, subjectKind: 'application', subjectId, ...kept });
          return { status: 'refused', reasonCodes: ['INVALID_INPUT'] };
        },
      }),

    /** Safe to retry: the workflow id is the account's identity, and a second start finds it started. */
    startAccount: (input) => startAccount(input),

    /** Safe to retry: what is over stays as it is. */
    closeApplication: ({ tenantId, applicationId, asOfMs }) =>
      inTransaction(pool, (client) => closeOffer(client, { tenantId, applicationId, atMs: asOfMs })),
  };
}

async function concludeReferral(
  client: Client,
  { policies, actors }: { policies: Policies; actors: ActorSeals | undefined },
  { tenantId, applicationId, asOfMs, decision }: ConcludeReferral,
): Promise<AssessmentOutcome> {
  const row = await knownApplication(client, { tenantId, applicationId });
  if (row.stage !== 'referred') return known(policies, client, row);
  const policy = await policies.version(client, tenantId, row.assessment?.policyVersion ?? '');
  const proved = decision && (await provedBy(client, row, decision));
  const by = decision
    ? sentToApplication(actors, { tenantId, applicationId }, decideReferral.name, decision)
    : 'deadline';
  const decider = decision ? { by: 'person' as const, word: decision.decision } : { by: 'deadline' as const };
  return conclude(client, row, { policy, asOfMs, decider, decidedBy: by, byPerson: { decision, by, proved } });
}

/** The application's row; an upstream that came through Temporal alone gets it made here. */
async function registered(
  actors: ActorSeals | undefined,
  client: Client,
  { asOfMs, ...input }: AssessApplication,
): Promise<ApplicationRow> {
  const { tenantId, applicationId, borrowerId, product, requestedFen, facts } = input;
  const found = await lockApplication(client, { tenantId, applicationId });
  if (found) return found;
  if (!facts) {
    throw notFound(
      `application ${applicationId} of tenant ${tenantId} is not stored: send it over HTTP, or give facts`,
    );
  }
  await ensureBorrower(client, { tenantId, borrowerId });
  await insertApplication(client, {
    tenantId,
    applicationId,
    borrowerId,
    product,
    requestedFen,
    facts,
    receivedAtMs: asOfMs,
    principal: sentToApplication(actors, input, 'application', input),
  });
  return knownApplication(client, { tenantId, applicationId });
}

/**
 * Why the books do not let this run have the application: undefined where they do. A run of Temporal is kept for a time,
 * and its id is free again after it; the books are kept.
 */
function refusalOf(row: ApplicationRow, input: AssessApplication): string | undefined {
  const { tenantId, applicationId, workflowId, lifeId } = input;
  const id = `application ${applicationId} of tenant ${tenantId}`;
  const expected = workflowIds.application(tenantId, applicationId);
  if (workflowId !== undefined && workflowId !== expected) return `${id} lives as ${expected}: start it under that id`;
  const asked = ({ borrowerId, product, requestedFen, facts }: Omit<AssessApplication, 'clock'> | ApplicationRow) =>
    contentHash({ borrowerId, product, requestedFen, facts: input.facts && facts });
  if (asked(row) !== asked(input)) return `${id} was received before with other content: send a new applicationId`;
  // Without its life on record a declined one cannot be told from this run's own: the answer is the same.
  const isOwn = row.lifeId === (lifeId ?? null) || (row.lifeId === null && row.stage === 'declined');
  return isOver(row) && !isOwn ? `${id} is ${row.stage} already: send a new applicationId` : undefined;
}

/** What the person saw proof of: stored beside the request, or given with the message by who has Temporal alone. */
async function provedBy(
  client: Client,
  ref: ApplicationRef,
  { figuresId, proved }: ReferralDecision,
): Promise<ProvedFigures | undefined> {
  if (figuresId === undefined) return proved;
  const { tenantId, applicationId } = ref;
  // Who names what is not stored has proved nothing: an application must not stand still for it.
  return readReferralFigures(client, { tenantId, applicationId, figuresId });
}

interface Conclusion {
  policy: LendingPolicy;
  asOfMs: number;
  decider: Decider;
  decidedBy: string;
  byPerson?: ByPerson;
}

/** Decides, and records the decision with what it rests on, and the offer or the deadline that follows from it. */
async function conclude(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs, decider, decidedBy, byPerson = {} }: Conclusion,
): Promise<AssessmentOutcome> {
  const { tenantId, applicationId, borrowerId, product, requestedFen } = row;
  // The proved figures are those that the person saw proof of now; earlier ones stand in the row.
  const { proved } = byPerson;
  const input = decider.by === 'person' ? withProved(row.facts, proved) : row.facts;
  await lockBorrower(client, { tenantId, borrowerId });
  const { accounts } = await readBorrowerExposure(client, { tenantId, borrowerId });
  const ours = ownCreditOf(accounts, policy);
  const request = { product, requestedFen };
  const judged = decideCredit({ input, request, ours, decider, before: row.assessment }, policy);
  const today = dateAt(asOfMs, policy.zone);
  const offer = offerOf(row, judged, today, policy);
  const decideByMs =
    judged.outcome === 'referred'
      ? endOfDateMs(addDays(today, policy.assessment.referralDays), policy.zone)
      : undefined;
  const stage = ({ approved: 'offered', declined: 'declined', referred: 'referred' } as const)[judged.outcome];
  await saveDecision(client, {
    tenantId,
    applicationId,
    stage,
    assessment: judged,
    offer,
    decideByMs,
    proved,
    atMs: asOfMs,
  });
  const decision = {
    tenantId,
    subjectKind: 'application' as const,
    subjectId: applicationId,
    kind: judged.outcome,
    reasonCodes: judged.reasonCodes,
    policyVersion: policy.version,
    body: {
      ...judged,
      ...(byPerson.decision && wordsOf(row, byPerson, assess(input, request, policy, ours).outcome)),
      basis: {
        inputHash: contentHash(input),
        requestHash: contentHash(request),
        ours,
        decider,
        cardVersion: policy.assessment.scorecard.version,
      },
      recourse: recourseOf({ input, request, policy, ours }, judged),
    },
    decidedAtMs: asOfMs,
    decidedBy,
  };
  const decisionId = await recordDecision(client, decision);
  // Last, because from here on the tenant's chain is held.
  await appendEvidence(client, { tenantId, records: [creditDecisionEvidence({ ...decision, decisionId })] });
  const now = { ...row, stage, assessment: judged, offer: offer ?? null, decideByMs: decideByMs ?? null };
  return outcomeOf(now, policy, ours);
}

function offerOf(
  { product }: ApplicationRow,
  judged: Assessment,
  today: IsoDate,
  policy: LendingPolicy,
): Offer | undefined {
  if (judged.outcome !== 'approved') return undefined;
  const { limitFen, dailyRate, policyVersion } = judged;
  const expiresAtMs = endOfDateMs(addDays(today, policy.assessment.offerValidDays), policy.zone);
  return { product, limitFen, dailyRate, expiresAtMs, policyVersion };
}

/** A person's own words belong to the evidence, and so does what they rest on: what was proved, and what was asked. */
function wordsOf(
  { requestedFen }: ApplicationRow,
  { decision, by, proved }: ByPerson,
  rules: Assessment['outcome'],
): object {
  const { decision: word, decidedBy: said, reason } = decision ?? {};
  const saidBy = said === by ? undefined : said;
  const side = word && overrideOf(word, rules);
  return { requestedFen, byPerson: { decision: word, decidedBy: by, saidBy, reason, rules, side }, proved };
}

/** As it was returned when it was decided. */
async function known(policies: Policies, client: Client, row: ApplicationRow): Promise<AssessmentOutcome> {
  const { tenantId, applicationId, assessment } = row;
  if (!assessment) throw new Error(`application ${applicationId} has a stage but no assessment`);
  const policy = await policies.version(client, tenantId, assessment.policyVersion);
  const { accounts } = await readBorrowerExposure(client, row);
  return outcomeOf({ ...row, assessment }, policy, ownCreditOf(accounts, policy));
}

/** What a person is shown before a word: less than was asked for may be what an approval grants. */
function outcomeOf(
  row: ApplicationRow & { assessment: Assessment },
  policy: LendingPolicy,
  ours: OwnCredit,
): AssessmentOutcome {
  const { assessment, product, requestedFen, facts, proved } = row;
  const isReferred = row.stage === 'referred';
  const request = { product, requestedFen };
  const outlook = isReferred && outlookOfReferral(withProved(facts, proved), request, policy, ours);
  return {
    assessment,
    offer: row.offer ?? undefined,
    decideByMs: row.decideByMs ?? undefined,
    ...(outlook ? { outlookFen: outlook.assessment.limitFen } : {}),
  };
}
