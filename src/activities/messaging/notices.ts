/**
 * A lane's sweep: what is due is checked against the books as they are now, and then sent, deferred or cancelled.
 *
 * Once only: a notice is committed as attempted before its provider is called, and is attempted again only after a
 * definite refusal, or when the provider, asked, has no trace of it. A crash between attempt and answer leaves it
 * attempted; the next sweep marks it unknown, and a receipt or an inquiry may still tell.
 */
import type { NoticeActivities, SweepResult } from '../../contracts/activities';
import { measuresInForce } from '../../db/incidents/incidents';
import { stoppedProviders } from '../../db/messaging/delivery/providerStops';
import { claimStatusInquiries, type UnresolvedAttempt } from '../../db/messaging/delivery/statusInquiries';
import { answerRing, noteNextDue } from '../../db/messaging/outbox/lanes';
import { appendNoticeEvidence } from '../../db/messaging/outbox/noticeEvidence';
import { claimDue, endInterrupted, type NoticeRow } from '../../db/messaging/outbox/notices';
import { type Client, inTransaction, together } from '../../db/transaction';
import { nextLookAtMs, SEND_POLICY } from '../../domain/messaging/delivery/sendOutcomes';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import { pushInboxNotice } from './noticeChannels';
import { type Draft, type DraftContext, draftNotice } from './noticeDraft';
import { beginGuard, type GuardContext, guardGroup } from './noticeGuard';
import { type NoticeReading, readGroup } from './noticeReading';
import { type Attempted, attemptDrafts, sendAttempts } from './noticeSending';
import { inquireUnresolved } from './statusInquiries';
import type { NoticeDependencies, SendDisposition, SweepInput } from './sweep';

/** One sweep's batch: small enough that an attempt ends well inside its bound. */
const BATCH = 50;
/**
 * Notices that share their two commits. A crash between them leaves so many in doubt at most; one by one, each would
 * cost two commits and a dozen waits for the database of its own.
 */
const GROUP = 10;
/** The end of an incident rings every lane; should a ring be lost, its notices are looked at so often. */
const INCIDENT_PAUSE_MS = 15 * MINUTE_MS;

export function createNoticeActivities(deps: NoticeDependencies): NoticeActivities {
  return {
    /** Safe to retry: see the head of this file. */
    async sweepLane(input): Promise<SweepResult> {
      const { due, doubtful, stopped } = await beginSweep(deps, input);
      await inquireUnresolved(deps, input, doubtful);
      const sweep = {
        providers: deps.providers,
        stopped,
        incidentPauseMs: INCIDENT_PAUSE_MS,
        noProviderPauseMs: SEND_POLICY.noProviderPauseMs,
        guard: await watch(deps, input),
      };
      const counts = { sent: 0, cancelled: 0, failed: 0, deferred: 0 };
      if (due.length === 0) await lookAround(deps, input, sweep.guard);
      for (const group of groupsOf(due)) {
        deps.heartbeat();
        for (const disposition of await settleGroup(deps, input, sweep, group)) counts[disposition] += 1;
      }
      const nextDueAtMs = await noteNextDue(deps.pool, input);
      const { sent, cancelled, failed } = counts;
      return { sent, cancelled, failed, nextDueAtMs };
    },
  };
}

type SweepContext = Omit<DraftContext, 'inForce'> & { guard: GuardContext | undefined };

/** The guard's reading of what moves slowly, once for a sweep. */
async function watch(deps: NoticeDependencies, input: SweepInput): Promise<GuardContext | undefined> {
  if (!deps.guard) return undefined;
  const providers = deps.providers.health().map(({ name }) => name);
  return beginGuard(deps, input, { ...deps.guard, providers });
}

/** Without anything to send the guard still looks at providers and checks. */
async function lookAround(deps: NoticeDependencies, input: SweepInput, guard: GuardContext | undefined): Promise<void> {
  if (guard) await inTransaction(deps.pool, (client) => guardGroup(client, input, guard, []));
}

/** The bell is silenced, what was interrupted is in doubt from now on, and what is due is claimed. */
function beginSweep(
  { pool }: NoticeDependencies,
  input: SweepInput,
): Promise<{ due: NoticeRow[]; doubtful: UnresolvedAttempt[]; stopped: ReadonlySet<string> }> {
  const { asOfMs } = input;
  // Whether the provider can be asked is not known here; it is found out at the first look.
  const lookAtMs = nextLookAtMs({ attemptedAtMs: asOfMs, looks: 0, canInquire: true });
  return inTransaction(pool, async (client) => {
    const [, , due, doubtful, stops] = await together([
      answerRing(client, input),
      endInterrupted(client, { ...input, attemptedBeforeMs: asOfMs, atMs: asOfMs, nextLookAtMs: lookAtMs }),
      claimDue(client, { ...input, limit: BATCH }),
      claimStatusInquiries(client, { ...input, limit: BATCH }),
      stoppedProviders(client, input),
    ]);
    return { due, doubtful, stopped: new Set(stops.map(({ provider }) => provider)) };
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

/**
 * Decides due notices as of the sweep's instant, and acts on them: attempts are committed before any provider hears.
 * What a provider refused and another may have is decided anew from the beginning: the books, incidents and the guard may
 * say something else by now, and of another provider.
 */
async function settleGroup(
  deps: NoticeDependencies,
  input: SweepInput,
  sweep: SweepContext,
  group: readonly NoticeRow[],
): Promise<SendDisposition[]> {
  const dispositions: SendDisposition[] = [];
  const taken: Attempted[] = [];
  const tried = new Map<string, ReadonlySet<string>>();
  let open = group;
  while (open.length > 0) {
    const context = { ...sweep, tried };
    const undecided = open;
    const decided = await inTransaction(deps.pool, (client) =>
      decideGroup(client, deps, input, { ...context, group: undecided }),
    );
    const attempts = decided.flatMap((each) => ('disposition' in each ? [] : [each]));
    const sent = await sendAttempts(deps, input, context, attempts);
    dispositions.push(
      ...decided.flatMap((each) => ('disposition' in each ? [each.disposition] : [])),
      ...sent.dispositions,
    );
    taken.push(...sent.taken);
    for (const { noticeId, provider } of sent.again) {
      tried.set(noticeId, new Set([...(tried.get(noticeId) ?? []), provider.name]));
    }
    open = sent.again.map(({ notice }) => notice);
  }
  // Last of all: what may be sent must not wait for it, nor fail with it.
  await pushInboxNotice(deps, input, taken);
  return dispositions;
}

/** Read again, judged by the guard, and what passes is attempted. What was decided joins the chain of evidence, last. */
async function decideGroup(
  client: Client,
  deps: NoticeDependencies,
  input: SweepInput,
  { guard, group, ...sweep }: SweepContext & { group: readonly NoticeRow[] },
): Promise<({ disposition: SendDisposition } | Attempted)[]> {
  const { tenantId, asOfMs } = input;
  const asked = measuresInForce(client, input);
  const [inForce, readings] = await together([asked, readGroup(client, deps, input, { group, inForce: asked })]);
  const drafted = await together(
    group.map((notice, index) =>
      draftNotice(client, deps, input, { ...sweep, inForce, notice, reading: readings[index] as NoticeReading }),
    ),
  );
  const drafts = drafted.flatMap((each) => ('disposition' in each ? [] : [each]));
  const passed = guard ? await passing(client, input, guard, drafts) : drafts;
  const attempted = (await attemptDrafts(client, deps, input, passed)).flatMap((each) => each ?? []);
  await appendNoticeEvidence(client, { tenantId, atMs: asOfMs, noticeIds: group.map(({ noticeId }) => noticeId) });
  return [
    ...drafted.flatMap((each) => ('disposition' in each ? [each] : [])),
    ...attempted,
    // Held, waiting, or another sweep's.
    ...drafts.slice(attempted.length).map(() => ({ disposition: 'deferred' as const })),
  ];
}

/** What the guard lets pass; the rest it has held or put off. */
async function passing(
  client: Client,
  input: SweepInput,
  guard: GuardContext,
  drafts: readonly Draft[],
): Promise<Draft[]> {
  const judged = await guardGroup(
    client,
    input,
    guard,
    drafts.map(
      ({ notice, borrowerId, recipient, provider, text, code, wording, templateVersion, figures, ladder }) => ({
        noticeId: notice.noticeId,
        kind: notice.kind,
        lane: notice.lane,
        accountId: notice.accountId,
        dedupeKey: notice.dedupeKey,
        provider: provider.name,
        text,
        code: code?.code,
        wording,
        templateVersion,
        figures,
        ladder,
        recipient: recipient ?? `borrower/${borrowerId}`,
      }),
    ),
  );
  const passed = new Set(judged.filter(({ verdict }) => verdict === 'pass').map(({ noticeId }) => noticeId));
  return drafts.filter(({ noticeId }) => passed.has(noticeId));
}
