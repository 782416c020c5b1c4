/** What checks and reports say to the guard: the last hour against the week before it, as `domain/signalCounts.ts` says. */

import { FAILED_CHECKS } from '../../../domain/messaging/codes/verificationCodes';
import type { CheckEvidence } from '../../../domain/messaging/guard/guardEvidence';
import { DAY_MS, HOUR_MS } from '../../../domain/values/timeUnits';
import { sqlWords } from '../../sqlWords';
import { type Reader, together } from '../../transaction';

const WEEK_HOURS = 168;

interface Span {
  tenantId: string;
  asOfMs: number;
  /** When people last ended the alarm: of the last hour only what came later counts. */
  countFromMs?: number | undefined;
}

/**
 * Anybody can check and report, so what counts is how many there are, not how often they ask: phones, each once a day,
 * and no more than there are networks, each once a day. Only of phones that got a code from us: a stranger can make up
 * others. Checks over a limit are left out.
 */
export async function readCheckEvidence(reader: Reader, span: Span): Promise<CheckEvidence> {
  const [failed, reports] = await together([
    countSignals(reader, 'code_check', `outcome in (${sqlWords(FAILED_CHECKS)})`, span),
    countSignals(reader, 'fraud_report', `outcome = 'kept'`, span),
  ]);
  return {
    failedLastHour: failed.recent,
    reportsLastHour: reports.recent,
    usualFailedPerHour: failed.before / WEEK_HOURS,
    usualReportsPerHour: reports.before / WEEK_HOURS,
  };
}

/** `table` and `isSignal` are ours. Rows from before networks were kept count by their address. */
async function countSignals(
  reader: Reader,
  table: 'code_check' | 'fraud_report',
  isSignal: string,
  { tenantId, asOfMs, countFromMs = 0 }: Span,
): Promise<{ recent: number; before: number }> {
  const hourAgoMs = asOfMs - HOUR_MS;
  const { rows } = await reader.query<{ recent: number; before: number }>(
    `with signal as materialized (
       select phone_hash as phone, coalesce(network_hash, address_hash) as network, at_ms from ${table} row
        where tenant_id = $1 and at_ms > $2 and at_ms <= $3 and ${isSignal} and outcome <> 'limited'
          and exists (select from notice_code code where code.tenant_id = row.tenant_id and code.phone_hash = row.phone_hash)
     ), by_phone as (
       select min(at_ms) as first_ms from signal where at_ms > $4 group by phone
     ), by_network as (
       select min(at_ms) as first_ms from signal where at_ms > $4 group by network
     )
     select
       least((select count(*) from by_phone where first_ms > $6), (select count(*) from by_network where first_ms > $6))
         as recent,
       (select least(count(distinct (phone, (at_ms - $2) / $7)), count(distinct (network, (at_ms - $2) / $7)))
          from signal where at_ms <= $5) as before`,
    [
      tenantId,
      hourAgoMs - WEEK_HOURS * HOUR_MS,
      asOfMs,
      asOfMs - DAY_MS,
      hourAgoMs,
      Math.max(hourAgoMs, countFromMs),
      DAY_MS,
    ],
  );
  return rows[0] ?? { recent: 0, before: 0 };
}
