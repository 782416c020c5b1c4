/** Accounts whose next step is still to come, the oldest of each policy. */
import type { Reader } from '../transaction';

export interface UnsteppedAccount {
  policyVersion: string;
  /** Null where no account under the policy waits for a step any more. */
  accountId: string | null;
  sinceMs: number | null;
}

/** One row for each policy that has accounts. An account without a first step waits since its opening. */
export async function readOldestUnstepped(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<UnsteppedAccount[]> {
  const { rows } = await reader.query<UnsteppedAccount>(
    `select distinct on (policy_version) policy_version as "policyVersion",
       case when since_ms is not null then account_id end as "accountId", since_ms as "sinceMs"
      from (select policy_version, account_id,
              case when as_of is null then opened_at_ms else next_deadline_at_ms end as since_ms
              from credit_account where tenant_id = $1) account
     order by policy_version, since_ms nulls last, account_id`,
    [tenantId],
  );
  return rows;
}
