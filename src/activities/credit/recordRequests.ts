/** How what arrives becomes a fact of the account, or is kept as refused, and what is answered to who asked. */
import type { Arrival } from '../../contracts/credit/arrivals';
import { recordFact, recordRefusal, recordRemark } from '../../db/credit/facts';
import { readGoods, readRelatedFacts } from '../../db/credit/relatedFacts';
import { recordDecision } from '../../db/evidence/decisions';
import { creditDecisionEvidence } from '../../db/evidence/recordContents';
import type { ScheduleRow } from '../../domain/credit/account';
import { asKnown, type Fact, type Restructured } from '../../domain/credit/facts';
import { purchaseRefusalsOf } from '../../domain/credit/revolving/purchaseAuthorisation';
import { judgeRefund } from '../../domain/credit/revolving/refundBounds';
import {
  instalmentsOfRestructuring,
  refusalsOfConfirmation,
  refusalsOfRates,
  refusalsOfRestructuring,
  refusalsOfReturn,
  refusalsOfReversal,
} from '../../domain/credit/servicingRequests';
import type { Restriction } from '../../domain/incidents/incidents';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { isPrincipal, UNVERIFIED } from '../../domain/values/principals';
import { takeMandate } from '../debits/mandates';
import { isOfOwnDebit, takeOwnDebit } from '../debits/ownDebits';
import { restrictionNow } from '../incidents/restrictions';
import { type FactArrival, factOf, isMessageOf, type Reading, relatedKeyOf } from './arrivals';
import { takeInstalments } from './instalments';
import { refusalsOfDay, takePurchaseApproval } from './purchaseApprovals';
import { proposeRestructuring, type TakenFact, takeRestructuringApproval } from './restructurings';
import { sentBy } from './senders';
import { putAside, takeAsideAgain } from './setAside';
import { answerChange, answerPurchase, derive, fold, knownFact, type Step, supposing, takeFact } from './step';
import { takeWriteOffApproval } from './writeOffApprovals';

type ArrivalOf<Kind extends Arrival['kind']> = Extract<Arrival, { kind: Kind }>;

/** `arrival`: without its signature, which is checked; `arrived`: as it came. */
type Taker<Kind extends Arrival['kind']> = (step: Step, arrival: ArrivalOf<Kind>, arrived: Arrival) => Promise<void>;

/** How each kind is taken: without a row for a message of the contracts this does not compile. */
const TAKERS: { [Kind in Arrival['kind']]: Taker<Kind> } = {
  opening: takeAsFact,
  payment: takePayment,
  debit: takeOwnDebit,
  reversal: takeAsFact,
  refund: takeAsFact,
  confirmation: takeAsFact,
  purchase: takeAsFact,
  'purchase-approval': (step, { approval }) => takePurchaseApproval(step, approval),
  'credit-return': takeAsFact,
  'rate-correction': takeAsFact,
  restructuring: (step, arrival) => proposeRestructuring(step, arrival, () => takeFactArrival(step, arrival, 'judged')),
  'restructuring-approval': (step, { approval }) =>
    takeRestructuringApproval(step, approval, (proposed, approvers) => takeFactArrival(step, proposed, approvers)),
  mandate: (step, { mandate }) => takeMandate(step, mandate),
  'instalment-start': takeInstalments,
  'instalment-settlement': takeInstalments,
  'write-off-word': takeWriteOffApproval,
  'write-off': takeAsFact,
  // One that was set aside is never itself what was set aside.
  'set-aside': async () => {},
  look: async () => {},
};

/** Records an arrival as a fact, or keeps it as refused; a repeat changes nothing. */
export async function takeArrival(step: Step, arrived: Arrival): Promise<void> {
  if (arrived.kind === 'set-aside') return takeAsideAgain(step, arrived.asideId, takeArrival);
  const { arrival, principal } = sentBy(step.actors, step.account, arrived);
  step.principal = principal;
  const take = TAKERS[arrival.kind] as Taker<Arrival['kind']>;
  return take(step, arrival, arrived);
}

async function takePayment(step: Step, arrival: ArrivalOf<'payment'>, arrived: Arrival): Promise<void> {
  if (isOfOwnDebit(arrival)) return takeOwnDebit(step, arrival);
  const taken = await takeFactArrival(step, arrival);
  // Money that was told in a form that nobody can read is money all the same: as it came, with who sent it.
  if (taken.fault !== undefined) await putAside(step, arrived, taken.key, taken.fault);
}

async function takeAsFact(step: Step, arrival: FactArrival): Promise<void> {
  const { key, reasonCodes, restriction } = await takeFactArrival(step, arrival);
  answer(step, arrival, { key, reasonCodes, restriction });
}

/** `said`: the two principals of a restructuring; `judged`: only whether it may be, and nothing new is recorded. */
async function takeFactArrival(
  step: Step,
  arrival: FactArrival,
  said?: 'judged' | [string, string],
): Promise<TakenFact & { restriction?: Restriction | undefined; fault?: string }> {
  const { client, input, account, issued, today, principal } = step;
  const { tenantId, accountId, asOfMs } = input;
  // A signal is judged by nobody before this: what it brings may be no object at all.
  const isMessage = isMessageOf(arrival);
  const related = isMessage ? await relatedFacts(step, arrival) : [];
  const context = { terms: account.terms, issued, today, related };
  const reading = isMessage ? factOf(arrival, context) : { key: arrival.kind, fault: 'it is no JSON object' };
  const refuse = async (key: string, reasonCodes: string[], answeredCodes = reasonCodes) => {
    const { kind } = arrival;
    const refusal = {
      tenantId,
      accountId,
      businessKey: key,
      kind,
      reasonCodes,
      body: arrival,
      atMs: asOfMs,
      principal,
    };
    await recordRefusal(client, refusal);
    return { key, reasonCodes: answeredCodes, isKnown: false };
  };
  if ('fault' in reading) {
    const { key, fault } = reading;
    if (arrival.kind === 'payment') return { key, reasonCodes: ['INVALID_INPUT'], isKnown: false, fault };
    return refuse(key, [fault], ['INVALID_INPUT']);
  }
  const known = await knownFact(step, reading.fact.key);
  const { fact, bounds } = known ? { fact: reading.fact, bounds: [] } : await withinBounds(step, reading);
  const restriction = known ? undefined : await restrictionOn(step, fact);
  const refusals = known
    ? []
    : [...bounds, ...(await refusalsAgainst(step, fact, related)), ...(restriction ? [STOPPED] : [])];
  if (refusals.length > 0) return { ...(await refuse(fact.key, refusals)), restriction };
  if (said === 'judged' && !known) return { key: fact.key, reasonCodes: [], isKnown: false };
  const recorded = await recordFact(client, {
    tenantId,
    accountId,
    fact: known ? asKnown(known, { fact, undated: reading.undated === true }) : fact,
    arrivedAtMs: asOfMs,
    principal,
    chain: account.chain,
  });
  if (recorded === 'recorded') {
    await takeFact(step, fact);
    await tellOfMoney(step, fact);
    await recordChange(step, arrival, fact, said);
  }
  if (recorded === 'conflict') return refuse(fact.key, ['SAME_KEY_OTHER_CONTENT']);
  return { key: fact.key, reasonCodes: [], isKnown: known !== undefined };
}

type Taken = Extract<Reading, { fact: Fact }>;

/** A refund is no more than what was bought, and counts from when that covers it. */
async function withinBounds(step: Step, { fact, undated }: Taken): Promise<{ fact: Fact; bounds: ReasonCode[] }> {
  if (fact.kind !== 'refunded') return { fact, bounds: [] };
  const { tenantId, accountId } = step.input;
  const verdict = judgeRefund(fact, await readGoods(step.client, { tenantId, accountId }));
  if ('refusal' in verdict) return { fact, bounds: [verdict.refusal] };
  const { valueDate } = verdict;
  if (valueDate === fact.valueDate) return { fact, bounds: [] };
  const moved = { ...fact, valueDate, billableFrom: valueDate };
  if (undated) return { fact: moved, bounds: [] };
  return { fact: { ...moved, toldOn: fact.toldOn ?? fact.valueDate, dateCode: 'DATED_BEFORE_RELATED' }, bounds: [] };
}

const STOPPED: ReasonCode = 'INCIDENT_MEASURE';

/** A purchase is new credit, which an incident may stop; everything else that arrives is of credit that there is. */
async function restrictionOn({ client, input, account }: Step, { kind }: Fact): Promise<Restriction | undefined> {
  if (kind !== 'purchased') return undefined;
  const { product, borrowerId } = account;
  return restrictionNow(client, { tenantId: input.tenantId, measure: 'draws', product, borrowerId });
}

/** What is on record of the payment or purchase that an arrival names. */
async function relatedFacts({ client, input }: Step, arrival: FactArrival): Promise<Fact[]> {
  const key = relatedKeyOf(arrival);
  const { tenantId, accountId } = input;
  return key === undefined ? [] : readRelatedFacts(client, { tenantId, accountId, key });
}

/** Reasons against a fact that was asked for; what happened by itself, such as a payment, has none. */
async function refusalsAgainst(step: Step, fact: Fact, related: readonly Fact[]): Promise<string[]> {
  switch (fact.kind) {
    case 'purchased':
      return [
        ...purchaseRefusalsOf(derive(step), fact.amountFen, step.policy.revolving),
        ...(await refusalsOfDay(step, fact)),
      ];
    case 'reversed':
      return refusalsOfReversal(fact, related);
    case 'confirmed':
      return refusalsOfConfirmation(fact, related);
    case 'credit-returned':
      return refusalsOfReturn(derive(step), derive(await supposing(step, fact)), fact);
    case 'rate-corrected':
      return refusalsOfRates(derive(step), fact, step.policy);
    case 'restructured':
      return [
        ...(isPrincipal(step.principal) ? [] : (['UNVERIFIED_PRINCIPAL'] as const)),
        ...refusalsOfRestructuring(derive(step), fact, step.policy, await plannedBy(step, fact)),
      ];
    // Two names that a run of before counted by itself: nobody knows who said them.
    case 'written-off':
      return ['UNVERIFIED_PRINCIPAL'];
    default:
      fact.kind satisfies
        | 'disbursed'
        | 'opened'
        | 'refunded'
        | 'paid'
        | 'instalment-started'
        | 'instalment-settled'
        | 'frozen'
        | 'lifted';
      return [];
  }
}

async function plannedBy(step: Step, fact: Restructured): Promise<ScheduleRow[]> {
  const then = { ...step, today: fact.valueDate };
  return instalmentsOfRestructuring(derive(then), derive(await supposing(then, fact)));
}

/** Money from the borrower that names what is not there is booked as if it named nothing, and that is told. */
async function tellOfMoney(step: Step, fact: Fact): Promise<void> {
  const reasonCodes = remarksOn(step, fact);
  if (reasonCodes.length === 0) return;
  const { tenantId, accountId, asOfMs } = step.input;
  await recordRemark(step.client, { tenantId, accountId, fact, reasonCodes, atMs: asOfMs });
}

function remarksOn(step: Step, fact: Fact): ReasonCode[] {
  if (fact.kind !== 'paid' || fact.designatedInstalment === undefined) return [];
  return fold(step).remarks.flatMap(({ key, code }) => (key === fact.key ? [code] : []));
}

/** What people decided about an account is on record with who they were. */
async function recordChange(
  step: Step,
  arrival: FactArrival,
  fact: Fact,
  said: 'judged' | [string, string] | undefined,
): Promise<void> {
  const { client, input, policy } = step;
  const { tenantId, accountId, asOfMs } = input;
  if (arrival.kind !== 'rate-correction' && arrival.kind !== 'restructuring') return;
  const principal = step.principal ?? UNVERIFIED;
  const decidedBy = Array.isArray(said) ? said : [principal];
  const name = arrival.kind === 'rate-correction' ? arrival.correction.decidedBy : principal;
  const decision = {
    tenantId,
    subjectKind: 'account' as const,
    subjectId: accountId,
    kind: fact.kind,
    reasonCodes: [],
    policyVersion: policy.version,
    body: { ...fact, decidedBy, saidBy: name === principal ? undefined : name },
    decidedAtMs: asOfMs,
    decidedBy: decidedBy.join(','),
  };
  const decisionId = await recordDecision(client, decision);
  step.evidence.push(creditDecisionEvidence({ ...decision, decisionId }));
}

interface Judgement {
  key: string;
  reasonCodes: string[];
  restriction: Restriction | undefined;
}

/** The answer to what was asked for; who tells of money asks for nothing. */
function answer(step: Step, arrival: Arrival, { key, reasonCodes, restriction }: Judgement): void {
  const isAccepted = reasonCodes.length === 0;
  switch (arrival.kind) {
    case 'purchase': {
      const { availableFen } = derive(step);
      const declined = {
        status: 'declined',
        reasonCodes,
        availableFen,
        ...(restriction ? { restriction } : {}),
      } as const;
      answerPurchase(step, arrival.purchase.purchaseId, isAccepted ? { status: 'approved', availableFen } : declined);
      break;
    }
    case 'credit-return':
    case 'rate-correction':
      answerChange(step, key, isAccepted ? { status: 'accepted' } : { status: 'refused', reasonCodes });
      break;
    default:
  }
}
