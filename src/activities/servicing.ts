/**
 * The step of an account: facts in, decision in the domain, entries, bills, notices and warnings out, in one
 * transaction. The workflow decides when; the domain decides what; here is only the order of the work.
 */
import type { AccountState } from '../contracts/account';
import type { AdvanceAccount, AdvanceResult, ServicingActivities } from '../contracts/activities';
import { saveSnapshot } from '../db/statements/accountSnapshots';
import { updateProjection } from '../db/statements/accounts';
import { appendEvidence } from '../db/statements/evidence';
import { recordFact } from '../db/statements/facts';
import { bookEntries } from '../db/statements/journal';
import { debitLanes, ringLane } from '../db/statements/lanes';
import { cancelPlanned, pastPromises, planNotices } from '../db/statements/notices';
import { insertStatements } from '../db/statements/statements';
import { insertWarnings } from '../db/statements/warnings';
import { inTransaction, together } from '../db/transaction';
import type { DerivedAccount } from '../domain/account';
import { deadlineWords } from '../domain/deadlineWords';
import type { FoldedAccount } from '../domain/derive';
import { judge } from '../domain/earlyWarning';
import type { Fact } from '../domain/facts';
import { laneOf } from '../domain/lanes';
import type { CancelReason } from '../domain/notices';
import { metBecause } from '../domain/noticeTruth';
import { OWN_PRINCIPAL } from '../domain/principals';
import { type Projection, projectionOf } from '../domain/projection';
import { planForAccount } from '../domain/reminderLadder';
import { FOLD_VERSION } from '../domain/revolvingSnapshot';
import { summaryOf } from '../domain/summary';
import type { ActivityDependencies } from './dependencies';
import { takeArrival } from './intake';
import { promiseDebits } from './mandates';
import { beginStep, fold, type Step, takeFact } from './step';
import { endWriteOffReview, writeOffVoicesOf } from './writeOffWords';

type ServicingDependencies = Pick<
  ActivityDependencies,
  'pool' | 'policies' | 'actors' | 'lanes' | 'ringLane' | 'ringDebitLane'
>;

export function createServicingActivities(deps: ServicingDependencies): ServicingActivities {
  return {
    /** Safe to retry: facts, entries, bills and notices carry business keys, and a second step finds them done. */
    async advanceAccount(input) {
      const done = await inTransaction(deps.pool, async (client) => {
        const step = await beginStep(client, deps, input);
        for (const arrival of input.arrivals) await takeArrival(step, arrival);
        const { account: derived, snapshot } = await monitor(step, fold(step));
        const projection = projectionOf(derived, step.policy);
        const summary = summaryOf(derived);
        const lane = laneOf(step.account.borrowerId, deps.lanes);
        const [firstDueAtMs, firstDebitAtMs] = await together([
          promiseNotices(step, derived, lane),
          promiseDebits(step, derived, lane),
          keepBooks(step, derived),
          snapshot && saveSnapshot(client, { tenantId: input.tenantId, accountId: input.accountId, snapshot }),
          project(step, derived, projection, summary),
        ]);
        await endWriteOffReview(step, derived.stage);
        const writeOffVoices = await writeOffVoicesOf(step, derived.stage);
        await appendEvidence(client, { tenantId: input.tenantId, records: step.evidence });
        const { purchases, changes } = step;
        const nextOn = derived.nextChangeOn;
        const nextDeadlineFor = nextOn && deadlineWords(derived, step.policy, nextOn);
        const state = { ...stateOf(derived, projection, summary), nextDeadlineFor, writeOffVoices };
        return { result: { state, purchases, changes } satisfies AdvanceResult, lane, firstDueAtMs, firstDebitAtMs };
      });
      if (done.firstDueAtMs !== undefined) await ring(deps, input, done.lane, done.firstDueAtMs);
      if (done.firstDebitAtMs !== undefined) await ringForDebit(deps, input, done.lane, done.firstDebitAtMs);
      return done.result;
    },
  };
}

/**
 * After commit, because a lane that looks too early would not see the rows. A ring that is lost here is made up for by
 * the lane's own daily look.
 */
async function ring(
  deps: ServicingDependencies,
  { tenantId, asOfMs }: AdvanceAccount,
  lane: number,
  dueAtMs: number,
): Promise<void> {
  if (await ringLane(deps.pool, { tenantId, lane, dueAtMs, asOfMs })) await deps.ringLane(tenantId, lane);
}

/** As `ring`, for the lane that debits. */
async function ringForDebit(
  deps: ServicingDependencies,
  { tenantId, asOfMs }: AdvanceAccount,
  lane: number,
  dueAtMs: number,
): Promise<void> {
  if (await debitLanes.ring(deps.pool, { tenantId, lane, dueAtMs, asOfMs })) await deps.ringDebitLane(tenantId, lane);
}

/** Early warnings; a warning that freezes new credit adds the freeze as a fact, and a cure lifts it. */
async function monitor(step: Step, folded: FoldedAccount): Promise<FoldedAccount> {
  const { client, input, account, policy, today } = step;
  const { account: derived } = folded;
  const { tenantId, accountId, asOfMs } = input;
  const warnings = judge({ bucket: account.bucket }, derived, policy.monitoring);
  await insertWarnings(client, { tenantId, accountId, warnings, raisedAtMs: asOfMs });
  const facts: Fact[] = warnings
    .filter((warning) => warning.freeze)
    .map(({ rule, episodeKey }) => ({ kind: 'frozen', key: `freeze/${episodeKey}`, valueDate: today, reason: rule }));
  if (derived.daysPastDue === 0 && derived.freezes.includes('WORSE_BUCKET')) {
    facts.push({ kind: 'lifted', key: `lift/WORSE_BUCKET/${today}`, valueDate: today, reason: 'WORSE_BUCKET' });
  }
  if (facts.length === 0) return folded;
  for (const fact of facts) {
    const recorded = await recordFact(client, {
      tenantId,
      accountId,
      fact,
      arrivedAtMs: asOfMs,
      principal: OWN_PRINCIPAL,
    });
    if (recorded === 'recorded') await takeFact(step, fact);
  }
  return fold(step);
}

/** Bills are issued once; the journal is brought to what the account's life says it must hold. */
async function keepBooks({ client, input, issued, from }: Step, derived: DerivedAccount): Promise<void> {
  const { tenantId, accountId, asOfMs } = input;
  const last = issued.at(-1)?.number ?? 0;
  const fresh = derived.statements.filter(({ number }) => number > last);
  if (fresh.length > 0) await insertStatements(client, { tenantId, accountId, statements: fresh, issuedAtMs: asOfMs });
  await bookEntries(client, {
    tenantId,
    accountId,
    entries: derived.entries,
    since: from?.through,
    bookedAtMs: asOfMs,
  });
}

/** Plans what the step promises, and takes back what is no longer owed. Returns when the first of it is due. */
async function promiseNotices(step: Step, derived: DerivedAccount, lane: number): Promise<number | undefined> {
  const { client, input, account, policy, issued } = step;
  const { tenantId, accountId, asOfMs } = input;
  const { borrowerId } = account;
  const obligationKeys = derived.obligations.map(({ key }) => key);
  const keepObligationKeys = derived.obligations.flatMap(({ key, minimumFen }) => (minimumFen > 0 ? [key] : []));
  const reason = takenBackBecause(step, derived);
  const [, promises] = await together([
    cancelPlanned(client, { tenantId, accountId, keepObligationKeys, reason, atMs: asOfMs }),
    pastPromises(client, { tenantId, accountId, obligationKeys }),
  ]);
  const notices = planForAccount({
    before: account.advancedAtMs === null ? undefined : { stage: account.stage, statements: issued },
    after: derived,
    policy: policy.notices,
    zone: policy.zone,
    asOfMs,
    accountKey: accountId,
    promises,
  });
  if (notices.length === 0) return undefined;
  await planNotices(client, { tenantId, borrowerId, accountId, lane, notices });
  return Math.min(...notices.map(({ sendAfterMs }) => sendAfterMs));
}

/** Why a notice about an obligation that asks for nothing any more is taken back. */
function takenBackBecause({ input }: Step, derived: DerivedAccount): CancelReason {
  if (derived.stage === 'written-off' || derived.stage === 'settled') return derived.stage;
  return input.arrivals.some(({ kind }) => kind === 'restructuring-approval') ? 'restructured' : metBecause(derived);
}

function stateOf(derived: DerivedAccount, projection: Projection, summary: string): AccountState {
  const { product, daysPastDue, bucket, pastDueSince, asOf } = derived;
  const { stage, amountBand, nextDeadlineAtMs } = projection;
  return {
    ...{ product, stage, bucket, daysPastDue, pastDueSince, asOf },
    amountBand,
    nextDeadlineAtMs: nextDeadlineAtMs ?? undefined,
    summary,
  };
}

async function project(
  { client, input }: Step,
  { asOf }: DerivedAccount,
  projection: Projection,
  summary: string,
): Promise<void> {
  const { tenantId, accountId, asOfMs } = input;
  const step = { summary, asOf, advancedAtMs: asOfMs, foldVersion: FOLD_VERSION };
  await updateProjection(client, { tenantId, accountId, ...projection, ...step });
}
