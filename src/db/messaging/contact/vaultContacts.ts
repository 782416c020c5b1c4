/** E-mail addresses and push tokens: encrypted like the phone, one row each, gone when withdrawn. */

import type { BorrowerRef } from '../../origination/borrowers';
import type { Client, Reader } from '../../transaction';
import type { ContactField, Vault } from '../../vault';

interface ContactRef extends BorrowerRef {
  field: ContactField;
}

export interface VaultContact {
  value: string;
  /** Keyed. */
  fingerprint: string;
}

/** Keeps a value in place of the one before; `null` withdraws it. The same value again stays known as taking nothing. */
export async function saveVaultContact(
  client: Client,
  vault: Vault,
  { tenantId, borrowerId, field, value }: ContactRef & { value: string | null },
): Promise<void> {
  if (value === null) {
    await client.query('delete from vault_contact where tenant_id = $1 and borrower_id = $2 and field = $3', [
      tenantId,
      borrowerId,
      field,
    ]);
    return;
  }
  await client.query(
    `insert into vault_contact (tenant_id, borrower_id, field, value_encrypted, key_id, fingerprint)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, borrower_id, field) do update set
       value_encrypted = excluded.value_encrypted, key_id = excluded.key_id, fingerprint = excluded.fingerprint,
       takes_nothing = vault_contact.takes_nothing and vault_contact.fingerprint = excluded.fingerprint,
       updated_at = now()`,
    [
      tenantId,
      borrowerId,
      field,
      vault.encrypt({ tenantId, borrowerId, field }, value),
      vault.keyId,
      vault.fingerprint(tenantId, field, value),
    ],
  );
}

/** In clear, for sending; undefined where there is none, or one that takes nothing. */
export async function readVaultContact(
  reader: Reader,
  vault: Vault,
  { tenantId, borrowerId, field }: ContactRef,
): Promise<VaultContact | undefined> {
  const { rows } = await reader.query<{ sealed: Buffer; keyId: string; fingerprint: string }>(
    `select value_encrypted as sealed, key_id as "keyId", fingerprint from vault_contact
      where tenant_id = $1 and borrower_id = $2 and field = $3 and not takes_nothing`,
    [tenantId, borrowerId, field],
  );
  const [row] = rows;
  if (!row) return undefined;
  const value = vault.decrypt({ tenantId, borrowerId, field }, row.keyId, row.sealed);
  return { value, fingerprint: row.fingerprint };
}

/** Who would have to take it said that the address is none, or that the app is gone. */
export async function markTakesNothing(
  client: Client,
  { tenantId, borrowerId, field, fingerprint }: ContactRef & { fingerprint: string },
): Promise<void> {
  await client.query(
    `update vault_contact set takes_nothing = true
      where tenant_id = $1 and borrower_id = $2 and field = $3 and fingerprint = $4`,
    [tenantId, borrowerId, field, fingerprint],
  );
}
