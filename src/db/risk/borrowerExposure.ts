/** What a borrower has of us over all accounts, and what stands against new credit to the person. */
import { type BorrowerAccount, type Exposure, exposureOf } from '../../domain/risk/exposure';
import type { Reader } from '../transaction';

export interface BorrowerExposure extends Exposure {
  accounts: readonly BorrowerAccount[];
  /** How many accounts an application has opened so far. */
  accountsOfApplication(applicationId: string): number;
}

/** What stands against new credit to a borrower, over all products: `exposureOf` of the domain over what is on record. */
export async function readBorrowerExposure(
  reader: Reader,
  { tenantId, borrowerId }: { tenantId: string; borrowerId: string },
): Promise<BorrowerExposure> {
  const { rows } = await reader.query<BorrowerAccount & { applicationId: string }>(
    `select application_id as "applicationId", product, stage,
       coalesce(terms->>'limitFen', terms->>'principalFen')::bigint as "grantedFen",
       (terms->>'months')::int as months, terms->>'dailyRate' as "dailyRate", outstanding_fen as "outstandingFen", past_due_since as "pastDueSince", advanced_at_ms as "advancedAtMs",
       (select coalesce(jsonb_agg(body), '[]') from account_fact fact where fact.tenant_id = account.tenant_id
         and fact.account_id = account.account_id and kind in ('frozen', 'lifted')) as freezes
     from credit_account account where tenant_id = $1 and borrower_id = $2`,
    [tenantId, borrowerId],
  );
  return {
    ...exposureOf(rows),
    accounts: rows,
    accountsOfApplication: (applicationId) => rows.filter((row) => row.applicationId === applicationId).length,
  };
}
