/** Words about an account that count when two people have said them. */
import { macsOf } from '../evidence/macs';
import { isProved, macOf, signedColumns, tamperedRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';

export const ACCOUNT_WORD_KINDS = [
  'write-off',
  /** Ends the count of the words before it. */
  'keep',
  /** The account left its review: words of it count no more. */
  'review-ended',
  'proposed',
  'approved',
] as const;
export type AccountWordKind = (typeof ACCOUNT_WORD_KINDS)[number];

export interface AccountApproval {
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

type SignedWord = Record<string, unknown> & { mac: string | null };

/** Records a word unless its key is known in its subject. The caller holds the account's row. */
export async function recordAccountApproval(
  client: Client,
  { tenantId, accountId, ...word }: AccountRef & AccountApproval,
): Promise<void> {
  const { subject, kind, wordKey, principal, saidBy = null, reason = null, body, atMs } = word;
  const json = body === undefined ? null : JSON.stringify(body);
  const mac = macOf(macsOf(client), 'account_word', {
    tenant_id: tenantId,
    account_id: accountId,
    subject,
    word_key: wordKey,
    kind,
    principal,
    said_by: saidBy,
    reason,
    body: json === null ? null : JSON.parse(json),
    at_ms: atMs,
    mac: null,
  });
  await client.query(
    `insert into account_word (tenant_id, account_id, subject, kind, word_key, principal, said_by, reason, body, at_ms,
       mac) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [tenantId, accountId, subject, kind, wordKey, principal, saidBy, reason, json, atMs, mac],
  );
}

/** The words about a subject, in the order in which they came. Throws `TamperedRow` for one that nobody said to us. */
export async function readAccountApprovals(
  reader: Reader,
  { tenantId, accountId, subject }: AccountRef & { subject: string },
): Promise<AccountApproval[]> {
  const { rows } = await reader.query<AccountApproval & SignedWord>(
    `select ${signedColumns('account_word')}, word_key as "wordKey", said_by as "saidBy", at_ms as "atMs"
       from account_word where tenant_id = $1 and account_id = $2 and subject = $3 order by word_id`,
    [tenantId, accountId, subject],
  );
  return rows.map((row) => {
    if (!isProved(macsOf(reader), 'account_word', row)) throw tamperedRow('account_word', [accountId, row.wordKey]);
    const { kind, wordKey, principal, saidBy, reason, body, atMs } = row;
    return { subject, kind, wordKey, principal, saidBy, reason, body, atMs };
  });
}
