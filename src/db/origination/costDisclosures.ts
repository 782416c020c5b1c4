/** Cost sheets that were confirmed: who, when, which text. Kept for good. */
import type { CostDisclosure } from '../../domain/origination/costDisclosure';
import type { AccountRef } from '../credit/accounts';
import type { Client, Reader } from '../transaction';

export interface ConfirmedCostDisclosure {
  /** `account`, or the business key of the plan's fact. */
  subject: string;
  /** SHA-256 of the text; the database checks it. */
  hash: string;
  text: string;
  sheet: CostDisclosure;
  confirmedBy: string;
  recordedAtMs: number;
}

/** Adds a confirmation, once for its subject: a second one for the same subject throws. */
export async function insertCostDisclosure(
  client: Client,
  confirmed: AccountRef & ConfirmedCostDisclosure & { confirmedAt: string },
): Promise<void> {
  await client.query(
    `insert into cost_sheet_confirmation (tenant_id, account_id, subject, sheet_hash, sheet_text, sheet, confirmed_by,
       confirmed_at, recorded_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      confirmed.tenantId,
      confirmed.accountId,
      confirmed.subject,
      confirmed.hash,
      confirmed.text,
      JSON.stringify(confirmed.sheet),
      confirmed.confirmedBy,
      confirmed.confirmedAt,
      confirmed.recordedAtMs,
    ],
  );
}

/** What was confirmed for an account and its plans, in the order of recording. */
export async function readCostDisclosures(
  reader: Reader,
  { tenantId, accountId }: AccountRef,
): Promise<(ConfirmedCostDisclosure & { confirmedAtMs: number })[]> {
  const { rows } = await reader.query<ConfirmedCostDisclosure & { confirmedAtMs: number }>(
    `select subject, sheet_hash as hash, sheet_text as text, sheet, confirmed_by as "confirmedBy",
       (extract(epoch from confirmed_at) * 1000)::bigint as "confirmedAtMs", recorded_at_ms as "recordedAtMs"
     from cost_sheet_confirmation where tenant_id = $1 and account_id = $2 order by recorded_at_ms, subject`,
    [tenantId, accountId],
  );
  return rows;
}
