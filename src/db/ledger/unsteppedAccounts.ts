/** Accounts whose next step is still to come: the oldest of each policy, and those that hold a date. */
import type { Product } from '../../domain/policy/lendingPolicy';
import type { Reader } from '../transaction';

export interface UnsteppedAccount {
  policyVersion: string;
  /** Null where no account under the policy waits for a step any more. */
  accountId: string | null;
  sinceMs: number | null;
}

/** An account without a first step waits since its opening. */
const SINCE_MS = 'case when as_of is null then opened_at_ms else next_deadline_at_ms end';

/** Those that wait since before an instant of their policy, the oldest first. */
export async function listUnstepped(
  reader: Reader,
  { tenantId, ends, limit }: { tenantId: string; ends: { policyVersion: string; beforeMs: number }[]; limit: number },
): Promise<{ accountId: string; product: Product }[]> {
  const { rows } = await reader.query<{ accountId: string; product: Product }>(
    `select account_id as "accountId", product
      from credit_account join unnest($2::text[], $3::bigint[]) as held (policy_version, before_ms) using (policy_version)
     where tenant_id = $1 and ${SINCE_MS} < before_ms order by ${SINCE_MS}, account_id limit $4`,
    [tenantId, ends.map(({ policyVersion }) => policyVersion), ends.map(({ beforeMs }) => beforeMs), limit],
  );
  return rows;
}

/** One row for each policy that has accounts. */
export async function readOldestUnstepped(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<UnsteppedAccount[]> {
  const { rows } = await reader.query<UnsteppedAccount>(
    `select distinct on (policy_version) policy_version as "policyVersion",
       case when since_ms is not null then account_id end as "accountId", since_ms as "sinceMs"
      from (select policy_version, account_id, ${SINCE_MS} as since_ms from credit_account where tenant_id = $1) account
     order by policy_version, since_ms nulls last, account_id`,
    [tenantId],
  );
  return rows;
}
