/** Delivery receipts: doubled, late, out of order, or before the answer they belong to. Each is kept once. */
import type { Client } from '../transaction';

export interface MessageRef {
  tenantId: string;
  provider: string;
  providerMessageId: string;
}

export interface ReceiptInput extends MessageRef {
  /** What makes two receipts the same one: the provider's own id, or a hash of its content. */
  receiptKey: string;
  status: 'delivered' | 'undelivered';
  receivedAtMs: number;
  /** What the provider sent, without phone numbers. */
  body: unknown;
  /** Our own reference, from providers that return it: finds the notice even when its answer was lost. */
  noticeId?: string | undefined;
}

export interface ReceiptResult {
  receipt: 'recorded' | 'repeated';
  /** The notice that it ended; undefined when that had ended before, or its message is not known yet. */
  movedNoticeId: string | undefined;
}

/**
 * Keeps a receipt and moves its notice forward: to its end, and never from there. In a transaction. A receipt of a
 * message that is not known yet stays, and is applied when the provider's answer is kept.
 */
export async function recordReceipt(client: Client, input: ReceiptInput): Promise<ReceiptResult> {
  const { tenantId, provider, providerMessageId, receiptKey, status, receivedAtMs, body, noticeId } = input;
  await lockMessage(client, { tenantId, provider, providerMessageId });
  const { rowCount } = await client.query(
    `insert into receipt (tenant_id, provider, receipt_key, provider_message_id, status, received_at_ms, body)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [tenantId, provider, receiptKey, providerMessageId, status, receivedAtMs, JSON.stringify(body ?? null)],
  );
  if (rowCount === 0) return { receipt: 'repeated', movedNoticeId: undefined };
  const movedNoticeId = await applyReceipts(client, { tenantId, provider, providerMessageId, noticeId });
  return { receipt: 'recorded', movedNoticeId };
}

/**
 * Ends the notice of a message by its first receipt. The status it starts from is named, so one that has ended stays.
 */
export async function applyReceipts(
  client: Client,
  { tenantId, provider, providerMessageId, noticeId }: MessageRef & { noticeId?: string | undefined },
): Promise<string | undefined> {
  const { rows } = await client.query<{ noticeId: string }>(
    `with first as (
       select status, received_at_ms from receipt
        where tenant_id = $1 and provider = $2 and provider_message_id = $3
        order by received_at_ms, receipt_key limit 1
     )
     update notice set status = first.status, outcome_at_ms = first.received_at_ms,
       provider_message_id = coalesce(provider_message_id, $3), provider_error = null
     from first
     where tenant_id = $1 and provider = $2
       and (provider_message_id = $3 or (provider_message_id is null and notice_id = $4::uuid))
       and notice.status in ('attempted', 'accepted', 'unknown')
     returning notice_id as "noticeId"`,
    [tenantId, provider, providerMessageId, noticeId ?? null],
  );
  return rows[0]?.noticeId;
}

/**
 * Makes a receipt and the answer that it overtakes wait for each other, to the end of the transaction: without it
 * each could miss the other's row while neither has committed.
 */
export async function lockMessage(
  client: Client,
  { tenantId, provider, providerMessageId }: MessageRef,
): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    JSON.stringify([tenantId, provider, providerMessageId]),
  ]);
}
