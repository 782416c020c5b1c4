/**
 * How a planned debit becomes money: ATTEMPTED is committed with its reference, the rail is called, the outcome is
 * committed, the account is told. Each change names the statuses it starts from, so that of two who try only one
 * succeeds.
 */

import { DEBITS_AT_RAIL, type DebitRefusalClass, OPEN_DEBITS } from '../../domain/debits/debitStatuses';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { sqlWords } from '../sqlWords';
import type { Client, Reader } from '../transaction';

export interface DebitRef {
  tenantId: string;
  reference: string;
}

export interface DebitAttempt extends DebitRef {
  mandateId: string;
  amountFen: Fen;
  businessDate: IsoDate;
  rail: string;
  atMs: number;
  /** When it is looked at if nobody lives to tell the outcome. */
  nextAtMs: number;
}

/** Says that the debit is about to be made; committed before the rail is called. False: someone else's. */
export async function markDebitAttempted(client: Client, attempt: DebitAttempt): Promise<boolean> {
  const { tenantId, reference, mandateId, amountFen, businessDate, rail, atMs, nextAtMs } = attempt;
  const { rowCount } = await client.query(
    `update planned_debit set status = 'attempted', mandate_id = $3, amount_fen = $4, business_date = $5, rail = $6,
       attempted_at_ms = $7, next_at_ms = $8
     where tenant_id = $1 and reference = $2 and status = 'planned'`,
    [tenantId, reference, mandateId, amountFen, businessDate, rail, atMs, nextAtMs],
  );
  return rowCount === 1;
}

/** Puts off when a debit is looked at. */
export async function deferDebit(
  client: Client,
  { tenantId, reference, nextAtMs }: DebitRef & { nextAtMs: number },
): Promise<void> {
  await client.query(
    'update planned_debit set next_at_ms = $3 where tenant_id = $1 and reference = $2 and next_at_ms is not null',
    [tenantId, reference, nextAtMs],
  );
}

/** Takes a debit back: a planned one, or one of which the rail itself says that it never took it. */
export async function cancelDebit(
  client: Client,
  { tenantId, reference, reason, atMs }: DebitRef & { reason: ReasonCode; atMs: number },
): Promise<void> {
  await client.query(
    `update planned_debit set status = 'cancelled', reason_code = $3, outcome_at_ms = $4, next_at_ms = null
      where tenant_id = $1 and reference = $2 and status in (${sqlWords(OPEN_DEBITS)})`,
    [tenantId, reference, reason, atMs],
  );
}

/** The money moved: its account is to be told at once. False when the debit was not open any more. */
export async function markDebitSettled(
  client: Client,
  { tenantId, reference, railId, settledOn, atMs }: DebitRef & { railId: string; settledOn: IsoDate; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update planned_debit set status = 'settled', rail_id = $3, settled_on = $4, outcome_at_ms = $5, next_at_ms = $5,
       detail = null
     where tenant_id = $1 and reference = $2 and status in (${sqlWords(DEBITS_AT_RAIL)})`,
    [tenantId, reference, railId, settledOn, atMs],
  );
  return rowCount === 1;
}

export interface DebitRefusal extends DebitRef {
  refusalClass: DebitRefusalClass;
  reason: ReasonCode;
  /** The rail's own. */
  code: string;
  atMs: number;
}

/** No money moved, and none will under this reference. False when the debit was not open any more. */
export async function markDebitRefused(client: Client, refusal: DebitRefusal): Promise<boolean> {
  const { tenantId, reference, refusalClass, reason, code, atMs } = refusal;
  const { rowCount } = await client.query(
    `update planned_debit set status = 'refused', refusal_class = $3, reason_code = $4, detail = $5,
       outcome_at_ms = $6, next_at_ms = null
     where tenant_id = $1 and reference = $2 and status in (${sqlWords(DEBITS_AT_RAIL)})`,
    [tenantId, reference, refusalClass, reason, code, atMs],
  );
  return rowCount === 1;
}

/** The rail has it under way, or nobody knows; when it is asked about next. */
export async function markDebitOpen(
  client: Client,
  open: DebitRef & { status: 'pending' | 'unknown'; railId?: string; detail?: string; atMs: number; nextAtMs: number },
): Promise<void> {
  const { tenantId, reference, status, railId, detail, atMs, nextAtMs } = open;
  await client.query(
    `update planned_debit set status = $3, rail_id = coalesce($4, rail_id), detail = $5, outcome_at_ms = $6,
       next_at_ms = $7
     where tenant_id = $1 and reference = $2 and status in (${sqlWords(DEBITS_AT_RAIL)})`,
    [tenantId, reference, status, railId ?? null, detail ?? null, atMs, nextAtMs],
  );
}

/** The account was told of the money: nothing is left to do. */
export async function markDebitTold(
  database: Reader,
  { tenantId, reference, atMs }: DebitRef & { atMs: number },
): Promise<void> {
  await database.query(
    `update planned_debit set told_at_ms = $3, next_at_ms = null
      where tenant_id = $1 and reference = $2 and status = 'settled' and told_at_ms is null`,
    [tenantId, reference, atMs],
  );
}
