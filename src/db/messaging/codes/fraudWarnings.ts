/** Warning a borrower in whose name somebody else may be writing (facts 2.8, art. 30). */
import type { FraudWarningRule } from '../../../domain/risk/earlyWarning';
import type { Client } from '../../transaction';

export interface FraudWarning {
  tenantId: string;
  phoneHash: string;
  rule: FraudWarningRule;
  /** Of the business date, so that a borrower is warned once a day for each rule. */
  episodeKey: string;
  /** One line for operators, and nothing personal. */
  reason: string;
  /** What the borrower reads in the inbox of the app. */
  text: string;
  raisedAtMs: number;
  /** Whether there is anything to warn of: the statement is made either way, so that nobody can tell by it. */
  isDue: boolean;
}

/**
 * Warns the borrower whom the phone got its latest code for: on the account of that notice, for operators, and in the
 * inbox of the app. Never by a text: it would come where the forged ones come. Does nothing for any other phone. What
 * else is to reach the borrower is written here, in the same transaction.
 */
export async function warnBorrower(client: Client, warning: FraudWarning): Promise<void> {
  const { tenantId, phoneHash, rule, episodeKey, reason, text, raisedAtMs, isDue } = warning;
  await client.query(
    `with latest as (
       select account_id, borrower_id from notice_code join notice using (tenant_id, notice_id)
        where notice_code.tenant_id = $1 and notice_code.phone_hash = $2 and $7
        order by issued_at_ms desc, notice_id limit 1
     ), raised as (
       insert into warning (tenant_id, account_id, rule, episode_key, reason, raised_at_ms)
       select $1, account_id, $3, $4, $5, $6 from latest
       on conflict do nothing returning account_id
     )
     insert into inbox_message (tenant_id, borrower_id, reference, text, at_ms)
     select $1, borrower_id, 'warning/' || account_id || '/' || $4, $8, $6 from latest join raised using (account_id)
     on conflict do nothing`,
    [tenantId, phoneHash, rule, episodeKey, reason, raisedAtMs, isDue, text],
  );
}
