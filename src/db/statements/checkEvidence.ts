/** What checks and reports say to the guard: the last hour against the week before it. */
import type { CheckEvidence } from '../../domain/guardEvidence';
import type { Reader } from '../transaction';

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 168;

/**
 * Only of phones that got a code from us: the guard stops our own notices, and a stranger with many addresses who makes
 * up phones must not be able to. Checks over a limit are left out for the same reason. `countFromMs`: when people last
 * lifted what checks had stopped; of the last hour only what came later counts.
 */
export async function readCheckEvidence(
  reader: Reader,
  { tenantId, asOfMs, countFromMs = 0 }: { tenantId: string; asOfMs: number; countFromMs?: number | undefined },
): Promise<CheckEvidence> {
  const hourAgoMs = asOfMs - HOUR_MS;
  const { rows } = await reader.query<Record<'failed' | 'failedBefore' | 'reports' | 'reportsBefore', number>>(
    `select checks.recent as failed, checks.before as "failedBefore", reports.recent as reports,
       reports.before as "reportsBefore"
     from (select count(*) filter (where at_ms > greatest($2::bigint, $5::bigint)) as recent, count(*) filter (where at_ms <= $2) as before
             from code_check where tenant_id = $1 and at_ms > $3 and at_ms <= $4
              and outcome <> 'limited' and outcome <> 'match' and ${isOfBorrower('code_check')}) checks,
       (select count(*) filter (where at_ms > greatest($2::bigint, $5::bigint)) as recent, count(*) filter (where at_ms <= $2) as before
          from fraud_report where tenant_id = $1 and at_ms > $3 and at_ms <= $4 and outcome <> 'limited'
           and ${isOfBorrower('fraud_report')}) reports`,
    [tenantId, hourAgoMs, hourAgoMs - WEEK_HOURS * HOUR_MS, asOfMs, countFromMs],
  );
  const { failed = 0, failedBefore = 0, reports = 0, reportsBefore = 0 } = rows[0] ?? {};
  return {
    failedLastHour: failed,
    reportsLastHour: reports,
    usualFailedPerHour: failedBefore / WEEK_HOURS,
    usualReportsPerHour: reportsBefore / WEEK_HOURS,
  };
}

function isOfBorrower(table: string): string {
  return `exists (select from notice_code where notice_code.tenant_id = ${table}.tenant_id
    and notice_code.phone_hash = ${table}.phone_hash)`;
}
