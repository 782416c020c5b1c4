/**
 * The step of an account: facts in, decision in the domain, entries, bills, notices and warnings out, in one
 * transaction. The workflow decides when; the domain decides what; here is only the order of the work.
 */
import { ApplicationFailure } from '@temporalio/common';
import { REST_DAYS_KNOWN_UNTIL } from '../../adapters/calendars/restDays';
import type { AdvanceAccount, AdvanceResult, ServicingActivities } from '../../contracts/activities';
import type { AccountState } from '../../contracts/credit/account';
import { failureTypes, workflowIdOfAccount } from '../../contracts/names';
import { saveCachedState } from '../../db/credit/accountStateCaches';
import { readAccount, updateProjection } from '../../db/credit/accounts';
import { insertBills } from '../../db/credit/bills';
import { recordFact, recordRefusal } from '../../db/credit/facts';
import { appendEvidence } from '../../db/evidence/evidenceRecords';
import { isPassing } from '../../db/faults';
import { bookEntries } from '../../db/ledger/journal';
import { claimWakeUp, debitLanes } from '../../db/messaging/outbox/lanes';
import { insertWarnings } from '../../db/risk/warnings';
import { inTransaction, together } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { type Projection, projectionOf } from '../../domain/credit/accountProjection';
import { summaryOf } from '../../domain/credit/accountSummary';
import { deadlineWords } from '../../domain/credit/deadlineWords';
import type { FoldedAccount } from '../../domain/credit/derive';
import type { Fact } from '../../domain/credit/facts';
import { FOLD_VERSION } from '../../domain/credit/revolving/revolvingStateCache';
import { laneOf } from '../../domain/messaging/outbox/lanes';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import { judge, restDaysUnknown } from '../../domain/risk/earlyWarning';
import { OWN_PRINCIPAL } from '../../domain/values/principals';
import type { BookDependencies } from '../bookDependencies';
import type { DebitLaneDependencies } from '../debits/debitDependencies';
import { promiseDebits } from '../debits/mandates';
import type { NoticeLaneDependencies } from '../messaging/noticeDependencies';
import { beginStep, fold, type Step, takeFact } from './step';
import { promiseNotices } from './stepNotices';
import { type Answers, takeEachApart, takeOne } from './takenApart';
import { endWriteOffReview, writeOffApprovalsOf } from './writeOffApprovals';

type ServicingDependencies = BookDependencies & NoticeLaneDependencies & DebitLaneDependencies;

export function createServicingActivities(deps: ServicingDependencies): ServicingActivities {
  return {
    /** Safe to retry: facts, entries, bills and notices carry business keys, and a second step finds them done. */
    async advanceAccount(input) {
      const refused = await refusalOfStart(deps, input);
      if (refused) return { state: NOTHING, purchases: {}, refused };
      const done = await takeStep(deps, input);
      if (done.firstDueAtMs !== undefined) await ring(deps, input, done.lane, done.firstDueAtMs);
      if (done.firstDebitAtMs !== undefined) await ringForDebit(deps, input, done.lane, done.firstDebitAtMs);
      return done.result;
    },
  };
}

interface Done {
  result: AdvanceResult;
  lane: number;
  firstDueAtMs: number | undefined;
  firstDebitAtMs: number | undefined;
}

/**
 * One step. Where it fails by what no second try mends, it is taken anew, each arrival by itself, so that the one at
 * fault is put away and the others go on. Steps without a fault, nearly all, pay nothing for it.
 */
async function takeStep(deps: ServicingDependencies, input: AdvanceAccount): Promise<Done> {
  try {
    return await inTransaction(deps.pool, async (client) => {
      const step = await beginStep(client, deps, input);
      const answers: Answers = [];
      for (const arrival of input.arrivals) answers.push(await takeOne(step, arrival));
      return finish(deps, step, answers);
    });
  } catch (fault) {
    if (isPassing(fault) || fault instanceof ApplicationFailure || input.arrivals.length === 0) throw fault;
    return inTransaction(deps.pool, async (client) => {
      const step = await beginStep(client, deps, input);
      const answers = await takeEachApart(step, () => finish(deps, step, []));
      return finish(deps, step, answers);
    });
  }
}

/** Everything after what arrived. */
async function finish(deps: ServicingDependencies, step: Step, answers: Answers): Promise<Done> {
  const { client, input } = step;
  const { account: derived, snapshot } = await monitor(step, fold(step));
  const projection = projectionOf(derived, step.policy);
  const summary = summaryOf(derived);
  const lane = laneOf(step.account.borrowerId, deps.lanes);
  const [firstDueAtMs, firstDebitAtMs] = await together([
    promiseNotices(step, derived, lane),
    promiseDebits(step, derived, lane),
    // The projection keeps how far the chain went, so it goes with the entries.
    keepBooks(step, derived, () => project(step, derived, projection, summary)),
    snapshot && saveCachedState(client, { tenantId: input.tenantId, accountId: input.accountId, snapshot }),
  ]);
  await endWriteOffReview(step, derived.stage);
  const writeOffVoices = await writeOffApprovalsOf(step, derived.stage);
  await appendEvidence(client, { tenantId: input.tenantId, records: step.evidence });
  const { purchases, changes } = step;
  const nextOn = derived.nextChangeOn;
  const nextDeadlineFor = nextOn && deadlineWords(derived, step.policy, nextOn);
  const state = { ...stateOf(derived, projection, summary), nextDeadlineFor, writeOffVoices };
  // Most steps answer nobody: then the history holds no list of it.
  const asked = answers.some((answer) => answer !== null) ? { answers } : {};
  const aside = step.setAside.length > 0 ? { setAside: step.setAside } : {};
  return { result: { state, purchases, changes, ...asked, ...aside }, lane, firstDueAtMs, firstDebitAtMs };
}

/** What a workflow knows that must not have started. */
const NOTHING: AccountState = {
  product: 'cash-loan',
  stage: 'settled',
  daysPastDue: 0,
  amountBand: 'none',
  nextDeadlineAtMs: undefined,
  summary: 'not in the books',
};

/**
 * Why a workflow must not live this account: the books do not have it, or have it under another workflow id, by which it
 * would live twice. Asked in a first step alone.
 */
async function refusalOfStart(
  { pool }: ServicingDependencies,
  { tenantId, accountId, workflowId, arrivals, asOfMs }: AdvanceAccount,
): Promise<AdvanceResult['refused']> {
  if (workflowId === undefined) return undefined;
  const account = await readAccount(pool, { tenantId, accountId });
  if (!account) {
    const message = `account ${accountId} of tenant ${tenantId} is not in the books: it begins with an accepted offer`;
    return { type: failureTypes.notFound, message };
  }
  const expected = workflowIdOfAccount(account.product, { tenantId, accountId });
  if (workflowId === expected) return undefined;
  // What was told to it, money perhaps, is not lost: it is in the account's timeline, to be told where it belongs.
  await inTransaction(pool, async (client) => {
    for (const arrival of arrivals.filter(({ kind }) => kind !== 'opening')) {
      const reasonCodes = ['WRONG_WORKFLOW'] satisfies ReasonCode[];
      const kept = { businessKey: `misdirected/${arrival.kind}`, kind: arrival.kind, reasonCodes, body: arrival };
      await recordRefusal(client, { tenantId, accountId, ...kept, atMs: asOfMs });
    }
  });
  return { type: failureTypes.conflict, message: `account ${accountId} lives as ${expected}: tell it there` };
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
  if (await claimWakeUp(deps.pool, { tenantId, lane, dueAtMs, asOfMs })) await deps.wakeLane(tenantId, lane);
}

/** As `ring`, for the lane that debits. */
async function ringForDebit(
  deps: ServicingDependencies,
  { tenantId, asOfMs }: AdvanceAccount,
  lane: number,
  dueAtMs: number,
): Promise<void> {
  if (await debitLanes.ring(deps.pool, { tenantId, lane, dueAtMs, asOfMs })) await deps.wakeDebitLane(tenantId, lane);
}

/** Early warnings; a warning that freezes new credit adds the freeze as a fact, and a cure lifts it. */
async function monitor(step: Step, folded: FoldedAccount): Promise<FoldedAccount> {
  const { client, input, account, policy, today } = step;
  const { account: derived } = folded;
  const { tenantId, accountId, asOfMs } = input;
  const warnings = [
    ...judge({ bucket: account.bucket }, derived, policy.monitoring),
    ...restDaysUnknown({ asOf: account.asOf }, derived, REST_DAYS_KNOWN_UNTIL),
  ];
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
      chain: account.chain,
    });
    if (recorded === 'recorded') await takeFact(step, fact);
  }
  return fold(step);
}

/** Bills are issued once; the journal is brought to what the account's life says it must hold. */
async function keepBooks(
  { client, input, account, issued, from }: Step,
  derived: DerivedAccount,
  alongside: () => Promise<void>,
): Promise<void> {
  const { tenantId, accountId, asOfMs } = input;
  const { chain } = account;
  const last = issued.at(-1)?.number ?? 0;
  const fresh = derived.statements.filter(({ number }) => number > last);
  await insertBills(client, { tenantId, accountId, statements: fresh, issuedAtMs: asOfMs, chain });
  await bookEntries(client, {
    tenantId,
    accountId,
    entries: derived.entries,
    since: from?.through,
    bookedAtMs: asOfMs,
    chain,
    alongside,
  });
}

function stateOf(derived: DerivedAccount, projection: Projection, summary: string): AccountState {
  const { product, daysPastDue, bucket, pastDueSince, asOf } = derived;
  const { stage, amountBand, nextDeadlineAtMs } = projection;
  return {
    product,
    stage,
    bucket,
    daysPastDue,
    pastDueSince,
    asOf,
    amountBand,
    nextDeadlineAtMs: nextDeadlineAtMs ?? undefined,
    summary,
  };
}

async function project(
  { client, input, account }: Step,
  { asOf }: DerivedAccount,
  projection: Projection,
  summary: string,
): Promise<void> {
  const { tenantId, accountId, asOfMs } = input;
  const step = { summary, asOf, advancedAtMs: asOfMs, foldVersion: FOLD_VERSION };
  await updateProjection(client, { tenantId, accountId, ...projection, ...step, chain: account.chain });
}
