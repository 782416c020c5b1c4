/** Instalment plans as they arrive: judged, kept as facts with the confirmed cost sheet, and answered with their parts. */
import type { Arrival } from '../../contracts/activities';
import type { InstalmentResult, InstalmentSettlement, InstalmentStart } from '../../contracts/credit/instalments';
import { factKeys } from '../../contracts/names';
import type { RefusalFigures } from '../../contracts/origination/costDisclosure';
import { recordFact, recordRefusal } from '../../db/credit/facts';
import { readRelatedFacts } from '../../db/credit/relatedFacts';
import { billedTerms } from '../../domain/credit/account';
import type { Fact, InstalmentSettled, InstalmentStarted } from '../../domain/credit/facts';
import {
  comingParts,
  judgeSplit,
  refusalsOfSettlement,
  settlementDate,
  startedFact,
} from '../../domain/credit/revolving/instalmentStart';
import { confirmationOf, keepConfirmation } from '../origination/confirmedDisclosure';
import { answerChange, derive, knownFact, type Step, takeFact } from './step';

export type InstalmentArrival = Extract<Arrival, { kind: 'instalment-start' | 'instalment-settlement' }>;
type Refusal = Extract<InstalmentResult, { status: 'refused' }>;

/** A repeat changes nothing, and is answered with what comes of the plan now. */
export async function takeInstalments(step: Step, arrival: InstalmentArrival): Promise<void> {
  const { key, result } =
    arrival.kind === 'instalment-start' ? await start(step, arrival.start) : await settle(step, arrival.settlement);
  if (result.status === 'refused') await keepRefusal(step, arrival, key, result);
  answerChange(step, key, result);
}

interface Taken {
  key: string;
  result: InstalmentResult;
}

async function start(step: Step, asked: InstalmentStart): Promise<Taken> {
  const key = factKeys.instalmentPlan(asked.planId);
  const { account, policy, today, client, input } = step;
  const terms = billedTerms(account.terms);
  if (!terms) return refused(key, ['INVALID_INPUT']);
  const known = await knownFact(step, key);
  if (known) return repeated(step, startedFact(key, known.valueDate, asked, policy));

  const judged = judgeSplit(asked, { account: derive(step), terms, policy });
  if ('refusals' in judged) return refused(key, judged.refusals, judged.figures);
  const { sheet } = judged;
  // The sheet is that of today, so one that was confirmed on another day has another hash.
  const confirmed = confirmationOf(sheet, asked.costSheet);
  if (confirmed.status === 'refused') return { key, result: confirmed };
  await keep(step, startedFact(key, today, asked, policy));
  const { tenantId, accountId, asOfMs } = input;
  await keepConfirmation(client, { tenantId, accountId }, key, { ...confirmed, sheet, atMs: asOfMs });
  return { key, result: accepted(step, key) };
}

async function settle(step: Step, asked: InstalmentSettlement): Promise<Taken> {
  const key = factKeys.instalmentSettlement(asked.settlementId);
  const planKey = factKeys.instalmentPlan(asked.planId);
  const { account, policy, client, input } = step;
  if (!billedTerms(account.terms)) return refused(key, ['INVALID_INPUT']);
  const waivesFee = policy.revolving.instalments?.feeRefundOnEarlySettlement ?? false;
  const known = await knownFact(step, key);
  const settled = { kind: 'instalment-settled' as const, key, planKey };
  if (known?.kind === 'instalment-settled') {
    return repeated(step, { ...settled, valueDate: known.valueDate, waivesFee: known.waivesFee });
  }
  const { tenantId, accountId } = input;
  const related = await readRelatedFacts(client, { tenantId, accountId, key: planKey });
  const derived = derive(step);
  const refusals = refusalsOfSettlement({ planKey }, derived, related);
  const started = related.find((fact) => fact.key === planKey);
  if (refusals.length > 0 || !started) return refused(key, refusals);
  const valueDate = settlementDate(asked.settledOn, started.valueDate, derived);
  await keep(step, { ...settled, valueDate, waivesFee });
  return { key, result: accepted(step, planKey) };
}

/** The same again changes nothing; other content under its key is refused. */
async function repeated(step: Step, fact: InstalmentStarted | InstalmentSettled): Promise<Taken> {
  const { client, input, account } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { chain } = account;
  const { principal } = step;
  const recorded = await recordFact(client, { tenantId, accountId, fact, arrivedAtMs: asOfMs, principal, chain });
  if (recorded === 'conflict') return refused(fact.key, ['SAME_KEY_OTHER_CONTENT']);
  return { key: fact.key, result: accepted(step, fact.kind === 'instalment-settled' ? fact.planKey : fact.key) };
}

async function keep(step: Step, fact: Fact): Promise<void> {
  const { client, input, account, principal } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { chain } = account;
  await recordFact(client, { tenantId, accountId, fact, arrivedAtMs: asOfMs, principal, chain });
  await takeFact(step, fact);
}

/** What comes of a plan now; nothing when its last part was billed. */
function accepted(step: Step, planKey: string): InstalmentResult {
  const { account, policy, today } = step;
  const plan = derive(step).instalments?.plans.find(({ key }) => key === planKey);
  const terms = billedTerms(account.terms);
  const parts = plan && terms ? comingParts(plan, today, terms, policy) : [];
  return { status: 'accepted', parts };
}

function refused(key: string, reasonCodes: string[], figures?: RefusalFigures): Taken {
  return { key, result: { status: 'refused', reasonCodes, ...(figures ? { figures } : {}) } };
}

function keepRefusal(step: Step, arrival: InstalmentArrival, key: string, { reasonCodes }: Refusal): Promise<boolean> {
  const { tenantId, accountId, asOfMs } = step.input;
  const { kind } = arrival;
  return recordRefusal(step.client, {
    tenantId,
    accountId,
    businessKey: key,
    kind,
    reasonCodes,
    body: arrival,
    atMs: asOfMs,
    principal: step.principal,
  });
}
