/** Bills as they were issued. */
import type { Bill } from '../../domain/credit/account';
import { type AccountChain, billContent } from '../evidence/accountChain';
import type { Client, Reader } from '../transaction';
import { type AccountRef, onChain } from './accounts';

export interface NewBills extends AccountRef {
  statements: readonly Bill[];
  issuedAtMs: number;
  /** Of the account that the caller holds, who keeps it; absent: the account is held here. */
  chain?: AccountChain | undefined;
}

/** Issues bills; a number that was issued already stands as it is. Returns how many are new. A step has one at most. */
export async function insertBills(client: Client, { statements, ...of }: NewBills): Promise<number> {
  if (statements.length === 0) return 0;
  return onChain(client, of, async (chain) => {
    let added = 0;
    for (const statement of statements) if (await insertBill(client, chain, { ...of, statement })) added += 1;
    return added;
  });
}

async function insertBill(
  client: Client,
  chain: AccountChain,
  { tenantId, accountId, statement, issuedAtMs }: AccountRef & { statement: Bill; issuedAtMs: number },
): Promise<boolean> {
  const { number, billDate, dueDate, totalFen, minimumPaymentFen, principalFen, interestFen, penaltyFen } = statement;
  const link = chain.next('bill', billContent({ tenantId, accountId, ...statement, issuedAtMs }));
  const { rowCount } = await client.query(
    `insert into statement (tenant_id, account_id, number, bill_date, due_date, total_fen, minimum_payment_fen,
       principal_fen, interest_fen, penalty_fen, fee_fen, issued_at_ms, chain_no, mac)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
    [
      tenantId,
      accountId,
      number,
      billDate,
      dueDate,
      totalFen,
      minimumPaymentFen,
      principalFen,
      interestFen,
      penaltyFen,
      statement.feeFen ?? 0,
      issuedAtMs,
      link.no,
      link.mac,
    ],
  );
  if (rowCount === 1) chain.take(link);
  return rowCount === 1;
}

/** The bills of an account, oldest first; or those from a number on. */
export async function readBills(
  reader: Reader,
  { tenantId, accountId, fromNumber = 1 }: AccountRef & { fromNumber?: number | undefined },
): Promise<Bill[]> {
  const { rows } = await reader.query<Bill>(
    `select number, bill_date as "billDate", due_date as "dueDate", total_fen as "totalFen",
       minimum_payment_fen as "minimumPaymentFen", principal_fen as "principalFen", interest_fen as "interestFen",
       penalty_fen as "penaltyFen", fee_fen as "feeFen"
     from statement where tenant_id = $1 and account_id = $2 and number >= $3 order by number`,
    [tenantId, accountId, fromNumber],
  );
  return rows;
}
