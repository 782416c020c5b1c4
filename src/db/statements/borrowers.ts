/** Borrowers, and what the vault holds of them. */

import type { Client, Reader } from '../transaction';
import type { IdentityField, Vault } from '../vault';
import { signRow } from './signedRows';

export interface BorrowerRef {
  tenantId: string;
  borrowerId: string;
}

export type Identity = Partial<Record<IdentityField, string>>;

interface IdentityRow {
  keyId: string;
  name: Buffer | null;
  idNumber: Buffer | null;
  phone: Buffer | null;
}

/** Makes the borrower known by id; once it is, changes nothing. */
export async function ensureBorrower(client: Client, { tenantId, borrowerId }: BorrowerRef): Promise<void> {
  await client.query('insert into borrower (tenant_id, borrower_id) values ($1, $2) on conflict do nothing', [
    tenantId,
    borrowerId,
  ]);
}

export async function isKnownBorrower(reader: Reader, { tenantId, borrowerId }: BorrowerRef): Promise<boolean> {
  const { rowCount } = await reader.query('select from borrower where tenant_id = $1 and borrower_id = $2', [
    tenantId,
    borrowerId,
  ]);
  return rowCount === 1;
}

/** Holds the borrower to the end of the transaction, so that what is counted about the person stays as it was counted. */
export async function lockBorrower(client: Client, { tenantId, borrowerId }: BorrowerRef): Promise<void> {
  await lockBorrowers(client, { tenantId, borrowerIds: [borrowerId] });
}

/** As {@link lockBorrower}, of several, in one order everywhere. */
export async function lockBorrowers(
  client: Client,
  { tenantId, borrowerIds }: { tenantId: string; borrowerIds: readonly string[] },
): Promise<void> {
  await client.query(
    `select from borrower where tenant_id = $1 and borrower_id = any($2::text[])
      order by borrower_id for no key update`,
    [tenantId, borrowerIds],
  );
}

/** Keeps an identity, encrypted with the vault's current key; replaces the whole identity of before. */
export async function saveIdentity(
  client: Client,
  vault: Vault,
  { tenantId, borrowerId, identity }: BorrowerRef & { identity: Identity },
): Promise<void> {
  const sealed = (field: IdentityField) =>
    identity[field] === undefined ? null : vault.encrypt({ tenantId, borrowerId, field }, identity[field]);
  await client.query(
    `insert into vault_identity
       (tenant_id, borrower_id, name_encrypted, id_number_encrypted, phone_encrypted, key_id)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, borrower_id) do update set
       name_encrypted = excluded.name_encrypted,
       id_number_encrypted = excluded.id_number_encrypted,
       phone_encrypted = excluded.phone_encrypted,
       key_id = excluded.key_id,
       updated_at = now()`,
    [tenantId, borrowerId, sealed('name'), sealed('idNumber'), sealed('phone'), vault.keyId],
  );
  await signRow(client, 'vault_identity', [tenantId, borrowerId]);
}

/** The identity in clear; undefined when the vault has none of this borrower. */
export async function readIdentity(
  reader: Reader,
  vault: Vault,
  { tenantId, borrowerId }: BorrowerRef,
): Promise<Identity | undefined> {
  const { rows } = await reader.query<IdentityRow>(
    `select key_id as "keyId", name_encrypted as name, id_number_encrypted as "idNumber", phone_encrypted as phone
       from vault_identity where tenant_id = $1 and borrower_id = $2`,
    [tenantId, borrowerId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const identity: Identity = {};
  for (const field of ['name', 'idNumber', 'phone'] as const) {
    const sealed = row[field];
    if (sealed) identity[field] = vault.decrypt({ tenantId, borrowerId, field }, row.keyId, sealed);
  }
  return identity;
}

/** Only the phone, for sending: what is not needed is not decrypted. */
export async function readPhone(
  reader: Reader,
  vault: Vault,
  { tenantId, borrowerId }: BorrowerRef,
): Promise<string | undefined> {
  const phones = await readPhones(reader, vault, { tenantId, borrowerIds: [borrowerId] });
  return phones(borrowerId);
}

/** Phones of several, each decrypted when it is asked for; undefined for who has none. */
export async function readPhones(
  reader: Reader,
  vault: Vault,
  { tenantId, borrowerIds }: { tenantId: string; borrowerIds: readonly string[] },
): Promise<(borrowerId: string) => string | undefined> {
  const { rows } = await reader.query<{ borrowerId: string; keyId: string; phone: Buffer }>(
    `select borrower_id as "borrowerId", key_id as "keyId", phone_encrypted as phone from vault_identity
      where tenant_id = $1 and borrower_id = any($2::text[]) and phone_encrypted is not null`,
    [tenantId, borrowerIds],
  );
  const sealed = new Map(rows.map((row) => [row.borrowerId, row]));
  return (borrowerId) => {
    const row = sealed.get(borrowerId);
    return row && vault.decrypt({ tenantId, borrowerId, field: 'phone' }, row.keyId, row.phone);
  };
}
