/** Attempts in doubt: which are to be looked at, and what the provider, asked, told of them. */

import { ATTEMPTS_NOT_TAKEN, LOOKED_AT, type ReceiptStatus } from '../../../domain/messaging/outbox/noticeStatuses';
import { sqlWords } from '../../sqlWords';
import type { Client } from '../../transaction';
import { type AttemptRef, markAccepted } from '../outbox/noticeAttempts';
import { recordReceipts } from './receipts';

export interface UnresolvedAttempt extends AttemptRef {
  status: 'unknown' | 'accepted';
  borrowerId: string;
  reference: string;
  attemptedAtMs: number;
  /** Keyed fingerprint of the number that it went to; null of attempts from before it was kept. */
  recipient: string | null;
  /** How often the provider was asked already. */
  looks: number;
  providerMessageIds: string[];
}

/** What is to be looked at in a lane, longest due first; rows that another transaction holds are passed over. */
export async function claimStatusInquiries(
  client: Client,
  { tenantId, lane, asOfMs, limit }: { tenantId: string; lane: number; asOfMs: number; limit: number },
): Promise<UnresolvedAttempt[]> {
  const { rows } = await client.query<UnresolvedAttempt>(
    `with due as (
       select tenant_id, notice_id, status, borrower_id from notice
        where tenant_id = $1 and lane = $2 and next_look_at_ms <= $3 and status in (${sqlWords(LOOKED_AT)})
        order by next_look_at_ms, notice_id limit $4 for no key update skip locked
     )
     select due.tenant_id as "tenantId", due.notice_id as "noticeId", due.status, due.borrower_id as "borrowerId",
       attempt.attempt, attempt.provider, attempt.reference, attempt.attempted_at_ms as "attemptedAtMs", attempt.looks,
       attempt.recipient,
       array(select provider_message_id from notice_message message where message.tenant_id = due.tenant_id
         and message.notice_id = due.notice_id and message.attempt = attempt.attempt) as "providerMessageIds"
     from due join notice_attempt attempt on attempt.tenant_id = due.tenant_id and attempt.notice_id = due.notice_id
       and attempt.status not in (${sqlWords(ATTEMPTS_NOT_TAKEN)})`,
    [tenantId, lane, asOfMs, limit],
  );
  return rows;
}

/** What became of a look. */
export type StatusInquiryResult =
  | {
      status: 'found';
      providerMessageIds: readonly [string, ...string[]];
      receipt: ReceiptStatus | undefined;
      nextLookAtMs: number;
      /** The provider's session that submitted it, where it has sessions. */
      session?: string | undefined;
    }
  /** `isUnreached`: nobody answered, so that it was no look. */
  | { status: 'look-again'; nextLookAtMs: number; isUnreached?: boolean | undefined }
  /** The provider has no trace of it: it counts as not sent, and is planned again. */
  | { status: 'not-sent'; sendAfterMs: number }
  /** Nothing is awaited any more. */
  | { status: 'for-good' };

export type InquiredAttempt = Pick<AttemptRef, 'noticeId' | 'attempt'>;

/** Keeps what a look came to. In a transaction; nothing happens where a receipt has told more meanwhile. */
export async function recordStatusInquiry(
  client: Client,
  { result, atMs, ...ref }: AttemptRef & { result: Exclude<StatusInquiryResult, { status: 'for-good' }>; atMs: number },
): Promise<void> {
  const { tenantId, noticeId, attempt } = ref;
  switch (result.status) {
    case 'found':
      return markFound(client, { ...ref, result, atMs });
    case 'look-again':
      await client.query(
        `with looked as (
           update notice_attempt set looks = looks + $5
            where tenant_id = $1 and notice_id = $2 and attempt = $3 and status = 'unknown'
         )
         update notice set next_look_at_ms = $4
          where tenant_id = $1 and notice_id = $2 and status in (${sqlWords(LOOKED_AT)}) and closed_at_ms is null`,
        [tenantId, noticeId, attempt, result.nextLookAtMs, result.isUnreached ? 0 : 1],
      );
      return;
    case 'not-sent': {
      const { rowCount } = await client.query(
        `update notice_attempt set status = 'not-sent', looks = looks + 1, outcome_at_ms = $4,
           detail = 'the provider, asked, has no trace of it'
         where tenant_id = $1 and notice_id = $2 and attempt = $3 and status = 'unknown'`,
        [tenantId, noticeId, attempt, atMs],
      );
      if (rowCount !== 1) return;
      await client.query(
        `update notice set status = 'planned', send_after_at_ms = $3, put_off_reason = 'not-sent',
           next_look_at_ms = null
         where tenant_id = $1 and notice_id = $2 and status = 'unknown' and closed_at_ms is null`,
        [tenantId, noticeId, result.sendAfterMs],
      );
      return;
    }
  }
}

/** Nothing is awaited any more of these attempts: they are unknown for good. In a transaction. */
export async function closeForGood(
  client: Client,
  { tenantId, attempts, atMs }: { tenantId: string; attempts: readonly InquiredAttempt[]; atMs: number },
): Promise<void> {
  if (attempts.length === 0) return;
  await client.query(
    `with closed as (
       update notice set status = 'unknown', closed_at_ms = $2, next_look_at_ms = null,
         provider_error = coalesce(provider_error, 'no receipt within the time for it')
       from unnest($3::uuid[], $4::int[]) as given (notice_id, attempt)
       where tenant_id = $1 and notice.notice_id = given.notice_id and status in (${sqlWords(LOOKED_AT)})
         and closed_at_ms is null
       returning given.notice_id, given.attempt
     )
     update notice_attempt set status = 'unknown', outcome_at_ms = $2, detail = 'no receipt within the time for it'
       from closed where tenant_id = $1 and notice_attempt.notice_id = closed.notice_id
        and notice_attempt.attempt = closed.attempt and status = 'accepted'`,
    [tenantId, atMs, attempts.map(({ noticeId }) => noticeId), attempts.map(({ attempt }) => attempt)],
  );
}

async function markFound(
  client: Client,
  { result, atMs, ...ref }: AttemptRef & { result: Extract<StatusInquiryResult, { status: 'found' }>; atMs: number },
): Promise<void> {
  const { tenantId, provider, attempt } = ref;
  const { providerMessageIds, receipt, nextLookAtMs, session } = result;
  const { rows } = await client.query<{ reference: string }>(
    `update notice_attempt set looks = looks + 1
      where tenant_id = $1 and notice_id = $2 and attempt = $3 and status = 'unknown' returning reference`,
    [tenantId, ref.noticeId, attempt],
  );
  const accepted = [{ noticeId: ref.noticeId, attempt, providerMessageIds, nextLookAtMs, session }];
  const adopted = await markAccepted(client, { tenantId, provider, accepted, atMs });
  const [looked] = rows;
  if (!adopted.has(ref.noticeId) || receipt === undefined || !looked) return;
  // By our reference: it was asked about one attempt, whatever else was given its ids.
  const { reference } = looked;
  const receipts = providerMessageIds.map((providerMessageId) => ({
    providerMessageId,
    receiptKey: `inquiry/${reference}/${providerMessageId}`,
    reference,
    status: receipt,
    receivedAtMs: atMs,
    body: { inquired: true },
  }));
  await recordReceipts(client, { tenantId, provider, receipts });
}
