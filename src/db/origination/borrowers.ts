/** Borrowers, by id. What the vault holds of them: `identities.ts`. */

import type { Client, Reader } from '../transaction';

export interface BorrowerRef {
  tenantId: string;
  borrowerId: string;
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
