/** Debits of the `sandbox` rail, which is a fake: what it took, once for a reference. */

import type { DebitRefusalClass } from '../../domain/debits/debitStatuses';
import type { IsoDate } from '../../domain/values/calendar';
import type { Client, Reader } from '../transaction';

export interface SandboxDebitKey {
  tenantId: string;
  reference: string;
}

export interface SandboxDebitInput extends SandboxDebitKey {
  mandateId: string;
  amountFen: number;
  businessDate: IsoDate;
}

export type SandboxDebitVerdict =
  | { status: 'moved'; settlesAfterDays: number }
  | { status: 'refused'; refusalClass: DebitRefusalClass; code: string }
  | { status: 'lost' };

export interface SandboxDebitRow extends SandboxDebitInput {
  railId: string;
  status: SandboxDebitVerdict['status'];
  /** Null unless moved. */
  settlesOn: IsoDate | null;
  /** Null unless refused, as is the code. */
  refusalClass: DebitRefusalClass | null;
  code: string | null;
  timesSent: number;
}

/** Makes debits of one mandate wait for each other, to the end of the transaction, so that the first is one. */
export async function lockSandboxMandate(
  client: Client,
  { tenantId, mandateId }: { tenantId: string; mandateId: string },
): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    JSON.stringify(['sandbox-mandate', tenantId, mandateId]),
  ]);
}

/** How many references of the mandate are kept. */
export async function countSandboxDebits(
  reader: Reader,
  { tenantId, mandateId }: { tenantId: string; mandateId: string },
): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    'select count(*) as count from sandbox_debit where tenant_id = $1 and mandate_id = $2',
    [tenantId, mandateId],
  );
  return rows[0]?.count ?? 0;
}

/** Keeps a debit; false when its reference is kept already, and stands as it is. */
export async function insertSandboxDebit(
  client: Client,
  { tenantId, reference, mandateId, amountFen, businessDate }: SandboxDebitInput,
  verdict: SandboxDebitVerdict,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into sandbox_debit (tenant_id, reference, mandate_id, amount_fen, business_date, status, settles_on,
       refusal_class, code)
     values ($1, $2, $3, $4, $5, $6, $5::date + $7::int, $8, $9) on conflict (tenant_id, reference) do nothing`,
    [
      tenantId,
      reference,
      mandateId,
      amountFen,
      businessDate,
      verdict.status,
      verdict.status === 'moved' ? verdict.settlesAfterDays : null,
      ...(verdict.status === 'refused' ? [verdict.refusalClass, verdict.code] : [null, null]),
    ],
  );
  return rowCount === 1;
}

/** Notes that a reference came again. One that was lost arrives this time, as it is now, and moves; others stay. */
export async function repeatSandboxDebit(
  client: Client,
  { tenantId, reference, mandateId, amountFen, businessDate }: SandboxDebitInput,
): Promise<void> {
  const key = [tenantId, reference];
  await client.query(
    'update sandbox_debit set times_sent = times_sent + 1 where tenant_id = $1 and reference = $2',
    key,
  );
  await client.query(
    `update sandbox_debit set status = 'moved', mandate_id = $3, amount_fen = $4, business_date = $5, settles_on = $5
      where tenant_id = $1 and reference = $2 and status = 'lost'`,
    [...key, mandateId, amountFen, businessDate],
  );
}

export async function readSandboxDebit(
  reader: Reader,
  { tenantId, reference }: SandboxDebitKey,
): Promise<SandboxDebitRow | undefined> {
  const { rows } = await reader.query<SandboxDebitRow>(
    `select tenant_id as "tenantId", reference, mandate_id as "mandateId", amount_fen as "amountFen",
       business_date as "businessDate", rail_id as "railId", status, settles_on as "settlesOn",
       refusal_class as "refusalClass", code, times_sent as "timesSent"
     from sandbox_debit where tenant_id = $1 and reference = $2`,
    [tenantId, reference],
  );
  return rows[0];
}
