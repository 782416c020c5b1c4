/** Words about an account that count when two people have said them. */
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';

export type AccountWordKind =
  | 'write-off'
  /** Ends the count of the words before it. */
  | 'keep'
  /** The account left its review: words of it count no more. */
  | 'review-ended'
  | 'proposed'
  | 'approved';

export interface AccountWord {
  /** `write-off`, or `restructuring/ID`. */
  subject: string;
  kind: AccountWordKind;
  /** Identity within its subject: recorded again, it changes nothing. */
  wordKey: string;
  principal: string;
  /** The name that was said, where it is not the principal. */
  saidBy?: string | null | undefined;
  reason?: string | null | undefined;
  /** Of a proposal: what is proposed. */
  body?: unknown;
  /** Business instant. */
  atMs: number;
}

/** Records a word unless its key is known in its subject. The caller holds the account's row. */
export async function recordWord(
  client: Client,
  { tenantId, accountId, ...word }: AccountRef & AccountWord,
): Promise<void> {
  const { subject, kind, wordKey, principal, saidBy = null, reason = null, body, atMs } = word;
  await client.query(
    `insert into account_word (tenant_id, account_id, subject, kind, word_key, principal, said_by, reason, body, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      ...[tenantId, accountId, subject, kind, wordKey, principal, saidBy, reason],
      ...[body === undefined ? null : JSON.stringify(body), atMs],
    ],
  );
}

/** The words about a subject, in the order in which they came. */
export async function readWords(
  reader: Reader,
  { tenantId, accountId, subject }: AccountRef & { subject: string },
): Promise<AccountWord[]> {
  const { rows } = await reader.query<AccountWord>(
    `select subject, kind, word_key as "wordKey", principal, said_by as "saidBy", reason, body, at_ms as "atMs"
       from account_word where tenant_id = $1 and account_id = $2 and subject = $3 order by word_id`,
    [tenantId, accountId, subject],
  );
  return rows;
}
