/** What borrowers chose, by themselves, by staff, or by a reply. */
import { DAY_MS } from '../../../domain/values/timeUnits';
import type { BorrowerRef } from '../../origination/borrowers';
import type { Client } from '../../transaction';

export const CHOICE_SOURCES = ['reply', 'borrower', 'staff'] as const;

export interface ContactChoice extends BorrowerRef {
  choiceKey: string;
  wantsCourtesy: boolean;
  source: (typeof CHOICE_SOURCES)[number];
  atMs: number;
}

/** Keeps a choice once by its key. Whether it is new. */
export async function recordContactChoice(client: Client, choice: ContactChoice): Promise<boolean> {
  const { tenantId, borrowerId, choiceKey, wantsCourtesy, source, atMs } = choice;
  const { rowCount } = await client.query(
    `insert into contact_choice (tenant_id, borrower_id, choice_key, wants_courtesy, source, at_ms)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, borrowerId, choiceKey, wantsCourtesy, source, atMs],
  );
  return rowCount === 1;
}

/**
 * A text came back from a number: everybody whom a notice went to at that number in the last 90 days has chosen. Returns
 * how many people that were.
 */
export async function recordReply(
  client: Client,
  input: { tenantId: string; recipient: string; messageKey: string; wantsCourtesy: boolean; atMs: number },
): Promise<number> {
  const { tenantId, recipient, messageKey, wantsCourtesy, atMs } = input;
  const { rowCount } = await client.query(
    `insert into contact_choice (tenant_id, borrower_id, choice_key, wants_courtesy, source, at_ms)
     select distinct $1, borrower_id, 'reply/' || $3, $4::boolean, 'reply', $5::bigint
       from notice_attempt attempt join notice using (tenant_id, notice_id)
      where attempt.tenant_id = $1 and attempt.recipient = $2 and attempt.attempted_at_ms > $5::bigint - ${90 * DAY_MS}
     on conflict do nothing`,
    [tenantId, recipient, messageKey, wantsCourtesy, atMs],
  );
  return rowCount ?? 0;
}
