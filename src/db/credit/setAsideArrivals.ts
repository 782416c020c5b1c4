/** What arrived at an account and could not be taken: kept as it came, and settled by two people. */
import { type AsideState, type AsideWord, OPEN_ASIDES } from '../../domain/credit/setAside';
import { contentHash } from '../contentHash';
import { macAfter, proveRow, signRow } from '../evidence/signedRows';
import { rawOf, storableKey } from '../faults';
import { sqlWords } from '../sqlWords';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';

export interface AsideRow extends AccountRef {
  asideId: number;
  kind: string;
  businessKey: string;
  /** JSON in UTF-8. */
  raw: Buffer;
  /** In our words, without a value that was sent. */
  fault: string;
  atMs: number;
  state: AsideState;
  /** What the first of two people wants; all null while nobody has said anything. */
  word: AsideWord | null;
  wordBy: string | null;
  wordReason: string | null;
  secondBy: string | null;
  secondReason: string | null;
  settledAtMs: number | null;
}

const COLUMNS = `tenant_id as "tenantId", aside_id as "asideId", account_id as "accountId", kind,
  business_key as "businessKey", raw, fault, at_ms as "atMs", state, word, word_by as "wordBy",
  word_reason as "wordReason", second_by as "secondBy", second_reason as "secondReason",
  settled_at_ms as "settledAtMs"`;

interface Came {
  kind: string;
  businessKey: string;
  arrival: unknown;
  /** What makes two of them the same. */
  identity: unknown;
  fault: string;
  atMs: number;
}

/** Keeps it; the same while it waits already is kept once. Returns its number where it is new. */
export async function setAside(client: Client, aside: AccountRef & Came): Promise<number | undefined> {
  const { tenantId, accountId, kind, businessKey, arrival, identity, fault, atMs } = aside;
  const { rows } = await client.query<{ asideId: number }>(
    `insert into set_aside_arrival (tenant_id, account_id, kind, business_key, content_hash, raw, fault, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning aside_id as "asideId"`,
    [tenantId, accountId, kind, storableKey(businessKey), contentHash(identity), rawOf(arrival), fault, atMs],
  );
  const asideId = rows[0]?.asideId;
  if (asideId !== undefined) await signRow(client, 'set_aside_arrival', [tenantId, String(asideId)]);
  return asideId;
}

interface AsideRef {
  tenantId: string;
  asideId: number;
}

export async function readAside(reader: Reader, { tenantId, asideId }: AsideRef): Promise<AsideRow | undefined> {
  const { rows } = await reader.query<AsideRow>(
    `select ${COLUMNS} from set_aside_arrival where tenant_id = $1 and aside_id = $2`,
    [tenantId, asideId],
  );
  return rows[0];
}

/** The row, proved and locked to the end of the transaction: two words are heard one after the other. */
export async function lockAside(client: Client, { tenantId, asideId }: AsideRef): Promise<AsideRow | undefined> {
  await proveRow(client, 'set_aside_arrival', [tenantId, String(asideId)]);
  const { rows } = await client.query<AsideRow>(
    `select ${COLUMNS} from set_aside_arrival where tenant_id = $1 and aside_id = $2 for no key update`,
    [tenantId, asideId],
  );
  return rows[0];
}

/** The oldest first; those that are settled only where they are asked for. */
export async function listAsides(
  reader: Reader,
  { tenantId, withSettled, limit }: { tenantId: string; withSettled: boolean; limit: number },
): Promise<AsideRow[]> {
  const { rows } = await reader.query<AsideRow>(
    `select ${COLUMNS} from set_aside_arrival where tenant_id = $1 and ($2 or state in (${sqlWords(OPEN_ASIDES)}))
      order by at_ms, aside_id limit $3`,
    [tenantId, withSettled, limit],
  );
  return rows;
}

/** What was set aside before an instant and still waits: the oldest, without what came, and how many in all. */
export async function readWaitingAsides(
  reader: Reader,
  { tenantId, beforeMs, limit }: { tenantId: string; beforeMs: number; limit: number },
): Promise<{ count: number; oldest: Pick<AsideRow, 'asideId' | 'accountId' | 'kind' | 'atMs'>[] }> {
  const { rows } = await reader.query<Pick<AsideRow, 'asideId' | 'accountId' | 'kind' | 'atMs'> & { count: number }>(
    `select aside_id as "asideId", account_id as "accountId", kind, at_ms as "atMs", count(*) over () as count
       from set_aside_arrival where tenant_id = $1 and state in (${sqlWords(OPEN_ASIDES)}) and at_ms < $2
      order by at_ms, aside_id limit $3`,
    [tenantId, beforeMs, limit],
  );
  return { count: rows[0]?.count ?? 0, oldest: rows.map(({ count: _, ...aside }) => aside) };
}

/** What became of it, or what somebody wants. */
export async function saveAside(client: Client, row: Omit<AsideRow, 'raw' | 'kind' | 'businessKey' | 'atMs'>) {
  const mac = await macAfter(client, 'set_aside_arrival', [row.tenantId, String(row.asideId)], {
    state: row.state,
    word: row.word,
    word_by: row.wordBy,
    word_reason: row.wordReason,
    second_by: row.secondBy,
    second_reason: row.secondReason,
    settled_at_ms: row.settledAtMs,
    fault: row.fault,
  });
  await client.query(
    `update set_aside_arrival set state = $3, word = $4, word_by = $5, word_reason = $6, second_by = $7,
       second_reason = $8, settled_at_ms = $9, fault = $10, mac = $11
      where tenant_id = $1 and aside_id = $2`,
    [
      row.tenantId,
      row.asideId,
      row.state,
      row.word,
      row.wordBy,
      row.wordReason,
      row.secondBy,
      row.secondReason,
      row.settledAtMs,
      row.fault,
      mac,
    ],
  );
}
