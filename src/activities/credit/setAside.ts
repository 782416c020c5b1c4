/**
 * What arrived and cannot be taken. Money that came is never refused, and what fails by no value of its own may be taken
 * once its cause is mended: both are set aside for two people, an alarm names them, and the life of the account goes on.
 */
import { type Arrival, keyOfAsked } from '../../contracts/credit/arrivals';
import { recordRefusal } from '../../db/credit/facts';
import { lockAside, readAside, saveAside, setAside } from '../../db/credit/setAsideArrivals';
import { faultName, isOfValue } from '../../db/faults';
import { insertWarnings } from '../../db/risk/warnings';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { SET_ASIDE_RULE, type Warning } from '../../domain/risk/earlyWarning';
import { sentBy } from './senders';
import { answerChange, answerPurchase, derive, type Step } from './step';

/** Money that came in, or goes back to the borrower: refused, it would lie at nobody's account. */
function isMoney({ kind }: Arrival): boolean {
  return kind === 'payment' || kind === 'debit' || kind === 'refund';
}

/** Keeps an arrival whose step failed by it: refused where another value mends it, set aside where none does. */
export async function putAway(step: Step, arrival: Arrival, fault: unknown): Promise<void> {
  if (arrival.kind === 'set-aside') return failAgain(step, arrival.asideId, faultName(fault));
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const key = keyOf(arrival);
  if (isMoney(arrival) || !isOfValue(fault)) {
    await putAside(step, arrival, key, faultName(fault));
    return answer(step, arrival, SET_ASIDE_RULE);
  }
  const sent = sentBy(step.actors, step.account, arrival);
  const refusal = { businessKey: key, kind: arrival.kind, reasonCodes: [faultName(fault)], body: sent.arrival };
  await recordRefusal(client, { tenantId, accountId, ...refusal, atMs: asOfMs, principal: sent.principal });
  answer(step, arrival, 'INVALID_INPUT');
}

/** Waits for two people; each time that it is set aside anew there is an alarm. */
export async function putAside(step: Step, arrival: Arrival, businessKey: string, fault: string): Promise<void> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { kind } = arrival;
  // As it came, so that who sent it can be proved when it is taken; the same that is sent again is signed anew.
  const identity = sentBy(step.actors, step.account, arrival).arrival;
  const came = { kind, businessKey, arrival, identity, fault, atMs: asOfMs };
  const asideId = await setAside(client, { tenantId, accountId, ...came });
  if (asideId !== undefined) await alarm(step, asideId, kind, fault);
}

/** Named so that the alarm of a second failure is another one. */
async function alarm(step: Step, asideId: number, kind: string, fault: string): Promise<void> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  const warning: Warning = {
    rule: SET_ASIDE_RULE,
    episodeKey: `${SET_ASIDE_RULE}/${asideId}/${asOfMs}`,
    reason: `a ${kind} was set aside as ${asideId}, because of ${fault}: two people settle it`,
    freeze: false,
  };
  await insertWarnings(client, { tenantId, accountId, warnings: [warning], raisedAtMs: asOfMs });
  step.setAside.push(asideId);
}

/** Takes what two people want taken again; of anything else nothing happens. */
export async function takeAsideAgain(
  step: Step,
  asideId: number,
  take: (step: Step, arrival: Arrival) => Promise<void>,
): Promise<void> {
  const { client, input } = step;
  const { tenantId, accountId, asOfMs } = input;
  // Who speaks Temporal can name anything.
  const row = Number.isSafeInteger(asideId) ? await lockAside(client, { tenantId, asideId }) : undefined;
  if (row?.accountId !== accountId || row.state !== 'again') return;
  await saveAside(client, { ...row, state: 'taken', settledAtMs: asOfMs });
  await take(step, JSON.parse(row.raw.toString('utf8')) as Arrival);
  // Nobody waits for the answer any more: who asked was told that it was set aside.
  step.answer = undefined;
}

async function failAgain(step: Step, asideId: number, fault: string): Promise<void> {
  const { client, input } = step;
  const row = await readAside(client, { tenantId: input.tenantId, asideId });
  if (!row) return;
  const unsaid = { word: null, wordBy: null, wordReason: null, secondBy: null, secondReason: null };
  await saveAside(client, { ...row, ...unsaid, state: 'waiting', fault });
  await alarm(step, asideId, row.kind, fault);
}

function keyOf(arrival: Arrival): string {
  try {
    return keyOfAsked(arrival)?.key ?? arrival.kind;
  } catch {
    // What was to hold the id is no object.
    return arrival.kind;
  }
}

function answer(step: Step, arrival: Arrival, code: ReasonCode): void {
  const asked = keyOfAsked(arrival);
  if (asked?.kind === 'purchase') {
    const { availableFen } = derive(step);
    answerPurchase(step, asked.key, { status: 'declined', reasonCodes: [code], availableFen });
  } else if (asked) answerChange(step, asked.key, { status: 'refused', reasonCodes: [code] });
}
