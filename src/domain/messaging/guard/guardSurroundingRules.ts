/** What a message means among others: sent before, to whom, how many, and what receipts and checks tell of them. */

import { MINUTE_MS } from '../../values/timeUnits';
import { promiseOf } from '../outbox/notices';
import type {
  CheckEvidence,
  GuardEvidence,
  GuardFinding,
  GuardMessage,
  GuardRule,
  ProviderEvidence,
} from './guardEvidence';
import type { GuardPolicy } from './guardPolicy';
import { chanceOfAtLeast, cusum } from './guardStatistics';

/** What a notice promises, over all accounts and whatever the count of its renewals. */
export function promiseKey({ accountId, dedupeKey }: Pick<GuardMessage, 'accountId' | 'dedupeKey'>): string {
  return `${accountId}/${promiseOf(dedupeKey)}`;
}

/** Counts of what has left, carried on through the messages of a group. */
export interface GuardTally {
  promises: Set<string>;
  recipients: Map<string, number>;
  unplanned: number;
  providers: Map<string, { outstanding: number; lastAttemptAtMs: number | undefined }>;
}

export function tallyOf(evidence: GuardEvidence): GuardTally {
  return {
    promises: new Set(evidence.sentPromises),
    recipients: new Map(evidence.sentToRecipient),
    unplanned: evidence.unplannedToday,
    providers: new Map(
      evidence.providers.map(({ provider, unconfirmedAtMs, lastAttemptAtMs }) => [
        provider,
        { outstanding: unconfirmedAtMs.length, lastAttemptAtMs },
      ]),
    ),
  };
}

/** Counts a message that leaves. */
export function countIn(tally: GuardTally, message: GuardMessage, { asOfMs, unplanned }: GuardEvidence): void {
  const { noticeId, recipient, provider } = message;
  tally.promises.add(promiseKey(message));
  tally.recipients.set(recipient, (tally.recipients.get(recipient) ?? 0) + 1);
  if (unplanned.has(noticeId)) tally.unplanned += 1;
  const outstanding = (tally.providers.get(provider)?.outstanding ?? 0) + 1;
  tally.providers.set(provider, { outstanding, lastAttemptAtMs: asOfMs });
}

export function checkRepeats(tally: GuardTally, message: GuardMessage, policy: GuardPolicy): GuardFinding[] {
  const before = tally.recipients.get(message.recipient) ?? 0;
  return [
    ...finding(tally.promises.has(promiseKey(message)), 'promise', 'this promise may have gone out before'),
    ...finding(before >= policy.perRecipient, 'recipient', `${before} messages to this phone in 24 hours`),
  ];
}

/** What is planned may all go out; of what is not, a few a day. */
export function checkVolume(
  tally: GuardTally,
  { unplanned }: GuardEvidence,
  { noticeId }: GuardMessage,
  policy: GuardPolicy,
): GuardFinding[] {
  const isOver = unplanned.has(noticeId) && tally.unplanned >= policy.volumeSlack;
  return finding(isOver, 'volume', `${tally.unplanned} sent today that were not planned, and this is another`);
}

/**
 * Until when a message waits because its provider owes receipts; undefined when it may go. Whatever a provider answers,
 * it gets no more messages than it confirms, so that answers that are not true cost a window of messages at most.
 */
export function waitsUntilMs(
  tally: GuardTally,
  { provider }: GuardMessage,
  asOfMs: number,
  policy: GuardPolicy,
): number | undefined {
  const { outstanding = 0, lastAttemptAtMs } = tally.providers.get(provider) ?? {};
  if (outstanding < policy.receiptWindow) return undefined;
  const probeAtMs = (lastAttemptAtMs ?? 0) + policy.probeEveryMs;
  return asOfMs >= probeAtMs ? undefined : Math.min(probeAtMs, asOfMs + policy.recheckMs);
}

/** What is wrong with a provider as a whole: nothing more is given to it. */
export function checkProvider(provider: ProviderEvidence, asOfMs: number, policy: GuardPolicy): GuardFinding[] {
  const { unconfirmedAtMs, recentFailures, foreignReceipts } = provider;
  // From when there were enough of them: a rush must not lend its number to the age of one that was lost hours ago.
  const silentSinceMs = unconfirmedAtMs[policy.silenceAtLeast - 1] ?? asOfMs;
  const silentMs = asOfMs - silentSinceMs;
  const isSilent = silentMs >= policy.silenceMs;
  const { usual, alarming, threshold } = policy.failures;
  const sum = cusum(recentFailures, { usual: Number(usual), alarming: Number(alarming) });
  const failed = recentFailures.filter(Boolean).length;
  return [
    ...finding(
      isSilent,
      'receipt-silence',
      `${unconfirmedAtMs.length} taken and none confirmed for ${minutes(silentMs)}`,
    ),
    ...finding(sum >= threshold, 'receipt-failures', `${failed} of the last ${recentFailures.length} are undelivered`),
    ...finding(
      foreignReceipts > policy.foreignReceipts,
      'foreign-receipts',
      `${foreignReceipts} receipts of messages that are not ours`,
    ),
  ];
}

/** Borrowers hold messages that we cannot vouch for, or somebody wants us to think so: a person is to look. */
export function checkChecks(checks: CheckEvidence, { checks: policy }: GuardPolicy): GuardFinding[] {
  const { failedLastHour, reportsLastHour, usualFailedPerHour, usualReportsPerHour } = checks;
  const isSurge = (count: number, usual: number) =>
    chanceOfAtLeast(count, Math.max(usual, policy.leastUsual) * policy.spread) < policy.chance;
  return [
    ...finding(
      isSurge(failedLastHour, usualFailedPerHour),
      'code-checks',
      `${failedLastHour} failed checks in an hour`,
    ),
    ...finding(isSurge(reportsLastHour, usualReportsPerHour), 'code-checks', `${reportsLastHour} reports in an hour`),
  ];
}

function finding(isFound: boolean, rule: GuardRule, detail: string): GuardFinding[] {
  return isFound ? [{ rule, detail }] : [];
}

function minutes(ms: number): string {
  return `${Math.floor(ms / MINUTE_MS)} minutes`;
}
