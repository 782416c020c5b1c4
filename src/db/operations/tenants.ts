/** Tenants: lenders. */
import type { Client, Reader } from '../transaction';

/** Makes the tenant known; once it is, changes nothing. */
export async function ensureTenant(client: Client, input: { tenantId: string; name: string }): Promise<void> {
  await client.query('insert into tenant (tenant_id, name) values ($1, $2) on conflict do nothing', [
    input.tenantId,
    input.name,
  ]);
}

export async function isKnownTenant(reader: Reader, { tenantId }: { tenantId: string }): Promise<boolean> {
  const { rowCount } = await reader.query('select from tenant where tenant_id = $1', [tenantId]);
  return rowCount === 1;
}
