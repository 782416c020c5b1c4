/** The key that encrypts what is known of one borrower: made once, and destroyed when the person is to be erased. */
import { type Client, together } from '../transaction';
import type { PersonKey, Vault, WrappedKey } from '../vault';
import type { BorrowerRef } from './borrowers';

/** The person's key, made where there is none; undefined once it was destroyed. The borrower's row is locked. */
export async function personKeyOf(
  client: Client,
  vault: Vault,
  { tenantId, borrowerId }: BorrowerRef,
): Promise<PersonKey | undefined> {
  const person = { tenantId, borrowerId };
  const { rows } = await client.query<{ keyId: string; wrapped: Buffer | null }>(
    `select key_id as "keyId", wrapped_key as wrapped from person_key where tenant_id = $1 and borrower_id = $2`,
    [tenantId, borrowerId],
  );
  const [row] = rows;
  if (row) return row.wrapped === null ? undefined : vault.openPersonKey(person, row as WrappedKey);
  const { wrapped, key } = vault.makePersonKey(person);
  await client.query('insert into person_key (tenant_id, borrower_id, wrapped_key, key_id) values ($1, $2, $3, $4)', [
    tenantId,
    borrowerId,
    wrapped.wrapped,
    wrapped.keyId,
  ]);
  return key;
}

/**
 * Destroys the key of a person, with what the vault's own key encrypts of the same person: nothing that identifies the
 * borrower can be read any more, in any copy of the rows. Account and notices stay, by id. False when it was done before.
 * What backups hold of the wrapped key goes when they do.
 */
export async function erasePerson(
  client: Client,
  { tenantId, borrowerId, erasedBy, atMs }: BorrowerRef & { erasedBy: string; atMs: number },
): Promise<boolean> {
  const ref = [tenantId, borrowerId];
  // Not to come between a version and its key.
  await client.query('select from borrower where tenant_id = $1 and borrower_id = $2 for no key update', ref);
  const [{ rowCount }] = await together([
    client.query(
      // Also of who has no key yet: nothing is kept of the person from now on.
      `insert into person_key (tenant_id, borrower_id, wrapped_key, key_id, erased_by, erased_at_ms)
       values ($1, $2, null, 'none', $3, $4)
       on conflict (tenant_id, borrower_id)
         do update set wrapped_key = null, erased_by = excluded.erased_by, erased_at_ms = excluded.erased_at_ms
         where person_key.wrapped_key is not null`,
      [...ref, erasedBy, atMs],
    ),
    client.query(
      `update vault_identity set name_encrypted = null, id_number_encrypted = null, phone_encrypted = null
        where tenant_id = $1 and borrower_id = $2`,
      ref,
    ),
    client.query('delete from vault_contact where tenant_id = $1 and borrower_id = $2', ref),
  ]);
  return rowCount === 1;
}
