/** Mandates: which one an account has, and the record of who gave or ended it. */
import type { IsoDate } from '../../domain/calendar';
import type { ReasonCode } from '../../domain/reasonCodes';
import { contentHash } from '../contentHash';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';
import type { Recorded } from './facts';

export interface MandateChange extends AccountRef {
  /** Identity within the account: a second arrival is the same change. */
  changeId: string;
  /** Null ends the mandate. */
  mandateId: string | null;
  agreedOn: IsoDate;
  /** The date is that of the first arrival, and a repeat is not compared by it. */
  undated?: true | undefined;
  decidedBy: 'borrower' | 'rail';
  /** Why a rail ended it. */
  reasonCode?: ReasonCode | undefined;
  atMs: number;
  /** Who told us; not part of what is compared. */
  principal?: string | null | undefined;
}

export interface MandateChangeRow {
  changeId: string;
  mandateId: string | null;
  agreedOn: IsoDate;
  decidedBy: MandateChange['decidedBy'];
  reasonCode: ReasonCode | null;
  atMs: number;
}

/**
 * Records a change, and makes it the account's mandate unless it was recorded before. `conflict`: the key is known with
 * another content, which stands. The caller holds the account's row.
 */
export async function changeMandate(client: Client, change: MandateChange): Promise<Recorded> {
  const { tenantId, accountId, changeId, mandateId, agreedOn, decidedBy, reasonCode, atMs, principal = null } = change;
  const hashAs = (date: IsoDate) => contentHash({ mandateId, agreedOn: date, decidedBy });
  const { rowCount } = await client.query(
    `with recorded as (
       insert into mandate_change (tenant_id, account_id, change_id, mandate_id, agreed_on, decided_by, reason_code,
         content_hash, at_ms, principal)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning mandate_id
     )
     update credit_account set mandate_id = recorded.mandate_id from recorded
      where credit_account.tenant_id = $1 and credit_account.account_id = $2`,
    [
      ...[tenantId, accountId, changeId, mandateId, agreedOn, decidedBy, reasonCode ?? null, hashAs(agreedOn), atMs],
      principal,
    ],
  );
  if (rowCount === 1) return 'recorded';
  const { rows } = await client.query<{ hash: string; agreedOn: IsoDate }>(
    `select content_hash as hash, agreed_on as "agreedOn" from mandate_change
      where tenant_id = $1 and account_id = $2 and change_id = $3`,
    [tenantId, accountId, changeId],
  );
  const [known] = rows;
  return known?.hash === hashAs(change.undated && known ? known.agreedOn : agreedOn) ? 'repeated' : 'conflict';
}

/** The account's changes in the order in which they came. */
export async function listMandateChanges(
  reader: Reader,
  { tenantId, accountId }: AccountRef,
): Promise<MandateChangeRow[]> {
  const { rows } = await reader.query<MandateChangeRow>(
    `select change_id as "changeId", mandate_id as "mandateId", agreed_on as "agreedOn", decided_by as "decidedBy",
       reason_code as "reasonCode", at_ms as "atMs"
     from mandate_change where tenant_id = $1 and account_id = $2 order by at_ms, change_id`,
    [tenantId, accountId],
  );
  return rows;
}
