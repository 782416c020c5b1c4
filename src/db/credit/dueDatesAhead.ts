/** When open accounts are due at last, as few rows: accounts that are due alike are counted together. */

import type { CashLoanTerms } from '../../domain/credit/account';
import { CLOSED_STAGES } from '../../domain/credit/accountStages';
import type { DueAhead } from '../../domain/credit/cashLoan/restDayHorizon';
import type { IsoDate } from '../../domain/values/calendar';
import { sqlWords } from '../sqlWords';
import type { Reader } from '../transaction';

export interface LoansAlike extends Pick<CashLoanTerms, 'startDate' | 'months' | 'dueDates'> {
  accounts: number;
}

/** Open cash loans by what was agreed on their dates. */
export async function readLoansAhead(reader: Reader, { tenantId }: { tenantId: string }): Promise<LoansAlike[]> {
  const { rows } = await reader.query<LoansAlike & { dueDates: IsoDate[] | null }>(
    `select terms ->> 'startDate' as "startDate", (terms ->> 'months')::int as months, terms -> 'dueDates' as "dueDates",
            count(*) as accounts
       from credit_account
      where tenant_id = $1 and product = 'cash-loan' and stage not in (${sqlWords(CLOSED_STAGES)})
      group by 1, 2, 3`,
    [tenantId],
  );
  return rows.map(({ dueDates, ...row }) => ({ ...row, ...(dueDates === null ? {} : { dueDates }) }));
}

/** Open revolving accounts by the due date of their latest bill. */
export async function readBillsAhead(reader: Reader, { tenantId }: { tenantId: string }): Promise<DueAhead[]> {
  const { rows } = await reader.query<DueAhead>(
    `select last, count(*) as accounts
       from (select max(due_date) as last
               from credit_account join statement using (tenant_id, account_id)
              where tenant_id = $1 and product = 'revolving' and stage not in (${sqlWords(CLOSED_STAGES)})
              group by account_id) as latest
      group by last`,
    [tenantId],
  );
  return rows;
}
