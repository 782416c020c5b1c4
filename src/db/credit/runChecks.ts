/** What a run is checked by: accounts, applications, notices and debits whose time came and whose workflow did not. */

import { CLOSED_STAGES } from '../../domain/credit/accountStages';
import { IS_BOOKED } from '../debits/plannedDebits';
import { sqlWords } from '../sqlWords';
import type { Reader } from '../transaction';

/** Open accounts whose next deadline lies before the instant: their workflow is behind, or stuck. */
export async function readMissedDeadlines(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<string[]> {
  const { rows } = await reader.query<{ accountId: string }>(
    `select account_id as "accountId" from credit_account
      where tenant_id = $1 and stage not in (${sqlWords(CLOSED_STAGES)})
        and (next_deadline_at_ms < $2 or advanced_at_ms is null)
      order by account_id`,
    [tenantId, beforeMs],
  );
  return rows.map(({ accountId }) => accountId);
}

/** Applications that wait for longer than their stage may: unassessed, undecided or open after their time. */
export async function readMissedApplications(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<{ applicationId: string; stage: string }[]> {
  const { rows } = await reader.query<{ applicationId: string; stage: string }>(
    `select application_id as "applicationId", stage from application
      where tenant_id = $1 and case stage
        when 'assessing' then received_at_ms
        when 'referred' then decide_by_at_ms
        when 'offered' then expires_at_ms end < $2
      order by application_id`,
    [tenantId, beforeMs],
  );
  return rows;
}

/** Notices that are still planned though they have expired: their lane should have ended them. */
export async function readMissedNotices(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<{ noticeId: string; lane: number }[]> {
  const { rows } = await reader.query<{ noticeId: string; lane: number }>(
    `select notice_id as "noticeId", lane from notice
      where tenant_id = $1 and status = 'planned' and expires_at_ms < $2 order by notice_id`,
    [tenantId, beforeMs],
  );
  return rows;
}

/**
 * Debits that are behind: one that its lane should have looked at long ago, and money that settled and is not booked with its amount. One
 * that a rail leaves in doubt is none of these as long as its lane asks.
 */
export async function readMissedDebits(
  reader: Reader,
  { tenantId, beforeMs }: { tenantId: string; beforeMs: number },
): Promise<{ reference: string; status: string }[]> {
  const { rows } = await reader.query<{ reference: string; status: string }>(
    `select reference, status from planned_debit debit
      where tenant_id = $1 and (next_at_ms < $2 or (status = 'settled' and outcome_at_ms < $2 and not exists (
        select from account_fact fact where ${IS_BOOKED})))
      order by reference`,
    [tenantId, beforeMs],
  );
  return rows;
}

/** Something that is to be done by its time, and the instant that a clock must not pass before it is. */
export interface Ahead {
  what: 'account' | 'application' | 'notice' | 'debit';
  id: string;
  dueAtMs: number;
  holdsAtMs: number;
}

/** What each may be late, in business milliseconds; a notice never for more than this part of what it is good for. */
export interface Graces {
  graceMs: number;
  shareOfNotice: number;
}

/**
 * What a run that goes faster than life has still to keep up with, by the instant at which it holds the clock: deadlines
 * of open accounts, first steps and assessments, notices that their lane has neither sent nor put off, debits that
 * theirs has not looked at.
 */
export async function readAhead(
  reader: Reader,
  { tenantId, graceMs, shareOfNotice, limit }: Graces & { tenantId: string; limit: number },
): Promise<Ahead[]> {
  const { rows } = await reader.query<Ahead>(
    `select what, id, "dueAtMs", "dueAtMs" + floor(least("graceMs", $2))::bigint as "holdsAtMs" from (
       select 'account' as what, account_id as id,
         case when advanced_at_ms is null then opened_at_ms else next_deadline_at_ms end as "dueAtMs",
         $2::bigint as "graceMs"
         from credit_account where tenant_id = $1 and stage not in (${sqlWords(CLOSED_STAGES)})
       union all
       select 'application', application_id, received_at_ms, $2 from application
        where tenant_id = $1 and stage = 'assessing'
       union all
       select 'notice', notice_id::text, send_after_at_ms, (expires_at_ms - send_after_at_ms) * $3::double precision
         from notice where tenant_id = $1 and status = 'planned'
       union all
       select 'debit', reference, next_at_ms, $2 from planned_debit
        where tenant_id = $1 and status = 'planned'
     ) as ahead where "dueAtMs" is not null order by "holdsAtMs", id limit $4`,
    [tenantId, graceMs, shareOfNotice, limit],
  );
  return rows;
}

/** Every account of a tenant, by id. */
export async function listAccountIds(reader: Reader, { tenantId }: { tenantId: string }): Promise<string[]> {
  const { rows } = await reader.query<{ accountId: string }>(
    'select account_id as "accountId" from credit_account where tenant_id = $1 order by account_id',
    [tenantId],
  );
  return rows.map(({ accountId }) => accountId);
}
