/** Messages of the `sink` provider, which sends nothing, and the receipts that it is going to issue. */

import type { ReceiptStatus } from '../../../domain/messaging/outbox/noticeStatuses';
import type { Client, Reader } from '../../transaction';

export interface SinkReceiptPlan {
  sequence: number;
  status: ReceiptStatus;
  dueAtMs: number;
}

export interface SinkMessage {
  tenantId: string;
  /** The notice's id. */
  reference: string;
  /** Of the vault: two messages to one phone can be told from it, the phone cannot. */
  phoneFingerprint: string;
  text: string;
  sentAtMs: number;
}

export interface DueSinkReceipt extends SinkReceiptPlan {
  messageId: string;
  reference: string;
}

interface OfTenant {
  tenantId: string;
}

/** Keeps a message with its coming receipts, in one statement; returns its id. */
export async function keepSinkMessage(
  database: Reader,
  message: SinkMessage & { receipts: readonly SinkReceiptPlan[] },
): Promise<string> {
  const { tenantId, reference, phoneFingerprint, text, sentAtMs, receipts } = message;
  const { rows } = await database.query<{ messageId: string }>(
    `with message as (
       insert into sink_message (tenant_id, reference, phone_fingerprint, text, sent_at_ms, receipt_plan)
       values ($1, $2, $3, $4, $5, $6) returning tenant_id, message_id
     ), receipt as (
       insert into sink_receipt (tenant_id, message_id, seq, due_at_ms, status)
       select tenant_id, message_id, sequence, "dueAtMs", status from message
         cross join jsonb_to_recordset($6::jsonb) as plan(sequence int, "dueAtMs" bigint, status text)
     )
     select message_id as "messageId" from message`,
    [tenantId, reference, phoneFingerprint, text, sentAtMs, JSON.stringify(receipts)],
  );
  const [row] = rows;
  if (!row) throw new Error('a sink message was not kept');
  return row.messageId;
}

/** Receipts that are due and not issued, the longest due first; locked, passing over those that another issues. */
export async function claimSinkReceipts(
  client: Client,
  { tenantId, asOfMs, limit }: OfTenant & { asOfMs: number; limit: number },
): Promise<DueSinkReceipt[]> {
  const { rows } = await client.query<DueSinkReceipt>(
    `select message_id as "messageId", reference, seq as sequence, status, due_at_ms as "dueAtMs"
       from sink_receipt join sink_message using (tenant_id, message_id)
      where tenant_id = $1 and not issued and due_at_ms <= $2
      order by due_at_ms, message_id, seq limit $3
      for no key update of sink_receipt skip locked`,
    [tenantId, asOfMs, limit],
  );
  return rows;
}

export async function markSinkReceiptIssued(
  client: Client,
  { tenantId, messageId, sequence }: OfTenant & { messageId: string; sequence: number },
): Promise<void> {
  await client.query(
    'update sink_receipt set issued = true where tenant_id = $1 and message_id = $2 and seq = $3 and not issued',
    [tenantId, messageId, sequence],
  );
}

/** Notices with more than one message, whatever attempts they came from. Must be empty. */
export async function readDoubleSends(
  reader: Reader,
  { tenantId }: OfTenant,
): Promise<{ reference: string; count: number }[]> {
  const { rows } = await reader.query<{ reference: string; count: number }>(
    `select split_part(reference, '.', 1) as reference, count(*) as count from sink_message where tenant_id = $1
      group by 1 having count(*) > 1 order by 1`,
    [tenantId],
  );
  return rows;
}
