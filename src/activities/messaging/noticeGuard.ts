/**
 * The anomaly guard in the sweep (docs/anomaly-guard.md): between the drafting of a group and the commit of its attempts,
 * in their transaction. What it lets pass is counted, what it holds is held under an incident, and what waits is put off.
 */

import { openIncident } from '../../db/incidents/incidentOpenings';
import { type GuardSurroundings, readGuardCounts, readGuardSurroundings } from '../../db/messaging/guard/guardEvidence';
import { recordPasses, takeDayPlan } from '../../db/messaging/guard/guardPlan';
import { holdNotices, type NewHold } from '../../db/messaging/guard/heldMessages';
import { deferNotice } from '../../db/messaging/outbox/notices';
import { activeWordings } from '../../db/messaging/templates/wordingReviews';
import type { WordingSeals } from '../../db/messaging/templates/wordingSeals';
import { type Client, inTransaction, together } from '../../db/transaction';
import {
  GUARD_POLICY,
  type GuardAlarm,
  type GuardEvidence,
  type GuardJudgement,
  type GuardMessage,
  type GuardPolicy,
  type GuardRule,
  judgeMessages,
  OF_PROVIDER,
} from '../../domain/messaging/guard/anomalyGuard';
import { alarmFor, incidentOfAlarm } from '../../domain/messaging/guard/guardIncidents';
import { addDays } from '../../domain/values/calendar';
import { dateAt, endOfDateMs, startOfDateMs } from '../../domain/values/clock';
import type { BookDependencies } from '../bookDependencies';

type GuardDependencies = Pick<BookDependencies, 'pool'>;
/** The guard reads by itself what a person released. */
export type GuardDraft = Omit<GuardMessage, 'released'>;

interface GuardInput {
  tenantId: string;
  asOfMs: number;
}

/** What a sweep's groups share. */
export interface GuardContext {
  seals: WordingSeals;
  policy: GuardPolicy;
  surroundings: GuardSurroundings;
  /** What messages of this sweep were released from, by notice: used up by the first try, and true of the next as well. */
  released: Map<string, GuardRule[]>;
}

const OPENED_BY = { kind: 'guard', id: 'anomaly-guard' } as const;

/** Once at the start of a sweep: the day's plan is counted if nobody has, and what moves slowly is read. */
export async function beginGuard(
  { pool }: GuardDependencies,
  { tenantId, asOfMs }: GuardInput,
  given: Pick<GuardContext, 'seals'> & { providers: readonly string[]; policy?: GuardPolicy | undefined },
): Promise<GuardContext> {
  const { seals, providers, policy = GUARD_POLICY } = given;
  const today = dateAt(asOfMs, policy.zone);
  const dayStartMs = startOfDateMs(today, policy.zone);
  // The next day's as well: what is put in overnight comes too late for it.
  const days = [today, addDays(today, 1)].map((businessDate) => ({
    tenantId,
    businessDate,
    dayEndMs: endOfDateMs(businessDate, policy.zone),
    atMs: asOfMs,
  }));
  await inTransaction(pool, (client) => together(days.map((day) => takeDayPlan(client, day))));
  const surroundings = await readGuardSurroundings(pool, { tenantId, asOfMs, dayStartMs, providers });
  return { seals, policy, surroundings, released: new Map() };
}

/**
 * Judges drafts before their attempts, in the same transaction; in their order. Only what passes may be attempted: the
 * rest is held or put off already. Without drafts it still looks at providers and checks.
 */
export async function guardGroup(
  client: Client,
  { tenantId, asOfMs }: GuardInput,
  context: GuardContext,
  drafts: readonly GuardDraft[],
): Promise<GuardJudgement[]> {
  const { evidence, messages } = await readEvidence(client, { tenantId, asOfMs }, context, drafts);
  const { judgements, alarms } = judgeMessages(evidence, messages, context.policy);
  const incidents = new Map<GuardAlarm, string>();
  const { remedyChannel } = context.policy;
  for (const alarm of alarms) {
    const opening = { ...incidentOfAlarm(alarm), tenantId, atMs: asOfMs };
    const opened = await openIncident(client, { ...opening, remedyChannel, openedBy: OPENED_BY });
    incidents.set(alarm, opened.incidentId);
  }
  const passed = messages
    .filter((_, index) => judgements[index]?.verdict === 'pass')
    .map(({ noticeId, kind, recipient }) => ({
      noticeId,
      kind,
      recipient,
      isPlanned: !evidence.unplanned.has(noticeId),
    }));
  await together([
    recordPasses(client, { tenantId, atMs: asOfMs, messages: passed }),
    holdNotices(client, { tenantId, atMs: asOfMs, holds: holdsOf(messages, judgements, incidents) }),
    ...judgements.flatMap((judgement) =>
      judgement.verdict === 'wait'
        ? [
            deferNotice(client, {
              tenantId,
              noticeId: judgement.noticeId,
              sendAfterMs: judgement.untilMs,
              reason: 'receipt-window',
            }),
          ]
        : [],
    ),
  ]);
  return judgements;
}

async function readEvidence(
  client: Client,
  { tenantId, asOfMs }: GuardInput,
  { seals, policy, surroundings, released }: GuardContext,
  drafts: readonly GuardDraft[],
): Promise<{ evidence: GuardEvidence; messages: GuardMessage[] }> {
  const dayStartMs = startOfDateMs(dateAt(asOfMs, policy.zone), policy.zone);
  const [counts, templates] = await together([
    readGuardCounts(client, { tenantId, asOfMs, dayStartMs }, drafts, surroundings),
    activeWordings(client, seals, { tenantId }),
  ]);
  const evidence: GuardEvidence = {
    asOfMs,
    templates,
    checks: surroundings.checks,
    unplanned: counts.unplanned,
    unplannedToday: counts.unplannedToday,
    providers: [...surroundings.providers].map(([provider, { recentFailures, foreignReceipts }]) => {
      const { unconfirmedAtMs = [], lastAttemptAtMs } = counts.providers.get(provider) ?? {};
      return { provider, recentFailures, foreignReceipts, unconfirmedAtMs, lastAttemptAtMs };
    }),
    sentToRecipient: counts.sentToRecipient,
    sentPromises: counts.sentPromises,
  };
  const messages = drafts.map((draft) => {
    const before = released.get(draft.noticeId) ?? [];
    return { ...draft, released: [...(counts.released.get(draft.noticeId) ?? []), ...before] };
  });
  // A word about a provider is none about the next one.
  for (const [noticeId, rules] of counts.released) {
    released.set(
      noticeId,
      rules.filter((rule) => !OF_PROVIDER.has(rule)),
    );
  }
  return { evidence, messages };
}

function holdsOf(
  messages: readonly GuardMessage[],
  judgements: readonly GuardJudgement[],
  incidents: ReadonlyMap<GuardAlarm, string>,
): NewHold[] {
  const alarms = [...incidents.keys()];
  return messages.flatMap((message, index) => {
    const judgement = judgements[index];
    if (judgement?.verdict !== 'hold') return [];
    return judgement.findings.flatMap((finding) => {
      const alarm = alarmFor(alarms, finding, message);
      const incidentId = alarm && incidents.get(alarm);
      return incidentId === undefined ? [] : [{ noticeId: message.noticeId, ...finding, incidentId }];
    });
  });
}
