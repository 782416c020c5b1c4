/** Open accounts whose deadline was found by rules that are no more in use. */

import { CLOSED_STAGES } from '../../domain/credit/accountStages';
import type { Product } from '../../domain/policy/lendingPolicy';
import { sqlWords } from '../sqlWords';
import type { Reader } from '../transaction';

export interface AccountToLook {
  accountId: string;
  product: Product;
}

/**
 * Takes the next of them that are to be told to look, and notes that they were told; several workers take different
 * ones. One that was told and has not looked, because its worker was away, is taken again after `againAfterMinutes`.
 */
export async function takeAccountsToLook(
  client: Reader,
  query: { tenantId: string; foldVersion: number; limit: number; againAfterMinutes: number },
): Promise<AccountToLook[]> {
  const { rows } = await client.query<AccountToLook>(
    `update credit_account account set told_to_look_at = now()
       from (
         select tenant_id, account_id from credit_account
          where tenant_id = $1 and fold_version < $2 and stage not in (${sqlWords(CLOSED_STAGES)})
            and advanced_at_ms is not null
            and (told_to_look_at is null or told_to_look_at < now() - make_interval(mins => $4))
          order by account_id limit $3 for no key update skip locked
       ) next
      where account.tenant_id = next.tenant_id and account.account_id = next.account_id
      returning account.account_id as "accountId", account.product`,
    [query.tenantId, query.foldVersion, query.limit, query.againAfterMinutes],
  );
  return rows;
}
