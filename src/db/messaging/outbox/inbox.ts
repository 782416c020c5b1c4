/** The inbox of the app: notices that are read there, because no text may or can go out. */

import type { BorrowerRef } from '../../origination/borrowers';
import type { Client, Reader } from '../../transaction';

export interface InboxMessage {
  messageId: string;
  text: string;
  atMs: number;
  readAtMs: number | null;
}

/** The channel as a provider's name, in attempts and receipts. */
export const INBOX = 'inbox';

/**
 * Puts a text into the inbox of the borrower whose attempt the reference names, once, with the receipt that it arrived:
 * there is nothing between us and it. Returns the message's id; undefined when there is no such attempt.
 */
export async function keepInboxMessage(
  database: Reader,
  { tenantId, reference, text, atMs }: { tenantId: string; reference: string; text: string; atMs: number },
): Promise<string | undefined> {
  const { rows } = await database.query<{ messageId: string }>(
    `with kept as (
       insert into inbox_message (tenant_id, borrower_id, reference, notice_id, text, at_ms)
       select notice.tenant_id, borrower_id, reference, notice.notice_id, $3, $4
         from notice_attempt join notice using (tenant_id, notice_id)
        where notice_attempt.tenant_id = $1 and reference = $2 and not exists (select from inbox_message copy
          where copy.tenant_id = $1 and copy.reference = notice.notice_id || '/copy')
       on conflict (tenant_id, reference) do update set read_at_ms = inbox_message.read_at_ms
       returning message_id
     ), there as (
       select message_id from kept
       union all
       select message_id from inbox_message copy join notice_attempt attempt on attempt.tenant_id = copy.tenant_id
          and copy.reference = attempt.notice_id || '/copy'
        where attempt.tenant_id = $1 and attempt.reference = $2
     ), receipt as (
       insert into receipt (tenant_id, provider, receipt_key, provider_message_id, status, received_at_ms, body, reference)
       select $1, '${INBOX}', message_id::text, message_id::text, 'delivered', $4, '{}', $2 from there
       on conflict do nothing
     )
     select message_id::text as "messageId" from there`,
    [tenantId, reference, text, atMs],
  );
  return rows[0]?.messageId;
}

/**
 * Puts what goes out by another channel into the inbox as well, once for each notice, in the transaction of its attempt.
 * Should that be refused and the inbox be the channel after all, the copy is the message.
 */
export async function keepInboxCopies(
  client: Client,
  { tenantId, copies, atMs }: { tenantId: string; copies: readonly { noticeId: string; text: string }[]; atMs: number },
): Promise<void> {
  if (copies.length === 0) return;
  await client.query(
    `insert into inbox_message (tenant_id, borrower_id, reference, notice_id, text, at_ms)
     select tenant_id, borrower_id, notice_id || '/copy', notice_id, copy.text, $4
       from unnest($2::uuid[], $3::text[]) as copy (notice_id, text) join notice using (notice_id)
      where tenant_id = $1
     on conflict (tenant_id, reference) do nothing`,
    [tenantId, copies.map(({ noticeId }) => noticeId), copies.map(({ text }) => text), atMs],
  );
}

/** The newest messages of a borrower. */
export async function readInbox(
  reader: Reader,
  { tenantId, borrowerId, limit }: BorrowerRef & { limit: number },
): Promise<InboxMessage[]> {
  const { rows } = await reader.query<InboxMessage>(
    `select message_id as "messageId", text, at_ms as "atMs", read_at_ms as "readAtMs" from inbox_message
      where tenant_id = $1 and borrower_id = $2 order by at_ms desc, message_id limit $3`,
    [tenantId, borrowerId, limit],
  );
  return rows;
}

/** Notes when a message was read first. False when the borrower has no such message. */
export async function markInboxRead(
  client: Client,
  { tenantId, borrowerId, messageId, atMs }: BorrowerRef & { messageId: string; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update inbox_message set read_at_ms = coalesce(read_at_ms, $4)
      where tenant_id = $1 and borrower_id = $2 and message_id = $3`,
    [tenantId, borrowerId, messageId, atMs],
  );
  return rowCount === 1;
}
