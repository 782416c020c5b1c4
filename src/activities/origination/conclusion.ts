/** What comes of a judgement: its record with reasons and inputs, the offer or the deadline, and what its workflow is told. */
import type { AssessmentOutcome } from '../../contracts/activities';
import type { Offer, ReferralDecision } from '../../contracts/origination/application';
import { contentHash } from '../../db/contentHash';
import { recordDecision } from '../../db/evidence/decisions';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import { type ApplicationRow, type ObjectionRow, saveDecision } from '../../db/origination/applications';
import { lockBorrower } from '../../db/origination/borrowers';
import { readKnownFacts } from '../../db/origination/knownFacts';
import { readBorrowerExposure } from '../../db/risk/borrowerExposure';
import type { Client } from '../../db/transaction';
import { type GatheredFacts, NOTHING_GATHERED } from '../../domain/origination/gatheredFacts';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { OwnCredit } from '../../domain/risk/affordability';
import { assess, outlookOfReferral } from '../../domain/risk/assess';
import { type Assessment, type ProvedFigures, withProved } from '../../domain/risk/assessment';
import { type Decider, type DecisionBasis, decideCredit, inputOf, mayObject } from '../../domain/risk/creditDecision';
import { ownCreditOf } from '../../domain/risk/exposure';
import { overrideOf } from '../../domain/risk/overrides';
import { recourseOf } from '../../domain/risk/recourse';
import { addDays, type IsoDate } from '../../domain/values/calendar';
import { dateAt, endOfDateMs } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';
import { type AdmittedFacts, nextToAsk } from './sourceFacts';

interface ByPerson {
  /** Whose decision it is. */
  by?: string | undefined;
  decision?: ReferralDecision | undefined;
  proved?: ProvedFigures | undefined;
}

interface Grounds {
  policy: LendingPolicy;
  decider: Decider;
  proved?: ProvedFigures | undefined;
  /** What it rests on; absent where it rests on nothing that was told or seen. */
  admitted?: AdmittedFacts | undefined;
}

/** A judgement with what it rests on. */
export interface Judgement {
  judged: Assessment;
  basis: DecisionBasis;
}

/** Judges with what the borrower has of us at that time, over all products. */
export async function judgementOf(
  client: Client,
  row: ApplicationRow,
  { policy, decider, proved, admitted }: Grounds,
): Promise<Judgement> {
  const { tenantId, borrowerId, product, requestedFen } = row;
  // So that two applications of one borrower are judged one after the other.
  await lockBorrower(client, { tenantId, borrowerId });
  const ours = await ownCreditNow(client, row, policy);
  const gathered = admitted?.gathered ?? NOTHING_GATHERED;
  const basis = { gathered, proved, request: { product, requestedFen }, ours, decider, before: row.assessment };
  return { judged: decideCredit(basis, policy), basis };
}

async function ownCreditNow(client: Client, row: ApplicationRow, policy: LendingPolicy): Promise<OwnCredit> {
  const { accounts } = await readBorrowerExposure(client, row);
  return ownCreditOf(accounts, policy);
}

interface Conclusion {
  policy: LendingPolicy;
  asOfMs: number;
  decidedBy: string;
  byPerson?: ByPerson;
  /** By which a decline becomes a review. */
  objection?: ObjectionRow | undefined;
  admitted?: AdmittedFacts | undefined;
  /** How often sources were asked. */
  round?: number | undefined;
}

/** Records a judgement with its reasons and its basis, and the offer or the deadline that follows from it. */
export async function conclude(
  client: Client,
  row: ApplicationRow,
  judgement: Judgement,
  { policy, asOfMs, decidedBy, byPerson = {}, objection, admitted, round = 0 }: Conclusion,
): Promise<AssessmentOutcome> {
  const { tenantId, applicationId } = row;
  const { judged } = judgement;
  const today = dateAt(asOfMs, policy.zone);
  const offer = offerOf(row, judged, today, policy);
  const { decideByMs, objectUntilMs } = deadlinesOf(row, judgement, today, policy);
  const stage = ({ approved: 'offered', declined: 'declined', referred: 'referred' } as const)[judged.outcome];
  const { proved } = byPerson;
  const outcome = { stage, assessment: judged, offer, decideByMs, objectUntilMs, objection, proved };
  await saveDecision(client, { tenantId, applicationId, ...outcome, atMs: asOfMs });
  const decision = {
    tenantId,
    subjectKind: 'application' as const,
    subjectId: applicationId,
    kind: judged.outcome,
    reasonCodes: judged.reasonCodes,
    policyVersion: policy.version,
    body: bodyOf(judgement, policy, { byPerson, admitted }),
    decidedAtMs: asOfMs,
    decidedBy,
    decisionId: admitted?.decisionId,
  };
  const decisionId = await recordDecision(client, decision);
  // Last, because from here on the tenant's chain is held.
  await appendEvidence(client, { tenantId, records: [creditDecisionEvidence({ ...decision, decisionId })] });
  const until = { decideByMs: decideByMs ?? null, objectUntilMs: objectUntilMs ?? null };
  const decided = { ...row, stage, assessment: judged, offer: offer ?? null, ...until };
  decided.objection = objection ?? row.objection;
  const gathered = await gatheredOf(client, decided, { policy, asOfMs, admitted });
  return toldOutcome(decided, { policy, asOfMs, round, gathered, ours: judgement.basis.ours });
}

/** Until when a person decides, or a decline may be objected to: to the end of a date of the policy's zone. */
function deadlinesOf(
  row: ApplicationRow,
  { judged, basis: { decider } }: Judgement,
  today: IsoDate,
  { assessment: { referralDays, objection }, zone }: LendingPolicy,
): { decideByMs?: number; objectUntilMs?: number } {
  const after = (days: number) => endOfDateMs(addDays(today, days), zone);
  if (judged.outcome === 'referred') {
    if (decider.by === 'objection') return { decideByMs: after(objection?.reviewDays ?? referralDays) };
    // A deadline is the end of a date: this one is the next, at whose end a person is called again.
    if (decider.by === 'review-deadline') return { decideByMs: after(0) };
    // Judged again, it waits no longer for a person than it was to.
    return { decideByMs: row.decideByMs ?? after(referralDays) };
  }
  const isOpen = objection !== undefined && row.objection === null && mayObject(judged, decider);
  return isOpen ? { objectUntilMs: after(objection.openDays) } : {};
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

/** All that the answer rests on, inputs by their hashes, and what would change it. */
function bodyOf(
  { judged, basis }: Judgement,
  policy: LendingPolicy,
  { byPerson, admitted }: { byPerson: ByPerson; admitted: AdmittedFacts | undefined },
): object {
  const { request, ours, decider } = basis;
  const input = inputOf(basis);
  return {
    ...judged,
    ...(byPerson.decision && wordsOf(byPerson, basis, policy)),
    inputs: admitted?.inputs,
    basis: {
      inputHash: contentHash(input),
      requestHash: contentHash(request),
      ours,
      decider,
      cardVersion: policy.assessment.scorecard.version,
      refused: admitted?.refused,
    },
    recourse: recourseOf({ input, request, policy, ours }, judged),
  };
}

/** A person's own words belong to the evidence, and so does what they rest on: what was proved, and what was asked. */
function wordsOf({ decision, by, proved }: ByPerson, basis: DecisionBasis, policy: LendingPolicy): object {
  const { decision: word, decidedBy: said, reason } = decision ?? {};
  const { request, ours } = basis;
  const saidBy = said === by ? undefined : said;
  const rules = assess(inputOf(basis), request, policy, ours).outcome;
  // An objection is counted against the decline that it would overrule, whatever is proved since.
  const isObjected = basis.before?.reasonCodes.includes('OBJECTION') === true;
  const side = word && overrideOf(word, isObjected ? 'declined' : rules);
  const byPerson = { decision: word, decidedBy: by, saidBy, reason, rules, side };
  return { requestedFen: request.requestedFen, byPerson, proved };
}

/** As it was returned when it was decided. */
export async function known(
  policies: BookDependencies['policies'],
  client: Client,
  row: ApplicationRow,
  asOfMs: number,
): Promise<AssessmentOutcome> {
  const { tenantId, applicationId, assessment } = row;
  if (!assessment) throw new Error(`application ${applicationId} has a stage but no assessment`);
  const policy = await policies.version(client, tenantId, assessment.policyVersion);
  const gathered = await gatheredOf(client, row, { policy, asOfMs });
  const ours = await ownCreditNow(client, row, policy);
  return toldOutcome({ ...row, assessment }, { policy, asOfMs, round: 1, gathered, ours });
}

/** Of a referral alone: nobody is shown what another one would be judged by. */
async function gatheredOf(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs, admitted }: { policy: LendingPolicy; asOfMs: number; admitted?: AdmittedFacts | undefined },
): Promise<GatheredFacts | undefined> {
  if (row.stage !== 'referred') return undefined;
  return admitted?.gathered ?? readKnownFacts(client, row, { policy, asOfMs });
}

/** What a person is shown before a word, less than was asked for may be what an approval grants; and whom to ask again. */
export function toldOutcome(
  row: ApplicationRow & { assessment: Assessment },
  {
    policy,
    gathered,
    ours,
    ...asked
  }: {
    policy: LendingPolicy;
    gathered: GatheredFacts | undefined;
    ours: OwnCredit | undefined;
    asOfMs: number;
    round: number;
  },
): AssessmentOutcome {
  const { assessment, product, requestedFen, proved } = row;
  const isReferred = row.stage === 'referred' && gathered !== undefined;
  const request = { product, requestedFen };
  const outlook = isReferred && outlookOfReferral(withProved(gathered.facts, proved), request, policy, ours);
  // Where an incident stops the judgement, a person decides.
  // So in the review of an objection: no rule answers it.
  const isAsking = isReferred && row.objection === null && !assessment.reasonCodes.includes(INCIDENT);
  const toAsk = isAsking ? nextToAsk(gathered, row, { policy, ...asked }) : undefined;
  return {
    assessment,
    offer: row.offer ?? undefined,
    decideByMs: row.decideByMs ?? undefined,
    ...(outlook ? { outlookFen: outlook.assessment.limitFen } : {}),
    ...(toAsk ? { toAsk } : {}),
    ...(row.objectUntilMs === null ? {} : { objectUntilMs: row.objectUntilMs }),
  };
}

const INCIDENT = 'INCIDENT_MEASURE';
