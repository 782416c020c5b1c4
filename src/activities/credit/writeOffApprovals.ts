/** Words for and against writing an account off, counted in the books: two principals write it off, one keeps it. */

import type { Arrival } from '../../contracts/activities';
import type { WriteOffApproval, WriteOffProgress } from '../../contracts/credit/account';
import { factKeys } from '../../contracts/names';
import { type AccountApproval, readAccountApprovals, recordAccountApproval } from '../../db/credit/accountApprovals';
import { recordFact, recordRefusal } from '../../db/credit/facts';
import { writeOffEvidence } from '../../db/evidence/recordContents';
import type { WrittenOff } from '../../domain/credit/facts';
import { approvalsInCount } from '../../domain/credit/writeOffApprovals';
import { isPrincipal, isSamePrincipal, OWN_PRINCIPAL, UNVERIFIED } from '../../domain/values/principals';
import { answerChange, derive, knownFact, type Step, takeFact } from './step';

const SUBJECT = 'write-off';
/** Of a word that was given before reasons were asked for. */
const NO_REASON = 'no reason on record';

type WriteOffArrival = Extract<Arrival, { kind: 'write-off-word' }>;

/** Takes a word once, by its update's id; a repeat is answered by where things stand. */
export async function takeWriteOffApproval(step: Step, { word, key }: Omit<WriteOffArrival, 'kind'>): Promise<void> {
  answerChange(step, factKeys.writeOffWord(key), await progressOf(step, { word, key }));
}

async function progressOf(step: Step, { word, key }: Omit<WriteOffArrival, 'kind'>): Promise<WriteOffProgress> {
  const { tenantId, accountId, asOfMs } = step.input;
  const principal = step.principal ?? UNVERIFIED;
  const words = await readAccountApprovals(step.client, { tenantId, accountId, subject: SUBJECT });
  const wordKey = `${principal}/${key}`;
  const known = words.find((each) => each.wordKey === wordKey);
  if (known) return repeated(step, known);
  if (derive(step).stage !== 'write-off-review') return { status: 'not-in-review' };
  if (word.decision === 'write-off' && !isPrincipal(principal)) return unverified(step, { word, key });
  const approvals = approvalsInCount(words);
  const isSecond = approvals.length > 0;
  if (word.decision === 'write-off' && approvals.some((approval) => isSamePrincipal(approval.principal, principal))) {
    return { status: 'same-person' };
  }
  const said: AccountApproval = {
    subject: SUBJECT,
    kind: word.decision,
    wordKey,
    principal,
    reason: word.reason,
    atMs: asOfMs,
    saidBy: word.decidedBy === principal ? null : word.decidedBy,
  };
  await recordAccountApproval(step.client, { tenantId, accountId, ...said });
  if (word.decision === 'keep') return { status: 'kept' };
  const [first] = approvals;
  if (!isSecond || first === undefined) return { status: 'needs-second-person' };
  await writeOff(step, first, said);
  return { status: 'written-off' };
}

async function repeated(step: Step, { kind }: AccountApproval): Promise<WriteOffProgress> {
  if (kind === 'keep') return { status: 'kept' };
  return { status: (await knownFact(step, SUBJECT)) ? 'written-off' : 'needs-second-person' };
}

/** Kept, so that it is seen that somebody tried; it counts for nothing. */
async function unverified(
  { client, input }: Step,
  { word, key }: Omit<WriteOffArrival, 'kind'>,
): Promise<WriteOffProgress> {
  const { tenantId, accountId, asOfMs } = input;
  await recordRefusal(client, {
    tenantId,
    accountId,
    businessKey: factKeys.writeOffWord(key),
    kind: 'write-off-word',
    reasonCodes: ['UNVERIFIED_PRINCIPAL'],
    body: { kind: 'write-off-word', word },
    atMs: asOfMs,
    principal: UNVERIFIED,
  });
  return { status: 'unverified' };
}

async function writeOff(step: Step, first: AccountApproval, second: AccountApproval): Promise<void> {
  const { client, input, today, account } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { chain } = account;
  const fact: WrittenOff = {
    kind: 'written-off',
    key: SUBJECT,
    valueDate: today,
    decidedBy: [first.principal, second.principal],
    reasons: [first.reason ?? NO_REASON, second.reason ?? NO_REASON],
  };
  const { principal } = second;
  if ((await recordFact(client, { tenantId, accountId, fact, arrivedAtMs: asOfMs, principal, chain })) !== 'recorded')
    return;
  await takeFact(step, fact);
  step.evidence.push(writeOffEvidence(accountId, fact, asOfMs));
}

/** Who has said yes so far in the review that goes on; undefined where there is none. */
export async function writeOffApprovalsOf(step: Step, stage: string): Promise<WriteOffApproval[] | undefined> {
  if (stage !== 'write-off-review') return undefined;
  const { tenantId, accountId } = step.input;
  const words = approvalsInCount(await readAccountApprovals(step.client, { tenantId, accountId, subject: SUBJECT }));
  if (words.length === 0) return undefined;
  return words.map(({ principal, reason, atMs }) => ({
    decidedBy: principal,
    saidAtMs: atMs,
    reason: reason ?? undefined,
  }));
}

/** A word counts in its own review only: with the step that leaves the review, the count is over. */
export async function endWriteOffReview({ client, input, account }: Step, stage: string): Promise<void> {
  if (account.stage !== 'write-off-review' || stage === 'write-off-review') return;
  const { tenantId, accountId, asOfMs } = input;
  const words = await readAccountApprovals(client, { tenantId, accountId, subject: SUBJECT });
  const last = approvalsInCount(words).at(-1);
  if (!last) return;
  await recordAccountApproval(client, {
    tenantId,
    accountId,
    subject: SUBJECT,
    kind: 'review-ended',
    wordKey: `ended/${last.wordKey}`,
    principal: OWN_PRINCIPAL,
    atMs: asOfMs,
  });
}
