/** Keys of the API's callers, known by their hash only. */
import { macsOf } from '../macs';
import type { Client, Reader } from '../transaction';
import { isProved, signedColumns, signRow } from './signedRows';

export interface ApiKeyRow {
  tenantId: string;
  keyId: string;
  scopes: string[];
  label: string;
}

type SignedKey = Record<'tenant_id' | 'key_id' | 'label', string> & { scopes: string[]; mac: string | null };

/** Adds a key by the SHA-256 (hex) of it; returns whether its id is new. */
export async function insertApiKey(
  client: Client,
  { tenantId, keyId, keyHash, scopes, label }: ApiKeyRow & { keyHash: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into api_key (tenant_id, key_id, key_hash, scopes, label) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, key_id) do nothing`,
    [tenantId, keyId, keyHash, scopes, label],
  );
  if (rowCount === 1) await signRow(client, 'api_key', [tenantId, keyId]);
  return rowCount === 1;
}

/** Who calls; undefined for a key that is unknown or revoked, and for one that this system did not make. */
export async function findApiKey(reader: Reader, { keyHash }: { keyHash: string }): Promise<ApiKeyRow | undefined> {
  const { rows } = await reader.query<SignedKey>(
    `select ${signedColumns('api_key')} from api_key where key_hash = $1 and revoked_at is null`,
    [keyHash],
  );
  const [row] = rows;
  if (!row || !isProved(macsOf(reader), 'api_key', row)) return undefined;
  return { tenantId: row.tenant_id, keyId: row.key_id, scopes: row.scopes, label: row.label };
}

/** The keys of a tenant; `revokedAt` in milliseconds, null while it is good. */
export async function listApiKeys(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<(ApiKeyRow & { revokedAt: number | null })[]> {
  const { rows } = await reader.query<ApiKeyRow & { revokedAt: number | null }>(
    `select tenant_id as "tenantId", key_id as "keyId", scopes, label, revoked_at as "revokedAt" from api_key
      where tenant_id = $1 order by key_id`,
    [tenantId],
  );
  return rows;
}

/** Revokes a key at once; false when it is unknown or was revoked before. */
export async function revokeApiKey(
  client: Client,
  { tenantId, keyId }: { tenantId: string; keyId: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    'update api_key set revoked_at = now() where tenant_id = $1 and key_id = $2 and revoked_at is null',
    [tenantId, keyId],
  );
  // Not proved before: a key is revoked whoever wrote it, and nothing else of it can be changed.
  if (rowCount === 1) await signRow(client, 'api_key', [tenantId, keyId]);
  return rowCount === 1;
}
