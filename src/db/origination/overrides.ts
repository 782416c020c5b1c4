/** How persons decided beside the rules, and what became of the credit that they granted. */
import type { OverrideSide } from '../../domain/risk/overrides';
import type { Reader } from '../transaction';

export interface OverrideCount {
  /** Staff identifier. */
  decidedBy: string;
  side: OverrideSide;
  decisions: number;
  /** Credits that were opened under what was granted. */
  opened: number;
  /** Of them, past due now by more than 30 days, in review or written off. */
  bad: number;
}

/** By person and side. Decisions from before the rules' own answer was kept beside a person's are not counted. */
export async function countOverrides(reader: Reader, { tenantId }: { tenantId: string }): Promise<OverrideCount[]> {
  const { rows } = await reader.query<OverrideCount>(
    `select decision.decided_by as "decidedBy", decision.body->'byPerson'->>'side' as side,
       count(distinct decision.decision_id) as decisions, count(account.account_id) as opened,
       count(account.account_id) filter (where account.bucket not in ('M0', 'M1') or
         account.stage in ('write-off-review', 'written-off')) as bad
     from decision_record decision
       left join credit_account account on account.tenant_id = decision.tenant_id
         and account.application_id = decision.subject_id and decision.kind = 'approved'
     where decision.tenant_id = $1 and decision.subject_kind = 'application'
       and decision.body->'byPerson'->>'side' is not null
     group by 1, 2 order by 1, 2`,
    [tenantId],
  );
  return rows;
}
