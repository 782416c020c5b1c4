/**
 * Delivery receipts: doubled, late, out of order, or before the answer they belong to. Each is kept once. What it ends is
 * judged by the domain (`receiptJudgement.ts`), under the locks of its messages; what nobody can tell is kept and told
 * (`receipt_trouble`).
 */
import {
  judgeReceipts,
  type KeptName,
  type KeptTrouble,
  type KeyedReceipt,
  keyReceipts,
  type ToldReceipt,
  unknownReceipts,
} from '../../../domain/messaging/delivery/receiptJudgement';
import { type Client, together } from '../../transaction';
import { lockMessages } from './messageLocks';
import { endParts, readGiven, readNamed } from './receiptParts';
import { insertReceiptTroubles } from './receiptTroubles';

export type { ToldReceipt } from '../../../domain/messaging/delivery/receiptJudgement';

export interface ReceiptResult {
  /** `left-out`: of a message that nobody knows, and there were too many such; it is not kept. */
  receipt: 'recorded' | 'repeated' | 'left-out';
  /** The notice that it ended; undefined when that had ended before, or its message is not known yet. */
  movedNoticeId: string | undefined;
  /** Why it moved nothing, where it might have had to. */
  trouble?: KeptTrouble | undefined;
}

interface ProviderRef {
  tenantId: string;
  provider: string;
}

/**
 * Keeps receipts of a provider and moves their notices forward: to their end, and never from there. In a transaction,
 * in the same few statements for one as for a thousand. A receipt of a message that is not known yet stays, and is
 * applied when the provider's answer is kept, as many of them as `admitUnknown` lets in. One result for each receipt, in
 * their order.
 */
export async function recordReceipts(
  client: Client,
  {
    tenantId,
    provider,
    receipts,
    admitUnknown = (count) => count,
  }: ProviderRef & { receipts: readonly ToldReceipt[]; admitUnknown?: ((count: number) => number) | undefined },
): Promise<ReceiptResult[]> {
  if (receipts.length === 0) return [];
  const ref = { tenantId, provider };
  const ids = [...new Set(receipts.map(({ providerMessageId }) => providerMessageId))];
  const references = receipts.flatMap(({ reference }) => reference ?? []);
  const oldestMs = Math.min(...receipts.map(({ receivedAtMs }) => receivedAtMs));
  const [, kept, given, named] = await together([
    lockMessages(
      client,
      ids.map((providerMessageId) => ({ ...ref, providerMessageId })),
    ),
    readKept(client, ref, ids),
    readGiven(client, { ...ref, providerMessageIds: ids, oldestMs }),
    readNamed(client, { ...ref, references }),
  ]);
  const keyed = keyReceipts(receipts, kept);
  const unknown = unknownReceipts(keyed, { given, named });
  const leftOut = new Set(unknown.length === 0 ? [] : unknown.slice(admitUnknown(unknown.length)));
  const inserted = await insertReceipts(
    client,
    ref,
    keyed.filter((each) => each.isNew && !leftOut.has(each)),
  );
  const judged = judgeReceipts(
    keyed.map((each) => ({ ...each, isNew: each.isNew && inserted.has(each.keptKey) })),
    { given, named },
  );
  await insertReceiptTroubles(client, { ...ref, troubles: judged.flatMap(({ trouble }) => trouble ?? []) });
  const ended = await endParts(
    client,
    ref,
    judged.flatMap(({ ends }) => ends ?? []),
  );
  return judged.map(({ isNew, ends, trouble }, index) => {
    const reportedKey = keyed[index];
    if (reportedKey && leftOut.has(reportedKey)) return { receipt: 'left-out', movedNoticeId: undefined };
    const movedNoticeId = ends && ended.has(ends) ? ends.given.noticeId : undefined;
    const result = { receipt: isNew ? ('recorded' as const) : ('repeated' as const), movedNoticeId };
    return trouble ? { ...result, trouble: trouble.reason } : result;
  });
}

/** The newest of each name that is kept of these messages. */
async function readKept(
  client: Client,
  { tenantId, provider }: ProviderRef,
  providerMessageIds: readonly string[],
): Promise<KeptName[]> {
  const { rows } = await client.query<KeptName>(
    `select distinct on (1) coalesce(told_key, receipt_key) as "toldKey", received_at_ms as "receivedAtMs",
       told_order as "order"
     from receipt where tenant_id = $1 and provider = $2 and provider_message_id = any($3::text[])
     order by 1, received_at_ms desc`,
    [tenantId, provider, providerMessageIds],
  );
  return rows;
}

/** The keys of those that were not there. */
async function insertReceipts(
  client: Client,
  { tenantId, provider }: ProviderRef,
  keyed: readonly KeyedReceipt[],
): Promise<ReadonlySet<string>> {
  if (keyed.length === 0) return new Set();
  const column = <Value>(of: (each: KeyedReceipt) => Value) => keyed.map(of);
  const { rows } = await client.query<{ receiptKey: string }>(
    `insert into receipt (tenant_id, provider, receipt_key, told_key, provider_message_id, status, received_at_ms, body,
       code, reference, session)
     select $1, $2, receipt_key, told_key, provider_message_id, status, received_at_ms, body, code, reference, session
       from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::jsonb[], $9::text[], $10::text[],
         $11::text[])
         as told (receipt_key, told_key, provider_message_id, status, received_at_ms, body, code, reference, session)
     on conflict do nothing returning receipt_key as "receiptKey"`,
    [
      tenantId,
      provider,
      column(({ keptKey }) => keptKey),
      column(({ toldKey }) => toldKey),
      column(({ receipt }) => receipt.providerMessageId),
      column(({ receipt }) => receipt.status),
      column(({ receipt }) => receipt.receivedAtMs),
      column(({ receipt }) => JSON.stringify(receipt.body ?? null)),
      column(({ receipt }) => receipt.code ?? null),
      column(({ receipt }) => receipt.reference ?? null),
      column(({ receipt }) => receipt.session ?? null),
    ],
  );
  return new Set(rows.map(({ receiptKey }) => receiptKey));
}
