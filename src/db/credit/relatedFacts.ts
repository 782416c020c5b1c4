/** What is on record of one payment, purchase or instalment plan: the fact itself, and the facts that name it. */
import type { Fact } from '../../domain/credit/facts';
import type { Goods } from '../../domain/credit/revolving/refundBounds';
import { namesOf } from '../../domain/values/tables';
import { sqlWords } from '../sqlWords';
import type { Reader } from '../transaction';
import type { AccountRef } from './accounts';

const GOODS = namesOf({ purchased: 0, confirmed: 0, refunded: 0 } satisfies Record<Goods['kind'], 0>);

/** Everything that was bought, received or refunded on an account: what bounds a refund. */
export async function readGoods(reader: Reader, { tenantId, accountId }: AccountRef): Promise<Goods[]> {
  const { rows } = await reader.query<{ body: Goods }>(
    `select body from account_fact
      where tenant_id = $1 and account_id = $2 and kind in (${sqlWords(GOODS)})
      order by value_date, business_key`,
    [tenantId, accountId],
  );
  return rows.map(({ body }) => body);
}

/** By value date and key. Asked for the few arrivals that name another fact, so the account's rows are looked through. */
export async function readRelatedFacts(
  reader: Reader,
  { tenantId, accountId, key }: AccountRef & { key: string },
): Promise<Fact[]> {
  const { rows } = await reader.query<{ body: Fact }>(
    `select body from account_fact
      where tenant_id = $1 and account_id = $2
        and (business_key = $3 or body->>'reverses' = $3 or body->>'purchaseKey' = $3 or body->>'planKey' = $3)
      order by value_date, business_key`,
    [tenantId, accountId, key],
  );
  return rows.map(({ body }) => body);
}
