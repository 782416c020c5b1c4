/** What the shadow of a challenger says beside the decisions of the rules. */
import type { ComparedCards } from '../../domain/risk/cardComparison';
import type { Reader } from '../transaction';

const SHADOWED = `select decision.decision_id, decision.subject_id, decision.kind = 'approved' as approved,
    (decision.body ->> 'scorePoints')::float8 as points, decision.body -> 'basis' ->> 'cardVersion' as champion,
    decision.body -> 'shadow' ->> 'model' as challenger, (decision.body -> 'shadow' ->> 'points')::float8 as shadow_points,
    decision.body -> 'shadow' ->> 'outcome' = 'approved' as shadow_approved
  from decision_record decision
  where decision.tenant_id = $1 and decision.subject_kind = 'application' and decision.decided_by = 'policy'
    and decision.body -> 'shadow' is not null`;

/** By pair of cards. Bad: more than 30 days past due now, in review or written off. */
export async function compareCards(
  reader: Reader,
  { tenantId, bandPoints }: { tenantId: string; bandPoints: number },
): Promise<ComparedCards[]> {
  const { rows: pairs } = await reader.query<Omit<ComparedCards, 'outcomes'>>(
    `select champion, challenger, count(*) as decisions, count(*) filter (where approved) as "championApproved",
       count(*) filter (where shadow_approved) as "challengerApproved",
       count(*) filter (where approved <> shadow_approved) as disagreements
     from (${SHADOWED}) shadowed group by 1, 2 order by 1, 2`,
    [tenantId],
  );
  const { rows: bands } = await reader.query<
    ComparedCards['outcomes'][number] & Pick<ComparedCards, 'champion' | 'challenger'>
  >(
    `select champion, challenger, side.card, (floor(side.points / $2) * $2)::int as "fromPoints",
       count(distinct decision_id) as decisions, count(account.account_id) as opened,
       count(account.account_id) filter (where account.bucket not in ('M0', 'M1') or
         account.stage in ('write-off-review', 'written-off')) as bad
     from (${SHADOWED}) shadowed
       cross join lateral (values ('champion', points), ('challenger', shadow_points)) as side (card, points)
       left join credit_account account on account.tenant_id = $1 and account.application_id = subject_id
     group by 1, 2, 3, 4 order by 1, 2, 3, 4 desc`,
    [tenantId, bandPoints],
  );
  return pairs.map((pair) => ({
    ...pair,
    outcomes: bands
      .filter(({ champion, challenger }) => champion === pair.champion && challenger === pair.challenger)
      .map(({ champion: _, challenger: __, ...band }) => band),
  }));
}
