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

/** A receipt of one of a provider's messages. */
export interface ToldReceipt {
  providerMessageId: string;
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

interface ProviderRef {
  tenantId: string;
  provider: string;
}

/**
 * Keeps receipts of a provider and moves their notices forward: to their end, and never from there. In a transaction,
 * in the same few statements for one as for a thousand. A receipt of a message that is not known yet stays, and is
 * applied when the provider's answer is kept. One result for each receipt, in their order.
 */
export async function recordReceipts(
  client: Client,
  { tenantId, provider, receipts }: ProviderRef & { receipts: readonly ToldReceipt[] },
): Promise<ReceiptResult[]> {
  const ref = { tenantId, provider };
  const [, isNew] = await together([
    lockMessages(
      client,
      receipts.map(({ providerMessageId }) => ({ ...ref, providerMessageId })),
    ),
    insertReceipts(client, ref, receipts),
  ]);
  const telling = receipts.filter((receipt, index) => isNew[index] && receipt.status !== 'pending');
  const [, ended] = await together([
    adoptByReference(client, ref, telling),
    applyReceipts(
      client,
      ref,
      telling.map(({ providerMessageId }) => providerMessageId),
    ),
  ]);
  return receipts.map(({ providerMessageId, status }, index) => {
    if (!isNew[index]) return { receipt: 'repeated', movedNoticeId: undefined };
    if (status === 'pending') return { receipt: 'recorded', movedNoticeId: undefined };
    const movedNoticeId = ended.get(providerMessageId);
    // Told once, whatever else was told of the same message.
    ended.delete(providerMessageId);
    return { receipt: 'recorded', movedNoticeId };
  });
}

/** Whether each is new; of two with one key in the list the first is. */
async function insertReceipts(
  client: Client,
  { tenantId, provider }: ProviderRef,
  receipts: readonly ToldReceipt[],
): Promise<boolean[]> {
  const column = <Value>(of: (receipt: ToldReceipt) => Value) => receipts.map(of);
  const { rows } = await client.query<{ receiptKey: string }>(
    `insert into receipt (tenant_id, provider, receipt_key, provider_message_id, status, received_at_ms, body, code,
       reference)
     select $1, $2, receipt_key, provider_message_id, status, received_at_ms, body, code, reference
       from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[], $8::text[], $9::text[])
         as told (receipt_key, provider_message_id, status, received_at_ms, body, code, reference)
     on conflict do nothing returning receipt_key as "receiptKey"`,
    [
      ...[tenantId, provider, column((told) => told.receiptKey), column((told) => told.providerMessageId)],
      ...[column((told) => told.status), column((told) => told.receivedAtMs)],
      column((told) => JSON.stringify(told.body ?? null)),
      column((told) => told.code ?? null),
      column((told) => told.reference ?? null),
    ],
  );
  const inserted = new Set(rows.map(({ receiptKey }) => receiptKey));
  return receipts.map(({ receiptKey }) => inserted.delete(receiptKey));
}

/** Keeps the ids under which the provider knows attempts, and applies what receipts have told of them already. */
export async function adoptMessages(
  client: Client,
  input: ProviderRef & {
    attempts: readonly { noticeId: string; attempt: number; providerMessageIds: readonly string[] }[];
  },
): Promise<void> {
  const { tenantId, provider, attempts } = input;
  const messages = attempts.flatMap(({ noticeId, attempt, providerMessageIds }) =>
    providerMessageIds.map((providerMessageId) => ({ noticeId, attempt, providerMessageId })),
  );
  if (messages.length === 0) return;
  const ids = messages.map(({ providerMessageId }) => providerMessageId);
  await together([
    lockMessages(
      client,
      ids.map((providerMessageId) => ({ tenantId, provider, providerMessageId })),
    ),
    client.query(
      `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
       select $1, $2, * from unnest($3::text[], $4::uuid[], $5::int[]) on conflict do nothing`,
      [tenantId, provider, ids, messages.map(({ noticeId }) => noticeId), messages.map(({ attempt }) => attempt)],
    ),
    applyReceipts(client, { tenantId, provider }, ids),
  ]);
}

async function adoptByReference(
  client: Client,
  { tenantId, provider }: ProviderRef,
  receipts: readonly ToldReceipt[],
): Promise<void> {
  const referring = receipts.filter(({ reference }) => reference !== undefined);
  if (referring.length === 0) return;
  await client.query(
    `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
     select tenant_id, provider, told.provider_message_id, notice_id, attempt
       from unnest($3::text[], $4::text[]) as told (provider_message_id, reference)
       join notice_attempt on tenant_id = $1 and provider = $2 and notice_attempt.reference = told.reference
     on conflict do nothing`,
    [
      ...[tenantId, provider],
      referring.map(({ providerMessageId }) => providerMessageId),
      referring.map(({ reference }) => reference),
    ],
  );
}

interface EndedPart {
  providerMessageId: string;
  noticeId: string;
  attempt: number;
  atMs: number;
}

/** Ends parts by their first receipts, and notices once their parts say so. The notices that ended, by message. */
async function applyReceipts(
  client: Client,
  { tenantId, provider }: ProviderRef,
  providerMessageIds: readonly string[],
): Promise<Map<string, string>> {
  const ended = new Map<string, string>();
  if (providerMessageIds.length === 0) return ended;
  const { rows } = await client.query<EndedPart>(
    `with first as (
       select distinct on (provider_message_id) provider_message_id, status, received_at_ms from receipt
        where tenant_id = $1 and provider = $2 and provider_message_id = any($3::text[]) and status <> 'pending'
        order by provider_message_id, received_at_ms, receipt_key
     )
     update notice_message part set status = first.status from first
      where part.tenant_id = $1 and part.provider = $2 and part.provider_message_id = first.provider_message_id
        and part.status is null
     returning part.provider_message_id as "providerMessageId", part.notice_id as "noticeId", part.attempt,
       first.received_at_ms as "atMs"`,
    [tenantId, provider, providerMessageIds],
  );
  for (const parts of oneForEachNotice(rows))
    for (const part of await endByParts(client, tenantId, parts)) ended.set(part.providerMessageId, part.noticeId);
  return ended;
}

/** The last part of each attempt decides it; two attempts of one notice take turns. */
function oneForEachNotice(parts: readonly EndedPart[]): EndedPart[][] {
  const last = new Map<string, EndedPart>();
  for (const part of parts) {
    const key = `${part.noticeId} ${part.attempt}`;
    const before = last.get(key);
    if (!before || before.atMs <= part.atMs) last.set(key, part);
  }
  const turns: EndedPart[][] = [];
  for (const part of last.values()) {
    const free = turns.find((turn) => turn.every(({ noticeId }) => noticeId !== part.noticeId));
    if (free) free.push(part);
    else turns.push([part]);
  }
  return turns;
}

/** Those of the parts whose notices ended with them. */
async function endByParts(client: Client, tenantId: string, parts: readonly EndedPart[]): Promise<EndedPart[]> {
  const { rows } = await client.query<{ noticeId: string }>(
    `with told as (
       select notice_id, attempt, at_ms, provider_message_id, (
         select case when bool_or(status = 'undelivered') then 'undelivered'
                     when bool_and(coalesce(status, '') = 'delivered') then 'delivered' end
           from notice_message part
          where part.tenant_id = $1 and part.notice_id = told.notice_id and part.attempt = told.attempt
       ) as status
       from unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[]) as told (notice_id, attempt, at_ms,
         provider_message_id)
     ), open as (
       select told.* from told join notice using (notice_id)
        where notice.tenant_id = $1 and told.status is not null
          and notice.status in ('attempted', 'accepted', 'unknown') and closed_at_ms is null
        order by notice_id for no key update of notice
     ), ended as (
       update notice_attempt set status = open.status, outcome_at_ms = open.at_ms, detail = null from open
        where notice_attempt.tenant_id = $1 and notice_attempt.notice_id = open.notice_id
          and notice_attempt.attempt = open.attempt and notice_attempt.status in ('attempted', 'accepted', 'unknown')
       returning open.*
     )
     update notice set status = ended.status, outcome_at_ms = ended.at_ms, provider_error = null,
       next_look_at_ms = null, provider_message_id = coalesce(notice.provider_message_id, ended.provider_message_id)
       from ended where notice.tenant_id = $1 and notice.notice_id = ended.notice_id
     returning notice.notice_id as "noticeId"`,
    [
      ...[tenantId, parts.map(({ noticeId }) => noticeId), parts.map(({ attempt }) => attempt)],
      ...[parts.map(({ atMs }) => atMs), parts.map(({ providerMessageId }) => providerMessageId)],
    ],
  );
  const ended = new Set(rows.map(({ noticeId }) => noticeId));
  return parts.filter(({ noticeId }) => ended.has(noticeId));
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
