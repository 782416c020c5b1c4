/** Keys of the API's callers, known by their hash only, each bound to a principal. */
import { principalOfLabel } from '../../domain/values/principals';
import { macsOf } from '../evidence/macs';
import { isProved, proveRow, signedColumns, signRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';

export interface ApiKeyRow {
  tenantId: string;
  keyId: string;
  /** Who acts by the key. */
  principal: string;
  scopes: string[];
  label: string;
  /** Real time from which it is good no more; null: it has no end. */
  expiresAtMs: number | null;
  /** Real time, to the minute; null: never. */
  lastUsedAtMs: number | null;
}

type SignedKey = Record<string, unknown> & { mac: string | null };

export interface ListedApiKey extends ApiKeyRow {
  createdAtMs: number;
  /** Null: made by the command line. */
  createdBy: string | null;
  successorId: string | null;
  revokedAtMs: number | null;
}

export interface NewApiKey extends Pick<ApiKeyRow, 'tenantId' | 'keyId' | 'scopes' | 'label'> {
  /** SHA-256 of the key, in hex. */
  keyHash: string;
  /** Absent: the system that the label names. */
  principal?: string | undefined;
  expiresAtMs?: number | null | undefined;
  createdBy?: string | undefined;
}

export interface ApiKeyRef {
  tenantId: string;
  keyId: string;
}

const COLUMNS = `tenant_id as "tenantId", key_id as "keyId", principal, scopes, label,
  (extract(epoch from expires_at) * 1000)::bigint as "expiresAtMs",
  (extract(epoch from last_used_at) * 1000)::bigint as "lastUsedAtMs"`;
const LISTED = `${COLUMNS}, (extract(epoch from created_at) * 1000)::bigint as "createdAtMs", created_by as "createdBy",
  successor_id as "successorId", (extract(epoch from revoked_at) * 1000)::bigint as "revokedAtMs"`;

/** Adds a key; returns whether its id is new. */
export async function insertApiKey(client: Client, key: NewApiKey): Promise<boolean> {
  const { tenantId, keyId, keyHash, scopes, label, expiresAtMs = null, createdBy = null } = key;
  const { rowCount } = await client.query(
    `insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal, expires_at, created_by)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::double precision / 1000), $8)
     on conflict (tenant_id, key_id) do nothing`,
    [tenantId, keyId, keyHash, scopes, label, key.principal ?? principalOfLabel(label), expiresAtMs, createdBy],
  );
  if (rowCount === 1) await signRow(client, 'api_key', [tenantId, keyId]);
  return rowCount === 1;
}

/**
 * Who calls; undefined for a key that is unknown or revoked, and for one that this system did not make. Its expiry is the
 * caller's to compare.
 */
export async function findApiKey(reader: Reader, { keyHash }: { keyHash: string }): Promise<ApiKeyRow | undefined> {
  const { rows } = await reader.query<ApiKeyRow & SignedKey>(
    `select ${COLUMNS}, ${signedColumns('api_key')} from api_key where key_hash = $1 and revoked_at is null`,
    [keyHash],
  );
  const [row] = rows;
  if (!row || !isProved(macsOf(reader), 'api_key', row)) return undefined;
  const { tenantId, keyId, principal, scopes, label, expiresAtMs, lastUsedAtMs } = row;
  return { tenantId, keyId, principal, scopes, label, expiresAtMs, lastUsedAtMs };
}

/** Notes that a key was used; at most once a minute whoever calls, so that reads cost no write each. */
export async function noteKeyUse(
  reader: Reader,
  { tenantId, keyId, nowMs }: ApiKeyRef & { nowMs: number },
): Promise<void> {
  await reader.query(
    `update api_key set last_used_at = to_timestamp($3::double precision / 1000)
      where tenant_id = $1 and key_id = $2
        and (last_used_at is null or last_used_at <= to_timestamp($3::double precision / 1000) - interval '1 minute')`,
    [tenantId, keyId, nowMs],
  );
}

/** The keys of a tenant, good ones and ended ones, by id. */
export async function listApiKeys(reader: Reader, { tenantId }: { tenantId: string }): Promise<ListedApiKey[]> {
  const { rows } = await reader.query<ListedApiKey>(
    `select ${LISTED} from api_key where tenant_id = $1 order by key_id`,
    [tenantId],
  );
  return rows;
}

/** One key, locked until the transaction ends. */
export async function lockApiKey(client: Client, { tenantId, keyId }: ApiKeyRef): Promise<ListedApiKey | undefined> {
  const { rows } = await client.query<ListedApiKey>(
    `select ${LISTED} from api_key where tenant_id = $1 and key_id = $2 for update`,
    [tenantId, keyId],
  );
  return rows[0];
}

/** Names the key that takes another one's place, and when that one ends; never later than it would have. */
export async function endApiKey(
  client: Client,
  { tenantId, keyId, successorId, endsAtMs }: ApiKeyRef & { successorId: string; endsAtMs: number },
): Promise<void> {
  await proveRow(client, 'api_key', [tenantId, keyId]);
  await client.query(
    `update api_key set successor_id = $3,
       expires_at = least(expires_at, to_timestamp($4::double precision / 1000))
      where tenant_id = $1 and key_id = $2`,
    [tenantId, keyId, successorId, endsAtMs],
  );
  await signRow(client, 'api_key', [tenantId, keyId]);
}

/** Revokes a key at once; false when it is unknown or was revoked before. */
export async function revokeApiKey(client: Client, { tenantId, keyId }: ApiKeyRef): Promise<boolean> {
  const { rowCount } = await client.query(
    'update api_key set revoked_at = now() where tenant_id = $1 and key_id = $2 and revoked_at is null',
    [tenantId, keyId],
  );
  // Not proved before: a key is revoked whoever wrote it, and nothing else of it can be changed.
  if (rowCount === 1) await signRow(client, 'api_key', [tenantId, keyId]);
  return rowCount === 1;
}
