/** Applications: judged by the domain, recorded with reasons and policy version. Taking up an offer: `openAccount.ts`. */

import type {
  AssessmentActivities,
  AssessmentOutcome,
  BeforeSources,
  ConcludeReferral,
  DecisionNotTaken,
  JudgeGathered,
  ObjectionRefused,
} from '../../contracts/activities';
import { type AcceptanceResult, decideReferral, type ReferralDecision } from '../../contracts/origination/application';
import { contentHash } from '../../db/contentHash';
import { keepRefusedMessage } from '../../db/credit/refusedMessages';
import { type ActorSeals, withoutActor } from '../../db/evidence/actorSeals';
import { faultName } from '../../db/faults';
import {
  type ApplicationRef,
  type ApplicationRow,
  closeOffer,
  readDrawn,
  takeUpApplication,
} from '../../db/origination/applications';
import { readKnownFacts } from '../../db/origination/knownFacts';
import { readReferralFigures } from '../../db/origination/referralFigures';
import { type Client, inTransaction } from '../../db/transaction';
import { kindsToAsk } from '../../domain/origination/gatheredFacts';
import { askingEndsAtMs } from '../../domain/origination/sourceRounds';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { ProvedFigures } from '../../domain/risk/assessment';
import { dateAt } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';
import type { AccountStarts } from '../credit/accountDependencies';
import { sentToApplication } from '../credit/senders';
import { restrictionNow } from '../incidents/restrictions';
import { takeOrRefuse } from '../messageAtFault';
import { conclude, judgementOf, known, toldOutcome } from './conclusion';
import { knownApplication } from './knownApplication';
import { callForReview, receiveObjection } from './objections';
import { openAccount } from './openAccount';
import { refusedRun, registered } from './registration';
import { admitFacts } from './sourceFacts';

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
        const refused = refusedRun(row, input);
        if (refused !== undefined) return { refused };
        const { lifeId } = input;
        if (lifeId !== undefined) await takeUpApplication(client, { ...row, lifeId });
        const { asOfMs } = input;
        if (row.assessment) {
          return { ...(await known(policies, client, row, asOfMs)), drawn: await readDrawn(client, row) };
        }
        const today = dateAt(asOfMs, (await policies.newest(client, input.tenantId)).zone);
        const policy = await policies.inForce(client, input.tenantId, today);
        return (
          (await beforeSources(client, row, { policy, asOfMs })) ?? judge(client, row, { policy, asOfMs, round: 0 })
        );
      }),

    /** Safe to retry: what changes nothing is not decided again. */
    judgeGathered: (input) => inTransaction(pool, (client) => judgeGathered(policies, client, input)),

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

    /** Safe to retry: an objection is one by its key. */
    receiveObjection: (input) =>
      takeOrRefuse<AssessmentOutcome | ObjectionRefused>(pool, {
        take: (client) => receiveObjection(client, { policies, actors }, input),
        refuse: async (client, fault) => {
          const { tenantId, applicationId: subjectId, objection, asOfMs } = input;
          const kept = { kind: 'objection', fault: faultName(fault), message: withoutActor(objection), atMs: asOfMs };
          await keepRefusedMessage(client, { tenantId, subjectKind: 'application', subjectId, ...kept });
          return { reasonCodes: ['INVALID_INPUT'] };
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

/** Undefined where the policy asks for nobody, or all is there already. */
async function beforeSources(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs }: { policy: LendingPolicy; asOfMs: number },
): Promise<BeforeSources | undefined> {
  if (!policy.assessment.sources) return undefined;
  const gathered = await readKnownFacts(client, row, { policy, asOfMs });
  const kinds = kindsToAsk(gathered);
  return kinds.length > 0 ? { toAsk: { kinds, round: 1, atMs: asOfMs }, policyVersion: policy.version } : undefined;
}

/** The judgement of the policy: by the facts that were let in, and no others. */
async function judge(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs, round }: { policy: LendingPolicy; asOfMs: number; round: number },
): Promise<AssessmentOutcome> {
  const { product, borrowerId, tenantId } = row;
  const decided = { policy, asOfMs, round, decidedBy: 'policy' };
  if (await restrictionNow(client, { tenantId, measure: 'applications', product, borrowerId })) {
    const decider = { by: 'policy' as const, isStopped: true };
    return conclude(client, row, await judgementOf(client, row, { policy, decider }), decided);
  }
  const { sources } = policy.assessment;
  const isOver = sources !== undefined && asOfMs >= askingEndsAtMs(sources, row.receivedAtMs);
  await client.query('savepoint judging');
  const admitted = await admitFacts(client, row, { policy, asOfMs });
  const decider = { by: 'policy' as const, isStopped: false, isOver };
  const judgement = await judgementOf(client, row, { policy, decider, admitted, asOfMs });
  if (row.assessment && contentHash(row.assessment) === contentHash(judgement.judged)) {
    // Nothing came of it: there is no new decision, and nothing entered one.
    await client.query('rollback to savepoint judging');
    const { ours } = judgement.basis;
    const { gathered } = admitted;
    return toldOutcome({ ...row, assessment: row.assessment }, { policy, asOfMs, round, gathered, ours });
  }
  return conclude(client, row, judgement, { ...decided, admitted });
}

/** Unless somebody, or its deadline, was first. */
async function judgeGathered(
  policies: Policies,
  client: Client,
  { tenantId, applicationId, asOfMs, policyVersion, round }: JudgeGathered,
): Promise<AssessmentOutcome> {
  const row = await knownApplication(client, { tenantId, applicationId });
  // What was objected to is a person's to decide.
  const isJudged = row.stage === 'assessing' || (row.stage === 'referred' && row.objection === null);
  if (!isJudged) return known(policies, client, row, asOfMs);
  return judge(client, row, { policy: await policies.version(client, tenantId, policyVersion), asOfMs, round });
}

async function concludeReferral(
  client: Client,
  { policies, actors }: { policies: Policies; actors: ActorSeals | undefined },
  { tenantId, applicationId, asOfMs, decision }: ConcludeReferral,
): Promise<AssessmentOutcome> {
  const row = await knownApplication(client, { tenantId, applicationId });
  if (row.stage !== 'referred') return known(policies, client, row, asOfMs);
  const policy = await policies.version(client, tenantId, row.assessment?.policyVersion ?? '');
  if (!decision && row.objection) return callForReview(client, row, { policies, policy, asOfMs });
  const proved = decision && (await provedBy(client, row, decision));
  const admitted = await admitFacts(client, row, { policy, asOfMs });
  const by = decision
    ? sentToApplication(actors, { tenantId, applicationId }, decideReferral.name, decision)
    : 'deadline';
  const decider = decision ? { by: 'person' as const, word: decision.decision } : { by: 'deadline' as const };
  const judgement = await judgementOf(client, row, { policy, decider, proved, admitted });
  const byPerson = { decision, by, proved };
  return conclude(client, row, judgement, { policy, asOfMs, decidedBy: by, byPerson, admitted });
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
