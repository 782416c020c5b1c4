/** What providers told and nothing could be made of: kept for people, each thing once. */
import { BELONGING_TROUBLES } from '../../../domain/messaging/delivery/receiptBelonging';
import type { TroubledReceipt } from '../../../domain/messaging/delivery/receiptJudgement';
import type { Client, Reader } from '../../transaction';

export interface SealedRaw {
  encrypted: Buffer;
  keyId: string;
}

export type ReceiptTrouble =
  | {
      reason: 'unreadable';
      atMs: number;
      fault: string;
      /** The same for the same content. */
      troubleKey: string;
      /** What came, encrypted: it may hold a phone. */
      raw: SealedRaw;
    }
  /** Of a receipt that is kept, under its key. */
  | TroubledReceipt;

/** Why a receipt that is kept moved nothing: what {@link BELONGING_TROUBLES} says, or its reference and its id disagree. */
const KEPT_TROUBLES = [...BELONGING_TROUBLES, 'other-message'] as const;
/** `unreadable`: what came is kept as it came, because nothing of it is known. */
export const RECEIPT_TROUBLES = ['unreadable', ...KEPT_TROUBLES] as const;

/** Keeps troubles; one that is kept already stays as it is. Returns how many are new. */
export async function insertReceiptTroubles(
  client: Client,
  { tenantId, provider, troubles }: { tenantId: string; provider: string; troubles: readonly ReceiptTrouble[] },
): Promise<number> {
  if (troubles.length === 0) return 0;
  const rows = troubles.map((trouble) =>
    trouble.reason === 'unreadable'
      ? { ...trouble, providerMessageId: null, receiptKey: null }
      : { ...trouble, troubleKey: `${trouble.reason}/${trouble.receiptKey}`, raw: undefined },
  );
  const column = <Value>(of: (row: (typeof rows)[number]) => Value) => rows.map(of);
  const { rowCount } = await client.query(
    `insert into receipt_trouble (tenant_id, provider, at_ms, trouble_key, reason, fault, provider_message_id,
       receipt_key, raw_encrypted, key_id)
     select $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
       $10::text[])
     on conflict do nothing`,
    [
      tenantId,
      provider,
      column(({ atMs }) => atMs),
      column(({ troubleKey }) => troubleKey),
      column(({ reason }) => reason),
      column(({ fault }) => fault),
      column((row) => row.providerMessageId),
      column((row) => row.receiptKey),
      column(({ raw }) => raw?.encrypted ?? null),
      column(({ raw }) => raw?.keyId ?? null),
    ],
  );
  return rowCount ?? 0;
}

export interface ReceiptTroubleRow {
  provider: string;
  troubleKey: string;
  reason: ReceiptTrouble['reason'];
  atMs: number;
  fault: string;
  providerMessageId: string | null;
  receiptKey: string | null;
}

/** The newest since an instant, without what came raw. */
export async function readReceiptTroubles(
  reader: Reader,
  { tenantId, sinceMs, limit }: { tenantId: string; sinceMs: number; limit: number },
): Promise<ReceiptTroubleRow[]> {
  const { rows } = await reader.query<ReceiptTroubleRow>(
    `select provider, trouble_key as "troubleKey", reason, at_ms as "atMs", fault,
       provider_message_id as "providerMessageId", receipt_key as "receiptKey"
     from receipt_trouble where tenant_id = $1 and at_ms >= $2 order by at_ms desc, provider, trouble_key limit $3`,
    [tenantId, sinceMs, limit],
  );
  return rows;
}

/** What came, as it is sealed; undefined where there is no such row, or it is about a receipt that was read. */
export async function readRawTrouble(
  reader: Reader,
  { tenantId, provider, troubleKey }: { tenantId: string; provider: string; troubleKey: string },
): Promise<SealedRaw | undefined> {
  const { rows } = await reader.query<SealedRaw>(
    `select raw_encrypted as encrypted, key_id as "keyId" from receipt_trouble
      where tenant_id = $1 and provider = $2 and trouble_key = $3 and raw_encrypted is not null`,
    [tenantId, provider, troubleKey],
  );
  return rows[0];
}
