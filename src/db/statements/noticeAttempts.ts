/**
 * How a planned notice becomes a sent one: ATTEMPTED is committed, the provider is called once, the outcome is
 * committed. Each change names the status it starts from, so that of two who try only one succeeds.
 */
import type { CancelReason } from '../../domain/notices';
import { type Client, together } from '../transaction';
import { applyReceipts, lockMessage } from './receipts';

export interface NoticeRef {
  tenantId: string;
  noticeId: string;
}

export interface NoticeAttempt extends NoticeRef {
  provider: string;
  templateVersion: number;
  text: string;
  parts: number;
  atMs: number;
}

/** What the provider answered. */
export type NoticeOutcome =
  | { status: 'accepted'; providerMessageIds: readonly [string, ...string[]] }
  | { status: 'refused'; code: string; detail: string }
  | { status: 'unknown'; detail: string };

/** Puts a planned notice off. False when it is not planned any more. */
export async function deferNotice(
  client: Client,
  { tenantId, noticeId, sendAfterMs }: NoticeRef & { sendAfterMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update notice set send_after_at_ms = $3 where tenant_id = $1 and notice_id = $2 and status = 'planned'`,
    [tenantId, noticeId, sendAfterMs],
  );
  return rowCount === 1;
}

/** Takes a planned notice back. False when it is not planned any more. */
export async function cancelNotice(
  client: Client,
  { tenantId, noticeId, reason, atMs }: NoticeRef & { reason: CancelReason; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update notice set status = 'cancelled', cancel_reason = $3, outcome_at_ms = $4
      where tenant_id = $1 and notice_id = $2 and status = 'planned'`,
    [tenantId, noticeId, reason, atMs],
  );
  return rowCount === 1;
}

/** Says that the notice is about to be sent; committed before the provider is called. False: someone else's. */
export async function markAttempted(client: Client, attempt: NoticeAttempt): Promise<boolean> {
  const { tenantId, noticeId, provider, templateVersion, text, parts, atMs } = attempt;
  const { rowCount } = await client.query(
    `update notice set status = 'attempted', provider = $3, template_version = $4, text = $5, parts = $6,
       attempted_at_ms = $7
     where tenant_id = $1 and notice_id = $2 and status = 'planned'`,
    [tenantId, noticeId, provider, templateVersion, text, parts, atMs],
  );
  return rowCount === 1;
}

/**
 * Keeps the provider's answer, and then what receipts that overtook it say. In a transaction. False when the notice
 * has come further already: a receipt told more than the answer does.
 */
export async function markOutcome(
  client: Client,
  {
    tenantId,
    noticeId,
    provider,
    outcome,
    atMs,
  }: NoticeRef & { provider: string; outcome: NoticeOutcome; atMs: number },
): Promise<boolean> {
  const providerMessageId = outcome.status === 'accepted' ? outcome.providerMessageIds[0] : null;
  const [, { rowCount }] = await together([
    providerMessageId === null ? undefined : lockMessage(client, { tenantId, provider, providerMessageId }),
    client.query(
      `update notice set status = $3, provider_message_id = coalesce(provider_message_id, $4), outcome_at_ms = $5,
         provider_error = $6
       where tenant_id = $1 and notice_id = $2 and status in ('attempted', 'unknown')`,
      [tenantId, noticeId, outcome.status, providerMessageId, atMs, errorOf(outcome)],
    ),
  ]);
  if (rowCount === 1 && providerMessageId !== null) {
    await applyReceipts(client, { tenantId, provider, providerMessageId });
  }
  return rowCount === 1;
}

/**
 * Notices of a lane that were attempted before an instant and have no outcome: whoever sent them was interrupted, and
 * they may have gone out. They become `unknown` and are not sent again. Returns how many.
 */
export async function endInterrupted(
  client: Client,
  input: { tenantId: string; lane: number; attemptedBeforeMs: number; atMs: number },
): Promise<number> {
  const { tenantId, lane, attemptedBeforeMs, atMs } = input;
  const { rowCount } = await client.query(
    `with interrupted as (
       select tenant_id, notice_id from notice
        where tenant_id = $1 and lane = $2 and status = 'attempted' and attempted_at_ms < $3
        order by notice_id for no key update skip locked
     )
     update notice set status = 'unknown', outcome_at_ms = $4,
       provider_error = 'interrupted between the attempt and its outcome'
       from interrupted where notice.tenant_id = interrupted.tenant_id and notice.notice_id = interrupted.notice_id`,
    [tenantId, lane, attemptedBeforeMs, atMs],
  );
  return rowCount ?? 0;
}

function errorOf(outcome: NoticeOutcome): string | null {
  switch (outcome.status) {
    case 'accepted':
      return null;
    case 'refused':
      return `${outcome.code}: ${outcome.detail}`;
    case 'unknown':
      return outcome.detail;
  }
}
