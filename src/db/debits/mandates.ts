/** Mandates: which one an account has, and the record of who gave or ended it. */

import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import { contentHash } from '../contentHash';
import type { AccountRef } from '../credit/accounts';
import type { Recorded } from '../credit/facts';
import { macsOf } from '../evidence/macs';
import type { Client, Reader } from '../transaction';

export const MANDATE_DECIDERS = ['borrower', 'rail'] as const;

export interface MandateChange extends AccountRef {
  /** Identity within the account: a second arrival is the same change. */
  changeId: string;
  /** Null ends the mandate. */
  mandateId: string | null;
  agreedOn: IsoDate;
  /** The date is that of the first arrival, and a repeat is not compared by it. */
  undated?: true | undefined;
  decidedBy: (typeof MANDATE_DECIDERS)[number];
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
  const row = { tenantId, accountId, changeId, mandateId, agreedOn, decidedBy, reasonCode: reasonCode ?? null, atMs };
  const mac = macsOf(client).sign('mandate_change', mandateContent(row));
  const { rowCount } = await client.query(
    `with recorded as (
       insert into mandate_change (tenant_id, account_id, change_id, mandate_id, agreed_on, decided_by, reason_code,
         content_hash, at_ms, mac, principal)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning mandate_id
     )
     update credit_account set mandate_id = recorded.mandate_id from recorded
      where credit_account.tenant_id = $1 and credit_account.account_id = $2`,
    [
      tenantId,
      accountId,
      changeId,
      mandateId,
      agreedOn,
      decidedBy,
      reasonCode ?? null,
      hashAs(agreedOn),
      atMs,
      mac,
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

type MandateContent = AccountRef & MandateChangeRow;

/** What the signature of a change covers. */
function mandateContent(change: MandateContent): object {
  const { tenantId, accountId, changeId, mandateId, agreedOn, decidedBy, reasonCode, atMs } = change;
  return { tenantId, accountId, changeId, mandateId, agreedOn, decidedBy, reasonCode, atMs };
}

/** All changes of a tenant, with and without a signature; and of each account its mandate beside what was decided last. */
export async function readMandateRows(reader: Reader, { tenantId }: { tenantId: string }) {
  const { rows } = await reader.query<MandateContent & { mac: string | null }>(
    `select tenant_id as "tenantId", account_id as "accountId", change_id as "changeId", mandate_id as "mandateId",
       agreed_on as "agreedOn", decided_by as "decidedBy", reason_code as "reasonCode", at_ms as "atMs", mac
     from mandate_change where tenant_id = $1 order by account_id, at_ms, change_id`,
    [tenantId],
  );
  const { rows: others } = await reader.query<{ accountId: string; mandateId: string | null }>(
    `select account_id as "accountId", mandate_id as "mandateId" from credit_account account
      where tenant_id = $1 and mandate_id is distinct from (select mandate_id from mandate_change change
        where change.tenant_id = account.tenant_id and change.account_id = account.account_id
        order by at_ms desc, change_id desc limit 1)
      order by account_id`,
    [tenantId],
  );
  const changes = rows.map(({ mac, ...change }) => ({
    name: `mandate of account ${change.accountId}, change ${change.changeId}`,
    content: mandateContent(change),
    mac,
  }));
  return {
    signed: changes.filter(({ mac }) => mac !== null),
    bare: changes.filter(({ mac }) => mac === null),
    /** Accounts with another mandate than their last change says; of two changes of one instant either may be the last. */
    others: others.filter(({ accountId, mandateId }) => {
      const own = rows.filter((row) => row.accountId === accountId);
      const lastMs = own.at(-1)?.atMs;
      return !own.some((row) => row.atMs === lastMs && row.mandateId === mandateId);
    }),
  };
}
