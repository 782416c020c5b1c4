/** Bills as they were issued. */
import type { Statement } from '../../domain/account';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';

/** Issues bills; a number that was issued already stands as it is. Returns how many are new. */
export async function insertStatements(
  client: Client,
  {
    tenantId,
    accountId,
    statements,
    issuedAtMs,
  }: AccountRef & { statements: readonly Statement[]; issuedAtMs: number },
): Promise<number> {
  if (statements.length === 0) return 0;
  const { rowCount } = await client.query(
    `insert into statement (tenant_id, account_id, number, bill_date, due_date, total_fen, minimum_payment_fen,
       principal_fen, interest_fen, penalty_fen, fee_fen, issued_at_ms)
     select $1, $2, number, "billDate", "dueDate", "totalFen", "minimumPaymentFen", "principalFen", "interestFen",
       "penaltyFen", coalesce("feeFen", 0), $4
     from jsonb_to_recordset($3::jsonb) as bill(number int, "billDate" date, "dueDate" date, "totalFen" bigint,
       "minimumPaymentFen" bigint, "principalFen" bigint, "interestFen" bigint, "penaltyFen" bigint, "feeFen" bigint)
     order by number
     on conflict do nothing`,
    [tenantId, accountId, JSON.stringify(statements), issuedAtMs],
  );
  return rowCount ?? 0;
}

/** The bills of an account, oldest first; or those from a number on. */
export async function readStatements(
  reader: Reader,
  { tenantId, accountId, fromNumber = 1 }: AccountRef & { fromNumber?: number | undefined },
): Promise<Statement[]> {
  const { rows } = await reader.query<Statement>(
    `select number, bill_date as "billDate", due_date as "dueDate", total_fen as "totalFen",
       minimum_payment_fen as "minimumPaymentFen", principal_fen as "principalFen", interest_fen as "interestFen",
       penalty_fen as "penaltyFen", fee_fen as "feeFen"
     from statement where tenant_id = $1 and account_id = $2 and number >= $3 order by number`,
    [tenantId, accountId, fromNumber],
  );
  return rows;
}
