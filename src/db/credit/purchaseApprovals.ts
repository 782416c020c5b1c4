/** Purchases that a person has approved, and what was bought on a day without such a word. */
import type { Fen } from '../../domain/values/money';
import { macsOf } from '../evidence/macs';
import { macOf } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';
import type { Recorded } from './facts';

export interface NewPurchaseApproval extends AccountRef {
  approvalId: string;
  purchaseId: string;
  amountFen: Fen;
  decidedBy: string;
  reason: string;
  atMs: number;
}

/** `conflict`: the id is known with other content, which stands. */
export async function recordPurchaseApproval(client: Client, approval: NewPurchaseApproval): Promise<Recorded> {
  const { tenantId, accountId, approvalId, purchaseId, amountFen, decidedBy, reason, atMs } = approval;
  const content = [tenantId, accountId, approvalId, purchaseId, amountFen, decidedBy, reason];
  const mac = macOf(macsOf(client), 'purchase_approval', {
    tenant_id: tenantId,
    account_id: accountId,
    approval_id: approvalId,
    purchase_id: purchaseId,
    amount_fen: amountFen,
    decided_by: decidedBy,
    reason,
    at_ms: atMs,
    mac: null,
  });
  const { rowCount } = await client.query(
    `insert into purchase_approval (tenant_id, account_id, approval_id, purchase_id, amount_fen, decided_by, reason, at_ms,
       mac) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [...content, atMs, mac],
  );
  if (rowCount === 1) return 'recorded';
  const { rows } = await client.query(
    `select from purchase_approval where tenant_id = $1 and account_id = $2 and approval_id = $3 and purchase_id = $4
        and amount_fen = $5 and decided_by = $6 and reason = $7`,
    content,
  );
  return rows.length === 1 ? 'repeated' : 'conflict';
}

/**
 * What the account bought by purchases that arrived from an instant on and that nobody approved; `key` is `purchase/`
 * and the id. And whether the asked one is approved with its amount.
 */
export async function readDaysPurchases(
  reader: Reader,
  { tenantId, accountId, sinceMs, key, amountFen }: AccountRef & { sinceMs: number; key: string; amountFen: Fen },
): Promise<{ boughtFen: Fen; isApproved: boolean }> {
  const { rows } = await reader.query<{ boughtFen: Fen; isApproved: boolean }>(
    `select coalesce(sum((body->>'amountFen')::bigint), 0)::bigint as "boughtFen",
       exists (select from purchase_approval where tenant_id = $1 and account_id = $2 and 'purchase/' || purchase_id = $4
         and amount_fen = $5) as "isApproved"
     from account_fact fact
      where tenant_id = $1 and account_id = $2 and kind = 'purchased' and arrived_at_ms >= $3 and not exists (
        select from purchase_approval approval where approval.tenant_id = $1 and approval.account_id = $2
           and 'purchase/' || purchase_id = fact.business_key
           and amount_fen = (fact.body->>'amountFen')::bigint)`,
    [tenantId, accountId, sinceMs, key, amountFen],
  );
  return rows[0] ?? { boughtFen: 0, isApproved: false };
}
