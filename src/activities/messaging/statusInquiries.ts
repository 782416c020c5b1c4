/** Attempts in doubt are asked about; what nobody can tell for 72 hours is unknown for good. */

import type { InquiryOutcome } from '../../adapters/sms/port';
import {
  closeForGood,
  recordStatusInquiry,
  type StatusInquiryResult,
  type UnresolvedAttempt,
} from '../../db/messaging/delivery/statusInquiries';
import { appendNoticeEvidence } from '../../db/messaging/outbox/noticeEvidence';
import { readPhones } from '../../db/origination/identities';
import { inTransaction, together } from '../../db/transaction';
import {
  askAgainAtMs,
  countsAsNotSent,
  isUnknownForGood,
  nextLookAtMs,
} from '../../domain/messaging/delivery/sendOutcomes';
import type { NoticeDependencies, SweepInput } from './sweep';

const FAILED_TO_ASK = {
  status: 'unknown',
  detail: 'the provider adapter failed without an answer',
  isUnreached: true,
} as const satisfies InquiryOutcome;

/** Looks at what was claimed to be looked at. Safe to do again: asking changes nothing at the provider. */
export async function inquireUnresolved(
  deps: NoticeDependencies,
  input: SweepInput,
  due: readonly UnresolvedAttempt[],
): Promise<void> {
  const { tenantId, asOfMs } = input;
  if (due.length === 0) return;
  const looked = await Promise.all(due.map(async (notice) => ({ notice, result: await lookAt(deps, input, notice) })));
  await inTransaction(deps.pool, async (client) => {
    const attempts = looked.flatMap(({ notice, result }) => (result.status === 'for-good' ? [notice] : []));
    await together([
      closeForGood(client, { tenantId, attempts, atMs: asOfMs }),
      ...looked.map(async ({ notice: { noticeId, attempt, provider }, result }) => {
        if (result.status === 'for-good') return;
        await recordStatusInquiry(client, { tenantId, noticeId, attempt, provider, result, atMs: asOfMs });
      }),
    ]);
    await appendNoticeEvidence(client, { tenantId, atMs: asOfMs, noticeIds: due.map(({ noticeId }) => noticeId) });
  });
}

async function lookAt(
  deps: NoticeDependencies,
  { asOfMs }: SweepInput,
  notice: UnresolvedAttempt,
): Promise<StatusInquiryResult> {
  const { attemptedAtMs, looks, status } = notice;
  if (isUnknownForGood({ attemptedAtMs, asOfMs })) return { status: 'for-good' };
  const provider = deps.providers.get(notice.provider);
  const forGood = () => nextLookAtMs({ attemptedAtMs, looks: 0, canInquire: false });
  // Accepted: only its receipt is awaited.
  if (status === 'accepted' || !provider?.inquire) return { status: 'look-again', nextLookAtMs: forGood() };
  const { reference, providerMessageIds } = notice;
  const phone = await phoneOf(deps, notice);
  if (phone === undefined) return { status: 'look-again', nextLookAtMs: forGood() };
  const answer = await provider
    .inquire({ reference, phone, attemptedAtMs, providerMessageIds })
    .catch((): InquiryOutcome => FAILED_TO_ASK);
  deps.heartbeat();
  if (answer.status === 'found') {
    return { ...answer, receipt: answer.receipt, nextLookAtMs: forGood(), session: provider.session };
  }
  if (answer.status === 'unknown' && answer.isUnreached === true) {
    return { status: 'look-again', nextLookAtMs: askAgainAtMs({ attemptedAtMs, asOfMs }), isUnreached: true };
  }
  const done = looks + 1;
  if (answer.status === 'not-found' && countsAsNotSent({ looks: done })) {
    return { status: 'not-sent', sendAfterMs: asOfMs };
  }
  return { status: 'look-again', nextLookAtMs: nextLookAtMs({ attemptedAtMs, looks: done, canInquire: true }) };
}

/** The one that it went to, which may not be the borrower's any more. */
async function phoneOf(
  { pool, vault }: NoticeDependencies,
  { tenantId, borrowerId, recipient }: UnresolvedAttempt,
): Promise<string | undefined> {
  const phones = (await readPhones(pool, vault, { tenantId, borrowerIds: [borrowerId] }))(borrowerId);
  // Attempts from before recipients were kept.
  if (recipient === null) return phones.at(-1)?.phone;
  return phones.find(({ phone }) => vault.fingerprint(tenantId, 'phone', phone) === recipient)?.phone;
}
