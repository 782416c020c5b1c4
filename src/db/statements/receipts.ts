/**
 * Delivery receipts: doubled, late, out of order, or before the answer they belong to. Each is kept once. A notice
 * whose text went out in parts is delivered when all parts are, and undelivered when one is.
 */
import { type Client, together } from '../transaction';

export interface MessageRef {
  tenantId: string;
  provider: string;
  providerMessageId: string;
}

export interface ReceiptInput extends MessageRef {
  /** What makes two receipts the same one: the provider's own id, or a hash of its content. */
  receiptKey: string;
  /** `pending` is kept, and moves nothing. */
  status: 'delivered' | 'undelivered' | 'pending';
  receivedAtMs: number;
  /** What the provider sent, without phone numbers. */
  body: unknown;
  /** The provider's own code, such as DELIVRD. */
  code?: string | undefined;
  /** Our own reference, from providers that return it: finds the attempt even when its answer was lost. */
  reference?: string | undefined;
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
  const { tenantId, provider, providerMessageId, receiptKey, status, receivedAtMs, body, code, reference } = input;
  await lockMessages(client, [{ tenantId, provider, providerMessageId }]);
  const { rowCount } = await client.query(
    `insert into receipt (tenant_id, provider, receipt_key, provider_message_id, status, received_at_ms, body, code,
       reference)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      ...[tenantId, provider, receiptKey, providerMessageId, status, receivedAtMs, JSON.stringify(body ?? null)],
      ...[code ?? null, reference ?? null],
    ],
  );
  if (rowCount === 0) return { receipt: 'repeated', movedNoticeId: undefined };
  if (status === 'pending') return { receipt: 'recorded', movedNoticeId: undefined };
  if (reference !== undefined) await adoptByReference(client, { tenantId, provider, providerMessageId, reference });
  const movedNoticeId = await applyReceipts(client, { tenantId, provider, providerMessageId });
  return { receipt: 'recorded', movedNoticeId };
}

/** Keeps the ids under which the provider knows an attempt, and applies what receipts have told of them already. */
export async function adoptMessages(
  client: Client,
  input: {
    tenantId: string;
    provider: string;
    noticeId: string;
    attempt: number;
    providerMessageIds: readonly string[];
  },
): Promise<void> {
  const { tenantId, provider, noticeId, attempt, providerMessageIds } = input;
  // In one order everywhere, so that two who hold several never wait for each other crosswise.
  const ids = [...providerMessageIds].sort();
  const refs = ids.map((providerMessageId) => ({ tenantId, provider, providerMessageId }));
  await together([
    lockMessages(client, refs),
    client.query(
      `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
       select $1, $2, unnest($3::text[]), $4, $5 on conflict do nothing`,
      [tenantId, provider, ids, noticeId, attempt],
    ),
    ...refs.map((ref) => applyReceipts(client, ref)),
  ]);
}

async function adoptByReference(
  client: Client,
  { tenantId, provider, providerMessageId, reference }: MessageRef & { reference: string },
): Promise<void> {
  await client.query(
    `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
     select tenant_id, provider, $3, notice_id, attempt from notice_attempt
      where tenant_id = $1 and provider = $2 and reference = $4
     on conflict do nothing`,
    [tenantId, provider, providerMessageId, reference],
  );
}

/** Ends the part by its first receipt, and the notice once its parts say so. Returns the notice that ended. */
async function applyReceipts(client: Client, ref: MessageRef): Promise<string | undefined> {
  const { rows } = await client.query<{ noticeId: string; attempt: number; atMs: number }>(
    `with first as (
       select status, received_at_ms from receipt
        where tenant_id = $1 and provider = $2 and provider_message_id = $3 and status <> 'pending'
        order by received_at_ms, receipt_key limit 1
     )
     update notice_message part set status = first.status from first
      where part.tenant_id = $1 and part.provider = $2 and part.provider_message_id = $3 and part.status is null
     returning part.notice_id as "noticeId", part.attempt, first.received_at_ms as "atMs"`,
    [ref.tenantId, ref.provider, ref.providerMessageId],
  );
  const [part] = rows;
  return part && endByParts(client, { ...ref, ...part });
}

async function endByParts(
  client: Client,
  input: MessageRef & { noticeId: string; attempt: number; atMs: number },
): Promise<string | undefined> {
  const { tenantId, providerMessageId, noticeId, attempt, atMs } = input;
  const { rows } = await client.query<{ noticeId: string }>(
    `with parts as (
       select case when bool_or(status = 'undelivered') then 'undelivered'
                   when bool_and(coalesce(status, '') = 'delivered') then 'delivered' end as status
         from notice_message where tenant_id = $1 and notice_id = $2 and attempt = $3
     ), open as (
       select notice.tenant_id, notice.notice_id from notice, parts
        where notice.tenant_id = $1 and notice.notice_id = $2 and parts.status is not null
          and notice.status in ('attempted', 'accepted', 'unknown') and closed_at_ms is null
        for no key update of notice
     ), ended as (
       update notice_attempt set status = parts.status, outcome_at_ms = $4, detail = null from parts, open
        where notice_attempt.tenant_id = $1 and notice_attempt.notice_id = $2 and attempt = $3
          and notice_attempt.status in ('attempted', 'accepted', 'unknown')
       returning notice_attempt.status
     )
     update notice set status = ended.status, outcome_at_ms = $4, provider_error = null, next_look_at_ms = null,
       provider_message_id = coalesce(provider_message_id, $5)
       from ended where tenant_id = $1 and notice_id = $2
     returning notice_id as "noticeId"`,
    [tenantId, noticeId, attempt, atMs, providerMessageId],
  );
  return rows[0]?.noticeId;
}

/**
 * Makes a receipt and the answer that it overtakes wait for each other, to the end of the transaction: without it each
 * could miss the other's row while neither has committed. Taken in one order and before any row, so that whoever holds
 * several never waits for another crosswise.
 */
export async function lockMessages(client: Client, messages: readonly MessageRef[]): Promise<void> {
  if (messages.length === 0) return;
  const keys = messages.map(({ tenantId, provider, providerMessageId }) =>
    JSON.stringify([tenantId, provider, providerMessageId]),
  );
  // In the order that lists of receipts are sorted in as well, and not in one of the database's languages.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended(key, 0))
       from (select key from unnest($1::text[]) with ordinality as messages(key, place) order by place) sorted`,
    [[...new Set(keys)].sort()],
  );
}
