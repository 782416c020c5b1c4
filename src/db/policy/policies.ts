/** Policy versions: inserted, read, never changed. */

import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import { contentHash } from '../contentHash';
import type { Client, Reader } from '../transaction';

/**
 * Adds a policy version from its own `version` and `effectiveFrom`. `conflict`: the version exists with another
 * content, and stands.
 */
export async function insertPolicy(
  client: Client,
  { tenantId, policy }: { tenantId: string; policy: LendingPolicy },
): Promise<'inserted' | 'repeated' | 'conflict'> {
  const { rowCount } = await client.query(
    `insert into policy_version (tenant_id, version, effective_from, body) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [tenantId, policy.version, policy.effectiveFrom, JSON.stringify(policy)],
  );
  if (rowCount === 1) return 'inserted';
  const known = await readPolicy(client, { tenantId, version: policy.version });
  return contentHash(known) === contentHash(policy) ? 'repeated' : 'conflict';
}

/** The policy of that version, or undefined. */
export async function readPolicy(
  reader: Reader,
  { tenantId, version }: { tenantId: string; version: string },
): Promise<LendingPolicy | undefined> {
  const { rows } = await reader.query<{ body: LendingPolicy }>(
    'select body from policy_version where tenant_id = $1 and version = $2',
    [tenantId, version],
  );
  return rows[0]?.body;
}

/** The version in force on a date; of two that begin on one date, the one inserted later. */
export async function policyVersionInForce(
  reader: Reader,
  { tenantId, date }: { tenantId: string; date: IsoDate },
): Promise<string | undefined> {
  const { rows } = await reader.query<{ version: string }>(
    `select version from policy_version
      where tenant_id = $1 and effective_from <= $2
      order by effective_from desc, created_at desc, version desc limit 1`,
    [tenantId, date],
  );
  return rows[0]?.version;
}

/** The version that takes effect last; of two that begin on one date, the one inserted later. */
export async function newestPolicyVersion(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<string | undefined> {
  const { rows } = await reader.query<{ version: string }>(
    `select version from policy_version
      where tenant_id = $1 order by effective_from desc, created_at desc, version desc limit 1`,
    [tenantId],
  );
  return rows[0]?.version;
}

/** The policy in force on a date, or undefined when none is yet. */
export async function policyInForce(
  reader: Reader,
  { tenantId, date }: { tenantId: string; date: IsoDate },
): Promise<LendingPolicy | undefined> {
  const version = await policyVersionInForce(reader, { tenantId, date });
  return version === undefined ? undefined : readPolicy(reader, { tenantId, version });
}

/** The policy in force on a date, and those that take effect later. */
export async function policiesFrom(
  reader: Reader,
  { tenantId, date }: { tenantId: string; date: IsoDate },
): Promise<LendingPolicy[]> {
  const { rows } = await reader.query<{ body: LendingPolicy }>(
    `select body from policy_version where tenant_id = $1 and (effective_from > $2
       or version = (select version from policy_version
         where tenant_id = $1 and effective_from <= $2
         order by effective_from desc, created_at desc, version desc limit 1))
      order by effective_from, version`,
    [tenantId, date],
  );
  return rows.map(({ body }) => body);
}
