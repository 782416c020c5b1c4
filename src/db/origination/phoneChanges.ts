/** Telling older phones of a change: which, through which account, and what the inbox has where there is none. */

import { CLOSED_STAGES } from '../../domain/credit/accountStages';
import type { Product } from '../../domain/policy/lendingPolicy';
import { sqlWords } from '../sqlWords';
import type { Client, Reader } from '../transaction';
import type { BorrowerRef } from './borrowers';

/** Of a change the phone that is to be told of it, by their versions. */
export interface PhoneChangeNotice {
  version: number;
  toVersion: number;
  /** Of the change. */
  atMs: number;
}

/** Changes since an instant of which an older phone is not told yet: no notice of it was ever planned. */
export async function phoneChangesToTell(
  reader: Reader,
  { tenantId, borrowerId, sinceMs }: BorrowerRef & { sinceMs: number },
): Promise<PhoneChangeNotice[]> {
  const { rows } = await reader.query<PhoneChangeNotice>(
    `select version, to_version as "toVersion", at_ms as "atMs" from phone_change_notice change
      where tenant_id = $1 and borrower_id = $2 and at_ms >= $3 and not exists (
        select from notice where notice.tenant_id = change.tenant_id and notice.borrower_id = change.borrower_id
          and kind = 'phone-changed' and dedupe_key = 'phone-changed/' || version || '/' || to_version)
      order by version, to_version`,
    [tenantId, borrowerId, sinceMs],
  );
  return rows;
}

/** The account through whose step a change is told: an open one before a closed one, the newest first. */
export async function accountToTell(
  reader: Reader,
  { tenantId, borrowerId }: BorrowerRef,
): Promise<{ accountId: string; product: Product } | undefined> {
  const { rows } = await reader.query<{ accountId: string; product: Product }>(
    `select account_id as "accountId", product from credit_account where tenant_id = $1 and borrower_id = $2
      order by stage in (${sqlWords(CLOSED_STAGES)}), opened_at_ms desc, account_id limit 1`,
    [tenantId, borrowerId],
  );
  return rows[0];
}

/** For who has no account, and so no notice: the warning is read in the app. Once for each change. */
export async function keepPhoneChangeInInbox(
  client: Client,
  { tenantId, borrowerId, version, text, atMs }: BorrowerRef & { version: number; text: string; atMs: number },
): Promise<void> {
  await client.query(
    `insert into inbox_message (tenant_id, borrower_id, reference, text, at_ms)
     values ($1, $2, 'phone-changed/' || $2 || '/' || $3::int, $4, $5) on conflict do nothing`,
    [tenantId, borrowerId, version, text, atMs],
  );
}
