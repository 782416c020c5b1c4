/** What comes of a judgement: its record with reasons and inputs, the offer or the deadline, and what its workflow is told. */
import type { AssessmentOutcome } from '../../contracts/activities';
import type { Offer, ReferralDecision } from '../../contracts/origination/application';
import { recordDecision } from '../../db/evidence/decisions';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import { type ApplicationRow, saveDecision } from '../../db/origination/applications';
import { readKnownFacts } from '../../db/origination/knownFacts';
import type { Client } from '../../db/transaction';
import type { GatheredFacts } from '../../domain/origination/gatheredFacts';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { outlookOfReferral } from '../../domain/risk/assess';
import { type Assessment, type ProvedFigures, withProved } from '../../domain/risk/assessment';
import { addDays } from '../../domain/values/calendar';
import { dateAt, endOfDateMs } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';
import { type AdmittedFacts, nextToAsk } from './sourceFacts';

interface ByPerson {
  /** Whose decision it is. */
  by?: string | undefined;
  decision?: ReferralDecision | undefined;
  proved?: ProvedFigures | undefined;
}

interface Conclusion {
  policy: LendingPolicy;
  asOfMs: number;
  decidedBy: string;
  byPerson?: ByPerson;
  /** What it rests on; absent where it rests on nothing that was told or seen. */
  admitted?: AdmittedFacts | undefined;
  /** How often sources were asked. */
  round?: number | undefined;
}

/** Records a judgement with its reasons, and the offer or the deadline that follows from it. */
export async function conclude(
  client: Client,
  row: ApplicationRow,
  judged: Assessment,
  { policy, asOfMs, decidedBy, byPerson = {}, admitted, round = 0 }: Conclusion,
): Promise<AssessmentOutcome> {
  const { tenantId, applicationId } = row;
  const today = dateAt(asOfMs, policy.zone);
  const offer: Offer | undefined =
    judged.outcome === 'approved'
      ? {
          product: row.product,
          limitFen: judged.limitFen,
          dailyRate: judged.dailyRate,
          expiresAtMs: endOfDateMs(addDays(today, policy.assessment.offerValidDays), policy.zone),
          policyVersion: policy.version,
        }
      : undefined;
  const decideByMs =
    judged.outcome === 'referred'
      ? // Judged again, it waits no longer for a person than it was to.
        (row.decideByMs ?? endOfDateMs(addDays(today, policy.assessment.referralDays), policy.zone))
      : undefined;
  const stage = ({ approved: 'offered', declined: 'declined', referred: 'referred' } as const)[judged.outcome];
  const { proved } = byPerson;
  const outcome = { stage, assessment: judged, offer, decideByMs, proved };
  await saveDecision(client, { tenantId, applicationId, ...outcome, atMs: asOfMs });
  const decision = {
    tenantId,
    subjectKind: 'application' as const,
    subjectId: applicationId,
    kind: judged.outcome,
    reasonCodes: judged.reasonCodes,
    policyVersion: policy.version,
    body: { ...(byPerson.decision ? bodyOf(row, judged, byPerson) : judged), inputs: admitted?.inputs },
    decidedAtMs: asOfMs,
    decidedBy,
    decisionId: admitted?.decisionId,
  };
  const decisionId = await recordDecision(client, decision);
  // Last, because from here on the tenant's chain is held.
  await appendEvidence(client, { tenantId, records: [creditDecisionEvidence({ ...decision, decisionId })] });
  const decided = { ...row, stage, assessment: judged, offer: offer ?? null, decideByMs: decideByMs ?? null };
  return toldOutcome(decided, {
    policy,
    asOfMs,
    round,
    gathered: await gatheredOf(client, decided, { policy, asOfMs, admitted }),
  });
}

/** A person's own words belong to the evidence, and so does what they rest on: what was proved, and what was asked. */
function bodyOf({ requestedFen }: ApplicationRow, judged: Assessment, { decision, by, proved }: ByPerson): object {
  const { decision: word, decidedBy: said, reason } = decision ?? {};
  const saidBy = said === by ? undefined : said;
  return { ...judged, requestedFen, byPerson: { decision: word, decidedBy: by, saidBy, reason }, proved };
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
  return toldOutcome({ ...row, assessment }, { policy, asOfMs, round: 1, gathered });
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
    ...asked
  }: { policy: LendingPolicy; gathered: GatheredFacts | undefined; asOfMs: number; round: number },
): AssessmentOutcome {
  const { assessment, product, requestedFen, proved } = row;
  const isReferred = row.stage === 'referred' && gathered !== undefined;
  const request = { product, requestedFen };
  const outlook = isReferred && outlookOfReferral(withProved(gathered.facts, proved), request, policy);
  // Where an incident stops the judgement, a person decides.
  const isAsking = isReferred && !assessment.reasonCodes.includes(INCIDENT);
  const toAsk = isAsking ? nextToAsk(gathered, row, { policy, ...asked }) : undefined;
  return {
    assessment,
    offer: row.offer ?? undefined,
    decideByMs: row.decideByMs ?? undefined,
    ...(outlook ? { outlookFen: outlook.assessment.limitFen } : {}),
    ...(toAsk ? { toAsk } : {}),
  };
}

const INCIDENT = 'INCIDENT_MEASURE';

export function referred(policy: LendingPolicy): Assessment {
  return {
    outcome: 'referred',
    reasonCodes: [INCIDENT],
    scorePoints: undefined,
    scoreParts: {},
    limitFen: 0,
    dailyRate: '0',
    policyVersion: policy.version,
  };
}

export function declined(before: Assessment | null, reasonCode: string, policy: LendingPolicy): Assessment {
  return {
    outcome: 'declined',
    reasonCodes: [reasonCode, ...(before?.reasonCodes ?? [])],
    scorePoints: before?.scorePoints,
    scoreParts: before?.scoreParts ?? {},
    limitFen: 0,
    dailyRate: '0',
    policyVersion: policy.version,
  };
}
