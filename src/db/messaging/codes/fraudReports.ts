/** Reports of messages that are not ours: by category, for a phone that only its keyed hash tells. */
import type { AskedBefore, ClaimedSender, ReportReason } from '../../../domain/messaging/codes/verificationCodes';
import type { Client, Reader } from '../../transaction';
import type { CheckRef, KeptCheckRef } from './codeChecks';

export const REPORT_OUTCOMES = ['kept', 'limited'] as const;

export interface FraudReport extends KeptCheckRef {
  claimedSender: ClaimedSender;
  reason: ReportReason;
  outcome: (typeof REPORT_OUTCOMES)[number];
  atMs: number;
}

/** Reports of the window, by the same limits as checks and apart from them. */
export async function countReports(
  client: Client,
  { tenantId, phoneHash, addressHash, sinceMs }: CheckRef & { sinceMs: number },
): Promise<AskedBefore & { addressSinceMs: number | null }> {
  const { rows } = await client.query<AskedBefore & { addressSinceMs: number | null }>(
    `select
       (select count(*) from fraud_report where tenant_id = $1 and phone_hash = $2
           and at_ms > $4 and outcome <> 'limited') as "byPhone",
       (select count(*) from fraud_report where tenant_id = $1 and address_hash = $3
           and at_ms > $4 and outcome <> 'limited') as "byAddress",
       (select count(*) from fraud_report where tenant_id = $1 and at_ms > $4 and outcome <> 'limited') as "inTotal",
       (select min(at_ms) from fraud_report where tenant_id = $1 and address_hash = $3
           and at_ms > $4 and outcome <> 'limited') as "addressSinceMs"`,
    [tenantId, phoneHash, addressHash, sinceMs],
  );
  const [row] = rows;
  if (!row) throw new Error('a statement without from has one row');
  return row;
}

/** As `recordCheck`: of those over a limit only so many of a window are kept. */
export async function recordReport(
  client: Client,
  report: FraudReport & { sinceMs: number; limitedAtMost: number },
): Promise<void> {
  const { tenantId, phoneHash, addressHash, networkHash, outcome, atMs, sinceMs, limitedAtMost } = report;
  await client.query(
    `insert into fraud_report (tenant_id, phone_hash, address_hash, at_ms, claimed_sender, reason, outcome, network_hash)
     select $1, $2, $3, $4, $5, $6, $7, $10 where $7 <> 'limited' or $9 >
       (select count(*) from fraud_report where tenant_id = $1 and at_ms > $8 and outcome = 'limited')`,
    [
      tenantId,
      phoneHash,
      addressHash,
      atMs,
      report.claimedSender,
      report.reason,
      outcome,
      sinceMs,
      limitedAtMost,
      networkHash,
    ],
  );
}

export interface Reports {
  total: number;
  /** Different phones that were reported for. */
  phones: number;
  /** Those among them that got a code of ours. */
  borrowerPhones: number;
  byReason: { reason: ReportReason; count: number }[];
}

/** Reports that came since an instant, for the guard. */
export async function reportsSince(
  reader: Reader,
  { tenantId, sinceMs }: { tenantId: string; sinceMs: number },
): Promise<Reports> {
  const { rows } = await reader.query<Reports>(
    `with kept as (
       select phone_hash, reason, exists (select from notice_code where notice_code.tenant_id = fraud_report.tenant_id
           and notice_code.phone_hash = fraud_report.phone_hash) as is_borrower
         from fraud_report where tenant_id = $1 and at_ms >= $2 and outcome = 'kept'
     )
     select count(*) as total, count(distinct phone_hash) as phones,
       count(distinct phone_hash) filter (where is_borrower) as "borrowerPhones",
       (select coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', count) order by reason), '[]')
          from (select reason, count(*) from kept group by reason) by_reason) as "byReason"
     from kept`,
    [tenantId, sinceMs],
  );
  return rows[0] ?? { total: 0, phones: 0, borrowerPhones: 0, byReason: [] };
}
