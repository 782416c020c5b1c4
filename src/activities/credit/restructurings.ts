/** A restructuring needs two people: one proposes it, another approves it in time, and only then it is a fact. */

import type { Arrival } from '../../contracts/activities';
import type { Restructuring, RestructuringApproval } from '../../contracts/credit/account';
import { factKeys } from '../../contracts/names';
import { contentHash } from '../../db/contentHash';
import { type AccountApproval, readAccountApprovals, recordAccountApproval } from '../../db/credit/accountApprovals';
import { recordRefusal } from '../../db/credit/facts';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { addDays } from '../../domain/values/calendar';
import { dateAt, endOfDateMs } from '../../domain/values/clock';
import { isPrincipal, isSamePrincipal, UNVERIFIED } from '../../domain/values/principals';
import { answerChange, knownFact, type Step } from './step';

export interface TakenFact {
  key: string;
  /** Why not; empty: it is in force, or may be. */
  reasonCodes: string[];
  /** It was recorded before. */
  isKnown: boolean;
}

type RestructuringArrival = Extract<Arrival, { kind: 'restructuring' }>;

/** Judges as if it were approved now, and keeps the proposal. `judge` takes nothing that is not known already. */
export async function proposeRestructuring(
  step: Step,
  arrival: RestructuringArrival,
  judge: () => Promise<TakenFact>,
): Promise<void> {
  const { key, reasonCodes, isKnown } = await judge();
  if (reasonCodes.length === 0 && !isKnown) return keepProposal(step, key, arrival.restructuring);
  answerChange(step, key, reasonCodes.length === 0 ? { status: 'accepted' } : { status: 'refused', reasonCodes });
}

async function keepProposal(step: Step, key: string, asked: Restructuring): Promise<void> {
  const { tenantId, accountId, asOfMs } = step.input;
  const known = proposalOf(await wordsOf(step, key));
  const principal = step.principal ?? UNVERIFIED;
  const proposal: AccountApproval = known ?? {
    subject: key,
    kind: 'proposed',
    wordKey: 'proposed',
    principal,
    body: asked,
    atMs: asOfMs,
  };
  const refusals = known ? refusalsOfRepeat(step, known, asked) : [];
  if (refusals.length > 0) return refuse(step, key, { kind: 'restructuring', restructuring: asked }, refusals);
  if (!known) await recordAccountApproval(step.client, { tenantId, accountId, ...proposal });
  answerChange(step, key, { status: 'proposed', approveByMs: approveByMs(step, proposal) });
}

function refusalsOfRepeat(step: Step, known: AccountApproval, asked: Restructuring): ReasonCode[] {
  if (identityOf(known.body as Restructuring) !== identityOf(asked)) return ['SAME_KEY_OTHER_CONTENT'];
  return isOver(step, known) ? ['PROPOSAL_EXPIRED'] : [];
}

/** The second word: of another principal than who proposed. `take` records what was proposed, if it may still be. */
export async function takeRestructuringApproval(
  step: Step,
  approval: RestructuringApproval,
  take: (proposed: RestructuringArrival, approvers: [string, string]) => Promise<TakenFact>,
): Promise<void> {
  const { tenantId, accountId, asOfMs } = step.input;
  const subject = factKeys.restructuring(approval.restructuringId);
  const key = factKeys.restructuringApproval(approval.restructuringId);
  const principal = step.principal ?? UNVERIFIED;
  if (await knownFact(step, subject)) {
    answerChange(step, key, { status: 'accepted' });
    return;
  }
  const proposal = proposalOf(await wordsOf(step, subject));
  const refusals = refusalsOfApproval(step, proposal, principal);
  const arrival: Arrival = { kind: 'restructuring-approval', approval };
  if (refusals.length > 0 || !proposal) return refuse(step, key, arrival, refusals);
  const proposed = { kind: 'restructuring' as const, restructuring: proposal.body as Restructuring };
  const { reasonCodes } = await take(proposed, [proposal.principal, principal]);
  if (reasonCodes.length === 0) {
    const word: AccountApproval = { subject, kind: 'approved', wordKey: 'approved', principal, atMs: asOfMs };
    await recordAccountApproval(step.client, { tenantId, accountId, ...word });
  }
  answerChange(step, key, reasonCodes.length === 0 ? { status: 'accepted' } : { status: 'refused', reasonCodes });
}

function refusalsOfApproval(step: Step, proposal: AccountApproval | undefined, principal: string): ReasonCode[] {
  if (!proposal) return ['UNKNOWN_PROPOSAL'];
  if (!isPrincipal(principal)) return ['UNVERIFIED_PRINCIPAL'];
  if (isSamePrincipal(proposal.principal, principal)) return ['SAME_PRINCIPAL'];
  return isOver(step, proposal) ? ['PROPOSAL_EXPIRED'] : [];
}

async function refuse(step: Step, key: string, arrival: Arrival, reasonCodes: string[]): Promise<void> {
  const { tenantId, accountId, asOfMs: atMs } = step.input;
  const { principal } = step;
  const { kind } = arrival;
  const refusal = { tenantId, accountId, businessKey: key, kind, reasonCodes, body: arrival, atMs, principal };
  await recordRefusal(step.client, refusal);
  answerChange(step, key, { status: 'refused', reasonCodes });
}

function wordsOf({ client, input }: Step, subject: string): Promise<AccountApproval[]> {
  const { tenantId, accountId } = input;
  return readAccountApprovals(client, { tenantId, accountId, subject });
}

function proposalOf(words: readonly AccountApproval[]): AccountApproval | undefined {
  return words.find(({ kind }) => kind === 'proposed');
}

/** Until the end of the day after: what was agreed with a borrower rests on figures of its day. */
function approveByMs({ policy }: Step, { atMs }: AccountApproval): number {
  return endOfDateMs(addDays(dateAt(atMs, policy.zone), 1), policy.zone);
}

function isOver(step: Step, proposal: AccountApproval): boolean {
  return step.input.asOfMs >= approveByMs(step, proposal);
}

/** What a repeat is compared by; a date that we gave is not. */
function identityOf({ months, dailyRate, agreedOn, undated }: Restructuring): string {
  return contentHash({ months, dailyRate, agreedOn: undated ? undefined : agreedOn });
}
