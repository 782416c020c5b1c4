/** Accounts taken together: by stage, and page by page. */
import type { Stage } from '../../domain/credit/account';
import type { Projection } from '../../domain/credit/accountProjection';
import type { Bucket, Product } from '../../domain/policy/lendingPolicy';
import type { Fen } from '../../domain/values/money';
import type { Reader } from '../transaction';

/** What is left out is not filtered by. */
export interface AccountFilter {
  tenantId: string;
  product?: Product | undefined;
  stage?: Stage | undefined;
  bucket?: Bucket | undefined;
  borrowerId?: string | undefined;
  applicationId?: string | undefined;
  /** The last account of the page before. */
  afterAccountId?: string | undefined;
  limit: number;
}

/** A line of an overview: no terms, no personal data. */
export interface AccountLine extends Omit<Projection, 'amountBand'> {
  accountId: string;
  borrowerId: string;
  applicationId: string;
  product: Product;
  openedAtMs: number;
}

export interface StageCount {
  product: Product;
  stage: Stage;
  /** Null of closed accounts. */
  bucket: Bucket | null;
  count: number;
  outstandingFen: Fen;
  overdueFen: Fen;
}

/** How many accounts there are by product, stage and bucket, and what they owe as booked. */
export async function listAccountsByStage(reader: Reader, { tenantId }: { tenantId: string }): Promise<StageCount[]> {
  const { rows } = await reader.query<StageCount>(
    `select product, stage, bucket, count(*) as count, sum(outstanding_fen)::bigint as "outstandingFen",
       sum(overdue_fen)::bigint as "overdueFen"
     from credit_account where tenant_id = $1 group by product, stage, bucket order by product, stage, bucket`,
    [tenantId],
  );
  return rows;
}

/** Accounts in the order of their ids, one page. */
export async function listAccounts(reader: Reader, filter: AccountFilter): Promise<AccountLine[]> {
  const { rows } = await reader.query<AccountLine>(
    `select account_id as "accountId", borrower_id as "borrowerId", application_id as "applicationId", product, stage,
       bucket, past_due_since as "pastDueSince", outstanding_fen as "outstandingFen", overdue_fen as "overdueFen",
       available_fen as "availableFen", next_deadline_at_ms as "nextDeadlineAtMs", opened_at_ms as "openedAtMs"
     from credit_account
     where tenant_id = $1 and ($2::text is null or product = $2) and ($3::text is null or stage = $3)
       and ($4::text is null or bucket = $4) and ($5::text is null or borrower_id = $5)
       and ($6::text is null or application_id = $6) and ($7::text is null or account_id > $7)
     order by account_id limit $8`,
    [
      filter.tenantId,
      filter.product ?? null,
      filter.stage ?? null,
      filter.bucket ?? null,
      filter.borrowerId ?? null,
      filter.applicationId ?? null,
      filter.afterAccountId ?? null,
      filter.limit,
    ],
  );
  return rows;
}
