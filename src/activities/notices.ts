/**
 * A lane's sweep: what is due is checked against the books as they are now, and then sent, deferred or cancelled.
 *
 * Once only: a notice is committed as attempted before its provider is called, and is attempted again only after a
 * definite refusal, or when the provider, asked, has no trace of it. A crash between attempt and answer leaves it
 * attempted; the next sweep marks it unknown, and a receipt or an inquiry may still tell.
 */
import type { NoticeActivities, SweepResult } from '../contracts/activities';
import { answerRing, noteNextDue } from '../db/statements/lanes';
import { claimDue, endInterrupted, type NoticeRow } from '../db/statements/notices';
import { stoppedProviders } from '../db/statements/providerStops';
import { inTransaction, together } from '../db/transaction';
import { nextLookAtMs, SEND_POLICY } from '../domain/sendOutcomes';
import { type DraftContext, draftNotice, type Fate, type NoticeDependencies, type SweepInput } from './noticeDraft';
import { lookAtDoubtful } from './noticeLooks';
import { attemptDraft, sendAttempts } from './noticeSending';

/** One sweep's batch: small enough that an attempt ends well inside its bound. */
const BATCH = 50;
/**
 * Notices that share their two commits. A crash between them leaves so many in doubt at most; one by one, each would
 * cost two commits and a dozen waits for the database of its own.
 */
const GROUP = 10;

export function createNoticeActivities(deps: NoticeDependencies): NoticeActivities {
  return {
    /** Safe to retry: see the head of this file. */
    async sweepLane(input): Promise<SweepResult> {
      const { due, stopped } = await beginSweep(deps, input);
      await lookAtDoubtful(deps, input);
      const context = { providers: deps.providers, stopped, noProviderPauseMs: SEND_POLICY.noProviderPauseMs };
      const counts = { sent: 0, cancelled: 0, failed: 0, deferred: 0 };
      for (const group of groupsOf(due)) {
        deps.heartbeat();
        for (const fate of await settleGroup(deps, input, context, group)) counts[fate] += 1;
      }
      const nextDueAtMs = await noteNextDue(deps.pool, input);
      const { sent, cancelled, failed } = counts;
      return { sent, cancelled, failed, nextDueAtMs };
    },
  };
}

/** The bell is silenced, what was interrupted is in doubt from now on, and what is due is claimed. */
function beginSweep(
  { pool }: NoticeDependencies,
  input: SweepInput,
): Promise<{ due: NoticeRow[]; stopped: ReadonlySet<string> }> {
  const { asOfMs } = input;
  // Whether the provider can be asked is not known here; it is found out at the first look.
  const lookAtMs = nextLookAtMs({ attemptedAtMs: asOfMs, looks: 0, canInquire: true });
  return inTransaction(pool, async (client) => {
    const [, , due, stops] = await together([
      answerRing(client, input),
      endInterrupted(client, { ...input, attemptedBeforeMs: asOfMs, atMs: asOfMs, nextLookAtMs: lookAtMs }),
      claimDue(client, { ...input, limit: BATCH }),
      stoppedProviders(client, input),
    ]);
    return { due, stopped: new Set(stops.map(({ provider }) => provider)) };
  });
}

/** In their order; no borrower twice in a group, because the second notice counts the first against the day's cap. */
function groupsOf(due: readonly NoticeRow[]): NoticeRow[][] {
  const groups: NoticeRow[][] = [];
  for (const notice of due) {
    const last = groups.at(-1);
    const fits = last && last.length < GROUP && last.every(({ borrowerId }) => borrowerId !== notice.borrowerId);
    if (fits) last.push(notice);
    else groups.push([notice]);
  }
  return groups;
}

/** Decides due notices as of the sweep's instant, and acts on them: attempts are committed before any provider hears. */
async function settleGroup(
  deps: NoticeDependencies,
  input: SweepInput,
  context: DraftContext,
  group: readonly NoticeRow[],
): Promise<Fate[]> {
  const decided = await inTransaction(deps.pool, (client) =>
    together(
      group.map(async (notice) => {
        const drafted = await draftNotice(client, deps, input, context, notice);
        if ('fate' in drafted) return drafted;
        return (await attemptDraft(client, deps, input, drafted)) ?? { fate: 'deferred' as const };
      }),
    ),
  );
  const attempts = decided.flatMap((each) => ('fate' in each ? [] : [each]));
  const fates = decided.flatMap((each) => ('fate' in each ? [each.fate] : []));
  return [...fates, ...(await sendAttempts(deps, input, attempts))];
}
