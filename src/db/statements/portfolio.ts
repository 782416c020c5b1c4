/** Accounts taken together: of a borrower, of a stage, page by page. */
import type { Stage } from '../../domain/account';
import { CLOSED_STAGES, STAGES_IN_ARREARS } from '../../domain/accountStages';
import type { Fen } from '../../domain/money';
import type { Bucket, Product } from '../../domain/products';
import type { Projection } from '../../domain/projection';
import { sqlWords } from '../sqlWords';
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

export interface BorrowerStanding {
  isOverdue: boolean;
  /** Whether new credit is stopped on any account of the borrower. */
  isFrozen: boolean;
  /** Limits of open revolving accounts, and what open loans owe: unsecured credit that the borrower has with us. */
  committedFen: Fen;
  /** How many accounts an application has opened so far. */
  accountsOfApplication(applicationId: string): number;
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

/**
 * What stands against new credit to a borrower, over all products. A freeze is in force when the last fact of its
 * reason froze; on one date a lift counts after a freeze, as in the fold.
 */
export async function readBorrowerStanding(
  reader: Reader,
  { tenantId, borrowerId }: { tenantId: string; borrowerId: string },
): Promise<BorrowerStanding> {
  const { rows } = await reader.query<{
    applicationId: string;
    isOverdue: boolean;
    isFrozen: boolean;
    committedFen: Fen;
  }>(
    `select application_id as "applicationId",
       case when stage in (${sqlWords(CLOSED_STAGES)}) then 0
            when product = 'revolving' then (terms->>'limitFen')::bigint
            -- Opened, and not paid out by its first step yet.
            when advanced_at_ms is null then (terms->>'principalFen')::bigint
            else outstanding_fen
       end as "committedFen",
       past_due_since is not null or stage in (${sqlWords(STAGES_IN_ARREARS)}) as "isOverdue",
       exists (
         select from (
           select distinct on (body->>'reason') kind from account_fact fact
            where fact.tenant_id = account.tenant_id and fact.account_id = account.account_id
              and kind in ('frozen', 'lifted')
            order by body->>'reason', value_date desc, kind desc
         ) latest where kind = 'frozen'
       ) as "isFrozen"
     from credit_account account where tenant_id = $1 and borrower_id = $2`,
    [tenantId, borrowerId],
  );
  return {
    isOverdue: rows.some((row) => row.isOverdue),
    isFrozen: rows.some((row) => row.isFrozen),
    committedFen: rows.reduce((sum, { committedFen }) => sum + committedFen, 0),
    accountsOfApplication: (applicationId) => rows.filter((row) => row.applicationId === applicationId).length,
  };
}
