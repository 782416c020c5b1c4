/** Holds on notices to people: placed once by their id, lifted once, listed. */
import type { HoldKind } from '../../../domain/messaging/contact/contactRules';
import { isSameHold } from '../../../domain/messaging/contact/contactStatus';
import { macAfter, proveRow, signRow } from '../../evidence/signedRows';
import type { BorrowerRef } from '../../origination/borrowers';
import type { Client, Reader } from '../../transaction';

export interface ContactHold {
  tenantId: string;
  holdId: string;
  kind: HoldKind;
  borrowerId: string | null;
  region: string | null;
  accountId: string | null;
  placedBy: string;
  placedAtMs: number;
  untilAtMs: number | null;
  liftedBy: string | null;
  liftedAtMs: number | null;
}

const HOLD_COLUMNS = `tenant_id as "tenantId", hold_id as "holdId", kind, borrower_id as "borrowerId", region,
  account_id as "accountId", placed_by as "placedBy", placed_at_ms as "placedAtMs", until_at_ms as "untilAtMs",
  lifted_by as "liftedBy", lifted_at_ms as "liftedAtMs"`;

/** Places a hold once by its id. `conflict`: the id is known with another content, which stands. */
export async function placeHold(
  client: Client,
  hold: Omit<ContactHold, 'liftedBy' | 'liftedAtMs'> & { principal?: string | undefined },
): Promise<'placed' | 'repeated' | 'conflict'> {
  const { tenantId, holdId, kind, borrowerId, region, accountId, placedBy, placedAtMs, untilAtMs } = hold;
  const { rowCount } = await client.query(
    `insert into contact_hold (tenant_id, hold_id, kind, borrower_id, region, account_id, placed_by, placed_at_ms,
       until_at_ms, placed_principal) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [tenantId, holdId, kind, borrowerId, region, accountId, placedBy, placedAtMs, untilAtMs, hold.principal ?? null],
  );
  if (rowCount === 1) {
    await signRow(client, 'contact_hold', [tenantId, holdId]);
    return 'placed';
  }
  return (await compareHold(client, hold)) === 'repeated' ? 'repeated' : 'conflict';
}

/** The hold of that id beside one that is told: the same, another, or none. */
export async function compareHold(
  client: Client,
  hold: Omit<ContactHold, 'liftedBy' | 'liftedAtMs'>,
): Promise<'repeated' | 'conflict' | 'unknown'> {
  const { rows } = await client.query<ContactHold>(
    `select ${HOLD_COLUMNS} from contact_hold where tenant_id = $1 and hold_id = $2`,
    [hold.tenantId, hold.holdId],
  );
  const [known] = rows;
  if (!known) return 'unknown';
  return isSameHold(known, hold) ? 'repeated' : 'conflict';
}

export interface HoldLift {
  tenantId: string;
  holdId: string;
  liftedBy: string;
  /** Whose act it is; `liftedBy` is the name that was said. */
  principal?: string | undefined;
  atMs: number;
}

/** Lifts a hold. False when there is none in force of that id. */
export async function liftHold(
  client: Client,
  { tenantId, holdId, liftedBy, principal, atMs }: HoldLift,
): Promise<boolean> {
  const key = [tenantId, holdId];
  await proveRow(client, 'contact_hold', key);
  // Signed by the lift itself: what is lifted never changes again.
  const lifted = { lifted_by: liftedBy, lifted_at_ms: atMs, lifted_principal: principal ?? null };
  const mac = await macAfter(client, 'contact_hold', key, lifted);
  const { rowCount } = await client.query(
    `update contact_hold set lifted_by = $3, lifted_at_ms = $4, lifted_principal = $5, mac = $6
      where tenant_id = $1 and hold_id = $2 and lifted_at_ms is null`,
    [...key, liftedBy, atMs, principal ?? null, mac],
  );
  return rowCount === 1;
}

/** Holds of a borrower, ended ones as well, in the order of their placing. */
export async function listHolds(reader: Reader, { tenantId, borrowerId }: BorrowerRef): Promise<ContactHold[]> {
  const { rows } = await reader.query<ContactHold>(
    `select ${HOLD_COLUMNS} from contact_hold where tenant_id = $1 and borrower_id = $2
      order by placed_at_ms, hold_id`,
    [tenantId, borrowerId],
  );
  return rows;
}
