import type { Client, Reader } from '../../transaction';

export interface ProviderStop {
  provider: string;
  stoppedAtMs: number;
  code: string;
  detail: string;
}

/** Providers that are stopped now. */
export async function stoppedProviders(reader: Reader, { tenantId }: { tenantId: string }): Promise<ProviderStop[]> {
  const { rows } = await reader.query<ProviderStop>(
    `select provider, stopped_at_ms as "stoppedAtMs", code, detail from provider_stop
      where tenant_id = $1 and resumed_at_ms is null order by provider`,
    [tenantId],
  );
  return rows;
}

/** Stops a provider. False when it is stopped already. */
export async function stopProvider(
  client: Client,
  { tenantId, provider, stoppedAtMs, code, detail }: ProviderStop & { tenantId: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into provider_stop (tenant_id, provider, stopped_at_ms, code, detail) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [tenantId, provider, stoppedAtMs, code, detail],
  );
  return rowCount === 1;
}

export interface ProviderResumption {
  tenantId: string;
  provider: string;
  resumedBy: string;
  /** Whose act it is; `resumedBy` is the name that was said. */
  principal?: string | undefined;
  atMs: number;
}

/** A person says that it works again. False when it is not stopped. */
export async function resumeProvider(
  client: Client,
  { tenantId, provider, resumedBy, principal, atMs }: ProviderResumption,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update provider_stop set resumed_at_ms = $3, resumed_by = $4, resumed_principal = $5
      where tenant_id = $1 and provider = $2 and resumed_at_ms is null`,
    [tenantId, provider, atMs, resumedBy, principal ?? null],
  );
  return rowCount === 1;
}
